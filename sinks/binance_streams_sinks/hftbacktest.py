"""Arrays that hftbacktest replays: trades and the order book of one symbol and day."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.streams import Range, Stream
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.recording.events import SNAPSHOT
from binance_streams_runtime.times import is_microseconds
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.npz import BUY, DEPTH, DEPTH_CLEAR, DEPTH_SNAPSHOT, SELL, TRADE, Rows
from binance_streams_sinks.target import DAY, Target

TRADES = ("trade", "agg_trade")
"""The streams of trades by their keys, the best one first."""

# A snapshot may be asked for when so many updates have come, and stand for the state before them.
_MAX_RECENT = 4096

# Rows that are in memory, of all symbols.
_MOST_ROWS = 262_144


class Hftbacktest(Target):
    """Writes arrays."""

    snapshots = True

    def __init__(self, *args: Any, streams: Iterable[Stream]) -> None:
        super().__init__(*args)
        rules = self.catalog.order_book
        self._updates = None if rules is None else rules.updates
        self._rules = rules
        self._sides: Any = None
        self._ids: Any = None
        if rules is not None:
            sequence = rules.updates.sequence
            assert isinstance(sequence, Range)
            self._sides = attrgetter(rules.bids, rules.asks)
            self._ids = attrgetter(sequence.first, sequence.last)
        self._chosen = self._choose(streams)
        self._symbols: dict[str, _Symbol] = {}

    @classmethod
    def decoded_as(cls, numbers: Numbers) -> Numbers:
        return float

    def add(self, items: list[Recorded[Any]]) -> None:
        for item in items:
            name = item.stream
            if name.endswith(SNAPSHOT):
                if self._rules is not None:
                    self._symbol(name.removesuffix(SNAPSHOT), item).snapshot(item)
                continue
            stream = self.resolve(name)
            if name not in self._chosen:
                self.left_out[_reason(stream, self._updates)] += 1
                continue
            symbol = self._symbol(str(stream.parameters["symbol"]), item)
            if stream.type is self._updates:
                symbol.update(item)
            else:
                symbol.trade(item)
        rows = [symbol.rows for symbol in self._symbols.values() if symbol.rows is not None]
        if sum(map(len, rows)) >= _MOST_ROWS:
            for some in rows:
                some.flush()

    def finish(self) -> None:
        for symbol in self._symbols.values():
            symbol.save()

    def _symbol(self, name: str, item: Recorded[Any]) -> _Symbol:
        symbol = self._symbols.get(name)
        if symbol is None:
            symbol = self._symbols[name] = _Symbol(name, self)
        symbol.go_to(item.received // DAY)
        return symbol

    def _choose(self, streams: Iterable[Stream]) -> set[str]:
        """Return the names of the streams to use: one of trades and one of updates a symbol."""
        best: dict[tuple[object, bool], tuple[float, str]] = {}
        for stream in streams:
            type = stream.type
            if type is self._updates:
                rank: float = type.update_speed.of(stream.parameters) or 0
            elif type.key in TRADES:
                rank = TRADES.index(type.key)
            else:
                continue
            place = stream.parameters.get("symbol"), type is self._updates
            best[place] = min(best.get(place, (rank, stream.name)), (rank, stream.name))
        return {name for _, name in best.values()}


class _Symbol:
    """The arrays of one symbol."""

    def __init__(self, name: str, target: Hftbacktest) -> None:
        self._name = name.upper()
        self._target = target
        self._rules = target._rules
        self._sides, self._ids = target._sides, target._ids
        self._event_time = None
        if self._rules is not None and self._rules.event_time is not None:
            self._event_time = attrgetter(self._rules.event_time)
        self._snapshot_id = None if self._rules is None else attrgetter(self._rules.snapshot_id)
        self._day: int | None = None
        self.rows: Rows | None = None
        """Those of the current day."""
        # Updates that a snapshot may not have, with the exchange's time.
        self._recent: deque[tuple[Any, int]] = deque(maxlen=_MAX_RECENT)
        # A snapshot before the first update has no time of the exchange yet.
        self._early: Recorded[Any] | None = None

    def go_to(self, day: int) -> None:
        """Begin with the array of another day, if it is later."""
        if self._day is not None and day <= self._day:
            return
        self.save()
        self._day = day
        self.rows = Rows(self._target.output.scratch(f"{self._name}-{day}"))

    def save(self) -> None:
        """Write the array of the day."""
        if self.rows is None or self._day is None:
            return
        day = datetime.fromtimestamp(self._day * 86_400, UTC)
        name = f"{self._name}_{day:%Y%m%d}.npz"
        count, moved = self.rows.save(self._target.output.path(name))
        self.rows = None
        self._target.rows += count
        if moved:
            self._target.notes.append(
                f"{name}: {moved / 1e6:.3f} ms were added to local times, as some were before "
                "those of the exchange"
            )

    def trade(self, item: Recorded[Any]) -> None:
        """Add a trade."""
        trade = item.data
        side = SELL if trade.is_buyer_maker else BUY
        assert self.rows is not None
        self.rows.add(
            *(TRADE | side, _ns(trade.trade_time), item.received, trade.price, trade.quantity)
        )

    def update(self, item: Recorded[Any]) -> None:
        """Add the changes of an update."""
        update = item.data
        if self._event_time is None:
            self._target.left_out["updates without a time of the exchange"] += 1
            return
        time = _ns(self._event_time(update))
        if self._early is not None:
            early, self._early = self._early, None
            if self._ids(update)[0] <= self._snapshot_id(early.data) + 1:  # type: ignore[misc]
                self._add_snapshot(early, time - 1)
            else:
                self._target.left_out["snapshots that no update continues"] += 1
        self._recent.append((update, time))
        self._levels(update, time, item.received)

    def snapshot(self, item: Recorded[Any]) -> None:
        """Add a snapshot, and the updates again that came before it but are not in it."""
        if not self._recent:
            self._early = item
            return
        update_id = self._snapshot_id(item.data)  # type: ignore[misc]
        if self._ids(self._recent[0][0])[0] > update_id + 1:
            self._target.left_out["snapshots that no update continues"] += 1
            return
        time = self._recent[-1][1]
        self._add_snapshot(item, time)
        for update, _ in self._recent:
            if self._ids(update)[1] > update_id:
                self._levels(update, time, item.received)

    def _add_snapshot(self, item: Recorded[Any], time: int) -> None:
        bids, asks = self._sides(item.data)
        rows = self.rows
        assert rows is not None
        for side, levels in ((BUY, bids), (SELL, asks)):
            if levels:
                rows.add(DEPTH_CLEAR | side, time, item.received, levels[-1].price, 0.0)
                rows.levels(DEPTH_SNAPSHOT | side, time, item.received, levels)

    def _levels(self, update: Any, time: int, received: int) -> None:
        bids, asks = self._sides(update)
        assert self.rows is not None
        self.rows.levels(DEPTH | BUY, time, received, bids)
        self.rows.levels(DEPTH | SELL, time, received, asks)


def _ns(time: int) -> int:
    return time * (1_000 if is_microseconds(time) else 1_000_000)


def _reason(stream: Stream, updates: object) -> str:
    if stream.type is updates or stream.type.key in TRADES:
        return "events that another stream of the symbol has as well"
    return f"events of {stream.type.key}, which hftbacktest has no place for"
