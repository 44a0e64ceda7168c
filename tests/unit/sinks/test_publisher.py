"""What publishes messages in the background, with a log that fails on order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine
from itertools import repeat

import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.subjects import LogStream
from binance_streams_sinks.publishing.publisher import Publisher, State
from binance_streams_sinks.publishing.sink import Failure, Published, Receipt, Sink, SinkError
from tests.support.limits import LIMIT, MS
from tests.support.published import message


class FakeSink(Sink):
    """A log in memory, which recognizes duplicates; ``fault`` draws what goes wrong."""

    display_name = "log"
    max_batch = 5

    def __init__(self, fault: Callable[[str], None] = lambda call: None) -> None:
        self.stored: list[str] = []
        self.prepared: list[str] = []
        self.is_open = False
        self.opened = 0
        self.fault = fault
        self.refused: set[str] = set()

    async def open(self) -> None:
        assert not self.is_open
        self.fault("open")
        self.is_open = True
        self.opened += 1

    async def prepare(self, part: LogStream) -> None:
        self.fault("prepare")
        self.prepared.append(part.key)

    async def publish(self, batch: Collection[Published]) -> Receipt:
        assert self.is_open
        await asyncio.sleep(0)
        failures, duplicates = [], 0
        for one in batch:
            if one.id in self.refused:
                failures.append(Failure(one, "too large", is_final=True))
                continue
            self.fault("store")
            duplicates += one.id in self.stored
            if one.id not in self.stored:
                self.stored.append(one.id)
        self.fault("answer")
        return Receipt(failures, duplicates)

    async def close(self) -> None:
        self.is_open = False


def run(test: Coroutine[None, None, None]) -> None:
    asyncio.run(asyncio.wait_for(test, LIMIT))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("at_once", [1, 3])
def test_everything_is_stored_once_whatever_fails(seed: int, at_once: int) -> None:
    drawn = random.Random(seed)

    def fault(call: str) -> None:
        if drawn.random() < {"open": 0.3, "prepare": 0.2, "store": 0.02, "answer": 0.1}[call]:
            raise OSError(f"{call} failed")

    async def test() -> None:
        sink = FakeSink(fault)
        sink.max_in_flight = at_once
        publisher = Publisher(sink, backoff=lambda: repeat(MS))
        publisher.start()
        for number in range(0, 100, 4):
            names = drawn.choices(["btcusdt@trade", "btcusdt@depth"], k=4)
            publisher.submit(message(number + n, name) for n, name in enumerate(names))
            await asyncio.sleep(0)
        assert await publisher.flush(LIMIT)
        assert await publisher.close() == []
        assert len(sink.stored) == len(set(sink.stored)) == 100
        stats = publisher.stats()
        assert (stats.stored, stats.not_stored, stats.pending, stats.state) == (100, 0, 0, "closed")
        assert not sink.is_open

    run(test())


def test_states_and_their_reasons() -> None:
    states: list[tuple[State, str]] = []
    faults = iter([OSError("no route"), OSError(), None, OSError("cut"), None])

    def fault(call: str) -> None:
        if call in ("open", "answer") and (error := next(faults, None)) is not None:
            raise error

    async def test() -> None:
        sink = FakeSink(fault)
        publisher = Publisher(
            sink,
            on_state=lambda state, reason: states.append((state, reason)),
            backoff=lambda: repeat(MS),
        )
        publisher.start()
        publisher.submit([message(1)])
        assert await publisher.flush(LIMIT)
        await publisher.close()
        assert sink.prepared == ["trade", "trade"]

    run(test())
    assert states == [
        ("down", "log: no route"),
        ("down", "log: OSError"),
        ("open", ""),
        ("down", "log: cut"),
        ("open", ""),
        ("closed", ""),
    ]


def test_a_log_that_can_never_be_opened_ends_it() -> None:
    def fault(call: str) -> None:
        raise SinkError("log: wrong password", is_final=True)

    async def test() -> None:
        publisher = Publisher(FakeSink(fault))
        with pytest.raises(SinkError, match="wrong password"):
            await publisher.start()
        publisher.submit([message(1)])
        (loss,) = await publisher.close()
        assert loss.count == 1

    run(test())


def test_what_is_refused_for_good_is_returned() -> None:
    async def test() -> None:
        sink = FakeSink()
        sink.refused.add("btcusdt@trade:2")
        publisher = Publisher(sink)
        publisher.start()
        publisher.submit(map(message, range(1, 4)))
        assert await publisher.flush(LIMIT)
        (loss,) = publisher.take_losses()
        assert (loss.stream, loss.first_id, loss.reason) == (
            *("btcusdt@trade", "btcusdt@trade:2", "too large"),
        )
        await publisher.close()

    run(test())


def test_why_messages_wait_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    seen = []

    def fault(call: str) -> None:
        if call == "prepare":
            seen.append(now)
            raise SinkError("no JetStream")

    async def test() -> None:
        nonlocal now
        publisher = Publisher(FakeSink(fault), clock=lambda: now, backoff=lambda: repeat(MS))
        publisher.start()
        publisher.submit([message(1)])
        while len(seen) < 5:
            await asyncio.sleep(0)
        now = 61.0
        while len(seen) < 10:
            await asyncio.sleep(0)
        assert publisher.stats().reason == "binance-spot-trade: no JetStream"
        await publisher.close(0.0)

    run(test())
    texts = [record.getMessage() for record in caplog.records]
    said = "binance-spot-trade: no JetStream; messages are published again"
    assert texts == [said, said]


def test_closing_ends_in_time_and_says_what_is_left() -> None:
    class Hanging(FakeSink):
        async def publish(self, batch: Collection[Published]) -> Receipt:
            await asyncio.Event().wait()
            raise AssertionError

    async def test() -> None:
        publisher = Publisher(Hanging())
        publisher.start()
        publisher.submit(map(message, range(1, 8)))
        await asyncio.sleep(0)
        (loss,) = await publisher.close(timeout=0.05)
        assert (loss.count, loss.first_id, loss.last_id) == (
            *(7, "btcusdt@trade:1", "btcusdt@trade:7"),
        )
        assert publisher.stats().pending == 0

    run(test())


def test_what_waits_while_the_log_is_away_is_bounded_in_time() -> None:
    now = 0.0

    def fault(call: str) -> None:
        raise OSError("away")

    async def test() -> None:
        nonlocal now
        sink = FakeSink(fault)
        sink.max_retry_age = 90.0
        publisher = Publisher(sink, clock=lambda: now, backoff=lambda: repeat(MS))
        publisher.start()
        publisher.submit([message(1)])
        now = 91.0
        assert await publisher.flush(LIMIT)
        (loss,) = await publisher.close()
        assert loss.reason == "not stored within 90 s"

    run(test())


@pytest.mark.parametrize("given", [0, -1, 1.5, None])
def test_the_bound_is_checked(given: int) -> None:
    with pytest.raises(ParameterError):
        Publisher(FakeSink(), max_pending_bytes=given)
