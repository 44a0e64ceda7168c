"""binance-streams: the book that ``client.order_book`` keeps, without its connection.

The variant is the number type of its readers. The book itself has texts and integers.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from benchmarks.books import diffs
from benchmarks.contenders.ours_reads import NUMBERS
from binance_streams._catalog import CATALOG
from binance_streams_runtime.decoding.json import PayloadDecoder, concrete, json_decoder
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.order_book.snapshots import OnSnapshot
from binance_streams_runtime.order_book.synchronizer import Synchronizer
from binance_streams_runtime.protocol.rest import Need, RestFailure

_NOW = 0.0


class _Book:
    def __init__(self, sequence: diffs.Diffs, variant: str) -> None:
        rules = CATALOG.order_book
        assert rules is not None
        self._wrapped = PayloadDecoder(rules.updates, str).wrapped
        self._snapshot = json_decoder(concrete(rules.snapshot_struct, str), str)
        self._wanted: list[tuple[int, OnSnapshot]] = []
        local = LocalBook(diffs.STREAM, _report, threading.Lock())
        self._synchronizer = Synchronizer(
            local,
            rules,
            len(sequence.snapshot["bids"]),
            fetch=self._fetch,
            cancel=lambda number: None,
            random=lambda: 0.5,
            on_failed=_failed,
        )
        self._synchronizer.confirmed(_NOW)
        self._answer(sequence.snapshot)
        # With the first update it is synced, and asks for more levels.
        self.apply(self.decode(sequence.messages[0]))
        updates = [json.loads(sequence.messages[0])["data"]]
        while self._wanted:
            self._answer(diffs.applied(sequence.snapshot, updates))
        if not local.is_synced:
            raise RuntimeError(local.reason)
        reader: BookReader[Any] = BookReader(local, NUMBERS[variant])
        self._reader = reader

    def decode(self, text: str) -> Any:
        return self._wrapped(text).data

    def apply(self, message: Any) -> None:
        self._synchronizer.update(_NOW, message)

    def best(self) -> tuple[Any, Any]:
        return self._reader.best_bid, self._reader.best_ask

    def ten(self) -> tuple[Any, Any]:
        view = self._reader.top(10)
        return view.bids, view.asks

    def _fetch(self, limit: int, need: Need, on_done: OnSnapshot) -> int:
        self._wanted.append((limit, on_done))
        return len(self._wanted)

    def _answer(self, snapshot: dict[str, Any]) -> None:
        limit, on_done = self._wanted.pop()
        cut = {side: snapshot[side][:limit] for side in ("bids", "asks")}
        on_done(_NOW, self._snapshot.decode(json.dumps({**snapshot, **cut})))


def _report(notice: Notice) -> None:
    raise RuntimeError(str(notice))


def _failed(failure: RestFailure) -> None:
    raise RuntimeError(failure.reason)


def make(sequence: diffs.Diffs, variant: str) -> _Book:
    """Return a synced book, read with the variant's numbers."""
    return _Book(sequence, variant)
