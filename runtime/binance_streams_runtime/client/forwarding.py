"""What relays, collectors and the command use of a client, beside what everybody may.

They are packages of their own, and reach nothing else that is private to a client.
"""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.client.base import ClientBase
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.client.raw_feed import ClientFeed, OnBatch
from binance_streams_runtime.pipeline.raw_feed import OnState


def open_feed(client: ClientBase[Any], on_items: OnBatch, on_state: OnState) -> ClientFeed:
    """Return a feed of messages as they are received, which has no streams yet.

    An AsyncClient must be in its event loop. Raises ClientClosed.
    """
    return ClientFeed(client._engine, client._raw_stream, on_items, on_state)


def forwarded_stream(client: ClientBase[Any], name: str) -> Stream:
    """Return the stream of a name whose messages may be passed on.

    Raises UnknownStreamError for a name that matches no stream, and ParameterError for one that
    must not be passed on or that the server lacks.
    """
    return client._raw_stream(name)


def settings_of(client: ClientBase[Any]) -> Settings:
    """Return what follows from a client's arguments: its server, its REST API, its limits."""
    return client._settings
