"""What queues hold besides bare events."""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from binance_streams_runtime.errors import shown

T_co = TypeVar("T_co", covariant=True)


class Message(msgspec.Struct, Generic[T_co], frozen=True, gc=False):
    """An event together with the name of its stream, as the client's iteration gives it."""

    stream: str
    data: T_co

    def __repr__(self) -> str:
        return f"Message(stream={shown(self.stream)}, data={self.data!r})"


class Numbered(NamedTuple):
    """An event that nobody takes yet, with the number of its arrival at the client."""

    number: int
    event: Any
