"""PyTorch, run as its users run it: a checkpoint folder of transformers, its own class, eager or by torch.compile.

The artefact is a folder with config.json and model.safetensors. Where it has a file inferometer.json too, that says how
its weights are quantized at load (`torch/int8-dynamic`). Nothing is ever unpickled, fetched, or run out of a checkpoint.
"""
import json
import os
import pathlib
import shutil
import tempfile

from inferometer_worker import (Engine, EngineError, Loaded, LoadedPart, Tensor, TensorDescription, choice_option, description,
                                serve)
from inferometer_worker.checks import only_part, printable

LIBRARY = "libraries/torch/lib/libtorch_cpu.so"
CONFIG, WEIGHTS, RECIPE = "config.json", "model.safetensors", "inferometer.json"
MAX_CONFIG_BYTES = 16 << 20
INT8_DYNAMIC = "int8-dynamic"
# Inputs that are numbers and no ids.
REAL_INPUTS = {"pixel_values", "input_values", "input_features", "inputs_embeds"}
# Flags of the CPU that it has instructions for a precision by; without one it is emulated.
NATIVE_FLAGS = {"bfloat16": {"avx512_bf16", "amx_bf16", "avx_ne_convert"}, "float16": {"avx512_fp16", "amx_fp16"}}
SCRATCH_PREFIX = "inferometer-pytorch-"


def read_json(path):
    """The object in a file of a checkpoint."""
    if not path.is_file():
        raise EngineError(f"{path.parent}: has no {path.name}: a torch artefact is a folder with {CONFIG} and {WEIGHTS}")
    with open(path, "rb") as file:
        content = file.read(MAX_CONFIG_BYTES)
    try:
        found = json.loads(content)
    except ValueError as error:
        raise EngineError(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise EngineError(f"{path}: not an object")
    return found


def is_emulated(precision):
    """This CPU has no instructions for `precision`."""
    if precision not in NATIVE_FLAGS:
        return False
    with open("/proc/cpuinfo") as file:
        flags = next((set(line.split()) for line in file if line.startswith("flags")), set())
    return not flags & NATIVE_FLAGS[precision]


def new_scratch_folder():
    """For torch.compile, so that it begins with an empty cache. Those of workers that were ended are removed."""
    for old in pathlib.Path(tempfile.gettempdir()).glob(SCRATCH_PREFIX + "*"):
        process = old.name[len(SCRATCH_PREFIX):].partition("-")[0]
        if not os.path.exists(f"/proc/{process}"):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{SCRATCH_PREFIX}{os.getpid()}-")


def import_torch(scratch):
    # Before the first import, which reads them.
    os.environ.update({
        "TORCHINDUCTOR_CACHE_DIR": scratch,
        "TORCHINDUCTOR_COMPILE_THREADS": "1",  # no pool of processes that would live on beside the runs
        "OPENBLAS_NUM_THREADS": "1",  # NumPy's own, which has nothing to do
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    })
    import torch
    torch.set_num_interop_threads(1)
    return torch


def loaded_library(name):
    """Path of a library of that name in this process; empty for none."""
    with open("/proc/self/maps") as maps:
        return next((line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.rstrip().endswith("/" + name)), "")


def load_model(folder, dtype):
    """The checkpoint in its own class. Weights that are missing are never drawn at random."""
    import transformers
    config = read_json(folder / CONFIG)
    if not (folder / WEIGHTS).is_file():
        raise EngineError(f"{folder}: has no {WEIGHTS}: a torch artefact is a folder with {CONFIG} and {WEIGHTS}")
    name = (config.get("architectures") or [""])[0]
    model_class = getattr(transformers, name, None) if isinstance(name, str) and name.isidentifier() else None
    if model_class is None or not hasattr(model_class, "from_pretrained"):
        raise EngineError(f"{folder}: transformers {transformers.__version__} has no model class '{printable(str(name))}'",
                          unsupported=True)

    def load(loader, **more):
        model, report = loader.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True,
                                               trust_remote_code=False, output_loading_info=True, **more)
        return model.eval(), sorted(report["missing_keys"])

    model, missing = load(model_class)
    if not missing:
        return model
    # Encoders are published without the head of their class, and many without a pooler.
    model, missing_of_encoder = load(transformers.AutoModel)
    if missing_of_encoder and all(key.startswith("pooler.") for key in missing_of_encoder):
        model, missing_of_encoder = load(transformers.AutoModel, add_pooling_layer=False)
    if missing_of_encoder:
        raise EngineError(f"{folder / WEIGHTS}: lacks {len(missing)} weights of {name}: {', '.join(missing[:3])}")
    return model


class PyTorchEngine(Engine):
    def __init__(self):
        self._torch = None
        self._scratch = ""
        self._mode = "eager"
        self._module = None  # what is called: the model, or what torch.compile made of it
        self._inference_mode = None
        self._output_names = []
        self._sets = {}
        self._inputs = {}
        self._outputs = None

    def open(self, library, hello):
        self._scratch = new_scratch_folder()
        self._torch = torch = import_torch(self._scratch)
        hello.engine_version = torch.__version__
        hello.library_path = loaded_library("libtorch_cpu.so")
        if library and hello.library_path != os.path.realpath(library):
            raise EngineError(f"Python imported {hello.library_path} instead of {library}")
        hello.library_path = library or hello.library_path

    def load(self, request, announce):
        torch = self._torch
        part = only_part(request)
        announce("load")
        torch.set_num_threads(request["threads"])
        folder = pathlib.Path(part["file"])
        model = load_model(folder, getattr(torch, request["precision"]))
        if (folder / RECIPE).exists():
            self._quantize(model, read_json(folder / RECIPE))
        announce("compile")
        self._mode = request["options"]["mode"]
        self._inference_mode = torch.inference_mode()
        self._inference_mode.__enter__()
        self._module = torch.compile(model, dynamic=False) if self._mode == "compile" else model
        inputs = self._inputs_of(model, part["shapes"])
        outputs = self._first_run(inputs, part["shapes"])
        parameter = next(model.parameters())
        return Loaded(str(parameter.device), self._name_of(parameter.dtype), torch.get_num_threads(),
                      [LoadedPart(part["name"], inputs, outputs)], {"mode": self._mode_seen()}, self._placement(model))

    def bind(self, part, number, inputs):
        torch = self._torch
        self._sets[number] = {name: torch.frombuffer(tensor.data, dtype=getattr(torch, tensor.dtype)).reshape(tensor.shape).clone()
                              for name, tensor in inputs.items()}

    def select(self, part, number):
        self._inputs = self._sets[number]

    def run(self):
        self._outputs = self._module(**self._inputs)

    def outputs(self):
        found = []
        for name in self._output_names:
            tensor = self._outputs[name].detach().contiguous()
            data = tensor.reshape(-1).view(self._torch.uint8).numpy().tobytes()
            found.append(Tensor(name, self._name_of(tensor.dtype), tuple(tensor.shape), memoryview(data)))
        return found

    def recompilations(self):
        return self._compiled_graphs() if self._mode == "compile" else 0

    def release(self):
        if self._inference_mode is not None:
            self._inference_mode.__exit__(None, None, None)
            self._inference_mode = None
        self._module = self._outputs = None
        self._sets, self._inputs = {}, {}
        if self._mode == "compile":
            self._torch.compiler.reset()
        self._mode = "eager"
        for entry in pathlib.Path(self._scratch).iterdir():
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()

    def close(self):
        shutil.rmtree(self._scratch, ignore_errors=True)

    @staticmethod
    def _quantize(model, recipe):
        if recipe != {"quantize": INT8_DYNAMIC}:
            raise EngineError(f"{RECIPE}: unknown recipe {printable(json.dumps(recipe))} (known: {INT8_DYNAMIC})", unsupported=True)
        from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_
        quantize_(model, Int8DynamicActivationInt8WeightConfig())

    @staticmethod
    def _inputs_of(model, shapes):
        """Those of the workload, which a model of transformers may have more of: its others stay at their defaults."""
        import inspect
        known = inspect.signature(model.forward).parameters
        strange = [name for name in shapes if name not in known]
        if strange:
            raise EngineError(f"{type(model).__name__} takes no input '{printable(strange[0])}'")
        if not shapes:
            raise EngineError("the workload has no inputs, and the model leaves their shapes open")
        return [TensorDescription(name, "float32" if name in REAL_INPUTS else "int64", [-1] * len(shape))
                for name, shape in shapes.items()]

    def _first_run(self, inputs, shapes):
        """Runs once on ones of the workload's shapes, so that all compiling is in this phase. The outputs."""
        torch = self._torch
        self._inputs = {one.name: torch.ones(shapes[one.name], dtype=getattr(torch, one.dtype)) for one in inputs}
        self.run()
        found = {name: value for name, value in self._outputs.items() if isinstance(value, torch.Tensor)}
        self._output_names = list(found)
        return [TensorDescription(name, self._name_of(value.dtype), [-1] * (value.dim() - 1) + list(value.shape[-1:]))
                for name, value in found.items()]

    def _compiled_graphs(self):
        from torch._dynamo.utils import counters
        return counters["stats"]["unique_graphs"]

    def _mode_seen(self):
        return "compile" if self._mode == "compile" and self._compiled_graphs() > 0 else "eager"

    def _placement(self, model):
        """Number of weights by device; quantized ones and those that the CPU emulates the precision of apart."""
        found = {}
        for parameter in model.parameters():
            precision = self._name_of(parameter.dtype)
            where = str(parameter.device)
            if type(parameter).__module__.startswith("torchao"):
                where += " (int8)"
            elif where == "cpu" and is_emulated(precision):
                where += f" ({precision} emulated)"
            found[where] = found.get(where, 0) + 1
        return found

    @staticmethod
    def _name_of(dtype):
        return str(dtype).removeprefix("torch.")


DESCRIPTION = description(
    "pytorch", "PyTorch: runs checkpoints of transformers, eager or compiled by torch.compile, on CPUs", ["torch"],
    package="pytorch", library=LIBRARY, precisions=["float32", "bfloat16", "float16"],
    options=[choice_option("mode", ["eager", "compile"], "compile: by torch.compile, its cache empty at each start")],
    reference_for={"torch": {"mode": "eager"}})


def main():
    return serve(DESCRIPTION, PyTorchEngine)
