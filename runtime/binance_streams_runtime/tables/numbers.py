"""Prices and quantities as the columns of a table hold them: exactly, unless asked otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.types import Numbers

PRECISION = 38
"""Digits of a decimal, at most: what 128 bits hold, as all libraries have them."""

SCALE = 8
"""Digits after the point. The venue sends no more; if there are more, so many as are needed."""

_OTHERWISE = "numbers=str and numbers=float take others"
_PLAIN = re.compile(r"[-+]?\d*\.?\d*")


def given_numbers(name: str, values: Iterable[Any]) -> Numbers | None:
    """Return the type of the numbers in a column; None if there is none.

    Raises ParameterError if there are several.
    """
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1:
        names = " and ".join(sorted(kind.__name__ for kind in kinds))
        raise ParameterError(name, names, "numbers of one type, as one client gives them")
    return next(iter(kinds), None)


def check_conversion(given: Numbers | None, wanted: Numbers) -> None:
    """Raise ParameterError if numbers would have to become more exact than they are."""
    if given is float and wanted is not float:
        raise ParameterError("numbers", wanted, "float, as the events have no other numbers")


def converted(values: list[Any], given: Numbers | None, wanted: Numbers) -> list[Any]:
    """Return the numbers of a column as Decimal, float or str; None stays as it is."""
    if given is None or given is wanted:
        return values
    if wanted is str:
        return [value if value is None else format(value, "f") for value in values]
    return [value if value is None else wanted(value) for value in values]


def plain_texts(values: list[Any], given: Numbers | None) -> list[Any]:
    """Return decimals or texts as texts without exponents, which every library reads alike."""
    texts = values
    if given is Decimal:
        texts = [value if value is None else str(value) for value in values]
    joined = "".join(filter(None, texts))
    if "E" in joined or "e" in joined:
        return [format(Decimal(text), "f") if _has_exponent(text) else text for text in texts]
    return texts


def _has_exponent(text: str | None) -> bool:
    return text is not None and ("E" in text or "e" in text)


def scale_of(name: str, values: Iterable[Any]) -> int:
    """Return how many digits after the point a column needs, but not less than ``SCALE``.

    Raises ParameterError if a value does not fit then, or is no number.
    """
    scale, whole = SCALE, 0
    for value in values:
        if value is not None:
            text = _plain(name, value)
            digits, _, fraction = text.lstrip("+-").partition(".")
            scale = max(scale, len(fraction.rstrip("0")))
            whole = max(whole, len(digits.lstrip("0")))
    if scale + whole > PRECISION:
        given = f"{whole} digits before and {scale} after the point"
        raise ParameterError(name, given, f"{PRECISION} digits; {_OTHERWISE}")
    return scale


def _plain(name: str, value: Any) -> str:
    text = value if value.__class__ is str and _PLAIN.fullmatch(value) else _formatted(value)
    if not re.search(r"\d", text):
        raise ParameterError(name, value, f"numbers; {_OTHERWISE}")
    return text


def _formatted(value: Any) -> str:
    try:
        return format(Decimal(value), "f")
    except ArithmeticError:
        return ""
