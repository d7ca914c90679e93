#!/usr/bin/env python3
"""Code and print use the words of the field. The list of what is not written, and what is written instead, is here."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Within names too: sentence_told, LayOut, kPatience. "_" and a change of case separate words.
INSTEAD_OF = {
    r"told": "report, notify, say, reported",
    r"stands": "is, is in, means",
    r"(lay|lays|laid|laying) out": "plan, arrange",
    r"(carry|carries|carried|carrying) out": "run, do",
    r"workbench(es)?": "experiment",
    r"prospects?": "planned",
    r"workshops?": "builder, toolchain",
    r"(class|struct) Field\b(?! Error)": "what the type is: Column, Property",
    r"(?<!RESOLVE )beneath": "in, under",
    r"patience": "timeout, wait",
    r"(speak|speaks|spoke|spoken) of": "name, report",
}
SUFFIXES = {".h", ".cpp", ".py", ".js", ".cmake", ".txt", ".sh", ".md", ".sql", ".json", ".yaml", ".proto", ".toml", ""}
OWN = {"scripts/lint/check_words.py", "scripts/lint/check_words_test.py"}


def spaced(line):
    """With the words of names apart: "layOut_told" as "lay Out told"; single letters keep to what follows."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", line.replace("_", " "))


RULES = [(re.compile(rf"\b{word}\b", re.IGNORECASE), better) for word, better in INSTEAD_OF.items()]


def problems(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        for rule, better in RULES:
            if match := rule.search(spaced(line)):
                yield f"{name}:{number}: '{match[0]}' is not a word of this project: write {better}"


def main():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for name in listed:
        path = ROOT / name
        if name not in OWN and path.is_file() and path.suffix in SUFFIXES:
            found += problems(name, path.read_text(errors="replace"))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
