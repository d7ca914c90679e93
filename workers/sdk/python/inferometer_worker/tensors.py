"""Tensors and the safetensors format: 8 bytes of header length (little endian), a JSON header, the data without gaps."""
import json
import math
import os
import tempfile
from dataclasses import dataclass

_STORED = {"bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16", "float16": "F16", "bfloat16": "BF16",
           "uint32": "U32", "int32": "I32", "float32": "F32", "uint64": "U64", "int64": "I64", "float64": "F64"}
_OF_STORED = {stored: dtype for dtype, stored in _STORED.items()}
_MAX_HEADER_BYTES = 100_000_000


def element_bytes(dtype):
    return 1 if dtype == "bool" else int(dtype.lstrip("abcdefghijklmnopqrstuvwxyz")) // 8


@dataclass
class Tensor:
    name: str
    dtype: str  # NumPy's names, and bfloat16
    shape: tuple
    data: memoryview  # little endian, row by row; bytes of a safetensors file are writable and ours alone


def read_safetensors(path):
    """All tensors of a file, by name, in the order of their names. Raises ValueError that says what is wrong."""
    with open(path, "rb") as file:
        content = memoryview(bytearray(file.read()))
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(_MAX_HEADER_BYTES, len(content) - 8):
        raise ValueError(f"{path}: no safetensors file, or one that was cut")
    header = json.loads(bytes(content[8:8 + length]))
    data = content[8 + length:]
    found = {}
    for name in sorted(header):
        if name == "__metadata__":
            continue
        entry = header[name]
        begin, end = entry["data_offsets"]
        dtype = _OF_STORED.get(entry["dtype"])
        if dtype is None:
            raise ValueError(f"{path}: tensor '{name}': unknown dtype {entry['dtype']}")
        shape = tuple(entry["shape"])
        if not 0 <= begin <= end <= len(data) or math.prod(shape) * element_bytes(dtype) != end - begin:
            raise ValueError(f"{path}: tensor '{name}': data_offsets [{begin}, {end}] do not hold {dtype} {list(shape)}")
        found[name] = Tensor(name, dtype, shape, data[begin:end])
    return found


def write_safetensors(path, tensors):
    """Atomic: the file is whole or not there."""
    header, offset = {}, 0
    ordered = sorted(tensors, key=lambda tensor: tensor.name)
    for tensor in ordered:
        end = offset + memoryview(tensor.data).nbytes
        header[tensor.name] = {"dtype": _STORED[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".tensors-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for tensor in ordered:
                file.write(tensor.data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
