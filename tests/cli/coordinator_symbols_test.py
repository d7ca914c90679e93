#!/usr/bin/env python3
"""coordinator_symbols_test.py BINARY: the coordinator links no parser of a stranger's file.

It needs no protobuf library, and holds no symbol of the builder, of the ONNX format and of the model formats.
"""
import re
import subprocess
import sys

FOREIGN = re.compile(r"\b(google::protobuf|inferometer::(?:builder|onnx|formats))::")


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def main():
    binary = sys.argv[1]
    libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--dynamic", binary))
    symbols = run("nm", "--demangle", binary).splitlines()
    if not libraries or not any("inferometer::base::" in symbol for symbol in symbols):
        sys.exit(f"{binary}: no libraries or no symbols of ours found: is it stripped?")
    wrong = [f"needs {library}" for library in libraries if "protobuf" in library]
    wrong += [f"holds {symbol}" for symbol in symbols if FOREIGN.search(symbol)]
    if wrong:
        sys.exit(f"{binary}: {len(wrong)} of what belongs into the builder:\n" + "\n".join(wrong[:20]))


if __name__ == "__main__":
    main()
