"""The server that a client connects to: found by name or by URL, and the URLs that follow."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Elsewhere, Server, TimeUnits, Venue
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.protocol.url import check_url

REPLAY = "replay:"
"""How a recording begins that takes the place of a server."""

LOGS = ("nats://", "tls://")
"""How the URLs of logs begin, which take the place of a server as well."""

SERVER_VARIABLE = "BINANCE_STREAMS_SERVER"
"""The environment variable with the server of clients that do not name one."""


def default_server(venue: Venue) -> str:
    """Return the server that the environment names, or else the venue's default.

    Raises ParameterError with the variable's name if its value is invalid.
    """
    given = os.environ.get(SERVER_VARIABLE)
    if not given:
        return venue.default_server
    if given.startswith((REPLAY, *LOGS)):
        return given
    try:
        find_server(venue, given)
    except ParameterError as error:
        raise ParameterError(SERVER_VARIABLE, error.given, error.allowed) from None
    return given


def find_server(venue: Venue, server: object) -> tuple[Server | None, str]:
    """Return the server, or None if its host is unknown, and its URL, by name or by URL."""
    names = {known.name: known for known in venue.servers}
    if isinstance(server, str) and server in names:
        return names[server], names[server].url
    if isinstance(server, str) and "://" in server:
        try:
            url = check_url(server)
        except ParameterError as error:
            allowed = f"{error.allowed}, or nats://HOST for a log{_elsewhere(venue, server)}"
            raise ParameterError("server", error.given, allowed) from None
        if elsewhere := _elsewhere(venue, url):
            raise ParameterError("server", server, f"a server of {venue.name}{elsewhere}")
        host = urlsplit(url).hostname
        # All ports of a host belong to the same server.
        return next((known for known in venue.servers if known.host == host), None), url
    listed = ", ".join(repr(name) for name in names)
    allowed = f"{listed}, or a ws:// or wss:// URL, or {REPLAY}DIR, or nats://HOST"
    for market in venue.elsewhere:
        if server in market.servers:
            allowed += f"; {_import_of(market)}"
    raise ParameterError("server", server, allowed)


def _elsewhere(venue: Venue, url: str) -> str:
    """Say whose host it is, as the end of a message; empty if it is of no other market."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ""
    found = next((market for market in venue.elsewhere if host in market.hosts), None)
    return f"; {_import_of(found)}" if found is not None else ""


def _import_of(market: Elsewhere) -> str:
    return f"{market.name} is a market of its own: from {market.package} import Client"


def check_server(venue: Venue, server: Server | None, stream: Stream) -> None:
    """Raise ParameterError if the server lacks the stream, which it would confirm anyway."""
    if server is None or server.supports(stream):
        return
    others = ", ".join(repr(other.name) for other in venue.servers if other.supports(stream))
    allowed = f"a server that has {stream.label}" + (f": {others}" if others else "")
    raise ParameterError("server", server.name, allowed)


def stream_url(venue: Venue, url: str, time_unit: object) -> str:
    """Return the URL to connect to; ``time_unit`` None is the default.

    If every category has a path of its own, it is that of the first one.
    """
    paths = [venue.paths, *venue.categories.values()]
    path = next((found.preferred for found in paths if found.preferred), "")
    return f"{url}{path}{unit_query(venue.time_units, time_unit)}"


def category_urls(venue: Venue, url: str, time_unit: object) -> dict[str, str]:
    """Return the URLs of the categories of streams that have a path of their own."""
    query = unit_query(venue.time_units, time_unit)
    return {name: f"{url}{paths.preferred}{query}" for name, paths in venue.categories.items()}


def unit_query(time_units: TimeUnits | None, time_unit: object) -> str:
    """Return the part of a URL that requests a unit of times; empty for the venue's default."""
    if time_units is None or time_unit is None:
        return ""
    units = {unit.lower(): unit for unit in time_units.values}
    if not isinstance(time_unit, str) or time_unit.lower() not in units:
        allowed = ", ".join(repr(unit) for unit in units)
        raise ParameterError("time_unit", time_unit, f"{allowed}, in either case")
    unit = units[time_unit.lower()]
    return "" if unit == time_units.values[0] else f"?{time_units.parameter}={unit}"
