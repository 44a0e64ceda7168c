"""Collectors share the work over a real NATS server, whatever happens to it and to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import AsyncMock

import nats.js.errors
import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_runtime.messaging.assignment import assign
from binance_streams_runtime.messaging.membership import Heartbeat
from binance_streams_sinks.groups.bucket import Bucket, Change, Watch, Work
from binance_streams_sinks.groups.member import Member
from binance_streams_sinks.nats_connection import connect_nats
from binance_streams_sinks.publishing.sink import SinkError
from tests.support.limits import LIMIT, MS
from tests.support.nats_server import NatsServer

PREFIX, GROUP = "binance.spot", "eu"
STREAMS = [f"s{number}usdt@trade" for number in range(12)]

# Where members die, it takes as long until they are known to be dead; elsewhere nobody is taken for
# dead, however slow the machine.
INTERVAL, TIMEOUT = 50 * MS, 600 * MS


class FakeCollector:
    """What is given to it is confirmed at once, unless the venue is out of reach."""

    def __init__(self) -> None:
        self.streams: frozenset[str] = frozenset()
        self.has_venue = True

    @property
    def confirmed(self) -> frozenset[str]:
        return self.streams if self.has_venue else frozenset()

    async def set_streams(self, streams: Collection[str]) -> None:
        self.streams = frozenset(streams)


class World:
    """The members of a group, in one event loop."""

    def __init__(self, url: str, timeout: float = LIMIT) -> None:
        self.collectors: dict[str, FakeCollector] = {}
        self.members: dict[str, Member] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._url = url
        self._timeout = timeout

    async def connect(self) -> Any:
        return await connect_nats(parse_address(self._url))

    def start(self, name: str, **options: Any) -> None:
        self.collectors[name] = FakeCollector()
        self.members[name] = Member(
            Bucket(PREFIX, GROUP),
            self.collectors[name],
            self.connect,
            name,
            interval=INTERVAL,
            timeout=self._timeout,
            **options,
        )
        self.tasks[name] = asyncio.create_task(self.members[name].run())

    async def kill(self, name: str) -> None:
        """End a member as a crash does: it deletes nothing."""
        self.tasks[name].cancel()
        await asyncio.wait([self.tasks.pop(name)])
        self.collectors.pop(name, None)

    async def change(self, change: Callable[[Work], Work]) -> None:
        connection = await self.connect()
        bucket = Bucket(PREFIX, GROUP)
        await bucket.open(connection.jetstream(timeout=LIMIT))
        await bucket.change(change)
        await connection.close()

    def is_as_assigned(self, streams: Collection[str] = STREAMS) -> bool:
        held = {name: one.streams for name, one in self.collectors.items()}
        expected = assign(streams, dict.fromkeys(held))
        return held == {
            name: {stream for stream, names in expected.items() if name in names} for name in held
        }

    def connected(self) -> set[bool]:
        return {member.status().is_connected for member in self.members.values()}

    def counts(self) -> set[int]:
        """How many collectors the streams have."""
        held = [one.confirmed for one in self.collectors.values()]
        return {sum(stream in streams for streams in held) for stream in STREAMS}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def world(url: str, members: str = "abc", timeout: float = LIMIT) -> AsyncIterator[World]:
    made = World(url, timeout)
    await made.change(lambda _: Work(tuple(STREAMS)))
    try:
        for name in members:
            made.start(name)
        await until(made.is_as_assigned)
        yield made
    finally:
        for name in [*made.tasks]:
            await made.kill(name)


def test_the_streams_of_a_killed_member_move(nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(nats_server.url, timeout=TIMEOUT) as group:
            await group.kill("b")
            await until(group.is_as_assigned)
            await until(lambda: group.members["a"].status().members == ("a", "c"))

    asyncio.run(run())


def test_whoever_joins_or_leaves_takes_and_hands_over_streams(nats_server: NatsServer) -> None:
    """Each stream has two collectors all the time."""

    async def run() -> None:
        async with world(nats_server.url) as group:
            fewest = 2

            def is_as_assigned() -> bool:
                nonlocal fewest
                fewest = min(fewest, *group.counts())
                return group.is_as_assigned()

            group.start("d")
            await until(is_as_assigned)
            group.members["a"].leave()
            await until(lambda: is_as_assigned() or group.tasks["a"].done())
            await until(group.tasks["a"].done)
            group.tasks["a"].result()
            assert group.collectors.pop("a").streams == frozenset()
            await until(is_as_assigned)
            assert fewest == 2

    asyncio.run(run())


def test_the_list_of_streams_can_be_changed_at_any_time(nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(nats_server.url) as group:
            await group.change(lambda work: Work((*work.streams, "new@trade"), copies=2))
            await until(lambda: group.is_as_assigned([*STREAMS, "new@trade"]))
            await group.change(lambda _: Work(("s1usdt@trade",)))
            await until(lambda: group.is_as_assigned(["s1usdt@trade"]))

    asyncio.run(run())


def test_a_server_that_is_killed_moves_nothing(own_nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(own_nats_server.url) as group:
            own_nats_server.kill()
            await until(
                lambda: not any(one.status().is_connected for one in group.members.values())
            )
            assert group.is_as_assigned()
            await asyncio.to_thread(own_nats_server.start)
            await until(lambda: all(one.status().is_connected for one in group.members.values()))
            assert group.is_as_assigned()

    asyncio.run(run())


def test_a_member_outlives_a_connection_that_is_given_up_amid_its_heartbeat(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = asyncio.Event()
    next_change = Watch.next

    async def next_or_fail(watch: Watch, timeout: float) -> Change | None:
        if closed.is_set() and not has_failed:
            has_failed.append(True)
            raise OSError("the connection is gone")
        return await next_change(watch, timeout)

    has_failed: list[bool] = []
    monkeypatch.setattr(Watch, "next", next_or_fail)

    async def run() -> None:
        async with world(nats_server.url, "a") as group:
            member = group.members["a"]
            bucket, beat = member._bucket, member._bucket.beat

            async def close_and_beat(name: str, heartbeat: Heartbeat) -> None:
                if not closed.is_set():
                    bucket.close()
                    closed.set()
                await beat(name, heartbeat)

            bucket.beat = close_and_beat  # type: ignore[method-assign]
            await asyncio.wait_for(closed.wait(), LIMIT)
            await until(lambda: has_failed or group.tasks["a"].done())
            await until(lambda: member.status().is_connected or group.tasks["a"].done())
            assert not group.tasks["a"].done()

    asyncio.run(run())


def test_a_closed_bucket_says_that_it_is_closed() -> None:
    with pytest.raises(SinkError, match="no connection to bucket binance-spot-eu at the moment"):
        asyncio.run(Bucket(PREFIX, GROUP).take("a", ()))


def test_a_name_that_a_live_member_has_is_refused(nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(nats_server.url, "ab") as group:
            bucket, collector = Bucket(PREFIX, GROUP), FakeCollector()
            other = Member(bucket, collector, group.connect, "a", interval=INTERVAL, timeout=LIMIT)
            with pytest.raises(ParameterError, match="got 'a'; allowed: a name that no other"):
                await asyncio.wait_for(other.run(), LIMIT)
            assert group.is_as_assigned()

    asyncio.run(run())


def test_what_a_dead_member_has_left_behind_is_no_hindrance(nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(nats_server.url, "ab", TIMEOUT) as group:
            await group.kill("b")
            group.start("b")
            await until(group.is_as_assigned)

    asyncio.run(run())


def test_the_streams_of_a_member_without_the_venue_move(nats_server: NatsServer) -> None:
    async def run() -> None:
        async with world(nats_server.url, timeout=TIMEOUT) as group:
            group.collectors["a"].has_venue = False
            await until(lambda: group.counts() == {2})
            group.collectors["a"].has_venue = True
            await until(group.is_as_assigned)

    asyncio.run(run())


def test_names_of_no_stream_are_left_out(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        group = World(nats_server.url)
        await group.change(lambda _: Work(("s1usdt@trade", "nonsense")))
        group.start("a", is_known=lambda name: "@" in name)
        await until(lambda: group.collectors["a"].streams == {"s1usdt@trade"})
        await group.kill("a")

    asyncio.run(run())
    assert "no streams of this market, so they are left out: nonsense" in caplog.text


def test_another_collector_of_the_same_name_is_reported_once(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    """One that has started at the same moment: neither has seen the other before."""

    async def run() -> None:
        group = World(nats_server.url)
        await group.change(lambda _: Work(("s1usdt@trade",)))
        group.start("a")
        await until(lambda: group.collectors["a"].streams == {"s1usdt@trade"})
        connection = await group.connect()
        bucket = Bucket(PREFIX, GROUP)
        await bucket.open(connection.jetstream(timeout=LIMIT))

        async def beat(incarnation: str, reports: int) -> None:
            """Write heartbeats until there are so many reports, and some more."""
            number = after = 0
            async with asyncio.timeout(LIMIT):
                while after < 5:
                    number += 1
                    after += caplog.text.count("has this name") >= reports
                    await bucket.beat("a", Heartbeat(incarnation, number))
                    await asyncio.sleep(0.005)

        await beat("one", 1)
        await beat("two", 2)
        assert caplog.text.count("has this name") == 2
        await connection.close()
        await group.kill("a")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a.b"}, "name: got 'a.b'; allowed: 1 to 64 ASCII letters"),
        ({"capacity": 0}, "capacity: got 0; allowed: at least 1 stream"),
        ({"interval": 2.0}, "interval: got 2.0; allowed: seconds above 0"),
    ],
)
def test_what_is_wrong_is_said_at_once(options: dict[str, Any], message: str) -> None:
    given = {"name": "a", **options}
    with pytest.raises(ParameterError, match=message):
        Member(Bucket(PREFIX, GROUP), FakeCollector(), World("").connect, **given)


def test_a_list_that_others_change_all_the_time_is_an_error(nats_server: NatsServer) -> None:
    async def test(connection: Any) -> None:
        bucket = Bucket(PREFIX, GROUP)
        await bucket.open(connection.jetstream())
        conflict = nats.js.errors.KeyWrongLastSequenceError()
        bucket._entries.update = AsyncMock(side_effect=conflict)
        with pytest.raises(SinkError, match="changed by others all the time"):
            await bucket.change(lambda work: Work(("btcusdt@trade",)))

    nats_server.run(test)


@pytest.mark.parametrize(("prefix", "group"), [("a b", "eu"), ("binance.spot", "e.u")])
def test_names_that_no_bucket_can_have_are_refused(prefix: str, group: str) -> None:
    with pytest.raises(ParameterError):
        Bucket(prefix, group)
