"""Messages to publish, for tests of what publishes them."""

from __future__ import annotations

import binance_streams
from binance_streams_runtime.messaging.subjects import LogStream, Subjects
from binance_streams_sinks.publishing.sink import Published

SUBJECTS = Subjects(binance_streams.CATALOG, "binance.spot")


def message(
    number: int, name: str = "btcusdt@trade", *, size: int = 10, is_essential: bool = False
) -> Published:
    """Make the message of a stream with this id, received at this second."""
    stream = binance_streams.CATALOG.resolve(name)
    return Published(
        subject=SUBJECTS.of(stream),
        id=f"{name}:{number}",
        payload=b"x" * size,
        received=number * 10**9,
        collector="tests",
        part=SUBJECTS.log_stream(stream.type.key),
        symbol=SUBJECTS.symbol_of(stream),
        stream=stream,
        is_essential=is_essential,
    )


def part(key: str) -> LogStream:
    """Return a part of the log."""
    return SUBJECTS.log_stream(key)
