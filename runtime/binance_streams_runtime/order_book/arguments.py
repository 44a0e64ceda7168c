"""What may be asked about an order book: numbers, counts and sides, checked."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.order_book.values import BookSide

_MOST_DIGITS = 40

MAX_COUNT = 1_000_000
"""More levels than any book has."""


def positive(name: str, given: object) -> Decimal:
    """Return a number as it is written; raise ParameterError unless it is above zero."""
    allowed = "a number above 0: Decimal, int, float or a text such as '0.25'"
    if isinstance(given, bool) or not isinstance(given, (Decimal, int, float, str)):
        raise ParameterError(name, given, allowed)
    try:
        # A float as Python writes it: 0.1 means a tenth.
        number = Decimal(repr(given) if isinstance(given, float) else given)
    except InvalidOperation:
        raise ParameterError(name, given, allowed) from None
    if not number.is_finite() or number <= 0 or not _is_plain(number):
        raise ParameterError(name, given, allowed)
    return number


def count(name: str, given: object) -> int:
    """Return a number of levels; raise ParameterError unless it is whole and above zero."""
    is_whole = isinstance(given, int) and not isinstance(given, bool)
    if not is_whole or not 1 <= given <= MAX_COUNT:  # type: ignore[operator]
        raise ParameterError(name, given, f"a whole number from 1 to {MAX_COUNT}")
    assert isinstance(given, int)
    return given


def side(given: object) -> BookSide:
    """Return a side; raise ParameterError unless it is one."""
    if given == "buy":
        return "buy"
    if given == "sell":
        return "sell"
    raise ParameterError("side", given, "'buy' (the asks) or 'sell' (the bids)")


def _is_plain(number: Decimal) -> bool:
    """Return whether sums and products with it are exact: nobody has more digits than these."""
    return abs(number.adjusted()) <= _MOST_DIGITS and len(number.as_tuple().digits) <= _MOST_DIGITS
