"""What a relay is asked to do, checked before anything is done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.client.options import (
    check_count,
    check_flag,
    check_pause,
    check_seconds,
    find_proxy,
)
from binance_streams_runtime.client.servers import LOGS, REPLAY
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.protocol.url import check_rest_url

Slow = Literal["close", "conflate"]
"""What happens to a client that does not keep up: it is disconnected once too much waits for it; or
of streams whose event replaces the last one, only the newest waits."""

DEFAULT_MAX_PENDING_BYTES = 16 * 2**20
DEFAULT_LINGER = 10.0
_LEAST_PENDING_BYTES = 64 * 2**10
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class RelayLimits:
    """Limits of a client that are not the venue's; None is the venue's own.

    Counts and ``connection_lifetime`` may be 0, which is no limit. Times are in seconds, up to a
    day; those of pings and pongs are above 0.
    """

    messages_per_second: int | None = None
    """Requests, pings and pongs that a client may send in a second."""
    frame_bytes: int | None = None
    """The largest request; the venue ignores a larger one."""
    streams_per_connection: int | None = None
    """How many streams a client may have on one connection."""
    ping_interval: float | None = None
    """After how long a connection gets a ping, again and again."""
    pong_timeout: float | None = None
    """How long the answer to a ping may take; then the connection is closed."""
    connection_lifetime: float | None = 0
    """When a connection is closed; never, as there is no reason to."""

    def check(self) -> None:
        """Raise ParameterError if one of them is not allowed."""
        units = {"messages_per_second": "messages", "frame_bytes": "bytes"}
        units["streams_per_connection"] = "streams"
        for name, unit in units.items():
            if (count := getattr(self, name)) is not None:
                check_count(name, count, unit, 0)
        for name in ("ping_interval", "pong_timeout"):
            if (seconds := getattr(self, name)) is not None:
                check_seconds(name, seconds)
        if self.connection_lifetime is not None:
            check_pause("connection_lifetime", self.connection_lifetime)

    def applied_to(self, limits: Limits) -> Limits:
        """Return the venue's limits with these in their place."""
        given: dict[str, Any] = {
            "messages_per_second": self.messages_per_second,
            "frame_bytes": self.frame_bytes,
            "streams_per_connection": self.streams_per_connection,
            "ping_interval": self.ping_interval,
            "pong_timeout": self.pong_timeout,
            "connection_lifetime": self.connection_lifetime,
        }
        endless = ("streams_per_connection", "connection_lifetime")
        changed = {
            name: float("inf") if value == 0 and name in endless else value
            for name, value in given.items()
            if value is not None
        }
        return msgspec.structs.replace(limits, **changed)

    @classmethod
    def none(cls) -> RelayLimits:
        """Return limits that no client can exceed."""
        return cls(messages_per_second=0, frame_bytes=0, streams_per_connection=0)


@dataclass(frozen=True)
class RelayOptions:
    """The options of a relay; ``checked`` raises ParameterError for one that is not allowed."""

    upstream: str = "production"
    """A server of the market such as ``testnet``, a ``ws://`` or ``wss://`` URL, or the URL of a
    log of messages such as ``nats://127.0.0.1:4222``."""
    market: str = "binance_streams"
    """The generated package whose streams it relays."""
    host: str = "127.0.0.1"
    """The address to listen at."""
    port: int = 0
    """Where to listen; 0 takes any free port."""
    rest_url: str | None = None
    """The REST API upstream, as the client's ``rest_url``. A log has none of its own."""
    proxy: str | None = None
    """The proxy to go through, as the client's ``proxy``; that to the REST API only for a log."""
    trust_env: bool = False
    """Whether the environment names the proxy."""
    redundancy: int = 1
    """How many connections upstream carry each stream, as the client's ``redundancy``."""
    limits: RelayLimits = field(default_factory=RelayLimits)
    """What each client may do."""
    slow: Slow = "close"
    """What happens to a client that does not keep up."""
    max_pending_bytes: int = DEFAULT_MAX_PENDING_BYTES
    """How much may wait for one client, besides what the system buffers for its socket."""
    linger: float = DEFAULT_LINGER
    """Seconds for which a stream stays subscribed upstream after its last client has left."""
    book_depth: int = 5000
    """Levels a side of the order books that answer ``/api/v3/depth``. At least half of them are
    known at any time; requests for more than are known are passed on upstream. 0 passes on all."""
    shutdown_delay: float = 0.5
    """Seconds between the announcement of the end and the end itself."""
    tls_certificate: str | None = None
    """The file with the certificate and its chain, in PEM; the relay serves wss:// then."""
    tls_key: str | None = None
    """The file with the certificate's private key, if it is another one."""
    metrics: str | None = None
    """Where metrics are served, as ``serve_metrics`` of the market's package takes it."""
    reuse_port: bool = False
    """Whether other processes may listen at the same port."""

    @property
    def has_log_upstream(self) -> bool:
        """Whether it relays a log of messages, which is no server of the venue."""
        return self.upstream.startswith(LOGS)

    def checked(self) -> RelayOptions:
        """Return these options; raise ParameterError if one of them is not allowed."""
        if not isinstance(self.upstream, str) or self.upstream.startswith(REPLAY):
            allowed = (
                "the name or the URL of a server; a recording is served by Simulator(replay=...) "
                "and by the option --replay"
            )
            raise ParameterError("upstream", self.upstream, allowed)
        if self.rest_url is not None:
            find_proxy(self.proxy, self.trust_env, check_rest_url(self.rest_url))
        check_count("port", self.port, "a port, or 0 for any", 0)
        if self.port > _LARGEST_PORT:
            raise ParameterError("port", self.port, f"a port, from 0 to {_LARGEST_PORT}")
        if self.slow not in get_args(Slow):
            raise ParameterError("slow", self.slow, "'close', 'conflate'")
        check_count("max_pending_bytes", self.max_pending_bytes, "bytes", _LEAST_PENDING_BYTES)
        self.limits.check()
        check_pause("linger", self.linger)
        check_pause("shutdown_delay", self.shutdown_delay)
        check_count("book_depth", self.book_depth, "levels", 0)
        check_flag("trust_env", self.trust_env)
        check_flag("reuse_port", self.reuse_port)
        for name, path in (
            ("tls_certificate", self.tls_certificate),
            ("tls_key", self.tls_key),
        ):
            if path is not None and not Path(path).is_file():
                raise ParameterError(name, path, "a file that exists")
        if self.tls_key is not None and self.tls_certificate is None:
            raise ParameterError("tls_key", self.tls_key, "None, as there is no tls_certificate")
        return self

    def of_worker(self, index: int, port: int) -> RelayOptions:
        """Return the same options for one of several processes that share a port.

        The metrics of each are at a port of its own, one after the other.
        """
        metrics = self.metrics
        if metrics is not None and index:
            host, colon, first = metrics.rpartition(":")
            if first.isdecimal() and int(first):
                metrics = f"{host}{colon}{int(first) + index}"
        return replace(self, port=port, metrics=metrics, reuse_port=True)
