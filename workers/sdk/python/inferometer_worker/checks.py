"""What every engine would have to check of a request, checked once by the loop."""
import difflib

from .engine import EngineError


def printable(text, limit=80):
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= limit else shown[:limit] + "..."


def unknown_word(kind, word, known):
    near = difflib.get_close_matches(word, known, n=1)
    guess = f": did you mean '{near[0]}'?" if near else ""
    return f"unknown {kind} '{printable(word)}'{guess} (known: {', '.join(known) or 'none'})"


def _is_integer_between(text, minimum, maximum):
    digits = text[1:] if text.startswith("-") else text
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and minimum <= int(text) <= maximum


def _check_value(option, value):
    if option["type"] == "integer":
        if _is_integer_between(value, option["minimum"], option["maximum"]):
            return
        allowed = f"an integer from {option['minimum']} to {option['maximum']}"
    else:
        values = ["0", "1"] if option["type"] == "boolean" else option["values"]
        if value in values:
            return
        allowed = ", ".join(values)
    raise EngineError(f"option '{option['name']}' is '{printable(value)}'; allowed: {allowed}")


def complete_options(allowed, given):
    """`given`, checked against the allowed ones, and the defaults of the others. An option with an empty default stays
    out unless given: the engine's own default holds."""
    by_name = {option["name"]: option for option in allowed}
    for name, value in given.items():
        if name not in by_name:
            raise EngineError(unknown_word("option", name, list(by_name)))
        _check_value(by_name[name], value)
    defaults = {name: option["default_value"] for name, option in by_name.items() if option["default_value"]}
    return {**defaults, **given}


def _check_word(kind, word, allowed):
    if word not in allowed:
        raise EngineError(unknown_word(kind, word, allowed), unsupported=True)


def check_load(description, devices, request):
    """`devices`: those that the engine sees, which may be more than the description's."""
    if not request["parts"]:
        raise EngineError("the artefact has no part")
    names = [part["name"] for part in request["parts"]]
    for name in names:
        if names.count(name) > 1:
            raise EngineError(f"two parts have the name '{printable(name)}'")
    _check_word("format", request["format"], description["formats"])
    _check_word("device", request["device"], [device["id"] for device in devices])
    _check_word("precision", request["precision"], description["precisions"])
    if not description["multi_threaded"] and request["threads"] != 1:
        raise EngineError(f"engine '{description['engine']}' runs on 1 thread; {request['threads']} were asked for",
                          unsupported=True)


def only_part(request):
    """For engines whose artefacts have one graph."""
    if len(request["parts"]) == 1:
        return request["parts"][0]
    raise EngineError(f"the artefact has {len(request['parts'])} parts; this engine takes one", unsupported=True)


def _fits(shape, expected):
    return not expected or (len(shape) == len(expected) and all(want < 0 or size == want for size, want in zip(shape, expected)))


def check_inputs(expected, given):
    """`expected`: TensorDescriptions of the part; `given`: dict of Tensor. An input with an empty shape takes any."""
    names = [one.name for one in expected]
    for name in given:
        if name not in names:
            raise EngineError(unknown_word("input", name, names))
    for one in expected:
        tensor = given.get(one.name)
        if tensor is None:
            raise EngineError(f"input '{one.name}' is missing; given: {', '.join(given) or 'none'}")
        if tensor.dtype != one.dtype:
            raise EngineError(f"input '{one.name}' is {tensor.dtype}; the model takes {one.dtype}")
        if not _fits(tensor.shape, one.shape):
            raise EngineError(f"input '{one.name}' has shape {list(tensor.shape)}; the model takes {list(one.shape)} "
                              "(-1: any size)")
