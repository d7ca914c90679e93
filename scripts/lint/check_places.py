#!/usr/bin/env python3
"""Every test is compiled, and nothing committed names a machine's paths."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:root|work|home/\w+)/\w")

listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
build_files = "\n".join((ROOT / name).read_text() for name in listed if name.endswith("CMakeLists.txt"))
failed = False
for name in listed:
    if name.endswith("_test.cpp") and pathlib.Path(name).name not in build_files:
        print(f"{name}: no CMakeLists.txt compiles it", file=sys.stderr)
        failed = True
    path = ROOT / name
    if not path.is_file() or path.suffix in (".png", ".safetensors", ".onnx"):
        continue
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if MACHINE_PATH.search(line) and not name.startswith("scripts/lint/"):
            print(f"{name}:{number}: names a path of one machine", file=sys.stderr)
            failed = True
sys.exit(1 if failed else 0)
