"""Engine options as a description lists them."""


def _option(name, kind, help, **more):
    return {"name": name, "type": kind, "default_value": "", "values": [], "minimum": 0, "maximum": 0, "help": help, **more}


def choice_option(name, values, help):
    """One of `values`; the first is the default."""
    return _option(name, "choice", help, default_value=values[0], values=list(values))


def boolean_option(name, default, help):
    """"0" or "1"."""
    return _option(name, "boolean", help, default_value="1" if default else "0")


def integer_option(name, default, allowed, help):
    """`allowed`: a range."""
    return _option(name, "integer", help, default_value=str(default), minimum=allowed[0], maximum=allowed[-1])
