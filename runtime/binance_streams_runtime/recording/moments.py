"""Moments as users write them, such as the bounds of what is read of a recording."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from binance_streams_runtime.errors import ParameterError

ALLOWED = (
    "a datetime, a text such as '2026-11-25T12:00' or '2026-11-25' (UTC if it names no zone), "
    "or Unix seconds"
)
ALLOWED_WITH_TIME = ALLOWED + "; a time of the first day, such as '12:00'"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?")
_NUMBER = re.compile(r"\d{9,10}(\.\d{1,9})?")

# Unix seconds of the years 2000 to 2199; milliseconds are no seconds of these years.
_SECONDS = range(946_684_800, 7_258_118_400)


def unix_ns(name: str, value: object, first: int | None = None) -> int:
    """Return a moment in Unix nanoseconds; raise ParameterError if it is none.

    ``first`` is when the recording begins, in the same unit: a time without a date, such as
    ``12:00``, is of that day, by UTC. Without it, such a time is an error.
    """
    allowed = ALLOWED if first is None else ALLOWED_WITH_TIME
    if isinstance(value, datetime):
        return _of_datetime(value)
    if isinstance(value, date):
        return _of_datetime(datetime.combine(value, time()))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(name, value, value, allowed)
    if not isinstance(value, str):
        raise ParameterError(name, value, allowed)
    text = value.strip()
    if _NUMBER.fullmatch(text):
        whole, _, part = text.partition(".")
        seconds = int(whole)
        if seconds in _SECONDS:
            return seconds * 1_000_000_000 + int(part.ljust(9, "0"))
    if first is not None and _TIME_OF_DAY.fullmatch(text):
        day = datetime.fromtimestamp(first // 1_000_000_000, UTC)
        text = f"{day:%Y-%m-%d}T{text.zfill(len(text) + (text.find(':') == 1))}"
    try:
        return _of_datetime(datetime.fromisoformat(text))
    except ValueError:
        raise ParameterError(name, value, allowed) from None


def _of_number(name: str, value: float, given: object, allowed: str) -> int:
    if not (_SECONDS.start <= value < _SECONDS.stop):
        raise ParameterError(name, given, allowed)
    if isinstance(value, int):
        return value * 1_000_000_000
    whole = int(value)
    return whole * 1_000_000_000 + round((value - whole) * 1e9)


def _of_datetime(value: datetime) -> int:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    since = aware - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000
