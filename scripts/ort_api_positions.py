#!/usr/bin/env python3
"""Prints where the members of OrtApi that our worker uses stand in the official ONNX Runtime header.

usage: ort_api_positions.py onnxruntime_c_api.h [workers/onnxruntime/onnxruntime_api.h]

OrtApi is a table of function pointers that only grows at its end, so a position never changes. Each line is a
member and its position; where our header says something else, the line says so and the exit code is 1.
"""
import pathlib
import re
import sys

OUR_HEADER = pathlib.Path(__file__).parent.parent / "workers/onnxruntime/onnxruntime_api.h"
# A member is declared by one of the two macros or as a plain function pointer.
MEMBER = re.compile(
    r"ORT_API2_STATUS\(\s*(?P<status>\w+)|ORT_CLASS_RELEASE\(\s*(?P<release>\w+)|\(\s*ORT_API_CALL\s*\*\s*(?P<plain>\w+)\s*\)"
)
USED = re.compile(r'\bk\w+\s*\{\s*"(\w+)",\s*(\d+)\}')


def official_members(header_text):
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", header_text, flags=re.DOTALL)
    table = re.search(r"^struct OrtApi \{(.*?)^\};", code, flags=re.DOTALL | re.MULTILINE)
    if table is None:
        sys.exit("no 'struct OrtApi' in the header: is it onnxruntime_c_api.h?")
    return [
        match["status"] or match["plain"] or "Release" + match["release"] for match in MEMBER.finditer(table[1])
    ]


def main(official_header, our_header=OUR_HEADER):
    members = official_members(pathlib.Path(official_header).read_text(encoding="utf-8"))
    ours = pathlib.Path(our_header).read_text(encoding="utf-8")
    used = USED.findall(ours)
    if len(used) != ours.count("constexpr Member<"):
        sys.exit(f"{our_header}: {ours.count('constexpr Member<')} members, but {len(used)} positions were found")
    wrong = 0
    for name, position in used:
        official = members.index(name) if name in members else None
        agrees = official == int(position)
        wrong += not agrees
        print(f"{name} {official}" if agrees else f"{name} {official}, but {position} in {our_header}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
