"""When the events of recorded frames are delivered: as the client did, which its facts say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.recording.facts import (
    Arrived,
    Held,
    State,
    Subscribed,
    Unsubscribed,
    fact_of,
    mark_from,
)
from binance_streams_runtime.recording.held import HeldItems
from binance_streams_runtime.recording.once import OneStream


class Deliveries:
    """Delivers the events of all streams that are read.

    Without facts, which another program may have left out, each stream decides by its numbers.
    """

    def __init__(
        self, streams: Mapping[str, OneStream], find: Callable[[str], OneStream | None]
    ) -> None:
        """Deliver nothing yet.

        Args:
            streams: Those that had a line.
            find: Returns a stream by its name, even if it had none; None if it is not read.
        """
        self._streams = streams
        self._find = find
        self._has_facts = False
        self._held = HeldItems()
        # What the client had no subscription for was not counted on held connections.
        self._unsubscribed: set[str] = set()
        self._ended: set[int] = set()

    @property
    def dropped(self) -> int:
        """Events of held connections that another connection had delivered."""
        return self._held.dropped

    def end(self, out: list[Recorded[Any]]) -> None:
        """Append what still waits, at the end of a session."""
        self._held.clear()
        self._ended.clear()
        self._unsubscribed.clear()
        self._has_facts = False
        for stream in self._streams.values():
            stream.flush(out)

    def event(self, stream: OneStream, item: Recorded[Any], out: list[Recorded[Any]]) -> None:
        """Take an event as it was received."""
        if not self._has_facts:
            stream.add(item, self._ended, out)
        elif item.connection in self._held:
            if item.stream not in self._unsubscribed:
                self._held.add(item.connection, item.stream, item)
        else:
            stream.take([item], out)

    def undecodable(self, stream: OneStream, connection: int, count: int = 1) -> None:
        """Note that so many events of a frame could not be decoded."""
        name = stream.stream.name
        if self._has_facts and connection in self._held:
            if name not in self._unsubscribed:
                for _ in range(count):
                    self._held.add(connection, name, None)
        else:
            stream.interrupt()

    def fact(self, line: bytes, out: list[Recorded[Any]]) -> None:
        """Take what the session of the client decided."""
        fact = fact_of(line)
        if fact is None:
            return
        if not self._has_facts:
            for stream in self._streams.values():
                stream.flush(out)
            self._has_facts = True
        match fact:
            case State(held=held):
                self._held.restore(held)
            case Held(connections):
                self._held.hold(connections)
            case Arrived(items):
                self._arrived(items, out)
            case Subscribed(names):
                self._unsubscribed.difference_update(names)
            case Unsubscribed(names):
                self._unsubscribed.update(names)
                for name in names:
                    if name in self._streams:
                        self._streams[name].restart()
            case _:
                # What a replay needs besides.
                pass

    def disconnected(self, notice: Disconnected, out: list[Recorded[Any]]) -> None:
        """Note the end of a connection; facts say it in their own way."""
        if self._has_facts:
            return
        self._ended.add(notice.connection)
        for stream in self._streams.values():
            stream.ended(notice.connection, out)
        for name in notice.streams:
            if name in self._streams:
                self._streams[name].interrupt()

    def _arrived(self, items: tuple[Any, ...], out: list[Recorded[Any]]) -> None:
        # As in the client, what arrives of a stream up to the next mark is one batch.
        taken: dict[str, list[Recorded[Any]]] = {}
        for item in items:
            if len(item) == 4:
                connection, name, first, count = item
                taken.setdefault(name, []).extend(self._held.take(connection, name, first, count))
                continue
            self._take(taken, out)
            mark, names = mark_from(item[0]), item[1]
            for name in names:
                stream = self._find(name)
                if stream is not None:
                    stream.mark(mark)
        self._take(taken, out)

    def _take(self, taken: dict[str, list[Recorded[Any]]], out: list[Recorded[Any]]) -> None:
        for name, items in taken.items():
            if name in self._streams:
                self._streams[name].take(items, out)
        taken.clear()
