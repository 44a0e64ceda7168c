"""cryptofeed's playback of what its raw capture has written, with its own types."""

from __future__ import annotations

from typing import Any

from cryptofeed.raw_data_collection import playback

from benchmarks.recording.play import CHANNELS, Tape


def play(tape: Tape) -> int:
    """Play all messages and count them."""
    count = 0

    async def trade(event: Any, received: float) -> None:
        nonlocal count
        count += 1
        _ = (
            event.timestamp, event.symbol, event.id, event.price, event.amount, event.side,
            event.exchange,
        )  # fmt: skip

    async def book(event: Any, received: float) -> None:
        nonlocal count
        count += 1
        _ = event.book.bids.index(0), event.book.asks.index(0)

    channel = CHANNELS[tape.kind]
    names = ("BINANCE.0", "BINANCE.http.0", "BINANCE.ws.0")
    files = [str(tape.folder / name) for name in names if (tape.folder / name).stat().st_size > 1]
    playback("BINANCE", files, {channel: book if channel == "l2_book" else trade}, config={})
    return count
