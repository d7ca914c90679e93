import json
import os
import tempfile
import unittest
from array import array

from inferometer_worker import Engine, EngineError, Loaded, LoadedPart, Tensor, TensorDescription, boolean_option, description
from inferometer_worker.channel import Channel
from inferometer_worker.loop import Loop, Served
from inferometer_worker.messages import ProtocolError, check, REPLIES
from inferometer_worker.tensors import read_safetensors, write_safetensors

DESCRIPTION = description("fake", "a fake", ["fake"], options=[boolean_option("fast", False, "faster")], multi_threaded=False)


class FakeEngine(Engine):
    """y = x, on one part `model` or the parts that were asked for."""

    def __init__(self):
        self.calls = []
        self.failure = {}  # by method: what it raises
        self.sets = {}
        self.clock = iter(range(0, 10 ** 9, 10))

    def note(self, name, what=None):
        self.calls.append((name, what))
        if name in self.failure:
            raise self.failure[name]

    def open(self, library, hello):
        self.note("open", library)
        hello.engine_version = "1.2"

    def load(self, request, announce):
        announce("load")
        self.note("load", request["options"])
        announce("compile")
        self.note("compile")
        x, y = (TensorDescription(name, "float32", [-1, 2]) for name in "xy")
        return Loaded("cpu", "float32", 1, [LoadedPart(part["name"], [x], [y]) for part in request["parts"]],
                      request["options"])

    def bind(self, part, number, inputs):
        self.note("bind", (part, number))
        self.sets[part, number] = inputs["x"]

    def select(self, part, number):
        self.current = self.sets[part, number]

    def run(self):
        self.note("run")

    def outputs(self):
        return [Tensor("y", "float32", self.current.shape, self.current.data)]

    def release(self):
        self.note("release")

    def close(self):
        self.note("close")


class WorkerLoop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.engine = FakeEngine()

    def path(self, name):
        return os.path.join(self.folder, name)

    def inputs(self, shape=(1, 2), dtype="float32", name="x"):
        values = array("f", range(shape[0] * shape[1]))
        write_safetensors(self.path("x.safetensors"), [Tensor(name, dtype, shape, memoryview(values))])
        return self.path("x.safetensors")

    def talk(self, *requests):
        """The replies to `requests`, (type, fields), of one worker; sets `ended`, the result of Loop.run."""
        lines = "".join(json.dumps({"type": kind, "id": number, "nonce": f"n{number}", **fields}) + "\n"
                        for number, (kind, fields) in enumerate(requests))
        return self.talk_lines(lines.encode())

    def talk_lines(self, lines):
        requests, to_worker = os.pipe()
        from_worker, replies = os.pipe()
        os.write(to_worker, lines)
        os.close(to_worker)
        clock = self.engine.clock
        try:
            self.ended = Loop(Served(DESCRIPTION, self.engine, "/lib.so", lambda: next(clock)), Channel(requests, replies)).run()
        finally:
            os.close(replies)
            os.close(requests)
            with os.fdopen(from_worker) as file:
                said = [json.loads(line) for line in file]
        for one in said:
            check(one, REPLIES)
        return said

    HELLO = ("hello", {"digest": False})

    def load(self, **fields):
        return ("load", {"parts": [{"name": "model", "file": "/m", "shapes": {}}], "format": "fake", "device": "cpu",
                         "precision": "float32", "threads": 1, "options": {}, **fields})

    def bind(self, number=0, part="model", file=None):
        return ("bind", {"part": part, "set": number, "file": file or self.inputs()})

    def sample(self, **fields):
        return ("sample", {"part": "model", "sets": [0], "discard_runs": 0, "discard_ns": 0, "discard_enough_runs": 0,
                           "discard_enough_ns": 0, "samples": 2, "duration_ns": 0, "runs_per_sample": 1, **fields})

    def outputs(self, number=0):
        return ("outputs", {"part": "model", "set": number, "file": self.path("y.safetensors")})

    def test_a_whole_conversation(self):
        said = self.talk(self.HELLO, self.load(), self.bind(), self.sample(), self.outputs(), ("release", {}), self.load(),
                         ("close", {}))
        self.assertEqual([one["type"] for one in said],
                         ["hello", "phase", "phase", "loaded", "done", "sampled", "done", "done", "phase", "phase", "loaded", "done"])
        self.assertTrue(self.ended)
        self.assertEqual([(one["id"], one["nonce"]) for one in said[:2]], [(0, "n0"), (1, "n1")])
        self.assertEqual((said[0]["engine"], said[0]["engine_version"], said[0]["process"]), ("fake", "1.2", os.getpid()))
        self.assertEqual(said[3]["options"], {"fast": "0"})
        self.assertEqual((said[3]["load_ns"], said[3]["compile_ns"]), (10, 10))
        self.assertGreater(said[5]["received_ns"], 0)
        self.assertEqual(bytes(read_safetensors(self.path("y.safetensors"))["y"].data), bytes(array("f", [0, 1])))
        self.assertEqual(self.engine.calls[-2:], [("release", None), ("close", None)])

    def test_the_end_of_the_stream_ends_the_loop(self):
        self.talk(self.HELLO)
        self.assertFalse(self.ended)

    def test_a_line_that_is_no_request_is_a_protocol_error(self):
        self.assertRaises(ProtocolError, self.talk_lines, b"{}\n")

    def failure(self, *requests):
        said = self.talk(*requests)[-1]
        self.assertEqual(said["type"], "failed", said)
        return said

    def test_requests_out_of_order_are_refused(self):
        for requests in ([self.load()], [self.HELLO, self.HELLO], [self.HELLO, self.bind()], [self.HELLO, self.sample()],
                         [self.HELLO, self.load(), self.sample()], [self.HELLO, self.load(), self.load()],
                         [self.HELLO, self.load(), self.bind(), self.sample(sets=[])],
                         [self.HELLO, self.load(), self.bind(), ("release", {}), self.outputs()]):
            self.assertEqual(self.failure(*requests)["kind"], "failed")

    def test_what_the_engine_cannot_do_is_unsupported_and_never_reaches_it(self):
        for wrong in ({"format": "onnx"}, {"device": "abacus"}, {"precision": "float7"}, {"threads": 2}):
            self.assertEqual(self.failure(self.HELLO, self.load(**wrong))["kind"], "unsupported")
        self.assertEqual(self.failure(self.HELLO, self.load(options={"fest": "1"}))["reason"],
                         "unknown option 'fest': did you mean 'fast'? (known: fast)")
        self.assertIn("allowed: 0, 1", self.failure(self.HELLO, self.load(options={"fast": "yes"}))["reason"])
        self.assertFalse([call for call in self.engine.calls if call[0] == "load"])

    def test_a_load_that_failed_names_its_phase_is_released_and_may_be_repeated(self):
        for phase in ("load", "compile"):
            self.engine.failure = {phase: EngineError("no such operator", unsupported=True)}
            said = self.talk(self.HELLO, self.load())
            self.assertEqual((said[-1]["phase"], said[-1]["kind"], said[-1]["reason"]), (phase, "unsupported", "no such operator"))
            self.assertEqual(self.engine.calls[-1][0], "release")
        self.engine.failure = {}
        self.assertEqual(self.talk(self.HELLO, self.load())[-1]["type"], "loaded")

    def test_whatever_an_engine_raises_becomes_a_reply_and_the_worker_lives_on(self):
        for raised, reason in ((KeyError("x"), "KeyError: 'x'"), (MemoryError(), "out of memory"), (RuntimeError(), "RuntimeError"),
                               (ValueError("\ud800"), "?"), (RuntimeError("\u00e4" * 5000), "RuntimeError: \u00e4")):
            self.engine.failure = {"run": raised}
            said = self.talk(self.HELLO, self.load(), self.bind(), self.sample(), ("close", {}))
            self.assertIn(reason, said[-2]["reason"])
            self.assertLessEqual(len(said[-2]["reason"].encode()), 4096)
            self.assertEqual(said[-1]["type"], "done")

    def test_wrong_inputs_never_reach_the_engine(self):
        self.assertIn("[1, 3]", self.failure(self.HELLO, self.load(), self.bind(file=self.inputs(shape=(1, 3))))["reason"])
        self.assertIn("int32", self.failure(self.HELLO, self.load(), self.bind(file=self.inputs(dtype="int32")))["reason"])
        self.assertIn("'z'", self.failure(self.HELLO, self.load(), self.bind(file=self.inputs(name="z")))["reason"])
        self.assertFalse([call for call in self.engine.calls if call[0] == "bind"])

    def test_a_set_that_failed_to_bind_again_is_no_longer_bound(self):
        class Once(FakeEngine):
            def bind(self, part, number, inputs):
                super().bind(part, number, inputs)
                self.failure = {"bind": EngineError("no")}

        self.engine = Once()
        said = self.failure(self.HELLO, self.load(), self.bind(), self.sample(), self.bind(), self.sample())
        self.assertIn("input set 0 of part 'model' is not bound", said["reason"])

    def test_every_part_has_sets_of_its_own(self):
        parts = [{"name": name, "file": "/m", "shapes": {}} for name in ("encoder", "decoder")]
        said = self.talk(self.HELLO, self.load(parts=parts), self.bind(part="decoder"), self.sample(part="decoder"),
                         self.sample(part="encoder"), self.sample(part="encoders"))
        self.assertEqual([one["type"] for one in said[-4:]], ["done", "sampled", "failed", "failed"])
        self.assertIn("did you mean 'encoder'", said[-1]["reason"])
        self.assertEqual(self.failure(self.HELLO, self.load(parts=parts[:1] * 2))["kind"], "failed")


class Safetensors(unittest.TestCase):
    def test_what_is_cut_or_false_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.safetensors")
            write_safetensors(path, [Tensor("b", "bool", (3,), memoryview(b"\1\0\1")), Tensor("a", "int64", (), memoryview(bytes(8)))])
            with open(path, "rb") as file:
                whole = file.read()
            self.assertEqual({name: (one.dtype, one.shape, bytes(one.data)) for name, one in read_safetensors(path).items()},
                             {"a": ("int64", (), bytes(8)), "b": ("bool", (3,), b"\1\0\1")})
            for wrong in (whole[:5], whole[:-1], whole.replace(b'"I64"', b'"I65"'), whole.replace(b"[3]", b"[4]")):
                with open(path, "wb") as file:
                    file.write(wrong)
                self.assertRaises(ValueError, read_safetensors, path)
            self.assertEqual(os.listdir(folder), ["x.safetensors"])


if __name__ == "__main__":
    unittest.main()
