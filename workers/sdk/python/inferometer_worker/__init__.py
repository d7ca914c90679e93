"""The SDK of workers written in Python: what workers/sdk/cpp is in C++. Standard library alone, CPython 3.9 and later.

An engine is a subclass of Engine; its program calls serve(description, make_engine). schema/protocol.md says what a
worker has to keep; all of it but the engine's own part is kept here.
"""
from .engine import Engine, EngineError, Hello, Loaded, LoadedPart, TensorDescription
from .options import boolean_option, choice_option, integer_option
from .serve import CPU, description, serve
from .tensors import Tensor

__all__ = ["CPU", "Engine", "EngineError", "Hello", "Loaded", "LoadedPart", "Tensor", "TensorDescription", "boolean_option",
           "choice_option", "description", "integer_option", "serve"]
