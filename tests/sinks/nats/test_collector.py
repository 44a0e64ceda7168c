"""Collectors between the simulator and a real NATS server; nats-py alone reads what is stored."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import binance_streams
from binance_streams_runtime.errors import ParameterError, UnknownStreamError
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    Interrupted,
    LogNotice,
    NotStored,
    Refused,
    Stopped,
    decode_notice,
)
from binance_streams_simulator import Simulator
from binance_streams_sinks.collecting import collector as collecting
from binance_streams_sinks.collecting import snapshots
from binance_streams_sinks.collecting.collector import Collector
from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.publisher import Publisher, boot_seconds
from tests.support.limits import LIMIT, MS
from tests.support.nats_server import NatsServer

TRADES = "btcusdt@trade"
DEPTH = "btcusdt@depth@100ms"
TICKERS = "!miniTicker@arr"


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, LIMIT))


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(MS)


def collector(
    simulator: Simulator, server: NatsServer, *streams: str, name: str = "a", **options: Any
) -> Collector:
    def client() -> Any:
        return binance_streams.AsyncClient(simulator.url)

    options = {"prefix": "binance.spot", "snapshots": None, **options}
    return Collector(client, make_sink(server.url), streams, name=name, **options)


async def receive(one: Collector, count: int) -> None:
    before = one.stats().received
    await until(lambda: one.stats().received > before + count)


async def confirmed(one: Collector) -> None:
    await until(lambda: one.confirmed == one.streams)


async def wait_for_message(server: NatsServer, subject: str) -> None:
    """Wait until the log has something of a subject."""
    while not await asyncio.to_thread(server.messages, subject):
        pass


def notices(server: NatsServer, name: str = "a") -> list[LogNotice]:
    found = [decode_notice(one.data) for one in server.messages(f"binance.spot._notice.{name}")]
    return [notice for notice in found if notice is not None]


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are taken at once."""
    for name in ("_FIRST", "_AFTER_GAP", "_TICK"):
        monkeypatch.setattr(snapshots, name, MS)


def ids(server: NatsServer, subject: str = "binance.spot.>") -> list[str]:
    return [stored.headers["Nats-Msg-Id"] for stored in server.messages(subject)]


def test_a_log_has_the_payloads_as_the_venue_sent_them(
    simulator: Simulator, nats_server: NatsServer
) -> None:
    async def test() -> None:
        async with collector(simulator, nats_server, TRADES, DEPTH, TICKERS) as one:
            await until(lambda: one.stats().received > 30)
            assert one.streams == one.confirmed == {TRADES, DEPTH, TICKERS}
            # Thirty messages may be of two of them.
            for part in ("trade.>", "diff_book_depth.>", "all_mini_tickers"):
                await wait_for_message(nats_server, f"binance.spot.{part}")
        stats = one.stats()
        assert (stats.publisher.pending, stats.publisher.not_stored) == (0, 0)

    run(test())
    for stored in nats_server.messages("binance.spot.trade.BTCUSDT"):
        event = binance_streams.decode(stored.data, TRADES)
        assert stored.headers["Nats-Msg-Id"] == f"{TRADES}:{event.trade_id}"
        assert stored.headers["Binance-Collector"] == "a"
        received = int(stored.headers["Binance-Received"]) / 10**6
        assert abs(received - event.event_time) < LIMIT * 1000
    assert ids(nats_server, "binance.spot.all_mini_tickers")
    assert all(
        id.startswith(f"{DEPTH}:") for id in ids(nats_server, "binance.spot.diff_book_depth.>")
    )


def test_two_collectors_in_turns_store_the_union_once(
    simulator: Simulator, nats_server: NatsServer
) -> None:
    """What one does not collect for a while comes from the other one."""

    async def test() -> None:
        first = collector(simulator, nats_server, TRADES, name="a")
        second = collector(simulator, nats_server, TRADES, name="b")
        async with first, second:
            await confirmed(second)
            for turn in range(6):
                one = (first, second)[turn % 2]
                await receive(one, 5)
                await one.set_streams([])
                # Meanwhile the other one goes on.
                await receive((second, first)[turn % 2], 5)
                await one.set_streams([TRADES])
                await confirmed(one)
            total = first.stats().received + second.stats().received
        stored = first.stats().publisher.stored + second.stats().publisher.stored
        assert stored > total

    run(test())
    found = ids(nats_server, "binance.spot.trade.>")
    numbers = sorted(int(id.rpartition(":")[2]) for id in found)
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_a_cut_is_said_with_its_times(simulator: Simulator, nats_server: NatsServer) -> None:
    said: list[LogNotice] = []

    async def test() -> None:
        both = collector(simulator, nats_server, TRADES, DEPTH, alive=MS, on_notice=said.append)
        async with both as one:
            await until(lambda: any(isinstance(notice, Collecting) for notice in said))
            await until(lambda: any(isinstance(a, Alive) and len(a.streams) == 2 for a in said))
            await receive(one, 10)
            simulator.drop_connections()
            await until(lambda: any(isinstance(notice, Interrupted) for notice in said))
            # What is confirmed is said a moment later, if it still is wanted.
            await until(lambda: sum(isinstance(notice, Collecting) for notice in said) == 2)
            assert len(one.confirmed) == 2
            await one.set_streams([TRADES])
            assert one.streams == {TRADES}

    run(test())
    found = notices(nats_server)
    assert found == said
    assert [notice.number for notice in found] == list(range(1, len(found) + 1))
    assert len({notice.session for notice in found}) == 1
    (cut,) = (notice for notice in found if isinstance(notice, Interrupted))
    first, second = (notice for notice in found if isinstance(notice, Collecting))
    assert cut.streams == first.streams == second.streams == (DEPTH, TRADES)
    assert first.at <= cut.since <= cut.at <= second.at
    (stopped,) = (notice for notice in found if isinstance(notice, Stopped))
    assert stopped.streams == (DEPTH,)
    assert isinstance(found[-1], Closed)
    alive = [notice for notice in found if isinstance(notice, Alive)]
    assert {(), (DEPTH, TRADES)} <= {notice.streams for notice in alive}
    assert all(notice.stored_until <= notice.at for notice in alive)


def test_streams_are_changed_while_it_runs(simulator: Simulator, nats_server: NatsServer) -> None:
    async def test() -> None:
        async with collector(simulator, nats_server) as one:
            await one.set_streams([TRADES])
            await until(lambda: one.confirmed == {TRADES})
            await one.set_streams([DEPTH, TICKERS])
            await until(lambda: one.confirmed == {DEPTH, TICKERS})
            with pytest.raises(UnknownStreamError):
                await one.set_streams([TRADES, "btcusdt@nothing"])
            assert one.streams == {DEPTH, TICKERS}

    run(test())


def test_accounts_are_never_collected(simulator: Simulator, nats_server: NatsServer) -> None:
    key = "a" * 60
    with pytest.raises(ParameterError) as caught:
        collector(simulator, nats_server, key)
    assert key not in str(caught.value)


def test_a_refused_stream_is_said_and_the_others_go_on(
    simulator: Simulator, nats_server: NatsServer
) -> None:
    async def test() -> None:
        async with collector(simulator, nats_server, TRADES) as one:
            await until(lambda: one.confirmed)
            one._failed(one._client.catalog.resolve(DEPTH), binance_streams.RequestError(2, "no"))
            count = one.stats().received
            await until(lambda: one.stats().received > count)

    run(test())
    (refused,) = (notice for notice in notices(nats_server) if isinstance(notice, Refused))
    assert refused.stream == DEPTH


def test_collectors_share_the_snapshots(simulator: Simulator, nats_server: NatsServer) -> None:
    """Each takes one when it starts; later ones are not taken if the log has a younger one."""

    async def test() -> None:
        async with collector(simulator, nats_server, DEPTH, name="a", snapshots=300.0) as first:
            await until(lambda: first.stats().snapshots == 1)
            await first._publisher.flush(LIMIT)
            async with collector(simulator, nats_server, DEPTH, name="b", snapshots=300.0) as other:
                await until(lambda: other.stats().snapshots == 1)
                await other._publisher.flush(LIMIT)
                assert first._snapshots is not None
                book = first._snapshots._books["BTCUSDT"]
                await until(lambda: time.monotonic() + 60 < book.at < time.monotonic() + 400)
                book.at = 0.0
                await until(lambda: time.monotonic() + 60 < book.at < time.monotonic() + 400)
                assert first.stats().snapshots == 1

    run(test())
    snapshot, _ = nats_server.messages("binance.spot._snapshot.>")
    body = json.loads(snapshot.data)
    assert snapshot.subject == "binance.spot._snapshot.BTCUSDT"
    assert snapshot.headers["Nats-Msg-Id"] == f"snapshot:BTCUSDT:{body['lastUpdateId']}"
    assert body["bids"]


def test_a_gap_of_a_book_needs_another_snapshot(
    simulator: Simulator, nats_server: NatsServer
) -> None:
    async def test() -> None:
        async with collector(simulator, nats_server, DEPTH, snapshots=300.0) as one:
            await until(lambda: one.stats().snapshots == 1)
            # Also a connection that is opened again at once has missed updates.
            simulator.refuse_connections()
            simulator.drop_connections()
            last, *_ = simulator.order_book("BTCUSDT")
            await until(lambda: not one.confirmed and simulator.order_book("BTCUSDT")[0] > last)
            simulator.accept_connections()
            await until(lambda: one.stats().gaps)
            await until(lambda: one.stats().snapshots == 2)

    run(test())
    assert len(nats_server.messages("binance.spot._snapshot.>")) == 2


def test_the_notice_of_the_end_has_what_is_left_of_the_time(
    simulator: Simulator, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a log that is slow then has it."""
    limits: list[float] = []
    close = Publisher.close

    async def noted(publisher: Publisher, timeout: float) -> Any:
        limits.append(timeout)
        return await close(publisher, timeout)

    monkeypatch.setattr(Publisher, "close", noted)

    async def test() -> None:
        async with collector(simulator, nats_server, TRADES, close_timeout=LIMIT) as one:
            await confirmed(one)

    run(test())
    (limit,) = limits
    assert 2 < limit <= LIMIT


def test_it_begins_anew_after_a_standstill(
    simulator: Simulator,
    nats_server: NatsServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was unread meanwhile may be older than what the log remembers."""
    caplog.set_level(logging.WARNING)

    async def test() -> None:
        async with collector(simulator, nats_server, TRADES) as one:
            await until(lambda: one.stats().received > 3)
            monkeypatch.setattr(collecting, "boot_seconds", lambda: boot_seconds() + 20.0)
            await until(lambda: one.stats().restarts)
            assert not one.confirmed
            await until(lambda: one.confirmed)
            count = one.stats().received
            await until(lambda: one.stats().received > count + 3)
            assert one.stats().restarts == 1

    run(test())
    (cut,) = (notice for notice in notices(nats_server) if isinstance(notice, Interrupted))
    found = re.search(r"stood still for (\d+) s", cut.reason)
    assert found is not None
    assert int(found[1]) >= 20


def test_what_could_not_be_stored_is_said_in_the_log(
    simulator: Simulator, own_nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    """As soon as it can be; by stream and by ids."""

    async def test() -> None:
        async with collector(simulator, own_nats_server, TRADES, max_pending_bytes=10_000) as one:
            await until(lambda: one.stats().received > 3)
            own_nats_server.stop()
            await until(lambda: one.stats().publisher.not_stored > 5)
            assert one.stats().publisher.pending_bytes <= 20_000
            own_nats_server.start()
            await until(lambda: one.stats().publisher.state == "open")
            await until(lambda: one.stats().publisher.pending < 3)

    run(test())
    lost = [notice for notice in notices(own_nats_server) if isinstance(notice, NotStored)]
    assert {notice.stream for notice in lost} == {TRADES}
    found = {int(id.rpartition(":")[2]) for id in ids(own_nats_server, "binance.spot.trade.>")}
    missing = set(range(min(found), max(found) + 1)) - found
    said = {
        number
        for notice in lost
        for number in range(
            int(notice.first_id.rpartition(":")[2]), int(notice.last_id.rpartition(":")[2]) + 1
        )
    }
    assert missing <= said
    assert len(missing) <= sum(notice.count for notice in lost)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", "a b"), ("prefix", "*"), ("snapshots", 0), ("snapshot_depth", 0)),
        *(("alive", -1), ("max_pending_bytes", 0), ("overflow", "latest")),
    ],
)
def test_arguments_are_checked(simulator: Simulator, name: str, value: object) -> None:
    options: dict[str, Any] = {"snapshots": 300.0, name: value}
    with pytest.raises(ParameterError):
        Collector(
            lambda: binance_streams.AsyncClient(simulator.url),
            make_sink("nats://localhost"),
            **options,
        )


@pytest.mark.parametrize("server", ["nats://me:sEcr3t@127.0.0.1:9", "replay:recordings"])
def test_only_what_the_venue_sends_is_published(server: str, recording: Path) -> None:
    with pytest.raises(ParameterError, match="a server of the venue") as caught:
        Collector(
            lambda: binance_streams.AsyncClient(server.replace("recordings", str(recording))),
            make_sink("nats://localhost"),
        )
    assert "sEcr3t" not in str(caught.value)


def test_a_second_collector_of_the_name_ends_and_the_first_one_goes_on(
    simulator: Simulator, nats_server: NatsServer
) -> None:
    async def test() -> None:
        first = collector(simulator, nats_server, TRADES, alive=0.05)
        second = collector(simulator, nats_server, TRADES, alive=0.05)
        async with first:
            await until(lambda: first._reporter.number > 20)
            async with second:
                with pytest.raises(ParameterError, match="name: got 'a'; allowed: a name that no"):
                    await second.run()
            await receive(first, 5)

    run(test())
