"""The arguments of a client and of a subscription: their types, defaults and checks."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

from msgspec.structs import asdict

from binance_streams_runtime.catalog.venue import Server, Venue
from binance_streams_runtime.core.core import Timing
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.events.decoding import check_numbers
from binance_streams_runtime.events.delivery import Message
from binance_streams_runtime.events.mailbox import Overflow, check_queue
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.transport.connect import check_url
from binance_streams_runtime.types import Numbers

E = TypeVar("E")

_LONGEST = 24 * 60 * 60
"""Seconds of the longest time-out: the venue ends every connection after a day."""


class SubscribeOptions(TypedDict, Generic[E], total=False):
    """What the method of a stream with events ``E`` takes besides its own parameters."""

    on_event: Callable[[E], object] | None
    """Called with each event, in the client's callback thread."""
    maxsize: int | None
    """How many events wait at most; the client's ``maxsize`` where it is None."""
    overflow: Overflow | None
    """What happens to more of them; the client's ``overflow`` where it is None."""


class ClientOptions(TypedDict, total=False):
    """What a client takes besides the server and the number type; ``Client`` describes each."""

    time_unit: str
    on_event: Callable[[Message[Any]], object] | None
    on_notice: Callable[[Notice], object] | None
    on_error: Callable[[BaseException], object] | None
    maxsize: int
    overflow: Overflow
    ssl_context: ssl.SSLContext | None
    connect_timeout: float
    request_timeout: float
    silence_timeout: float
    max_message: int


@dataclass(frozen=True)
class Settings:
    """The arguments of a client, checked."""

    url: str
    server: Server | None
    numbers: Numbers
    timing: Timing
    maxsize: int
    overflow: Overflow
    max_message: int
    ssl_context: ssl.SSLContext | None
    on_event: Callable[[Message[Any]], object] | None
    on_notice: Callable[[Notice], object] | None
    on_error: Callable[[BaseException], object] | None

    def __post_init__(self) -> None:
        check_numbers(self.numbers)
        check_queue(self.maxsize, self.overflow)
        _check_count("max_message", self.max_message, "bytes")
        for name in ("on_event", "on_notice", "on_error"):
            check_callable(name, getattr(self, name))
        for name, seconds in asdict(self.timing).items():
            _check_seconds(f"{name}_timeout", seconds)
        if self.ssl_context is not None and not isinstance(self.ssl_context, ssl.SSLContext):
            raise ParameterError("ssl_context", self.ssl_context, "an ssl.SSLContext, or None")


def check_options(given: SubscribeOptions[Any]) -> None:
    """Raise TypeError for an option that does not exist, ParameterError for what is no callback."""
    allowed = SubscribeOptions.__annotations__
    for name in given:
        if name not in allowed:
            raise TypeError(f"unexpected keyword argument {name!r}; allowed: {', '.join(allowed)}")
    check_callable("on_event", given.get("on_event"))


def check_callable(name: str, value: object) -> None:
    """Raise ParameterError where ``value`` can neither be called nor left out."""
    if value is not None and not callable(value):
        raise ParameterError(name, value, "a callable, or None")


def _check_seconds(name: str, value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= _LONGEST:  # type: ignore[operator]
        raise ParameterError(name, value, f"seconds, above 0 and at most {_LONGEST}")


def _check_count(name: str, value: object, unit: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ParameterError(name, value, f"a whole number of {unit}, at least 1")


def find_server(venue: Venue, server: object) -> tuple[Server | None, str]:
    """The named server, or None for a URL; and the URL of the host."""
    names = {known.name: known for known in venue.servers}
    if isinstance(server, str) and server in names:
        return names[server], names[server].url
    if isinstance(server, str) and "://" in server:
        return None, check_url(server)
    listed = ", ".join(repr(name) for name in names)
    raise ParameterError("server", server, f"{listed}, or a ws:// or wss:// URL")


def stream_url(venue: Venue, url: str, time_unit: object) -> str:
    """Where to connect: always combined, because the wrapper's name chooses the decoder."""
    units = {unit.lower(): unit for unit in venue.time_units}
    default = venue.time_units[0].lower()
    if not isinstance(time_unit, str) or time_unit.lower() not in units:
        allowed = ", ".join(repr(unit) for unit in units)
        raise ParameterError("time_unit", time_unit, f"{allowed}, in either case")
    query = (
        ""
        if time_unit.lower() == default
        else f"?{venue.time_unit_parameter}={units[time_unit.lower()]}"
    )
    return f"{url}{venue.combined_path}{query}"
