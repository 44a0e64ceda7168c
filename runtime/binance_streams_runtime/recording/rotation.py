"""When a recording begins its next part."""

from __future__ import annotations

import re

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_NANOSECONDS = 1_000_000_000

_ALLOWED = "a time such as '15m', '1h' or '1d', a size such as '512MB' or '1GiB', or None"


class Rotation(Struct, frozen=True):
    """After how much time or how many bytes on disk; None for neither."""

    seconds: int | None = None
    size: int | None = None

    def next_time(self, time: int) -> int | None:
        """Return when the part that holds ``time`` ends, both in Unix nanoseconds.

        It is a multiple of the interval since 1970, so hours and days are those of UTC.
        """
        if self.seconds is None:
            return None
        interval = self.seconds * _NANOSECONDS
        return time // interval * interval + interval


def parse_rotation(rotate: object) -> Rotation:
    """Return what ``rotate`` means; raise ParameterError if it means nothing."""
    if rotate is None:
        return Rotation()
    match = re.fullmatch(r"(\d{1,9})\s?([A-Za-z]+)", rotate) if isinstance(rotate, str) else None
    if match is not None and int(match[1]) > 0:
        number, unit = int(match[1]), match[2]
        if unit in _SECONDS:
            return Rotation(seconds=number * _SECONDS[unit])
        if unit.upper() in _BYTES:
            return Rotation(size=number * _BYTES[unit.upper()])
    raise ParameterError("rotate", rotate, _ALLOWED)
