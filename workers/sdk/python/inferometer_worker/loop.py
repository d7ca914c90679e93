"""Answers requests with one engine, until `close` or the end of the stream."""
import dataclasses
import gc
import hashlib
import os
import time
from typing import Callable

from .channel import StreamEnded
from .checks import check_inputs, check_load, complete_options, printable, unknown_word
from .counters import clock_step_ns
from .engine import Engine, EngineError, Hello
from .messages import VERSION, decode_request
from .sampling import Job, Sampler
from .tensors import read_safetensors, write_safetensors

MAX_REASON_BYTES = 4096  # engines put whole graphs into their messages
_FIRST_PHASE = {"hello": "start", "load": "load", "bind": "bind", "sample": "run", "generate": "run", "outputs": "outputs",
                "release": "teardown", "close": "teardown"}


def sha256_of_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _reason(error):
    if isinstance(error, MemoryError):
        return "out of memory (engine report)"
    said = str(error) if isinstance(error, (EngineError, ValueError, OSError)) else f"{type(error).__name__}: {error}"
    return said.encode("utf-8", "replace")[:MAX_REASON_BYTES].decode("utf-8", "ignore") or type(error).__name__


@dataclasses.dataclass
class Served:
    """What the loop serves."""
    description: dict
    engine: Engine
    library: str
    now: Callable = time.monotonic_ns  # times loading, compiling and runs; another clock in tests alone


class Loop:
    def __init__(self, served, channel):
        self._description = served.description
        self._devices = served.description["devices"]
        self._engine = served.engine
        self._library = served.library
        self._channel = channel
        self._now = served.now
        self._sampler = Sampler(served.now)
        self._opened = False
        self._closed = False
        self._parts = []  # LoadedParts; empty: no model is loaded
        self._bound = set()  # (number of the part, number of the set)
        self._request = None
        self._phase = ""

    def run(self):
        """True after `close`, False at the end of the stream. Raises ProtocolError for a line that is no request. What an
        engine raises becomes a reply."""
        try:
            while not self._closed:
                line = self._channel.read()
                if line is None:
                    return False
                self._request = decode_request(line)
                self._reply(self._answer(self._request))
        except StreamEnded:
            return False
        return True

    def _reply(self, body):
        self._channel.write({"id": self._request["id"], "nonce": self._request["nonce"], **body})

    def _answer(self, request):
        self._phase = _FIRST_PHASE[request["type"]]
        try:
            return getattr(self, "_answer_to_" + request["type"])(request)
        except StreamEnded:
            raise
        except Exception as error:
            unsupported = isinstance(error, EngineError) and error.unsupported
            return {"type": "failed", "kind": "unsupported" if unsupported else "failed", "phase": self._phase,
                    "reason": _reason(error)}

    def _answer_to_hello(self, request):
        if self._opened:
            raise EngineError("hello was said already")
        hello = Hello(devices=list(self._devices))
        self._engine.open(self._library, hello)
        self._devices = hello.devices
        self._opened = True
        digest = sha256_of_file(hello.library_path) if request["digest"] and hello.library_path else ""
        return {"type": "hello", "protocol": VERSION, "engine": self._description["engine"], **dataclasses.asdict(hello),
                "library_sha256": digest, "clock": "CLOCK_MONOTONIC", "clock_step_ns": clock_step_ns(time.monotonic_ns),
                "process": os.getpid()}

    def _answer_to_load(self, request):
        if not self._opened:
            raise EngineError("hello comes first")
        if self._parts:
            raise EngineError("a model is loaded already: release it first")
        check_load(self._description, self._devices, request)
        options = complete_options(self._description["options"], request["options"])
        begin_ns = {}

        def announce(phase):
            self._phase = phase
            self._reply({"type": "phase", "phase": phase})
            begin_ns[phase] = self._now()

        try:
            loaded = self._engine.load({**request, "options": options}, announce)
        except BaseException:
            self._engine.release()
            raise
        end_ns = self._now()
        compile_ns = begin_ns.get("compile", end_ns)
        self._parts = loaded.parts
        gc.collect()  # what loading left behind is gone before anything is timed, and what it made is not looked at again
        gc.freeze()
        return {"type": "loaded", "load_ns": compile_ns - begin_ns.get("load", compile_ns), "compile_ns": end_ns - compile_ns,
                **dataclasses.asdict(loaded)}

    def _answer_to_bind(self, request):
        part = self._part_named(request["part"])
        inputs = read_safetensors(request["file"])
        check_inputs(self._parts[part].inputs, inputs)
        self._bound.discard((part, request["set"]))
        self._engine.bind(part, request["set"], inputs)
        self._bound.add((part, request["set"]))
        return {"type": "done"}

    def _answer_to_sample(self, request):
        part = self._require_ready(request)
        return {"type": "sampled", **self._sampler.sample(Job(self._engine, part, request), self._channel.received_ns)}

    def _answer_to_generate(self, request):
        part = self._require_ready(request)
        return {"type": "generated", **self._sampler.generate(Job(self._engine, part, request), self._channel.received_ns)}

    def _answer_to_outputs(self, request):
        part = self._part_named(request["part"])
        self._require_bound(part, request["set"])
        self._engine.select(part, request["set"])
        self._engine.run()
        write_safetensors(request["file"], self._engine.outputs())
        return {"type": "done"}

    def _answer_to_release(self, request):
        self._release()
        return {"type": "done"}

    def _answer_to_close(self, request):
        if self._parts:
            self._release()
        self._engine.close()
        self._closed = True
        return {"type": "done"}

    def _part_named(self, name):
        if not self._parts:
            raise EngineError("no model is loaded")
        names = [part.name for part in self._parts]
        if name not in names:
            raise EngineError(unknown_word("part", name, names))
        return names.index(name)

    def _require_bound(self, part, number):
        if (part, number) not in self._bound:
            raise EngineError(f"input set {number} of part '{printable(self._parts[part].name)}' is not bound")

    def _require_ready(self, request):
        part = self._part_named(request["part"])
        if not request["sets"]:
            raise EngineError("the request names no input set")
        for number in request["sets"]:
            self._require_bound(part, number)
        return part

    def _release(self):
        self._parts = []
        self._bound.clear()
        self._engine.release()
        gc.unfreeze()
        gc.collect()
