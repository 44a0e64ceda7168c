"""The session of a client of a log, in simulated time: when it connects, and what it delivers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import repeat
from typing import Any

import pytest

from binance_streams import Client, ConnectionLost
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.jetstream.inputs import (
    Arrived,
    Input,
    Lost,
    Noticed,
    Opened,
    Refused,
    Skipped,
    Started,
    Waiting,
)
from binance_streams_runtime.jetstream.session import LogSession
from binance_streams_runtime.messaging.log_notices import Alive, LogNotice, encode_notice
from binance_streams_runtime.messaging.message_ids import position_of
from binance_streams_runtime.messaging.reordering import Logged
from binance_streams_runtime.notices import Connected, Disconnected, Gap, Notice, Resubscribed
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.log_writer import best, trade

TRADES = "btcusdt@trade"
BEST = "btcusdt@bookTicker"
URL = "nats://log:4222"
LOG_TIME = 1_000_000.0


class Subscriber:
    """What the engine says about a subscription."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.error: BaseException | None = None

    def confirmed(self) -> None:
        self.said.append("confirmed")

    def interrupted(self) -> None:
        self.said.append("interrupted")

    def timed_out(self, error: BaseException) -> None:
        self.said.append("timed out")

    def ended(self, error: BaseException | None) -> None:
        self.said.append("ended")
        self.error = error


class World:
    """An engine whose log is the test; its time stands still unless it is moved."""

    def __init__(self, should_retry: bool = True, window: float = 0.2) -> None:
        self.now = 100.0
        self.attempts = 0
        self.runs: dict[str, int] = {}
        self.notices: list[Notice] = []
        self.routes: dict[str, Route] = {}
        self.subscribers: dict[str, Subscriber] = {}
        self._position = 0
        pauses = partial(repeat, 1.0)
        self.engine = Engine(
            *(Client.venue, URL, Timeouts(10.0, 5.0, 30.0, 86400.0, 10.0)),
            Retry(lambda lost: should_retry, _then(0.0, pauses), lambda now: now, lambda: 0.5),
            *(EventQueue(), self.notices.append, UnixClock(lambda: 0)),
            max_message=1 << 20,
            make_session=partial(LogSession, port=self, window=window),
        )
        assert isinstance(self.engine.session, LogSession)
        self.session = self.engine.session

    # The port

    def connect(self) -> None:
        self.attempts += 1

    def start(self, stream: Stream, run: int, is_observed: bool) -> None:
        self.runs[stream.name] = run

    def stop(self, name: str) -> None:
        del self.runs[name]

    # The test

    def subscribe(self, name: str) -> None:
        stream = Client.catalog.resolve(name)
        route = Route(stream, decoder_of(stream.type, str), EventQueue())
        route.consumer = "notices"
        route.subscriber = self.subscribers[name] = Subscriber()
        self.routes[name] = route
        self.engine.subscribe(self.now, name, route)

    def give(self, item: Input) -> None:
        self.engine.command(self.now, lambda _: self.session.take(self.now, item))

    def begin(self, name: str) -> None:
        self.subscribe(name)
        self.give(Opened(URL))
        self.give(Started(name, self.runs[name]))

    def write(self, name: str, *payloads: bytes, at: float = 0.0, is_last: bool = True) -> None:
        stream = Client.catalog.resolve(name)
        messages = []
        for payload in payloads:
            self._position += 1
            id = payload.split(b'"t":' if name == TRADES else b'"u":')[1].split(b",")[0].decode()
            place = position_of(stream.type, f"{name}:{id}-12345678")
            if name == TRADES:
                place = position_of(stream.type, f"{name}:{id}")
            assert place is not None
            time = LOG_TIME + at
            messages.append(Logged(self._position, time, place.first, place.last, "a", payload))
        size = sum(map(len, payloads))
        self.give(Arrived(name, self.runs[name], messages, size, is_last))

    def notice(self, notice: LogNotice, at: float) -> None:
        self.give(Noticed([(round((LOG_TIME + at) * 1e9), encode_notice(notice))], True))

    def tick(self, seconds: float) -> None:
        self.now += seconds
        self.engine.tick(self.now)

    def taken(self, name: str) -> list[Any]:
        return self.routes[name].sink.replace(lambda waiting: [])

    def ids(self, name: str) -> list[int]:
        return [item.trade_id for item in self.taken(name) if not isinstance(item, Notice)]


def _then(first: float, others: Any) -> Any:
    def pauses() -> Iterator[float]:
        yield first
        yield from others()

    return pauses


def test_it_connects_for_the_first_stream_and_confirms_what_is_read() -> None:
    world = World()
    assert world.attempts == 0
    world.begin(TRADES)
    assert world.attempts == 1
    assert world.subscribers[TRADES].said == ["confirmed"]
    assert [type(one) for one in world.notices] == [Connected]


def test_a_lost_connection_is_reported_and_replaced() -> None:
    world = World()
    world.begin(TRADES)
    world.give(Lost("the server went away"))
    assert world.attempts == 2
    world.give(Lost("refused"))
    assert world.attempts == 2
    assert world.engine.next_time(world.now) == world.now + 1.0
    world.tick(1.0)
    assert world.attempts == 3
    world.give(Opened(URL))
    world.give(Started(TRADES, world.runs[TRADES]))
    kinds = [type(one) for one in world.notices]
    assert kinds == [Connected, Disconnected, Disconnected, Connected, Resubscribed]
    assert world.subscribers[TRADES].said == ["confirmed", "interrupted", "confirmed"]
    assert world.engine.reconnects == 2


def test_it_is_no_gap() -> None:
    world = World()
    world.begin(BEST)
    world.write(BEST, best(1))
    world.give(Lost("the server went away"))
    world.give(Opened(URL))
    world.give(Started(BEST, world.runs[BEST]))
    world.write(BEST, best(2))
    assert [type(one).__name__ for one in world.taken(BEST)] == ["BookTicker", "BookTicker"]


def test_what_the_log_has_deleted_is_a_gap() -> None:
    world = World()
    world.begin(BEST)
    world.write(BEST, best(1))
    world.give(Skipped(BEST, world.runs[BEST], "the log no longer has it"))
    world.write(BEST, best(9))
    _, gap, _ = world.taken(BEST)
    assert isinstance(gap, Gap)
    assert gap.reason == "the log no longer has it"


def test_a_missing_id_is_waited_for_and_then_reported() -> None:
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.2)
    assert world.ids(TRADES) == [1]
    world.write(TRADES, trade(3), at=1.0)
    due = world.engine.next_time(world.now)
    assert due == pytest.approx(world.now + 0.2)
    assert world.ids(TRADES) == []
    world.tick(0.21)
    gap, event = world.taken(TRADES)
    assert isinstance(gap, Gap)
    assert (gap.first_missing, gap.last_missing, event.trade_id) == (2, 2, 3)


def test_the_past_takes_no_time() -> None:
    """While more is there, only the times of the log count."""
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1), is_last=False)
    world.tick(10.0)
    assert world.ids(TRADES) == []
    world.write(TRADES, trade(2), trade(4), at=1.0, is_last=False)
    assert world.ids(TRADES) == [1, 2]
    world.write(TRADES, trade(5), at=1.3, is_last=False)
    assert world.ids(TRADES) == [4, 5]


def test_what_came_for_an_earlier_subscription_is_ignored() -> None:
    world = World()
    world.begin(TRADES)
    old = world.runs[TRADES]
    world.engine.unsubscribe(world.now, TRADES, world.routes[TRADES])
    world.subscribe(TRADES)
    message = Logged(9, LOG_TIME, 9, 9, "a", trade(9))
    world.give(Arrived(TRADES, old, [message], 100, True))
    world.give(Started(TRADES, old))
    world.tick(1.0)
    assert world.ids(TRADES) == []
    assert world.subscribers[TRADES].said == []


def test_why_a_stream_is_not_read() -> None:
    world = World()
    world.subscribe(TRADES)
    route = world.routes[TRADES]
    reason, _ = world.engine.reason_of(world.now, route, is_confirmed=False)
    assert reason == f"a connection to {URL} is being opened"
    world.give(Opened(URL))
    world.give(Waiting(TRADES, world.runs[TRADES], "nobody has written to it"))
    reason, _ = world.engine.reason_of(world.now, route, is_confirmed=False)
    assert reason == "nobody has written to it"
    world.give(Lost("gone"))
    world.give(Lost("refused"))
    reason, error = world.engine.reason_of(world.now, route, is_confirmed=False)
    assert reason.startswith(f"there is no connection to {URL} at the moment; the next attempt")
    assert isinstance(error, ConnectionLost)


def test_a_stream_that_is_refused_ends() -> None:
    world = World()
    world.begin(TRADES)
    world.give(Refused(TRADES, world.runs[TRADES], "another client reads"))
    assert world.subscribers[TRADES].said[-1] == "ended"
    assert "another client reads" in str(world.subscribers[TRADES].error)


def test_without_another_attempt_everything_ends() -> None:
    world = World(should_retry=False)
    world.begin(TRADES)
    world.give(Lost("the server went away"))
    assert world.subscribers[TRADES].said[-1] == "ended"
    assert world.attempts == 1


def alive(number: int, at: float, stored_until: float) -> Alive:
    return Alive(
        collector="b", session="1", number=number, streams=(TRADES,), interval=5.0, pending=0,
        at=round((LOG_TIME + at) * 1e9), stored_until=round((LOG_TIME + stored_until) * 1e9),
    )  # fmt: skip


def test_a_missing_id_waits_for_a_collector_that_has_not_stored_everything() -> None:
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.2)
    world.notice(alive(1, at=0.5, stored_until=0.4), at=0.5)
    world.write(TRADES, trade(3), at=1.0)
    world.tick(4.5)
    world.write(TRADES, trade(4), at=5.5)
    world.notice(alive(2, at=5.5, stored_until=0.9), at=5.5)
    world.write(TRADES, trade(2), at=9.0)
    assert world.ids(TRADES) == [1, 2, 3, 4]


def test_what_comes_shows_that_everything_before_has_come() -> None:
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.2)
    world.notice(alive(1, at=0.5, stored_until=0.5), at=0.5)
    world.write(TRADES, trade(3), at=1.0)
    world.notice(alive(2, at=5.5, stored_until=5.5), at=5.6)
    world.write(TRADES, trade(4), at=5.7)
    assert world.ids(TRADES) == [1]
    world.write(TRADES, trade(5), at=5.9)
    gap, *events = world.taken(TRADES)
    assert (gap.first_missing, gap.last_missing) == (2, 2)
    assert [one.trade_id for one in events] == [3, 4, 5]


def test_if_nothing_comes_it_takes_some_seconds_more() -> None:
    """The consumer of the stream may have come to a standstill unlike that of the notices."""
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.2)
    world.notice(alive(1, at=0.5, stored_until=0.5), at=0.5)
    world.write(TRADES, trade(3), at=1.0)
    world.notice(alive(2, at=5.5, stored_until=5.5), at=5.6)
    world.tick(5.6 + 5.0 - 1.0)
    assert world.ids(TRADES) == [1]
    world.tick(1.3)
    assert world.ids(TRADES) == [3]


@pytest.mark.parametrize("is_waiting", [False, True])
def test_while_it_cannot_be_read_nothing_is_given_up(is_waiting: bool) -> None:
    world = World()
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.2)
    world.write(TRADES, trade(3), at=1.0)
    run = world.runs[TRADES]
    world.give(Waiting(TRADES, run, "no leader") if is_waiting else Lost("gone"))
    world.tick(60.0)
    assert world.ids(TRADES) == [1]
    world.give(Opened(URL))
    world.give(Started(TRADES, run, is_empty=False))
    world.tick(60.0)
    world.write(TRADES, trade(2), at=1.1)
    assert world.ids(TRADES) == [2, 3]


def test_the_first_event_does_not_wait_for_a_long_window() -> None:
    world = World(window=20.0)
    world.begin(TRADES)
    world.write(TRADES, trade(1))
    world.tick(0.21)
    assert world.ids(TRADES) == [1]
