#!/usr/bin/env python3
"""The includes of src/ and the MODULES of its CMakeLists agree with the layer table of ARCHITECTURE.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$")
INCLUDE = re.compile(r'^#include "(\w+)/', re.MULTILINE)
EVERYWHERE = "base"


def layer_table():
    rows = {}
    for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines():
        if match := ROW.match(line):
            allowed = re.findall(r"\w+", match[2])
            rows[match[1]] = set(rows) if allowed == ["all"] else set(allowed) | {EVERYWHERE}
    return rows


def cycle(rows):
    done = set()
    while ready := {name for name in rows if name not in done and rows[name] - {name} <= done}:
        done |= ready
    return sorted(set(rows) - done)


def problems(rows):
    folders = {folder.name for folder in (ROOT / "src").iterdir() if folder.is_dir()}
    for name in sorted(folders ^ set(rows)):
        yield f"src/{name}: stands in only one of src/ and the layer table"
    if knot := cycle({name: allowed & set(rows) for name, allowed in rows.items()}):
        yield f"the layer table has a cycle among: {', '.join(knot)}"
    for name in sorted(folders & set(rows)):
        for file in sorted((ROOT / "src" / name).rglob("*")):
            if file.suffix not in (".h", ".cpp"):
                continue
            text = file.read_text()
            for included in sorted(set(INCLUDE.findall(text)) & set(rows) - {name}):
                line = text[: text.index(f'#include "{included}/')].count("\n") + 1
                if included not in rows[name]:
                    yield (f"{file.relative_to(ROOT)}:{line}: {name} may not include {included} "
                           f"(allowed: {', '.join(sorted(rows[name]))})")
            if 'include "sdk/' in text:
                yield f"{file.relative_to(ROOT)}: nothing in src/ includes a worker"


def main():
    rows = layer_table()
    if not rows:
        sys.exit("ARCHITECTURE.md: no layer table found")
    found = list(problems(rows))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
