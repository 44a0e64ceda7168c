"""The arguments of a client and of a subscription: their types, defaults and checks."""

from __future__ import annotations

import inspect
import logging
import random
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar, cast
from urllib.parse import urlsplit

from msgspec.structs import asdict

from binance_streams_runtime.catalog.streams import Identified, PerKey, Range, Stream
from binance_streams_runtime.catalog.venue import Limits, Server, Venue
from binance_streams_runtime.client.log import log_safely, logger
from binance_streams_runtime.decoding.json import check_numbers
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.engine import MakeRouter
from binance_streams_runtime.errors import ConnectionLost, ParameterError
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.fill.fills import DEFAULT_FILL_TIMEOUT
from binance_streams_runtime.pipeline.idle import ON_IDLE, OnIdle
from binance_streams_runtime.pipeline.queues import Overflow, check_queue
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.unread import DEFAULT_MAX_UNREAD_BYTES, LEAST_MAX_UNREAD_BYTES
from binance_streams_runtime.protocol.proxy import Proxy, parse_proxy
from binance_streams_runtime.protocol.rest import RestServer
from binance_streams_runtime.session.retry import Retry, full_jitter
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_runtime.transport.proxy import proxy_from_environment
from binance_streams_runtime.transport.target import Target
from binance_streams_runtime.types import Numbers

if TYPE_CHECKING:
    # Few clients have one, so it is loaded only then.
    from binance_streams_runtime.client.source import Source

E = TypeVar("E")

TimeUnit = Literal["millisecond", "microsecond", "MILLISECOND", "MICROSECOND"]

_LONGEST = 24 * 60 * 60
"""Seconds of the longest timeout: the venue closes every connection after a day."""

DEFAULT_FIRST_EVENT_TIMEOUT = 60.0

MAX_REDUNDANCY = 3
"""The most connections for one stream: more would use up the server's limits for little."""


class SubscribeOptions(TypedDict, Generic[E], total=False):
    """Options of every stream method; ``E`` is the type of the events."""

    on_event: Callable[[E], object] | None
    """Called with each event, where the client calls all its callbacks."""
    maxsize: int | None
    """How many events may wait; None for the client's ``maxsize``."""
    overflow: Overflow | None
    """What happens to events beyond that; None for the client's ``overflow``."""
    max_idle: float | None
    """Seconds without an event after which ``Stale`` is reported; None (the default) for never."""
    on_idle: OnIdle
    """What to do then: ``notice`` (nothing more, the default), ``resubscribe`` or ``reconnect``."""


class FillOptions(SubscribeOptions[E], total=False):
    """The same for a stream whose missed events can be fetched."""

    fill: bool
    """Whether to fetch missed events by REST and deliver them in order; False by default."""


class ClientOptions(TypedDict, Generic[E], total=False):
    """Options of a client besides the server and the number type; ``E`` is its type of events.

    ``Client`` describes each.
    """

    on_event: Callable[[Message[E]], object] | None
    on_notice: Callable[[Notice], object] | None
    on_error: Callable[[BaseException], object] | None
    maxsize: int
    overflow: Overflow
    max_unread_bytes: int
    reconnect: bool | Callable[[ConnectionLost], bool]
    backoff: Callable[[], Iterator[float]] | None
    proxy: str | None
    trust_env: bool
    ssl_context: ssl.SSLContext | None
    connect_timeout: float
    request_timeout: float
    idle_timeout: float | None
    first_event_timeout: float | None
    connection_lifetime: float | None
    handover_timeout: float
    redundancy: int
    max_message: int
    rest_url: str | None
    api_url: str | None
    weight_reserve: int | None
    fill_timeout: float


class TimedClientOptions(ClientOptions[E], total=False):
    """The same for the client of a venue that can send times in another unit."""

    time_unit: TimeUnit


@dataclass(frozen=True)
class Settings:
    """The checked arguments of a client."""

    target: Target
    server: Server | None
    numbers: Numbers
    timeouts: Timeouts
    retry: Retry
    maxsize: int
    overflow: Overflow
    max_message: int
    on_event: Callable[[Message[Any]], object] | None
    on_notice: Callable[[Notice], object] | None
    on_error: Callable[[BaseException], object] | None
    max_unread_bytes: int = DEFAULT_MAX_UNREAD_BYTES
    first_event_timeout: float | None = DEFAULT_FIRST_EVENT_TIMEOUT
    logger: logging.Logger = logger
    urls: Mapping[str, str] = field(default_factory=dict)
    """URLs of the categories of streams that have a path of their own."""
    make_router: MakeRouter = Router
    rest: RestServer | None = None
    """Where REST requests go; None if there is no REST API."""
    rest_proxy: Proxy | None = None
    api_url: str | None = None
    """The URL of connections to the WebSocket API; None if the server has none."""
    weight_reserve: int = 0
    """Request weight a window that is left for others."""
    fill_timeout: float = DEFAULT_FILL_TIMEOUT
    redundancy: int = 1
    """How many connections carry each stream."""
    source: Source | None = None
    """What takes the place of a server; None if there is a server."""

    @property
    def is_acknowledged(self) -> bool:
        """Whether it is remembered what users have finished with."""
        return self.source is not None and self.source.is_acknowledged

    @property
    def log_url(self) -> str:
        """The URL that the client connects to, without a path if its streams have several."""
        if not self.urls:
            return self.target.url
        parts = urlsplit(self.target.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __post_init__(self) -> None:
        check_numbers(self.numbers)
        check_queue(self.maxsize, self.overflow)
        check_count("max_message", self.max_message, "bytes")
        check_count("max_unread_bytes", self.max_unread_bytes, "bytes", LEAST_MAX_UNREAD_BYTES)
        for name in ("on_event", "on_notice", "on_error"):
            check_callback(name, getattr(self, name))
        for name, seconds in asdict(self.timeouts).items():
            check_seconds(
                "connection_lifetime" if name == "lifetime" else f"{name}_timeout", seconds
            )
        check_seconds("fill_timeout", self.fill_timeout)
        check_redundancy(self.redundancy, has_server=self.source is None)
        if self.first_event_timeout is not None:
            check_seconds("first_event_timeout", self.first_event_timeout)
        context = self.target.ssl_context
        if context is not None and not isinstance(context, ssl.SSLContext):
            raise ParameterError("ssl_context", context, "an ssl.SSLContext, or None")


def check_redundancy(redundancy: object, has_server: bool) -> None:
    """Raise ParameterError if this is no number of connections for each stream."""
    is_int = isinstance(redundancy, int) and not isinstance(redundancy, bool)
    if not is_int or redundancy not in range(1, MAX_REDUNDANCY + 1):
        raise ParameterError("redundancy", redundancy, f"1 to {MAX_REDUNDANCY} connections")
    if redundancy != 1 and not has_server:
        allowed = "1, as recordings and logs have no connections that could be redundant"
        raise ParameterError("redundancy", redundancy, allowed)


def check_names(given: Mapping[str, object], venue: Venue) -> None:
    """Raise TypeError for an argument that a client of this venue does not have."""
    options = ClientOptions if venue.time_units is None else TimedClientOptions
    for name in given:
        allowed = ", ".join(["server", "numbers", *options.__annotations__])
        raise TypeError(f"unexpected keyword argument {name!r}; allowed: {allowed}")


def check_options(given: FillOptions[Any]) -> None:
    """Raise TypeError for an unknown option, ParameterError for an invalid value."""
    allowed = FillOptions.__annotations__
    for name in given:
        if name not in allowed:
            raise TypeError(f"unexpected keyword argument {name!r}; allowed: {', '.join(allowed)}")
    check_callback("on_event", given.get("on_event"))
    check_idle(given)
    check_flag("fill", given.get("fill", False))


def check_idle(given: SubscribeOptions[Any]) -> None:
    """Raise ParameterError if an option about events that do not come is invalid."""
    if given.get("max_idle") is not None:
        check_seconds("max_idle", given["max_idle"])
    if given.get("on_idle", "notice") not in ON_IDLE:
        raise ParameterError("on_idle", given["on_idle"], ", ".join(map(repr, ON_IDLE)))


def check_policy(overflow: Overflow, stream: Stream) -> None:
    """Raise ParameterError if the policy would break events that build on each other."""
    sequence = stream.type.sequence
    inner = sequence.sequence if isinstance(sequence, PerKey) else sequence
    if overflow == "latest" and isinstance(sequence, Identified):
        allowed = f"any other policy, as each event of {stream.label} counts"
        raise ParameterError("overflow", overflow, allowed)
    if overflow == "latest" and isinstance(inner, Range):
        allowed = f"any other policy, as each event of {stream.label} builds on the one before"
        raise ParameterError("overflow", overflow, allowed)


def check_callable(name: str, value: object) -> None:
    """Raise ParameterError if ``value`` is neither callable nor None."""
    if value is not None and not callable(value):
        raise ParameterError(name, value, "a callable, or None")


def check_callback(name: str, value: object) -> None:
    """Raise ParameterError if ``value`` is neither a callback nor None.

    A generator function is none: a call of it runs none of its code.
    """
    check_callable(name, value)
    for function in (value, type(value).__call__) if callable(value) else ():
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ParameterError(name, value, "a callable without yield, which would never run")


def check_not_async(name: str, callback: object) -> None:
    """Raise ParameterError if ``callback`` is an ``async def``, which a thread cannot await."""
    if callable(callback) and any(
        map(inspect.iscoroutinefunction, (callback, type(callback).__call__))
    ):
        raise ParameterError(
            name, callback, "a callable that is not async; AsyncClient takes both kinds"
        )


def check_flag(name: str, value: object) -> None:
    """Raise ParameterError if ``value`` is neither True nor False."""
    if not isinstance(value, bool):
        raise ParameterError(name, value, "True, False")


def check_pause(name: str, value: object) -> None:
    """Raise ParameterError if ``value`` is not a valid number of seconds, which may be 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _LONGEST:  # type: ignore[operator]
        raise ParameterError(name, value, f"seconds, from 0 to {_LONGEST}")


def check_seconds(name: str, value: object) -> None:
    """Raise ParameterError if ``value`` is not a valid number of seconds."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= _LONGEST:  # type: ignore[operator]
        raise ParameterError(name, value, f"seconds, above 0 and at most {_LONGEST}")


def check_count(name: str, value: object, unit: str, least: int = 1) -> None:
    """Raise ParameterError if ``value`` is not a whole number from ``least`` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ParameterError(name, value, f"a whole number of {unit}, at least {least}")


def retry_policy(
    reconnect: object,
    backoff: object,
    reserve: Callable[[float], float],
    log: logging.Logger = logger,
) -> Retry:
    """Make the policy of ``reconnect`` and ``backoff``; raise ParameterError if one is invalid."""
    if not isinstance(reconnect, bool) and not callable(reconnect):
        raise ParameterError("reconnect", reconnect, "True, False, or a callable")
    check_callable("backoff", backoff)

    # Both may be the user's own code. If it fails, the client continues as if it were not there.

    def should_retry(lost: ConnectionLost) -> bool:
        if isinstance(reconnect, bool):
            return reconnect
        try:
            return bool(cast("Callable[[ConnectionLost], bool]", reconnect)(lost))
        except BaseException as failure:
            text = "reconnect raised: connecting again"
            log_safely(log, logging.ERROR, "reconnect error", "", text, failure=failure)
            return True

    def pauses() -> Iterator[float]:
        if backoff is not None:
            try:
                for pause in cast("Callable[[], Iterator[float]]", backoff)():
                    check_pause("backoff", pause)
                    yield float(pause)
                return
            except GeneratorExit:
                raise
            except BaseException as failure:
                text = "backoff raised: waiting as without it"
                log_safely(log, logging.ERROR, "backoff error", "", text, failure=failure)
        yield from full_jitter(random.random)

    return Retry(should_retry, pauses, reserve, random.random)


def find_proxy(proxy: object, trust_env: object, url: str) -> Proxy | None:
    """Return the given proxy or, on request, the environment's for ``url``, or None."""
    check_flag("trust_env", trust_env)
    if proxy is not None and not isinstance(proxy, str):
        raise ParameterError("proxy", proxy, "a URL such as socks5h://host:1080, or None")
    if proxy is not None:
        return parse_proxy(proxy)
    return proxy_from_environment(url) if trust_env else None


def make_timeouts(
    limits: Limits,
    connect: float,
    request: float = 5.0,
    idle: float | None = None,
    lifetime: float | None = None,
    handover: float = 10.0,
) -> Timeouts:
    """Make the timeouts; what is None is derived from the server's limits."""
    return Timeouts(
        connect,
        request,
        limits.idle_timeout if idle is None else idle,
        limits.connection_lifetime if lifetime is None else lifetime,
        handover,
    )
