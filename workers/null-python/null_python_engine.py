"""The engine that does nothing, or a set amount of real work, in Python: workers/null is the same in C++. It measures
what the Python SDK itself costs."""
import json
from array import array
from itertools import repeat

from inferometer_worker import (Engine, EngineError, Loaded, LoadedPart, Tensor, TensorDescription, description, integer_option,
                                serve)

MAX_ARTEFACT_BYTES = 64 * 1024
# An artefact of the parts `prefill` and `decode` generates texts of this many different tokens.
VOCABULARY = 97


def _check_artefact(path):
    with open(path, "rb") as file:
        content = file.read(MAX_ARTEFACT_BYTES)
    try:
        artefact = json.loads(content)
    except ValueError as error:
        raise EngineError(f"{path}: not JSON: {error}") from None
    if not isinstance(artefact, dict) or artefact.get("format") != "null":
        raise EngineError(f'{path}: no artefact of the null engine; that is a file with {{"format":"null"}}')


def _work_for(iterations, state):
    """A chain of dependent multiplications and additions (Knuth's MMIX generator)."""
    for _ in repeat(None, iterations):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return state


def _token_after(token):
    """Whatever the prompt, another token each time."""
    return (5 * token + 1) % VOCABULARY


def _loaded_parts(parts):
    logits = TensorDescription("logits", "float32", [-1, VOCABULARY])
    names = [part["name"] for part in parts]
    if len(names) == 1:
        return [LoadedPart(names[0], [TensorDescription("x", "float32", [-1, 8])], [TensorDescription("y", "float32", [-1, 8])])]
    if names == ["prefill", "decode"]:
        return [LoadedPart("prefill", [TensorDescription("input_ids", "int64", [-1, -1])], [logits]),
                LoadedPart("decode", [TensorDescription("token", "int64", [-1, 1])], [logits])]
    raise EngineError("the null engine takes one part, or the parts prefill and decode in this order", unsupported=True)


class NullEngine(Engine):
    def __init__(self):
        self._sets = {}
        self._current = None
        self._work = 0
        self._run_work = 0  # of one run of the current set
        self._generates = False
        self._state = 1

    def open(self, library, hello):
        hello.engine_version = "1"

    def load(self, request, announce):
        announce("load")
        for part in request["parts"]:
            _check_artefact(part["file"])
        announce("compile")
        self._work = int(request["options"]["work"])
        parts = _loaded_parts(request["parts"])
        self._generates = len(parts) == 2
        return Loaded("cpu", "float32", 1, parts, {"work": str(self._work)})

    def bind(self, part, number, inputs):
        (tensor,) = inputs.values()
        self._sets[part, number] = (tensor, array("q" if self._generates else "f", bytes(tensor.data)))

    def select(self, part, number):
        self._current = self._sets[part, number]
        # A part that reads tokens works for each of them.
        self._run_work = self._work * len(self._current[1]) if self._generates else self._work

    def run(self):
        if self._run_work:
            self._state = _work_for(self._run_work, self._state)

    def outputs(self):
        """Made here and not in `run`. y = 2x + 1; where texts are generated, 1 for the next token and else 0."""
        tensor, values = self._current
        if not self._generates:
            return [Tensor("y", "float32", tensor.shape, memoryview(array("f", [2 * x + 1 for x in values])))]
        scores = array("f", bytes(4 * VOCABULARY * self.rows()))
        for row in range(self.rows()):
            scores[row * VOCABULARY + self._first_token(row)] = 1
        return [Tensor("logits", "float32", (self.rows(), VOCABULARY), memoryview(scores))]

    def rows(self):
        return self._current[0].shape[0]

    def prefill(self, tokens):
        if not self._generates:
            raise EngineError("this artefact does not generate", unsupported=True)
        self.run()
        for row in range(len(tokens)):
            tokens[row] = self._first_token(row)

    def decode(self, tokens):
        self._state = _work_for(self._work * len(tokens), self._state)
        for row, token in enumerate(tokens):
            tokens[row] = _token_after(token)

    def release(self):
        self._sets.clear()
        self._current = None

    def _first_token(self, row):
        """Of one row of a prompt: the sum of its ids."""
        ids = self._current[1]
        length = len(ids) // self.rows()
        return sum(ids[row * length:(row + 1) * length]) % VOCABULARY


DESCRIPTION = description(
    "null-python", "does nothing, or a set amount of work, in Python: measures the Python SDK itself", ["null"],
    scenarios=["forward", "generate"], multi_threaded=False, hidden=True,
    options=[integer_option("work", 0, range(0, 1_000_000_001), "dependent multiplications in each run; of texts, for each token")])


def main():
    return serve(DESCRIPTION, NullEngine)
