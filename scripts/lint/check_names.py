#!/usr/bin/env python3
"""File names are snake_case, and no file or type of ours bears a name that says nothing."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BANNED = ("manager", "helper", "util", "utils", "handler", "data", "info", "misc")
TERMS = {"external_data", "model_info", "ModelInfo"}  # what ONNX calls it; what every hub calls it
TYPE = re.compile(r"^\s*(?:class|struct|enum class)\s+(\w+)(?:\s+final)?\s*(?:: |\{)", re.MULTILINE)
SNAKE = re.compile(r"^[a-z0-9_]+$")


def words(name):
    return re.findall(r"[A-Z]?[a-z0-9]+", name.replace("_", " "))


def problems():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        file = pathlib.Path(name)
        if file.suffix not in (".h", ".cpp", ".py"):
            continue
        if not SNAKE.match(file.stem):
            yield f"{name}: file names are snake_case"
        if set(words(file.stem.removesuffix("_test"))) & set(BANNED) and file.stem.removesuffix("_test") not in TERMS:
            yield f"{name}: the name says nothing; name what is in it"
        # The fixtures of tests are the first half of a sentence.
        if file.suffix == ".py" or file.stem.endswith("_test") or not (ROOT / name).exists():
            continue
        for found in TYPE.findall((ROOT / name).read_text()):
            if {word.lower() for word in words(found)} & set(BANNED) and found not in TERMS:
                yield f"{name}: type {found}: the name says nothing; name what it is"
            if not found[0].isupper() and not found.startswith("ov_"):
                yield f"{name}: type {found}: types are PascalCase"


found = list(problems())
print("\n".join(found), file=sys.stderr, end="\n" if found else "")
sys.exit(1 if found else 0)
