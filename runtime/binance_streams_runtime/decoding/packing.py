"""Packing events that wait far back in a queue into bytes.

With exact decimals, a depth update of 80 levels takes 22 kB as an object and 2 kB as bytes. Packing
costs an encoding and a decoding, which only slow consumers pay.
"""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.decimals import from_packed
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.types import Numbers

_encode = msgspec.msgpack.Encoder().encode


class Packed(msgspec.Struct, frozen=True, gc=False):
    """An event as bytes; the consumer unpacks it."""

    decoder: msgspec.msgpack.Decoder[Any]
    data: bytes
    stream: str | None = None
    """In the client's queue: the stream of the event."""

    def unpack(self) -> Any:
        """Return the event, or its Message in the client's queue."""
        event = self.decoder.decode(self.data)
        return event if self.stream is None else Message(self.stream, event)


class Packer:
    """Packs the events of one stream type."""

    def __init__(self, type: StreamType, numbers: Numbers) -> None:
        self._decoders: dict[object, msgspec.msgpack.Decoder[Any]] = {}
        strict = numbers is not float
        for event in type.events:
            payload = event[numbers] if getattr(event, "__parameters__", ()) else event
            if type.is_array:
                event, payload = list, list.__class_getitem__(payload)
            self._decoders[event] = msgspec.msgpack.Decoder(
                payload, strict=strict, dec_hook=from_packed
            )

    def pack(self, event: Any) -> Any:
        """Return the event as Packed, or itself if it is of another type or cannot be packed."""
        decoder = self._decoders.get(event.__class__)
        if decoder is None:
            return event
        try:
            return Packed(decoder, _encode(event))
        except (OverflowError, ValueError):
            # An integer beyond the range of MessagePack.
            return event


def message(stream: str, event: Any) -> Any:
    """Return the Message of an event; packed if the event is."""
    if event.__class__ is Packed:
        return Packed(event.decoder, event.data, stream)
    return Message(stream, event)


def without_stream(item: Any) -> Any:
    """Return the event of a Message; packed if the Message is."""
    return Packed(item.decoder, item.data) if item.__class__ is Packed else item.data
