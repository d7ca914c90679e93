"""What only the PyTorch worker does; the rest is in tests/workers. Needs the package: inferometer packages install pytorch.

usage: pytorch_engine_test.py WORKER
"""
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest
from array import array

SDK = pathlib.Path(__file__).resolve().parents[1] / "sdk" / "python"
sys.path[:0] = [str(SDK), str(pathlib.Path(__file__).parent)]

from conversation_fixture import Conversation  # noqa: E402
from inferometer_worker import Tensor  # noqa: E402
from inferometer_worker.tensors import read_safetensors, write_safetensors  # noqa: E402
from pytorch_engine import LIBRARY, is_emulated  # noqa: E402

DIM, HIDDEN, VOCABULARY, POSITIONS = 32, 64, 50, 16
CONFIG = {"model_type": "distilbert", "architectures": ["DistilBertModel"], "vocab_size": VOCABULARY, "dim": DIM, "n_layers": 1,
          "n_heads": 2, "hidden_dim": HIDDEN, "max_position_embeddings": POSITIONS}
LAYER = "transformer.layer.0."


def environment_folder():
    """Of the newest installed package; None where there is none."""
    home = os.environ.get("INFEROMETER_HOME")
    user = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    cache = pathlib.Path(home) / "cache" if home else pathlib.Path(user) / "inferometer"
    installed = sorted(cache.glob("packages/pytorch/*/installed.json"))
    return installed[-1].parent if installed else None


def shapes():
    linear = {"attention.q_lin": (DIM, DIM), "attention.k_lin": (DIM, DIM), "attention.v_lin": (DIM, DIM),
              "attention.out_lin": (DIM, DIM), "ffn.lin1": (HIDDEN, DIM), "ffn.lin2": (DIM, HIDDEN)}
    found = {"embeddings.word_embeddings.weight": (VOCABULARY, DIM), "embeddings.position_embeddings.weight": (POSITIONS, DIM)}
    for name, shape in linear.items():
        found |= {f"{LAYER}{name}.weight": shape, f"{LAYER}{name}.bias": shape[:1]}
    for name in ("embeddings.LayerNorm", LAYER + "sa_layer_norm", LAYER + "output_layer_norm"):
        found |= {f"{name}.weight": (DIM,), f"{name}.bias": (DIM,)}
    return found


def write_checkpoint(folder, left_out=(), **config):
    draw = random.Random(1)
    tensors = []
    for name, shape in shapes().items():
        if name not in left_out:
            count = shape[0] * (shape[1] if len(shape) > 1 else 1)
            tensors.append(Tensor(name, "float32", shape, memoryview(array("f", [draw.gauss(0, 0.3) for _ in range(count)]))))
    write_safetensors(folder / "model.safetensors", tensors)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))


class PyTorchWorker(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        environment = environment_folder()
        if environment is None:
            raise unittest.SkipTest("pytorch is not installed: inferometer packages install pytorch")
        cls.argv = [str(environment / "python3"), "-S", cls.worker, "--library", str(environment / LIBRARY)]
        cls.variables = {"PYTHONPATH": str(environment / "libraries"), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.checkpoint = self.folder / "checkpoint"
        self.checkpoint.mkdir()
        self.talk = Conversation(self.argv, self.variables)
        self.addCleanup(self.talk.close)
        self.talk.require("hello", digest=False)

    def load_request(self, **changes):
        part = {"name": "model", "file": str(self.checkpoint), "shapes": {"input_ids": [2, 5], "attention_mask": [2, 5]}}
        return {"parts": [part], "format": "torch", "device": "cpu", "precision": "float32", "threads": 1, "options": {}, **changes}

    def refusal(self, **changes):
        reply = self.talk.ask("load", **self.load_request(**changes))
        self.assertEqual(reply["type"], "failed", reply)
        return reply

    def outputs(self, **changes):
        """What was loaded, and the values of its first output for one input."""
        loaded = self.talk.require("load", **self.load_request(**changes))
        inputs = {"input_ids": [3, 1, 4, 1, 5, 9, 2, 6, 5, 3], "attention_mask": [1] * 9 + [0]}
        write_safetensors(self.folder / "x", [Tensor(name, "int64", (2, 5), memoryview(array("q", values)))
                                              for name, values in inputs.items()])
        self.talk.require("bind", part="model", set=0, file=str(self.folder / "x"))
        self.talk.require("outputs", part="model", set=0, file=str(self.folder / "y"))
        self.talk.require("release")
        (output,) = read_safetensors(self.folder / "y").values()
        self.assertEqual((output.name, output.shape), ("last_hidden_state", (2, 5, DIM)))
        if output.dtype != "float32":
            return loaded, output.dtype
        return loaded, array("f", bytes(output.data))

    def assert_near(self, values, reference, limit):
        error = max(abs(a - b) for a, b in zip(values, reference)) / max(map(abs, reference))
        self.assertLess(error, limit)
        return error

    def test_compiled_and_quantized_outputs_are_near_those_of_eager_float32(self):
        write_checkpoint(self.checkpoint)
        loaded, eager = self.outputs()
        self.assertEqual((loaded["options"], loaded["placement"]), ({"mode": "eager"}, {"cpu": len(shapes())}))
        loaded, compiled = self.outputs(options={"mode": "compile"})
        self.assertEqual(loaded["options"], {"mode": "compile"})
        self.assert_near(compiled, eager, 1e-5)
        (self.checkpoint / "inferometer.json").write_text('{"quantize": "int8-dynamic"}')
        loaded, quantized = self.outputs()
        self.assertEqual(loaded["placement"], {"cpu": len(shapes()) - 6, "cpu (int8)": 6})
        self.assertGreater(self.assert_near(quantized, eager, 0.1), 1e-5)

    def test_a_precision_is_read_back_and_one_that_the_cpu_lacks_is_called_emulated(self):
        write_checkpoint(self.checkpoint)
        for precision in ("bfloat16", "float16"):
            loaded, dtype = self.outputs(precision=precision)
            self.assertEqual((loaded["precision"], dtype), (precision, precision))
            self.assertEqual(list(loaded["placement"]), [f"cpu ({precision} emulated)" if is_emulated(precision) else "cpu"])

    def test_missing_weights_are_never_drawn_at_random(self):
        write_checkpoint(self.checkpoint, left_out=[LAYER + "ffn.lin1.bias"])
        self.assertIn("lacks 1 weights of DistilBertModel: transformer.layer.0.ffn.lin1.bias", self.refusal()["reason"])

    def test_what_is_no_checkpoint_of_a_known_class_is_refused(self):
        self.assertIn("has no config.json", self.refusal()["reason"])
        (self.checkpoint / "config.json").write_text("{")
        self.assertIn("not JSON", self.refusal()["reason"])
        write_checkpoint(self.checkpoint, architectures=["Stranger"])
        self.assertEqual(self.refusal()["kind"], "unsupported")
        write_checkpoint(self.checkpoint)
        (self.checkpoint / "inferometer.json").write_text('{"quantize": "int3"}')
        self.assertIn("unknown recipe", self.refusal()["reason"])
        (self.checkpoint / "inferometer.json").unlink()
        part = self.load_request()["parts"][0]
        self.assertIn("takes no input 'words'", self.refusal(parts=[{**part, "shapes": {"words": [1, 2]}}])["reason"])

    def test_nothing_is_unpickled_and_no_code_of_a_checkpoint_runs(self):
        write_checkpoint(self.checkpoint)
        (self.checkpoint / "model.safetensors").rename(self.checkpoint / "pytorch_model.bin")
        self.assertIn("has no model.safetensors", self.refusal()["reason"])
        write_checkpoint(self.checkpoint, architectures=["OwnModel"], model_type="own",
                         auto_map={"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"})
        (self.checkpoint / "own.py").write_text(f"open({str(self.folder / 'ran')!r}, 'w')")
        self.refusal()
        self.assertFalse((self.folder / "ran").exists())


if __name__ == "__main__":
    PyTorchWorker.worker = sys.argv.pop(1)
    unittest.main()
