"""The whole main of a worker."""
import os
import signal
import sys

from . import channel, messages
from .loop import Loop, Served

CPU = {"id": "cpu", "kind": "cpu", "name": "", "memory_bytes": 0, "driver": ""}
_OK, _USAGE, _INTERNAL = 0, 2, 70


def description(engine, summary, formats, **more):
    """A description with what a plain engine of its own has; `more`: the other fields of schema/protocol.md."""
    said = {"engine": engine, "summary": summary, "formats": formats, "package": "", "library": "", "devices": [CPU],
            "precisions": ["float32"], "scenarios": ["forward"], "options": [], "reference_for": {}, "multi_threaded": True,
            "hidden": False, **more, "protocol": messages.VERSION, "type": "description"}
    missing = [name for name, is_right in messages.DESCRIPTION.items() if not is_right(said.get(name))]
    unknown = set(said) - set(messages.DESCRIPTION) - {"type"}
    if missing or unknown:
        raise ValueError(f"description of {engine}: wrong or unknown: {', '.join([*missing, *sorted(unknown)])}")
    return said


def _parse(arguments):
    """(describe, library); None when they are not ours."""
    if arguments == ["--describe"]:
        return True, ""
    if not arguments:
        return False, ""
    if len(arguments) == 2 and arguments[0] == "--library":
        return False, arguments[1]
    return None


def _claim(descriptor):
    """Also keeps what the engine may start from holding the channel open."""
    try:
        os.set_inheritable(descriptor, False)
    except OSError:
        return False
    return True


def serve(said, make_engine, program=None):
    """`--describe` prints the description `said` as one line; else serves until `close` or the end of the requests.
    `--library PATH` is handed to Engine.open. Returns the exit code."""
    program = program or sys.argv[0]
    parsed = _parse(sys.argv[1:])
    if parsed is None:
        print(f"usage: {program} --describe | [--library PATH]", file=sys.stderr)
        return _USAGE
    describe, library = parsed
    if describe:
        sys.stdout.write(messages.encode(said).decode())
        return _OK
    if not _claim(channel.REQUESTS) or not _claim(channel.REPLIES):
        print(f"{program}: this program is a worker of inferometer, which starts it with requests on descriptor "
              f"{channel.REQUESTS} and replies on {channel.REPLIES}; run it with --describe to see what it can do",
              file=sys.stderr)
        return _USAGE
    # Interruptions are the coordinator's to handle: it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        if Loop(Served(said, make_engine(), library), channel.Channel()).run():
            return _OK
    except messages.ProtocolError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return _INTERNAL
    # The coordinator is gone: nobody waits for an orderly end, and an engine's may hang.
    os._exit(_OK)
