"""Packing events that will have to wait for long."""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.decoding.packing import message
from binance_streams_runtime.pipeline.queues import Numbered
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router


def packed(router: Router, route: Route | None, item: Any) -> Any:
    """Return an item of a route's queue, or of the client's if it is None, packed if it can be."""
    if route is None:
        return _packed_message(router, item)
    packer = route.decoder.packer
    if packer is None:
        return item
    if isinstance(item, Numbered):
        return Numbered(item.number, packer.pack(item.event))
    return packer.pack(item)


def _packed_message(router: Router, item: Any) -> Any:
    route = router.get(item.stream) if isinstance(item, Message) else None
    packer = None if route is None else route.decoder.packer
    return item if packer is None else message(item.stream, packer.pack(item.data))
