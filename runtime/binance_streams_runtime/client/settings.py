"""From a client's arguments to its settings: where its server is, and all that follows from it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.api_options import api_url_of
from binance_streams_runtime.client.connect_limit import reserve_at
from binance_streams_runtime.client.options import (
    Settings,
    check_names,
    find_proxy,
    make_timeouts,
    retry_policy,
)
from binance_streams_runtime.client.rest_options import rest_server
from binance_streams_runtime.client.rest_options import weight_reserve as reserve_of
from binance_streams_runtime.client.servers import (
    LOGS,
    REPLAY,
    category_urls,
    default_server,
    find_server,
    stream_url,
)
from binance_streams_runtime.errors import ConnectionLost, ParameterError
from binance_streams_runtime.protocol.rest import RestServer
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_runtime.transport.target import Target


def make_settings(
    venue: Venue,
    catalog: Catalog,
    market: str,
    server: str | None,
    time_unit: str | None,
    unknown: Mapping[str, object],
    *,
    proxy: str | None,
    trust_env: bool,
    ssl_context: ssl.SSLContext | None,
    connect_timeout: float,
    request_timeout: float,
    idle_timeout: float | None,
    connection_lifetime: float | None,
    handover_timeout: float,
    reconnect: bool | Callable[[ConnectionLost], bool],
    backoff: Callable[[], Iterator[float]] | None,
    rest_url: str | None,
    api_url: str | None,
    weight_reserve: int | None,
    **checked_later: Any,
) -> tuple[Venue, Settings]:
    """Check a client's arguments; return the rules of its server, and its settings.

    ``unknown`` are arguments that no client has. Raises ParameterError and TypeError.
    """
    unknown = dict(unknown)
    if time_unit is not None and venue.time_units is None:
        unknown["time_unit"] = time_unit
    check_names(unknown, venue)
    server = default_server(venue) if server is None else server
    if isinstance(server, str) and server.startswith((REPLAY, *LOGS)):
        timeouts = (connect_timeout, request_timeout, idle_timeout)
        times = make_timeouts(venue.limits, *timeouts, connection_lifetime, handover_timeout)
        retry = retry_policy(reconnect, backoff, lambda now: now)
        if server.startswith(REPLAY):
            return _replay_settings(venue, market, server, time_unit, times, retry, checked_later)
        # Few clients read a log.
        from binance_streams_runtime.client.logs import log_settings

        unused = {"proxy": proxy, "rest_url": rest_url, "api_url": api_url, "time_unit": time_unit}
        return log_settings(
            venue, catalog, server, ssl_context, times, retry, unused, checked_later
        )
    known, host = find_server(venue, server)
    venue = venue.at(known)
    limits = venue.limits
    url = stream_url(venue, host, time_unit)
    reserve = reserve_at(url, limits.connection_attempts, limits.connection_attempts_window)
    rest = rest_server(venue, known, host, rest_url, time_unit)
    api = api_url_of(venue, known, host, api_url, time_unit)
    # The environment may name another proxy, or none, for another host.
    others = {} if api is None else {urlsplit(api).netloc: find_proxy(proxy, trust_env, api)}
    return venue, Settings(
        target=Target(url, connect_timeout, ssl_context, find_proxy(proxy, trust_env, url), others),
        urls=category_urls(venue, host, time_unit),
        server=known,
        timeouts=make_timeouts(
            limits,
            connect_timeout,
            request_timeout,
            idle_timeout,
            connection_lifetime,
            handover_timeout,
        ),
        retry=retry_policy(reconnect, backoff, reserve),
        rest=rest,
        rest_proxy=None if rest is None else find_proxy(proxy, trust_env, rest.url),
        api_url=api,
        weight_reserve=reserve_of(venue.rest, weight_reserve),
        **checked_later,
    )


def _replay_settings(
    venue: Venue,
    market: str,
    server: str,
    time_unit: str | None,
    timeouts: Timeouts,
    retry: Retry,
    checked_later: dict[str, Any],
) -> tuple[Venue, Settings]:
    """Return the rules of the server that was recorded, and the settings of a client without one.

    Raises ParameterError and RecordingError.
    """
    # Few clients replay.
    from binance_streams_runtime.client.replays import Replay

    replay = Replay(venue, market, server)
    if time_unit is not None and str(time_unit).lower() != replay.time_unit:
        allowed = f"{replay.time_unit!r}, as it was recorded, or None"
        raise ParameterError("time_unit", time_unit, allowed)
    known = next((one for one in venue.servers if one.name == replay.server), None)
    return venue.at(known), Settings(
        target=Target(server, timeouts.connect, None, None),
        server=known,
        timeouts=timeouts,
        retry=retry,
        rest=None if venue.rest is None else RestServer("replay"),
        source=replay,
        **checked_later,
    )
