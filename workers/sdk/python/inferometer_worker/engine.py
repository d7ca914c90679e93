"""What an engine implements to become a worker. The loop around it (loop.py) is the same for all."""
from dataclasses import dataclass, field


class EngineError(Exception):
    """The engine says no. `unsupported` for what it cannot do by nature, else the artefact or call failed."""

    def __init__(self, reason, unsupported=False):
        super().__init__(reason)
        self.unsupported = unsupported


@dataclass
class TensorDescription:
    name: str
    dtype: str  # NumPy's names, and bfloat16
    shape: list  # -1: any size; empty: a scalar, or a rank that is not known


@dataclass
class LoadedPart:
    name: str
    inputs: list  # of TensorDescription
    outputs: list


@dataclass
class Hello:
    """What Engine.open fills in."""
    devices: list  # as the description has them, unless the engine knows better
    engine_version: str = ""
    library_path: str = ""
    shapes: str = "dynamic"
    idle: str = "stop"


@dataclass
class Loaded:
    """What the engine did, read back from it, never what was asked."""
    device: str
    precision: str
    threads: int
    parts: list  # of LoadedPart, in the order of the request
    options: dict = field(default_factory=dict)
    placement: dict = field(default_factory=dict)


class Engine:
    """One engine in one process, used from one thread. All methods may raise; EngineError says why in one sentence."""

    def open(self, library, hello):
        """Imports the engine. `library`: absolute path from --library, empty where none is needed. Fills in `hello`."""
        raise NotImplementedError

    def load(self, request, announce):
        """Loads and compiles `request` (the fields of the protocol's `load`, options completed); calls announce("load")
        and announce("compile") before each phase. Returns Loaded. The loop has checked format, device, precision, the
        kind of thread count, the names of the parts and the options."""
        raise NotImplementedError

    def bind(self, part, number, inputs):
        """Takes input set `number` of part number `part`, which replaces an older one of this number. `inputs`: dict of
        Tensor by name, checked against the Loaded. All conversion happens here."""
        raise NotImplementedError

    def select(self, part, number):
        """Makes a bound set and its part the current ones. Untimed."""
        raise NotImplementedError

    def run(self):
        """One run of the current part on the current set, waited for. This is what is timed."""
        raise NotImplementedError

    def outputs(self):
        """The outputs of the last run: a list of Tensor, copied out. Untimed."""
        raise NotImplementedError

    # Only for engines whose description names the scenario `generate`. Timed like `run`.

    def rows(self):
        """Texts that the current set generates at once: its batch size."""
        return 1

    def prefill(self, tokens):
        """Begins a text anew: reads the prompt, which is the current set, and puts the likeliest first token of every
        row into `tokens` (array of int64)."""
        raise EngineError("this engine does not generate", unsupported=True)

    def decode(self, tokens):
        """Takes the last token of every row and puts the likeliest next one in its place."""
        raise EngineError("this engine does not generate", unsupported=True)

    def recompilations(self):
        """How often the engine compiled anew since load; 0 where it cannot."""
        return 0

    def release(self):
        """Frees model and sets, also after a load that raised halfway. load may follow."""
        raise NotImplementedError

    def close(self):
        """The last call, after which the process ends."""
