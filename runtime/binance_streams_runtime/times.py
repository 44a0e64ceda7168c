"""Unix times of the venue as datetimes."""

from __future__ import annotations

import operator
from datetime import UTC, datetime, timedelta

from binance_streams_runtime.errors import ParameterError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Milliseconds reach this number in the year 5138, microseconds passed it in March 1973.
FIRST_MICROSECONDS = 100_000_000_000_000

# The years 2000 to 2199: seconds and nanoseconds of these years are no times of either unit.
_MILLISECONDS = range(946_684_800_000, 7_258_118_400_000)
_MICROSECONDS = range(_MILLISECONDS.start * 1000, _MILLISECONDS.stop * 1000)

_ALLOWED = "a whole number of milliseconds or microseconds since 1970, in the years 2000 to 2199"


def to_datetime(timestamp: int) -> datetime:
    """Convert a timestamp in milliseconds or microseconds (its size says which) to UTC.

    No precision is lost: the datetime is built from whole microseconds.

    Raises ParameterError if it is not a whole number, or not in the years 2000 to 2199 in either
    unit, as is the case for seconds, nanoseconds and 0.
    """
    try:
        number = operator.index(timestamp)
    except TypeError:
        raise ParameterError("timestamp", timestamp, _ALLOWED + _hint(timestamp)) from None
    if number in _MICROSECONDS:
        return _EPOCH + timedelta(microseconds=number)
    if number in _MILLISECONDS:
        return _EPOCH + timedelta(milliseconds=number)
    raise ParameterError("timestamp", timestamp, _ALLOWED + _hint(timestamp))


def is_microseconds(timestamp: int) -> bool:
    """Return whether a timestamp counts microseconds rather than milliseconds, by its size."""
    return abs(timestamp) >= FIRST_MICROSECONDS


def _hint(given: object) -> str:
    if not isinstance(given, int | float):
        return ""
    if _MILLISECONDS.start <= given * 1000 < _MILLISECONDS.stop:
        return "; these are seconds: multiply them by 1000"
    if _MICROSECONDS.start <= given // 1000 < _MICROSECONDS.stop:
        return "; these are nanoseconds: divide them by 1000"
    return ""
