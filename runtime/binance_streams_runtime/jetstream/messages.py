"""What is read of a message of a log without decoding it: its place, and who wrote it."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.jetstream.consumer import Found, header_of
from binance_streams_runtime.messaging.headers import COLLECTOR, MESSAGE_ID
from binance_streams_runtime.messaging.message_ids import position_of
from binance_streams_runtime.messaging.reordering import Logged

_MESSAGE_ID, _COLLECTOR = MESSAGE_ID.encode(), COLLECTOR.encode()


def maker_of(type: StreamType) -> Callable[[Found], Logged]:
    """Make what returns a message with its place in the stream."""

    def make(found: Found) -> Logged:
        number, taken, payload, headers = found
        text = header_of(headers, _MESSAGE_ID)
        place = None if text is None else position_of(type, text.decode(errors="replace"))
        if place is None or place.key is not None:
            first = last = None
        else:
            first, last = place.first, place.last
        collector = header_of(headers, _COLLECTOR)
        name = "" if collector is None else collector.decode(errors="replace")
        return Logged(number, taken / 1e9, first, last, name, payload)

    return make
