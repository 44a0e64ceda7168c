"""The rules of the venue's connections; the values are generated from the spec."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.catalog.streams import Stream


class Limits(Struct, frozen=True):
    """The server's limits. It ignores, disconnects or bans clients that exceed them."""

    messages_per_second: int
    frame_bytes: int
    streams_per_connection: int
    connection_attempts: int
    connection_attempts_window: int
    """Seconds over which ``connection_attempts`` are counted."""
    ping_interval: int
    """Seconds between two pings of the server."""
    pong_timeout: int
    """Seconds after which the server closes a connection that has not answered a ping."""
    connection_lifetime: int
    """Seconds after which the server closes any connection."""
    request_id_length: int
    """Characters that a text request id may have."""
    request_ids: str = "any"
    """Which ids a request may have: ``any``, or ``unsigned`` (whole numbers from 0)."""

    @property
    def idle_timeout(self) -> float:
        """Seconds without a byte after which a connection is considered dead.

        1.5 times the ping interval, so that a late ping does not end the connection.
        """
        return 1.5 * self.ping_interval


class Unsupported(Struct, frozen=True):
    """A stream that a server lacks, or lacks for these arguments only."""

    stream: str
    parameters: Mapping[str, object] = {}


class Server(Struct, frozen=True):
    """A named server: its URLs and what it does not support."""

    name: str
    url: str
    summary: str
    rest_url: str | None = None
    """The URL of the REST API; None if the venue documents none."""
    api_url: str | None = None
    """The URL of the WebSocket API with its path; None if this server has none."""
    rest_elsewhere: Mapping[str, str] = {}
    """Paths that this server's REST API lacks, and the URL of one that has the same data."""
    refuses: tuple[str, ...] = ()
    """Categories of streams that this server does not carry (``user``)."""
    unsupported: tuple[Unsupported, ...] = ()
    limits: Limits | None = None
    """Its own limits; None if those of the venue apply."""

    @property
    def host(self) -> str | None:
        """The host of ``url``."""
        return urlsplit(self.url).hostname

    def supports(self, stream: Stream) -> bool:
        """Whether the server has the stream. It would confirm any name, but send nothing."""
        return stream.type.category not in self.refuses and not any(
            stream.type.key == lacking.stream
            and lacking.parameters.items() <= stream.parameters.items()
            for lacking in self.unsupported
        )


class ControlMethod(Struct, frozen=True):
    """A method of the control protocol."""

    name: str
    params: str
    """What ``params`` holds: ``streams``, ``property``, ``property and value`` or ``none``."""
    returns: str
    """What ``result`` holds: ``null``, ``streams`` or ``value``."""


class Refusal(Struct, frozen=True):
    """An error message of the server; ``%s`` stands for what it quotes."""

    code: int
    message: str
    when: str


class Shutdown(Struct, frozen=True):
    """How the server announces a shutdown."""

    stream: str
    event: str


class Paths(Struct, frozen=True):
    """The paths of streams under a server's URL; one of them may be missing."""

    raw: str | None = None
    """The path for bare payloads."""
    combined: str | None = None
    """The path for payloads wrapped with their stream's name."""

    @property
    def preferred(self) -> str:
        """The combined path if there is one, as the name in the envelope selects the decoder."""
        return self.combined or self.raw or ""


class TimeUnits(Struct, frozen=True):
    """How to request another unit for all times."""

    parameter: str
    """The query parameter of the URL."""
    values: tuple[str, ...]
    """Its values, the default first."""


class Elsewhere(Struct, frozen=True):
    """Another market, which has its own package, and the names and hosts that refer to it."""

    name: str
    package: str
    servers: tuple[str, ...]
    hosts: tuple[str, ...]


class Venue(Struct, frozen=True):
    """What the spec says about connections. A venue lacks what is None or empty."""

    name: str
    servers: tuple[Server, ...]
    default_server: str
    limits: Limits
    methods: tuple[ControlMethod, ...]
    paths: Paths
    categories: Mapping[str, Paths] = {}
    """Categories of streams with their own paths."""
    time_units: TimeUnits | None = None
    refusals: tuple[Refusal, ...] = ()
    shutdown: Shutdown | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
    subjects: str = ""
    """What the subjects of its messages begin with in a log: ``binance.spot``."""
    rest: RestLimits | None = None
    """The limits of the REST API; None if the spec describes no request."""
    api: Api | None = None
    """The WebSocket API; None if the spec does not describe it."""

    @property
    def has_snapshots(self) -> bool:
        """Whether any server has order book snapshots."""
        return any(server.rest_url for server in self.servers)

    @property
    def shutdown_event(self) -> str:
        """The event type of the shutdown notice; empty if there is none."""
        return "" if self.shutdown is None else self.shutdown.event

    def paths_of(self, category: str) -> Paths:
        """Return the paths for the streams of a category."""
        return self.categories.get(category, self.paths)

    def has_method(self, name: str) -> bool:
        """Whether the control protocol has a method of this name."""
        return any(method.name == name for method in self.methods)

    def at(self, server: Server | None) -> Venue:
        """Return the same rules with the limits of a server; None is a server without a name."""
        if server is None or server.limits is None:
            return self
        return msgspec.structs.replace(self, limits=server.limits)
