"""Unix times of the venue as datetimes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Milliseconds reach this number in the year 5138, microseconds passed it in March 1973.
_FIRST_MICROSECONDS = 100_000_000_000_000


def to_datetime(timestamp: int) -> datetime:
    """The UTC datetime of a timestamp in milliseconds or in microseconds; its size tells which.

    No precision is lost: the result is built from whole microseconds.
    """
    if is_microseconds(timestamp):
        return _EPOCH + timedelta(microseconds=timestamp)
    return _EPOCH + timedelta(milliseconds=timestamp)


def is_microseconds(timestamp: int) -> bool:
    """Whether a timestamp counts microseconds, by its size; else it counts milliseconds."""
    return abs(timestamp) >= _FIRST_MICROSECONDS
