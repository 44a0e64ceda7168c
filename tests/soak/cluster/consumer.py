"""A program that reads the log by a client of this project, and counts what it gets."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from binance_streams import Client, Gap, Notice, Trade
from tests.support.limits import LIMIT


class Consumer:
    """Counts the trades of some streams, in a thread; ids are consecutive."""

    def __init__(self, url: str, streams: Sequence[str]) -> None:
        self.ids: dict[str, list[int]] = {name: [] for name in streams}
        self.gaps = 0
        self.missed = 0
        """Ids that were left out, whether a gap was reported or not."""
        self.twice = 0
        self.notices: Counter[str] = Counter()
        self._client = Client(url, on_notice=self._notice)
        subscriptions = [self._client.subscribe(name, maxsize=1_000_000) for name in streams]
        for subscription in subscriptions:
            subscription.wait(LIMIT)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def events(self) -> int:
        """How many it has got."""
        return sum(map(len, self.ids.values()))

    def last(self, stream: str) -> int:
        """The last id of a stream; 0 if there was none."""
        ids = self.ids[stream]
        return ids[-1] if ids else 0

    def _read(self) -> None:
        for message in self._client:
            event, ids = message.data, self.ids[message.stream]
            assert isinstance(event, Trade)
            if ids:
                self.missed += max(event.trade_id - ids[-1] - 1, 0)
                self.twice += event.trade_id <= ids[-1]
            ids.append(event.trade_id)

    def _notice(self, notice: Notice) -> None:
        self.notices[type(notice).__name__] += 1
        self.gaps += isinstance(notice, Gap)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.close()
        self._thread.join(LIMIT)
