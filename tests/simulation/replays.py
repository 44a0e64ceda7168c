"""Recording a simulated client, and replaying the recording: both must see the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec

from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.notices import Notice, Unread
from binance_streams_runtime.order_book.feed import BookFeed
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.frames import Binary, Item
from binance_streams_runtime.protocol.rest import RestFailure, RestServer
from binance_streams_runtime.recording.clock import nanoseconds
from binance_streams_runtime.recording.header import Header
from binance_streams_runtime.recording.lines import (
    NOTICE,
    REST,
    SESSION,
    answer_line,
    data_line,
    prefix_of,
    raw_line,
    snapshot_line,
)
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_runtime.recording.replay_session import ReplaySession
from binance_streams_runtime.recording.replayer import Replayer
from binance_streams_runtime.session.retry import Retry
from tests.simulation.books import BookClient
from tests.simulation.client import Client
from tests.simulation.fills import FillClient
from tests.support.recordings import frame_line

_CALL = "!call"


class WholeNanoseconds:
    """A world whose clock has whole nanoseconds, as real ones have."""

    _now = 0.0

    @property
    def now(self) -> float:
        return self._now

    @now.setter
    def now(self, moment: float) -> None:
        number = nanoseconds(moment)
        self._now = (number + (number / 1e9 < moment)) / 1e9


class Recording:
    """The lines of one client, in memory: a part begins anew after every so many lines."""

    def __init__(self, client: Client, part_lines: int = 1 << 60) -> None:
        self.client = client
        self.parts: list[MemoryPart] = []
        self.calls: list[tuple[str, str, Route]] = []
        self.numbers: dict[Route, Any] = {}
        self._part_lines = part_lines
        engine = client.engine
        engine.attach_tap(client.world.now, self)
        client.note = self._note

    def _note(self, what: str, name: str, route: Route) -> None:
        self.calls.append((what, name, route))
        if what in ("subscribe", "open"):
            self.numbers[route] = route.decoder.numbers
        if what == "open":
            assert isinstance(self.client, BookClient)
            route.consumer = "notices"
            self.client.all_books[-1].feed.attach()
        data = [len(self.calls) - 1, route.on_idle]
        self._add(self.client.world.now, lambda t: [data_line(t, _CALL, data)])

    def _add(self, now: float, lines: Callable[[int], list[bytes]]) -> None:
        engine = self.client.engine
        time = nanoseconds(now) + engine.clock.offset
        if not self.parts or len(self.parts[-1].lines) >= self._part_lines:
            header = Header(
                package="binance_streams",
                market="spot",
                server="simulated",
                url="ws://server/stream",
                time_unit="millisecond",
                session="00000000",
                part=len(self.parts) + 1,
                offset=engine.clock.offset,
                seed=engine.draws.seed,
            )
            self.parts.append(MemoryPart(time, header))
            self.parts[-1].lines.append(data_line(time, "!header", header))
            self.parts[-1].lines.append(data_line(time, SESSION, engine.recording_state()))
        self.parts[-1].lines += lines(time)

    # As a tap

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        def lines(time: int) -> list[bytes]:
            prefix = prefix_of(time, connection)
            found = []
            for item in items:
                if isinstance(item, bytes):
                    found.append(frame_line(prefix, item))
                elif isinstance(item, Binary):
                    found.append(raw_line(prefix, item.payload))
            return found

        self._add(now, lines)

    def notice(self, now: float, notice: Notice) -> None:
        self._add(now, lambda time: [data_line(time, NOTICE, notice_data(notice))])

    def answer(
        self, now: float, request: str, status: int, body: bytes, snapshot_of: str | None = None
    ) -> None:
        def lines(time: int) -> list[bytes]:
            if snapshot_of is not None:
                return [snapshot_line(time, snapshot_of, request, body)]
            return [answer_line(time, request, status, body)]

        self._add(now, lines)

    def failure(self, now: float, request: str, failure: RestFailure) -> None:
        data = {"request": request, "failure": failure}
        self._add(now, lambda time: [data_line(time, REST, data)])

    def session(self, now: float, data: object) -> None:
        self._add(now, lambda time: [data_line(time, SESSION, data)])


class MemoryPart:
    """A part of a recording that is read in blocks of a few lines."""

    def __init__(self, begin: int, header: Header) -> None:
        self.begin = begin
        self.header = header
        self.lines: list[bytes] = []

    def blocks(self) -> Iterator[bytes]:
        for start in range(0, len(self.lines), 7):
            yield b"".join(line + b"\n" for line in self.lines[start : start + 7])


class Again:
    """One subscription or book of a replay."""

    def __init__(self, name: str, route: Route) -> None:
        self.name = name
        self.route = route

    @property
    def log(self) -> list[Any]:
        return self.route.sink.sample(1 << 20)

    def confirmed(self) -> None: ...

    def interrupted(self) -> None: ...

    def timed_out(self, error: BaseException) -> None: ...

    def ended(self, error: BaseException | None) -> None: ...


class Replay:
    """A client without a network that sees what was recorded; its users do what they did."""

    def __init__(self, recording: Recording, only: Collection[str] | None = None) -> None:
        """``only`` are the streams of whose users it has; None for all."""
        self.recording = recording
        self.only = only
        self.notices: list[Notice] = []
        self.agains: list[Again] = []
        self._by_route: dict[Route, Again] = {}
        self._feeds: dict[Route, BookFeed] = {}
        client = recording.client
        self.replayer = Replayer(recording.parts)
        self.engine = Engine(
            client.world.venue,
            "replay:",
            client.world.timeouts,
            Retry(lambda lost: True, lambda: iter(()), lambda now: now, lambda: 0.0),
            EventQueue(),
            self.notices.append,
            self.replayer.clock,
            max_message=1 << 24,
            make_router=lambda shutdown, on_stray: Router(shutdown, lambda stray: None),
            make_session=ReplaySession,
            fetch=self.replayer.answers.fetch,
            cancel=self.replayer.answers.cancel,
            rest=RestServer("replay:") if isinstance(client, FillClient | BookClient) else None,
            fill_timeout=1000.0,
        )
        assert isinstance(self.engine.session, ReplaySession)
        self.replayer.attach(self.engine, self.engine.session)

    def run(self) -> None:
        while not self.replayer.is_over:
            group = self.replayer._group
            if group is not None and group.line and b'"!call"' in group.line:
                at = self.replayer.next_time()
                due = self.replayer._due(self.replayer._moment(group.time))
                if due is None and at is not None and not self.replayer.answers.has_refused:
                    self._call(group.line)
            self.replayer.step()

    def _call(self, line: bytes) -> None:
        number, on_idle = msgspec.json.decode(line)["data"]
        what, name, live = self.recording.calls[number]
        if self.only is not None and name not in self.only:
            return
        now = max(self.replayer.now, self.replayer._moment(int(line[5:24])))
        engine = self.engine
        if what in ("subscribe", "open"):
            stream = live.stream
            fill_with = float if live.filling is not None else None
            numbers = self.recording.numbers[live]
            route = Route(
                *(stream, decoder_of(stream.type, numbers), EventQueue(1 << 20), live.max_idle),
                *(on_idle, fill_with),
            )
            again = self._by_route[live] = Again(name, route)
            route.subscriber = again
            self.agains.append(again)
            if what == "subscribe":
                route.consumer = "notices"
                engine.subscribe(now, name, route)
            else:
                client = self.recording.client
                assert isinstance(client, BookClient)
                feed = next(kept.feed for kept in client.all_books if kept.feed.route is live)
                again_feed = BookFeed(
                    *(feed.rules, feed.updates, feed.best, feed.depth, feed.is_verified),
                    *(route, str, engine.draws.of(name), nullcontext()),
                )
                self._feeds[live] = again_feed
                route.consumer = "notices"
                again_feed.attach()
                engine.command(now, lambda _: engine.books.open(now, again_feed))
        elif what == "unsubscribe":
            engine.unsubscribe(now, name, self._by_route[live].route)
        elif what == "close":
            engine.command(now, lambda _: engine.books.close(now, self._feeds[live]))
        elif what == "calm down":
            self._by_route[live].route.on_idle = "notice"


def check_same(recording: Recording, only: Collection[str] | None = None) -> Replay:
    """Raise AssertionError unless the replay of a recording is like what was recorded."""
    client = recording.client
    replay = Replay(recording, only)
    replay.run()
    live = [call[2] for call in recording.calls if call[0] in ("subscribe", "open")]
    for route in live:
        if only is not None and route.name not in only:
            continue
        again = replay._by_route[route]
        expected, found = route.sink.sample(1 << 20), again.log
        _compare(f"events of {route.name}", expected, found)
    expected_notices = client.notices
    if only is not None:
        labels = {route.label for route in live if route.name not in only}
        expected_notices = [
            notice for notice in client.notices if getattr(notice, "stream", None) not in labels
        ]
    _compare("notices", _read(expected_notices), _read(replay.notices))
    return replay


def _read(notices: list[Notice]) -> list[Notice]:
    """Return all but those that depend on whoever takes the events."""
    return [notice for notice in notices if not isinstance(notice, Unread)]


def _compare(what: str, expected: list[Any], found: list[Any]) -> None:
    for place, (one, other) in enumerate(zip(expected, found, strict=False)):
        assert one == other, f"{what}: at {place} of {len(expected)}: {other!r} instead of {one!r}"
    rest = expected[len(found) :] or found[len(expected) :]
    assert not rest, f"{what}: {len(found)} instead of {len(expected)}; first: {rest[0]!r}"
