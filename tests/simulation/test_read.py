"""What is read of a recording is what the client that recorded it had delivered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from binance_streams import CATALOG
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.recording.clock import nanoseconds
from binance_streams_runtime.recording.events import RecordedEvents
from binance_streams_runtime.recording.lines import (
    NOTICE,
    SESSION,
    data_line,
    prefix_of,
)
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_runtime.recording.selection import Selection
from tests.simulation.client import Client
from tests.simulation.world import World
from tests.support.recordings import BEGIN, HEADER, frame_line


class Lines:
    """A tap that keeps lines."""

    def __init__(self, client: Client) -> None:
        self.lines: list[bytes] = []
        client.engine.attach_tap(client.world.now, self)
        self.session(client.world.now, client.engine.recording_state())

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        prefix = prefix_of(BEGIN + nanoseconds(now), connection)
        self.lines += [frame_line(prefix, item) for item in items if isinstance(item, bytes)]

    def notice(self, now: float, notice: Notice) -> None:
        self.lines.append(data_line(BEGIN + nanoseconds(now), NOTICE, notice_data(notice)))

    def answer(
        self, now: float, request: str, status: int, body: bytes, snapshot_of: str | None = None
    ) -> None: ...

    def failure(self, now: float, request: str, failure: RestFailure) -> None: ...

    def session(self, now: float, data: object) -> None:
        self.lines.append(data_line(BEGIN + nanoseconds(now), SESSION, data))


def compared(seed: int, is_gentle: bool) -> Counter[str]:
    """Live a world, and compare what its clients delivered with what is read; return counts."""
    world = World(seed, is_gentle)
    recorded = [(client, Lines(client)) for client in world.clients]
    world.run()
    counts: Counter[str] = Counter()
    for client, tap in recorded:
        delivered: dict[str, list[Any]] = defaultdict(list)
        numbers: dict[str, Any] = {}
        for episode in client.episodes:
            events = [item for item in episode.log if not isinstance(item, Notice)]
            delivered[episode.name] += events
            numbers[episode.name] = episode.route.decoder.numbers
        for kind in set(numbers.values()):
            read = read_with(kind, tap.lines)
            counts["duplicates"] += read.pop("duplicates")
            for name in (name for name in numbers if numbers[name] is kind):
                counts["events"] += len(delivered[name])
                counts["more"] += len(read.get(name, [])) - len(delivered[name])
                assert is_within(delivered[name], read.get(name, [])), (seed, is_gentle, name)
    return counts


def read_with(numbers: Any, lines: list[bytes]) -> dict[str, Any]:
    events = RecordedEvents(CATALOG, numbers, Selection(CATALOG), lambda *_: None)
    items: list[Any] = []
    events.begin(HEADER, items)
    events.read(lines, items)
    events.end(items)
    read: dict[str, Any] = defaultdict(list)
    for item in items:
        read[item.stream].append(item.data)
    return {**read, "duplicates": events.duplicates}


def is_within(part: list[Any], whole: list[Any]) -> bool:
    rest = iter(whole)
    return all(any(event == other for other in rest) for event in part)


def test_planned_handovers_leave_no_trace() -> None:
    counts = sum((compared(seed, is_gentle=True) for seed in range(12)), Counter())
    assert counts["more"] == 0
    assert counts["events"] > 500
    assert counts["duplicates"] > 20


def test_whatever_happens_nothing_that_was_delivered_is_missing() -> None:
    """What came after a stream was unsubscribed from is there as well."""
    counts = sum((compared(seed, is_gentle=False) for seed in range(12)), Counter())
    assert counts["events"] > 500
    assert counts["more"] < counts["events"] / 50
