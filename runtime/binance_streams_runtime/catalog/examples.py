"""Documented messages of streams, from the spec."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct


class Example(Struct, frozen=True):
    """One documented payload: the stream it belongs to, and its JSON text."""

    id: str
    stream: str
    parameters: Mapping[str, object]
    payload: bytes

    @property
    def message(self) -> bytes:
        """The payload in the envelope of a combined stream, as the server sends it."""
        return b'{"stream":' + msgspec.json.encode(self.stream) + b',"data":' + self.payload + b"}"
