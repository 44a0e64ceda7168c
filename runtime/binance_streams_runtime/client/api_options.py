"""The arguments of a client about the WebSocket API: their checks, and what follows from them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.catalog.venue import Server, Venue
from binance_streams_runtime.client.options import (
    SubscribeOptions,
    check_callback,
    check_idle,
)
from binance_streams_runtime.client.servers import unit_query
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.protocol.api_params import checked_recv_window
from binance_streams_runtime.protocol.url import check_api_url


def api_url_of(
    venue: Venue, known: Server | None, url: str, api_url: object, time_unit: object
) -> str | None:
    """Return the URL of a client's connections to the API; None if its server has none.

    ``known`` is the server of ``url``, if it has a name. Raises ParameterError.
    """
    api = venue.api
    if api is None:
        if api_url is not None:
            allowed = f"None, as nothing of the WebSocket API of {venue.name} is used"
            raise ParameterError("api_url", api_url, allowed)
        return None
    if api_url is not None:
        base = check_api_url(api_url)
        if not urlsplit(base).path:
            base += api.path
    elif known is None:
        base = url + api.path
    elif known.api_url is None:
        return None
    else:
        base = known.api_url
    return base + unit_query(venue.time_units, time_unit)


def check_account(
    venue: Venue,
    server: Server | None,
    api_url: str | None,
    recv_window: object,
    options: SubscribeOptions[Any],
) -> tuple[Api, int | float | None]:
    """Check the arguments of ``account`` but for the key.

    Returns the market's API, and the milliseconds for which a request is valid, or None.

    Raises ParameterError, and TypeError for an unknown option.
    """
    api = venue.api
    if api is None:
        raise ParameterError("account", venue.name, "a market whose spec has the WebSocket API")
    if api_url is None:
        named = ", ".join(repr(one.name) for one in venue.servers if one.api_url is not None)
        given = venue.name if server is None else server.name
        allowed = f"a server that has the WebSocket API: {named}; api_url= names another one"
        raise ParameterError("server", given, allowed)
    for name in options:
        if name not in SubscribeOptions.__annotations__:
            allowed = ", ".join(["key", "recv_window", *SubscribeOptions.__annotations__])
            raise TypeError(f"unexpected keyword argument {name!r}; allowed: {allowed}")
    check_callback("on_event", options.get("on_event"))
    check_idle(options)
    if recv_window is not None:
        recv_window = checked_recv_window(recv_window, api.max_recv_window)
    return api, recv_window
