"""The parameters of a request to the WebSocket API: checked, and in the form that is sent."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches

from binance_streams_runtime.catalog.api import ApiMethod, ApiParameter
from binance_streams_runtime.errors import ParameterError

# What the client adds to a request itself.
_ADDED = ("apiKey", "signature", "timestamp")

_RECV_WINDOW = "recvWindow"

# Of a Decimal: the venue has at most 16 decimal places.
_MAX_EXPONENT = 40

# Characters of a time limit; a longer one has too many decimal places.
_LONGEST = 20

_MAX_INT = 2**63 - 1

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def checked_params(
    method: ApiMethod, given: Mapping[str, object], max_recv_window: int
) -> dict[str, object]:
    """Return the parameters of a request as they are sent; what is None is left out.

    ``max_recv_window`` is the most milliseconds for which a request may be valid.

    Raises ParameterError if the server would refuse one, if one is missing, or if the method has
    none of that name.
    """
    known = {parameter.name: parameter for parameter in method.parameters}
    # Before any value is in a local variable, which tracebacks may show.
    for name in given:
        if name in _ADDED:
            raise ParameterError(name, "…", "nothing, as it is added to requests that need it")
        if name not in known and not (name == _RECV_WINDOW and method.is_signed):
            # The value is not shown: it may be a secret in the wrong place.
            raise ParameterError(name, "…", _names(method, name, known))
    sent: dict[str, object] = {}
    for name, value in given.items():
        if name == _RECV_WINDOW and method.is_signed:
            if value is not None:
                sent[name] = checked_recv_window(value, max_recv_window, name)
        elif value is not None:
            sent[name] = _sent(method, known[name], value)
    for parameter in method.parameters:
        if parameter.is_required and parameter.name not in (*sent, *_ADDED):
            allowed = f"{_kind(parameter)}, which {method.name} needs"
            raise ParameterError(parameter.name, None, allowed)
    return sent


def checked_recv_window(value: object, most: int, name: str = "recv_window") -> int | float:
    """Return for how many milliseconds, ``most`` at the most, a request is valid.

    Raises ParameterError.
    """
    written = _decimal(str(value) if isinstance(value, float) else value)
    if written is not None and len(written) <= _LONGEST and 1 <= float(written) <= most:
        number = float(written)
        # Microseconds are the smallest unit.
        if round(number, 3) == number:
            return int(number) if number.is_integer() else number
    allowed = f"milliseconds, 1 to {most}, with at most three decimal places"
    raise ParameterError(name, value, allowed)


def _sent(method: ApiMethod, parameter: ApiParameter, value: object) -> object:
    """Return the form in which a value is sent."""
    if isinstance(value, enum.Enum):
        value = value.value
    sent: object = None
    match parameter.type:
        case "bool":
            sent = _bool(value)
        case "int":
            sent = value if _is_int(value) else None
        case "decimal":
            sent = _decimal(value)
        case "list" if not method.is_signed:
            sent = _list(value)
        case "list":
            # The documentation does not say what would be signed.
            raise ParameterError(parameter.name, value, "no list, as the request is signed")
        case _:
            sent = _written(value)
    if sent is None or (parameter.values and sent not in parameter.values):
        raise ParameterError(parameter.name, value, _kind(parameter))
    return sent


def _bool(value: object) -> str | None:
    """Return a boolean as the text that is signed as well."""
    return ("true" if value else "false") if isinstance(value, bool) else None


def _is_int(value: object) -> bool:
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -_MAX_INT - 1 <= value <= _MAX_INT
    )


def _decimal(value: object) -> str | None:
    """Return a number in plain notation; never of a float, which is seldom what was meant."""
    if isinstance(value, Decimal) and value.is_finite():
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        # Otherwise it could have millions of digits.
        return format(value, "f") if abs(exponent) <= _MAX_EXPONENT else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return str(value)
    return str(value) if _is_int(value) else None


def _list(value: object) -> list[object] | None:
    if not isinstance(value, list | tuple):
        return None
    sent = [one if _is_int(one) else _written(one) for one in value]
    return sent if sent and None not in sent else None


def _written(value: object) -> str | None:
    """Return a text that can be sent and is not empty."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    # Of a subclass, the text itself.
    return "".join(value)


def _kind(parameter: ApiParameter) -> str:
    if parameter.values:
        return ", ".join(repr(value) for value in parameter.values)
    return {
        "bool": "True or False",
        "int": "a whole number",
        "decimal": "a number as Decimal, int, or a text such as '0.001' (a float is not exact)",
        "list": "a list of texts, not empty",
    }.get(parameter.type, "a text, not empty")


def _names(method: ApiMethod, name: str, known: Mapping[str, object]) -> str:
    """Say which parameters a method has, the most similar one first."""
    names = [*known, *([_RECV_WINDOW] if method.is_signed else [])]
    if not names:
        return f"no parameters, as {method.name} has none"
    near = get_close_matches(name, names, 1)
    hint = f"{near[0]!r}? " if near else ""
    return f"{hint}The parameters of {method.name} are {', '.join(names)}"
