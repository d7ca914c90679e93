#!/usr/bin/env python3
"""unpack.py WHEEL FOLDER MEMBER...: writes the named members of a wheel below FOLDER, and nothing else.

The archive comes from outside: paths that leave FOLDER, links and more than LIMIT_BYTES are refused, before
anything is written, by what its central directory says; no member is read further than it says there.
"""
import os
import stat
import sys
import zipfile
import zlib

LIMIT_BYTES = 8 << 30
PIECE_BYTES = 1 << 20


def refuse(reason):
    sys.exit(f"unpack: {reason}")


def inspect(archive, name):
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or any(part in ("", ".", "..") for part in parts):
        refuse(f"the path {name!r} leaves the folder")
    try:
        member = archive.getinfo(name)
    except KeyError:
        refuse(f"{os.path.basename(archive.filename)} has no member {name!r}")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        refuse(f"{name!r} is not a regular file")
    return member


def write(archive, member, folder):
    target = os.path.join(folder, member.filename)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, open(target, "xb") as sink:
        while left > 0:
            piece = source.read(min(left, PIECE_BYTES))
            if not piece:
                refuse(f"{member.filename!r} ends {left} bytes too early")
            sink.write(piece)
            left -= len(piece)
        if member.external_attr >> 16 & stat.S_IXUSR:
            os.fchmod(sink.fileno(), 0o755)
        sink.flush()
        os.fsync(sink.fileno())


def main(wheel, folder, *names):
    with zipfile.ZipFile(wheel) as archive:
        members = [inspect(archive, name) for name in names]
        total = sum(member.file_size for member in members)
        if total > LIMIT_BYTES:
            refuse(f"{total} bytes are over the limit of {LIMIT_BYTES}")
        for member in members:
            write(archive, member, folder)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        refuse(error)
