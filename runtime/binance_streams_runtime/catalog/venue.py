"""The rules of the venue's connections, as data; the values are generated from the spec."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from binance_streams_runtime.catalog.streams import Stream


class Limits(Struct, frozen=True):
    """What the server allows. Beyond it, it ignores, disconnects or bans."""

    messages_per_second: int
    frame_bytes: int
    streams_per_connection: int
    connection_attempts: int
    connection_attempts_window: int
    """Seconds in which ``connection_attempts`` are counted."""
    ping_interval: int
    """Seconds between two pings of the server."""
    pong_timeout: int
    """Seconds after which the server ends a connection that answered no ping."""
    connection_lifetime: int
    """Seconds after which the server ends any connection."""
    request_id_length: int
    """Characters of a request id that is a text."""
    request_ids: str = "any"
    """Which ids a request may have: ``any``, or ``unsigned`` (whole numbers from 0)."""

    @property
    def idle_timeout(self) -> float:
        """Seconds without a byte after which a connection counts as dead.

        Half as long again as the pause between two pings, so that one that is late ends nothing.
        """
        return 1.5 * self.ping_interval


class Unsupported(Struct, frozen=True):
    """A stream that a server does not have, or only those names of it with these arguments."""

    stream: str
    parameters: Mapping[str, object] = {}


class Server(Struct, frozen=True):
    """A named server: where streams are, where snapshots are, and what it does not have."""

    name: str
    url: str
    summary: str
    rest_url: str | None = None
    """Where snapshots are, None if the venue documents none."""
    refuses: tuple[str, ...] = ()
    """Categories of streams that this server does not carry (``user``)."""
    unsupported: tuple[Unsupported, ...] = ()
    limits: Limits | None = None
    """Its own limits, None for those of the venue."""

    @property
    def host(self) -> str | None:
        return urlsplit(self.url).hostname

    def supports(self, stream: Stream) -> bool:
        """Whether it has the stream; a name that it lacks it would acknowledge, and stay silent."""
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
    """A refusal as the server words it; ``%s`` stands for what it quotes."""

    code: int
    message: str
    when: str


class Shutdown(Struct, frozen=True):
    """How the server says that it goes down."""

    stream: str
    event: str


class Paths(Struct, frozen=True):
    """The paths of streams below a server's URL; one of the two may be missing."""

    raw: str | None = None
    """The path for bare payloads."""
    combined: str | None = None
    """The path for payloads wrapped with their stream's name."""

    @property
    def preferred(self) -> str:
        """The combined path if there is one, as the wrapper's name chooses the decoder."""
        return self.combined or self.raw or ""


class TimeUnits(Struct, frozen=True):
    """How another unit of all times is asked for."""

    parameter: str
    """The query parameter of the URL."""
    values: tuple[str, ...]
    """Its values, the default first."""


class Elsewhere(Struct, frozen=True):
    """A market with a package of its own: names and hosts that somebody may look for here."""

    name: str
    package: str
    servers: tuple[str, ...]
    hosts: tuple[str, ...]


class Venue(Struct, frozen=True):
    """Everything about the connection that the spec says. What is None the venue does not have."""

    name: str
    servers: tuple[Server, ...]
    default_server: str
    limits: Limits
    methods: tuple[ControlMethod, ...]
    paths: Paths
    categories: Mapping[str, Paths] = {}
    """The categories of streams that have paths of their own."""
    time_units: TimeUnits | None = None
    refusals: tuple[Refusal, ...] = ()
    shutdown: Shutdown | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def has_snapshots(self) -> bool:
        """Whether a server has snapshots of order books."""
        return any(server.rest_url for server in self.servers)

    @property
    def shutdown_event(self) -> str:
        """The event type of its shutdown notice; empty if it has none."""
        return "" if self.shutdown is None else self.shutdown.event

    def paths_of(self, category: str) -> Paths:
        """Return the paths of the streams of a category."""
        return self.categories.get(category, self.paths)

    def has_method(self, name: str) -> bool:
        """Whether the control protocol has a method of this name."""
        return any(method.name == name for method in self.methods)

    def at(self, server: Server | None) -> Venue:
        """The same rules with the limits that hold at a server; None is one without a name."""
        if server is None or server.limits is None:
            return self
        return msgspec.structs.replace(self, limits=server.limits)
