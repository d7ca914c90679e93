"""The messages of schema/protocol.md: their fields, a decoder of requests, an encoder of replies."""
import json

VERSION = "2.0"
MAX_LINE_BYTES = 16 << 20
MAX_DEPTH = 64
MAX_SAMPLES = 400_000
MAX_TOKENS = 100_000
_INT64 = range(-(1 << 63), 1 << 63)
_INT32 = range(-(1 << 31), 1 << 31)


class ProtocolError(Exception):
    """A line that is no message of the protocol."""


def _is_text(value):
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _whole(allowed=_INT64):
    """Numbers are integers: neither 1.0 nor true is one."""
    return lambda value: type(value) is int and value in allowed


def _list_of(check):
    return lambda value: isinstance(value, list) and all(map(check, value))


def _object_of(check):
    return lambda value: isinstance(value, dict) and all(map(_is_text, value)) and all(map(check, value.values()))


def _fields(**checks):
    """An object with these fields; others are ignored."""
    return lambda value: isinstance(value, dict) and all(name in value and check(value[name]) for name, check in checks.items())


def _is_boolean(value):
    return isinstance(value, bool)


_NOT_NEGATIVE = range(0, 1 << 63)
_POSITIVE = range(1, 1 << 63)
_SET = _whole(range(0, 1 << 31))
_SAMPLING = dict(part=_is_text, sets=_list_of(_SET), discard_runs=_whole(_NOT_NEGATIVE), discard_ns=_whole(_NOT_NEGATIVE),
                 discard_enough_runs=_whole(_NOT_NEGATIVE), discard_enough_ns=_whole(_NOT_NEGATIVE),
                 samples=_whole(range(1, MAX_SAMPLES + 1)), duration_ns=_whole(_NOT_NEGATIVE), runs_per_sample=_whole(_POSITIVE))
_PART = _fields(name=_is_text, file=_is_text, shapes=_object_of(_list_of(_whole())))

REQUESTS = {
    "hello": dict(digest=_is_boolean),
    "load": dict(parts=_list_of(_PART), format=_is_text, device=_is_text, precision=_is_text,
                 threads=_whole(range(1, 1 << 31)), options=_object_of(_is_text)),
    "bind": dict(part=_is_text, set=_SET, file=_is_text),
    "sample": _SAMPLING,
    "generate": dict(_SAMPLING, new_tokens=_whole(range(1, MAX_TOKENS + 1))),
    "outputs": dict(part=_is_text, set=_SET, file=_is_text),
    "release": {},
    "close": {},
}

_DEVICE = _fields(id=_is_text, kind=_is_text, name=_is_text, memory_bytes=_whole(), driver=_is_text)
_TENSOR = _fields(name=_is_text, dtype=_is_text, shape=_list_of(_whole()))
_LOADED_PART = _fields(name=_is_text, inputs=_list_of(_TENSOR), outputs=_list_of(_TENSOR))
_COUNTS = ("received_ns", "begin_ns", "runs_per_sample", "discarded_runs", "discarded_ns", "first_run_ns", "wall_ns", "cpu_ns",
           "run_delay_ns", "minor_faults", "major_faults", "voluntary_switches", "involuntary_switches", "recompilations",
           "peak_rss_bytes")
_SAMPLED = dict({name: _whole() for name in _COUNTS}, offsets_ns=_list_of(_whole()), durations_ns=_list_of(_whole()),
                cpu=_whole(_INT32))

REPLIES = {
    "hello": dict(protocol=_is_text, engine=_is_text, engine_version=_is_text, library_path=_is_text, library_sha256=_is_text,
                  devices=_list_of(_DEVICE), shapes=_is_text, idle=_is_text, clock=_is_text, clock_step_ns=_whole(),
                  process=_whole(_INT32)),
    "loaded": dict(load_ns=_whole(), compile_ns=_whole(), device=_is_text, precision=_is_text, threads=_whole(_INT32),
                   options=_object_of(_is_text), placement=_object_of(_whole()), parts=_list_of(_LOADED_PART)),
    "sampled": _SAMPLED,
    "generated": dict(_SAMPLED, rows=_whole(), token_times_ns=_list_of(_whole()), tokens=_list_of(_whole())),
    "done": {},
    "failed": dict(kind=_is_text, phase=_is_text, reason=_is_text),
    "phase": dict(phase=_is_text),
}

_OPTION = _fields(name=_is_text, type=_is_text, default_value=_is_text, values=_list_of(_is_text), minimum=_whole(),
                  maximum=_whole(), help=_is_text)
DESCRIPTION = dict(protocol=_is_text, engine=_is_text, summary=_is_text, package=_is_text, library=_is_text,
                   formats=_list_of(_is_text), devices=_list_of(_DEVICE), precisions=_list_of(_is_text),
                   scenarios=_list_of(_is_text), options=_list_of(_OPTION),
                   reference_for=_object_of(_object_of(_is_text)), multi_threaded=_is_boolean, hidden=_is_boolean)


def _object_without_repeats(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("a repeated key")
    return found


def _refuse_constant(name):
    raise ProtocolError(f"{name} is no number")


def _depth(value, limit):
    if limit == 0:
        raise ProtocolError(f"nests more than {MAX_DEPTH} levels deep")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(inner, (dict, list)):
            _depth(inner, limit - 1)


def parse(line):
    """An object with a `type` out of the bytes of a line."""
    try:
        found = json.loads(line.decode(), object_pairs_hook=_object_without_repeats, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ProtocolError("not an object")
    _depth(found, MAX_DEPTH)
    if not _is_text(found.get("type")):
        raise ProtocolError("no type")
    return found


def check(message, known):
    """`message` has all fields of its type, one of `known`."""
    kind = message["type"]
    if kind not in known:
        raise ProtocolError(f"unknown type '{kind[:80]}'")
    for name, is_right in dict(known[kind], id=_whole(), nonce=_is_text).items():
        if name not in message:
            raise ProtocolError(f"{kind}: the field '{name}' is missing")
        if not is_right(message[name]):
            raise ProtocolError(f"{kind}: wrong value of the field '{name}'")


def decode_request(line):
    request = parse(line)
    check(request, REQUESTS)
    return request


def encode(message):
    """One line, keys in order, with its newline. Text that is no UTF-8 (file names of the system) is replaced."""
    text = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"
