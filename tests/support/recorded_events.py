"""Recorded events, made by hand: each has a number, and follows the one before."""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams import CATALOG, Disconnected, Notice
from binance_streams_runtime.recording.events import RecordedEvents
from binance_streams_runtime.recording.lines import (
    NOTICE,
    data_line,
    prefix_of,
)
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_runtime.recording.selection import Selection
from tests.support.recordings import BEGIN, HEADER, frame_line

MS = 1_000_000
LEFT = Disconnected(1, 1000, None, "replaced", (), None)


def event_of(stream: str, number: int) -> Any:
    """The event of a stream with this number; each follows the one before."""
    time = 1_795_645_242_000 + number
    symbol = "BTCUSDT"
    if stream == "btcusdt@trade":
        return {"e": "trade", "E": time, "s": symbol, "t": number, "p": "1.0", "q": "2.0",
                "T": time, "m": True}  # fmt: skip
    if stream == "btcusdt@depth@100ms":
        return {"e": "depthUpdate", "E": time, "s": symbol, "U": number * 10, "u": number * 10 + 9,
                "b": [["1.0", "2.0"]], "a": []}  # fmt: skip
    if stream == "btcusdt@bookTicker":
        return {"u": number * 3, "s": symbol, "b": "1", "B": "1", "a": "2", "A": f"{number}"}
    ticker = {"e": "24hrMiniTicker", "E": time, "s": symbol, "c": "1", "o": "1", "h": "1",
              "l": "1", "v": f"{number}", "q": "1"}  # fmt: skip
    return [ticker] if stream == "!miniTicker@arr" else ticker


def line_of(stream: str, number: int, at: float, connection: int = 1) -> bytes:
    """The line of an event that came so many milliseconds after the beginning."""
    message = msgspec.json.encode({"stream": stream, "data": event_of(stream, number)})
    return frame_line(prefix_of(BEGIN + round(at * MS), connection), message)


def notice_line(at: float, notice: Notice) -> bytes:
    return data_line(BEGIN + round(at * MS), NOTICE, notice_data(notice))


def number_in(event: Any) -> int:
    """The number of an event of ``event_of``."""
    event = event[0] if isinstance(event, list) else event
    if hasattr(event, "trade_id"):
        return int(event.trade_id)
    if hasattr(event, "first_update_id"):
        return int(event.first_update_id) // 10
    return int(
        event.best_ask_quantity if hasattr(event, "best_ask_quantity") else event.base_volume
    )


class Reading:
    """Reads lines at once."""

    def __init__(self, lines: list[bytes], *, end: bool = True, **options: Any) -> None:
        asked = {name: options.pop(name, None) for name in ("stream", "symbol")}
        self.wrong: list[str] = []
        self.events = RecordedEvents(
            CATALOG, str, Selection(CATALOG, **asked), self._on_undecodable, **options
        )
        self.items: list[Any] = []
        self.events.begin(HEADER, self.items)
        self.events.read(lines, self.items)
        if end:
            self.events.end(self.items)

    def _on_undecodable(self, name: str, line: bytes, reason: str) -> None:
        self.wrong.append(name)

    @property
    def numbers(self) -> list[int]:
        return [number_in(item.data) for item in self.items]
