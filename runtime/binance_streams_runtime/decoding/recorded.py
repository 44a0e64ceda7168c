"""An event of a recording, with when and on which connection it was received."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from binance_streams_runtime.errors import shown

T_co = TypeVar("T_co", covariant=True)


class Recorded(msgspec.Struct, Generic[T_co], frozen=True, gc=False):
    """An event of a recording, as ``read_recording`` yields it."""

    received: int
    """When it was received: Unix time in nanoseconds, by the clock of the recording machine."""
    connection: int
    """The number of the connection that it came on; 0 if it was fetched by REST, or is a notice."""
    stream: str
    """The name of its stream; of a notice, the stream it is about, or empty."""
    data: T_co
    """The event, or a notice."""

    def __repr__(self) -> str:
        return (
            f"Recorded(received={self.received}, connection={self.connection}, "
            f"stream={shown(self.stream)}, data={self.data!r})"
        )
