"""An event with the name of its stream."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from binance_streams_runtime.errors import shown

T_co = TypeVar("T_co", covariant=True)


class Message(msgspec.Struct, Generic[T_co], frozen=True, gc=False):
    """An event and the name of its stream, as iterating the client yields it."""

    stream: str
    data: T_co

    def __repr__(self) -> str:
        return f"Message(stream={shown(self.stream)}, data={self.data!r})"
