#!/usr/bin/env python3
"""Makes the torch wheel of PyPI (built for CUDA) importable on a Linux machine without the 2.4 GB of NVIDIA libraries
that it asks for.

Each NVIDIA library that torch's own libraries need and that is not there is replaced by a small shared object that
defines exactly the symbols that torch imports from it. Every one of these functions returns a status that is not zero,
so that a call reports an error instead of crashing. None is called on a machine without a GPU: the wheel
nvidia-cuda-runtime is real, so torch.cuda.is_available() is answered by real code.

usage: stand_in_libraries.py LIBRARIES       the folder that pip installed torch into
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

# libcuda.so, the driver, is never replaced: what is there is the machine's.
NVIDIA = re.compile(r"^lib(cu(?!da\.so)|nv|nccl)")
STATUS = 1


def output_of(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout


def needed_by(library):
    return set(re.findall(r"NEEDED.*\[(.*)\]", output_of("readelf", "-d", library)))


def libraries_of_versions(library):
    """By version of a symbol: the library that it comes from."""
    found, current = {}, None
    for line in output_of("readelf", "-VW", library).splitlines():
        if match := re.search(r"File: (\S+)", line):
            current = match[1]
        elif current and (match := re.search(r"Name: (\S+)", line)):
            found[match[1]] = current
    return found


def symbols_of(library):
    """(name, version, binding, is undefined) of the dynamic symbols."""
    for line in output_of("readelf", "-W", "--dyn-syms", library).splitlines():
        fields = line.split()
        if len(fields) < 8 or not fields[0].endswith(":"):
            continue
        name, _, version = fields[7].partition("@")
        yield name, version.lstrip("@"), fields[4], fields[6] == "UND"


def owner_by_name(name, libraries):
    """Of a symbol without a version: the library whose name begins it, the longest; None for no such."""
    stems = {one: re.match(r"lib([a-zA-Z]+)", one)[1].lower() for one in libraries}
    fitting = [one for one, stem in stems.items() if name.lower().lstrip("_").startswith(stem)]
    return max(fitting, key=len) if fitting else None


def wanted_symbols(torch_libraries):
    """By NVIDIA library that torch needs: by version, the names of the symbols that it imports."""
    needed, version_owners, defined, undefined = set(), {}, set(), set()
    for library in torch_libraries:
        needed |= needed_by(library)
        version_owners |= libraries_of_versions(library)
        for name, version, binding, is_undefined in symbols_of(library):
            if is_undefined:
                undefined.add((name, version, binding))
            else:
                defined.add(name)
    wanted = {name: collections.defaultdict(set) for name in needed if NVIDIA.match(name)}
    for name, version, binding in undefined:
        owner = version_owners.get(version) if version else None
        if not version and name not in defined and binding == "GLOBAL":
            owner = owner_by_name(name, wanted)
        if owner in wanted:
            wanted[owner][version].add(name)
    return wanted


def make(library, symbols):
    source = "".join(f"int {name}(void){{return {STATUS};}}\n" for names in symbols.values() for name in sorted(names))
    script = "".join(f"{version} {{ global: {' '.join(f'{name};' for name in sorted(names))} }};\n"
                     for version, names in symbols.items() if version)
    command = ["gcc", "-shared", "-fPIC", "-O1", "-w", "-fno-builtin", "-x", "c", "-", "-o", str(library),
               f"-Wl,-soname,{library.name}"]
    versions = library.with_name(library.name + ".map")
    if script:
        versions.write_text(script)
        command.append(f"-Wl,--version-script,{versions}")
    try:
        subprocess.run(command, input=source, text=True, check=True)
    finally:
        versions.unlink(missing_ok=True)


def main(libraries):
    for program in ("gcc", "readelf"):
        if shutil.which(program) is None:
            sys.exit(f"torch without NVIDIA's libraries needs {program} to be installed: apt-get install gcc binutils")
    folder = pathlib.Path(libraries) / "torch" / "lib"
    there = {path.name for path in pathlib.Path(libraries).glob("nvidia/**/lib*.so*")}
    for name, symbols in sorted(wanted_symbols(sorted(folder.glob("lib*.so"))).items()):
        if name not in there:
            make(folder / name, symbols)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
