"""What the clients of all front ends share: venue, settings and checks."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.connect_limit import reserve_at
from binance_streams_runtime.client.options import (
    Settings,
    SubscribeOptions,
    category_urls,
    check_names,
    check_options,
    check_server,
    default_server,
    find_proxy,
    find_server,
    make_timeouts,
    retry_policy,
    stream_url,
)
from binance_streams_runtime.errors import ConnectionLost, ParameterError, RetiredStreamWarning
from binance_streams_runtime.transport.target import Target


class ClientBase:
    """A client without a front end; the class generated from the spec sets the class variables."""

    catalog: ClassVar[Catalog]
    venue: ClassVar[Venue]

    _settings: Settings

    @property
    def url(self) -> str:
        """The URL that the client connects to."""
        return self._settings.target.url

    def _check_method(self, name: str) -> None:
        """Raise ParameterError if the venue has no such control method."""
        if not self.venue.has_method(name):
            allowed = ", ".join(repr(method.name) for method in self.venue.methods)
            raise ParameterError("method", name, f"{allowed} at {self.venue.name}")

    def _check_subscribing(
        self, stream: Stream, options: SubscribeOptions[Any], stacklevel: int
    ) -> None:
        """Check a subscription before anything is sent.

        ``stacklevel`` is that of the caller's line, for the warning about a retired stream.
        """
        check_options(options)
        check_server(self.venue, self._settings.server, stream)
        lifecycle = stream.type.lifecycle
        if lifecycle.retired is not None:
            text = f"{stream.type.key} was retired on {lifecycle.retired}: use {lifecycle.use}"
            warnings.warn(text, RetiredStreamWarning, stacklevel=stacklevel + 1)


def make_settings(
    venue: Venue,
    server: str | None,
    time_unit: str | None,
    others: Mapping[str, object],
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
    **rest: Any,
) -> tuple[Venue, Settings]:
    """Check a client's arguments; return the rules of its server, and its settings.

    ``others`` are arguments that no client has. Raises ParameterError and TypeError.
    """
    unknown = dict(others)
    if time_unit is not None and venue.time_units is None:
        unknown["time_unit"] = time_unit
    check_names(unknown, venue)
    known, host = find_server(venue, default_server(venue) if server is None else server)
    venue = venue.at(known)
    limits = venue.limits
    url = stream_url(venue, host, time_unit)
    reserve = reserve_at(url, limits.connection_attempts, limits.connection_attempts_window)
    return venue, Settings(
        target=Target(url, connect_timeout, ssl_context, find_proxy(proxy, trust_env, url)),
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
        **rest,
    )
