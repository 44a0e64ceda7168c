"""The parameters of a request: whether the method has them, and what they say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from binance_streams_simulator.api.errors import empty, too_precise, unread
from binance_streams_simulator.api.request import text_of
from binance_streams_simulator.refusals import Refusal, illegal, invalid, missing

_DIGITS = "^[0-9]{1,20}$"
_DECIMALS = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_PLACES = 8
SIGNING = ("apiKey", "timestamp", "signature", "recvWindow")
"""The parameters that signed requests have beside their own."""
RETURNS_LIMITS = "returnRateLimits"
"""Any request may have it."""
MICROSECONDS_FROM = 10**14
"""A time above this is in microseconds, below it in milliseconds."""


class Arguments:
    """The arguments of one request."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params

    def check_names(self, known: Collection[str]) -> None:
        """Refuse parameters that the method does not have."""
        read = sum(name in known or name == RETURNS_LIMITS for name in self._params)
        if read != len(self._params):
            raise unread(read, len(self._params))

    def has(self, name: str) -> bool:
        """Return whether a parameter was sent."""
        return name in self._params

    def text(self, name: str) -> str:
        """Return a parameter that must be sent."""
        value = self._params.get(name)
        if value is None or value == "":
            raise missing(name)
        return text_of(value)

    def optional(self, name: str) -> str | None:
        """Return a parameter, None if it was not sent."""
        if name not in self._params:
            return None
        value = self._params[name]
        if value is None or value == "":
            raise empty(name)
        return text_of(value)

    def texts(self) -> Mapping[str, str]:
        """Return all parameters that are the method's own, as texts."""
        return {
            name: text_of(value) for name, value in self._params.items() if name != RETURNS_LIMITS
        }

    def choice(self, name: str, allowed: Collection[str], refusal: Refusal) -> str:
        """Return a parameter that must be one of some words."""
        word = self.text(name)
        if word not in allowed:
            raise refusal
        return word

    def whole(self, name: str) -> int | None:
        """Return a whole number, None if it was not sent."""
        text = self.optional(name)
        if text is None:
            return None
        if not re.fullmatch(_DIGITS, text, re.ASCII):
            raise illegal(name, _DIGITS)
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        """Return a truth value; it may also be sent as a text."""
        text = self.optional(name)
        if text is None:
            return default
        if text not in ("true", "false"):
            raise invalid(name)
        return text == "true"

    def amount(self, name: str) -> int | None:
        """Return a decimal number in units of 1e-8, None if it was not sent."""
        text = self.optional(name)
        return None if text is None else _scaled(name, text, _PLACES)

    def limit(self, default: int, most: int) -> int:
        """Return how much was asked for; more than ``most`` is cut."""
        limit = self.whole("limit")
        if limit == 0:
            raise invalid("limit")
        return min(default if limit is None else limit, most)

    def time(self, name: str) -> int | None:
        """Return a time in microseconds, None if it was not sent."""
        time = self.whole(name)
        return time if time is None or time >= MICROSECONDS_FROM else time * 1_000

    # What signed requests have in common

    def timestamp(self) -> int:
        """Return when the request was made, in microseconds."""
        self.text("timestamp")
        time = self.time("timestamp")
        assert time is not None
        return time

    def recv_window(self, default: int, most: int) -> int:
        """Return for how many microseconds the request is valid; both limits are milliseconds."""
        text = self.optional("recvWindow")
        if text is None:
            return default * 1_000
        window = _scaled("recvWindow", text, 3)
        if window > most * 1_000:
            raise Refusal(
                -1102, f"'recvWindow' contains unexpected value. Cannot be greater than {most}."
            )
        return window

    def returns_limits(self, default: bool) -> bool:
        """Return whether the answer has rate limits; an invalid value does not count."""
        value = self._params.get(RETURNS_LIMITS)
        text = None if value is None else text_of(value)
        return {"true": True, "false": False}.get(text or "", default)

    def as_weighed(self) -> Mapping[str, object]:
        """Return the parameters with whole numbers as such, for the weight of the request."""
        return {
            name: int(value) if isinstance(value, str) and value.isdecimal() else value
            for name, value in self._params.items()
        }


def _scaled(name: str, text: str, places: int) -> int:
    match = re.fullmatch(_DECIMALS, text, re.ASCII)
    if match is None:
        raise illegal(name, _DECIMALS)
    decimals = (match[2] or ".")[1:].rstrip("0")
    if len(decimals) > places:
        raise too_precise(name)
    return int(match[1] + decimals.ljust(places, "0"))
