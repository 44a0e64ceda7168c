"""Making the engine of a client: one that has a server, or one that replays a recording."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.protocol.rest import RestRequest
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.rest.requests import RestRequests

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine


def make_engine(
    client: ClientEngine[Any, Any], rest: RestRequests | None, notify: Callable[[Notice], None]
) -> Engine:
    """Make the engine of a client, which has its settings and its queue already."""
    settings = client._settings
    common: dict[str, Any] = {
        "max_message": settings.max_message,
        "max_unread_bytes": settings.max_unread_bytes,
        "first_event_timeout": settings.first_event_timeout,
        "client_consumes": settings.on_event is not None,
        "rest": settings.rest,
        "fill_timeout": settings.fill_timeout,
    }
    if settings.redundancy > 1:
        # Few clients have several connections for each stream.
        from binance_streams_runtime.session.redundancy.session import RedundantSession

        common["make_session"] = partial(RedundantSession, settings.redundancy)
    args = (client._venue, settings.target.url, settings.timeouts, settings.retry, client.queue)
    if settings.source is not None:
        return settings.source.make_engine(client, partial(Engine, *args, notify, **common))

    def fetch(number: int, request: RestRequest) -> None:
        def fetched(result: Any) -> None:
            client._driver.post(lambda now: client._engine.fetched(now, number, result))

        assert rest is not None
        rest.start(number, request, fetched)

    return Engine(
        *args,
        notify,
        UnixClock(lambda: time.time_ns() - time.monotonic_ns()),
        urls=settings.urls,
        make_router=settings.make_router,
        fetch=None if rest is None else fetch,
        cancel=None if rest is None else rest.cancel,
        api=client.accounts.server,
        seed=random.getrandbits(32),
        **common,
    )
