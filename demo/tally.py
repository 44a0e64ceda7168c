"""What has come so far, by stream."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from binance_streams import Message, Notice, Subscription
from demo.words import in_words


class Row(NamedTuple):
    """One stream, as it is shown."""

    stream: str
    events: int
    rate: float
    last: str


@dataclass
class _Seen:
    label: str
    has_several_events: bool
    events: int = 0
    last: Any = None


class Tally:
    """Counts events in the client's callback thread; others read rows from it."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._notices: Counter[str] = Counter()
        self._began = time.monotonic()

    def expect(self, subscriptions: Iterable[Subscription[Any]]) -> None:
        """These streams are subscribed to: the clock starts."""
        self._seen = {
            one.name: _Seen(one.stream.label, len(one.stream.type.events) > 1)
            for one in subscriptions
        }
        self._began = time.monotonic()

    def add(self, message: Message[Any]) -> None:
        seen = self._seen.get(message.stream)
        if seen is not None:
            seen.last = message.data
            seen.events += 1

    def note(self, notice: Notice) -> None:
        self._notices[type(notice).__name__] += 1

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    @property
    def events(self) -> int:
        return sum(seen.events for seen in self._seen.values())

    @property
    def silent(self) -> list[str]:
        """The streams that have brought nothing."""
        return [seen.label for seen in self._seen.values() if not seen.events]

    @property
    def notices(self) -> str:
        """How many notices of each sort there were."""
        return ", ".join(f"{name} {count}" for name, count in sorted(self._notices.items()))

    def rows(self) -> list[Row]:
        seconds = max(self.seconds, 0.001)
        return [
            Row(
                seen.label,
                seen.events,
                seen.events / seconds,
                in_words(seen.last, seen.has_several_events) if seen.events else "",
            )
            for seen in list(self._seen.values())
        ]

    def __len__(self) -> int:
        return len(self._seen)
