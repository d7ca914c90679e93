#!/usr/bin/env python3
"""Headers have at most 150 lines and sources at most 400: what is longer holds two things."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMITS = {".h": 150, ".cpp": 400, ".py": 400}

listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
failed = False
for name in listed.splitlines():
    file = ROOT / name
    limit = LIMITS.get(file.suffix)
    if limit is None or not file.exists():
        continue
    lines = len(file.read_text().splitlines())
    if name.endswith("_test.cpp"):
        limit *= 2  # a table of cases is read, not held in mind
    if lines > limit:
        print(f"{name}: {lines} lines, at most {limit}", file=sys.stderr)
        failed = True
sys.exit(1 if failed else 0)
