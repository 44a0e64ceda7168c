"""Decoding rows of the REST API into the events that they stand for."""

from __future__ import annotations

from typing import Any

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import concrete, json_decoder
from binance_streams_runtime.types import Numbers


class RowDecoder:
    """Decodes the answers to requests for missed events of one stream."""

    def __init__(self, backfill: Backfill, stream: Stream, numbers: Numbers) -> None:
        row = concrete(backfill.row, numbers)
        self._decode = json_decoder(list.__class_getitem__(row), numbers).decode
        self._to_event = backfill.to_event
        self._parameters = stream.parameters

    def decode(self, body: bytes) -> list[Any]:
        """Return an event for each row, in the order of the rows; raise msgspec.DecodeError."""
        to_event, parameters = self._to_event, self._parameters
        return [to_event(row, parameters) for row in self._decode(body)]
