"""Engine options as a description lists them."""


def _option(name, kind, help, default="", values=(), minimum=0, maximum=0):
    return {"name": name, "type": kind, "default_value": default, "values": list(values), "minimum": minimum,
            "maximum": maximum, "help": help}


def choice_option(name, values, help):
    """One of `values`; the first is the default."""
    return _option(name, "choice", help, values[0], values)


def boolean_option(name, default, help):
    """"0" or "1"."""
    return _option(name, "boolean", help, "1" if default else "0")


def integer_option(name, default, minimum, maximum, help):
    return _option(name, "integer", help, str(default), (), minimum, maximum)
