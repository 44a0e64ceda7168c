"""What came on the connections of a handover, until the recording says what arrived of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from binance_streams_runtime.decoding.recorded import Recorded

Item = Recorded[Any] | None
"""An event; None stands for one that could not be decoded."""


class _Run:
    """The items of one stream on one connection that have not arrived yet."""

    __slots__ = ("first", "items")

    def __init__(self, first: int = 0) -> None:
        self.first = first
        self.items: list[Item] = []


class HeldItems:
    """The items of held connections, by their numbers: counted by stream and connection."""

    def __init__(self) -> None:
        self.dropped: int = 0
        """Events that never arrived: the other connection had delivered them."""
        self._runs: dict[int, dict[str, _Run]] = {}

    def __contains__(self, connection: int) -> bool:
        return connection in self._runs

    def __bool__(self) -> bool:
        return bool(self._runs)

    def hold(self, connections: Iterable[int]) -> None:
        """Hold these connections and no others."""
        runs, self._runs = self._runs, {}
        for connection in connections:
            self._runs[connection] = runs.pop(connection, {})
        for left in runs.values():
            for run in left.values():
                self._drop(run.items)

    def restore(self, counts: Mapping[int, Mapping[str, int]]) -> None:
        """Go on with these counts: a part begins, and may be the first that is read."""
        self.hold(counts)
        for connection, streams in counts.items():
            held = self._runs[connection]
            for name, count in streams.items():
                run = held.get(name)
                if run is None or run.first + len(run.items) != count:
                    held[name] = _Run(count)

    def add(self, connection: int, name: str, item: Item) -> None:
        """Add what came on a held connection."""
        held = self._runs[connection]
        run = held.get(name)
        if run is None:
            run = held[name] = _Run()
        run.items.append(item)

    def take(self, connection: int, name: str, first: int, count: int) -> list[Recorded[Any]]:
        """Return the events among these items, which have arrived; those before never will."""
        run = self._runs.get(connection, {}).get(name)
        if run is None:
            return []
        start, end = first - run.first, first + count - run.first
        if end <= 0:
            return []
        start = max(start, 0)
        self._drop(run.items[:start])
        taken = [item for item in run.items[start:end] if item is not None]
        del run.items[:end]
        run.first += end
        return taken

    def clear(self) -> None:
        """Hold nothing."""
        self.hold(())

    def _drop(self, items: list[Item]) -> None:
        self.dropped += sum(item is not None for item in items)
