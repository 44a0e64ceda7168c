"""The query of a request: which parameters it has, and what they say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from binance_streams_simulator.market import Instrument, Market
from binance_streams_simulator.refusals import Refusal, illegal, invalid, missing
from binance_streams_simulator.windows import MINUTE

_DIGITS = "^[0-9]{1,20}$"
# Java's notation; Python's has no intersection of sets.
SYMBOLS = r"^[\\w\\-._&&[^a-z]]{1,50}$"
_symbol = re.compile(r"(?:(?![a-z])[\w\-.]){1,50}")
_zone = re.compile(r"([+-]?)(\d{1,2})(?::([0-5]\d))?")
_MICROSECONDS_FROM = 10**14
"""A time above this is in microseconds, below it in milliseconds."""
_EARLIEST_ZONE, _LATEST_ZONE = -12 * 60 * MINUTE, 14 * 60 * MINUTE


class Arguments:
    """The arguments of one request."""

    def __init__(self, query: str) -> None:
        pairs = parse_qsl(query, keep_blank_values=True)
        self._values = dict(pairs)
        self._count = len(pairs)

    @property
    def values(self) -> Mapping[str, str]:
        """The arguments by their names."""
        return self._values

    def check_names(self, known: Collection[str]) -> None:
        """Refuse parameters that the endpoint does not have."""
        if len(self._values) != self._count:
            raise Refusal(-1101, "Duplicate values for a parameter detected.")
        if not known and self._values:
            raise Refusal(-1101, f"Too many parameters; expected '0' and received '{self._count}'.")
        read = sum(name in known for name in self._values)
        if read != self._count:
            raise Refusal(
                -1104,
                f"Not all sent parameters were read; read '{read}' parameter(s) but was sent "
                f"'{self._count}'.",
            )

    def text(self, name: str) -> str:
        """Return a parameter that must be there."""
        value = self._values.get(name, "")
        if not value:
            raise missing(name)
        return value

    def whole(self, name: str) -> int | None:
        """Return a whole number, None if it was not sent."""
        if name not in self._values:
            return None
        if not re.fullmatch(_DIGITS, self._values[name], re.ASCII):
            raise illegal(name, _DIGITS)
        return int(self._values[name])

    def limit(self, name: str, default: int, most: int) -> int:
        """Return how much was asked for; more than ``most`` is cut."""
        limit = self.whole(name)
        if limit == 0:
            raise invalid(name)
        return min(default if limit is None else limit, most)

    def earliest(self, name: str) -> int | None:
        """Return a time in microseconds, None if it was not sent."""
        time = self.whole(name)
        return time if time is None or time >= _MICROSECONDS_FROM else time * 1_000

    def latest(self, name: str) -> int | None:
        """Return the end of a time, which is as long as its unit."""
        time = self.whole(name)
        return time if time is None or time >= _MICROSECONDS_FROM else time * 1_000 + 999

    def instrument(self, name: str, market: Market) -> Instrument:
        """Return the instrument of a symbol."""
        symbol = self.text(name)
        if not is_symbol(symbol):
            raise illegal(name, SYMBOLS)
        instrument = market.instruments.get(symbol)
        if instrument is None:
            raise Refusal(-1121, "Invalid symbol.")
        return instrument

    def interval(self, name: str, allowed: Collection[str]) -> str:
        """Return the interval of candles."""
        interval = self.text(name)
        if interval not in allowed:
            raise Refusal(-1120, "Invalid interval.")
        return interval

    def zone(self, name: str) -> int:
        """Return a time zone such as ``8`` or ``-1:00`` in microseconds, 0 if it was not sent."""
        text = self._values.get(name, "0")
        match = _zone.fullmatch(text)
        if match is None:
            raise invalid(name)
        offset = (int(match[2]) * 60 + int(match[3] or 0)) * MINUTE
        offset = -offset if match[1] == "-" else offset
        if not _EARLIEST_ZONE <= offset <= _LATEST_ZONE:
            raise invalid(name)
        return offset


def is_symbol(text: str) -> bool:
    """Return whether a text may be a symbol."""
    return _symbol.fullmatch(text) is not None
