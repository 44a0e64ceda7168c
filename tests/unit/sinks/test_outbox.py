"""Messages between their receipt and the log, in simulated time with drawn faults."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import count, islice

import msgspec
import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_sinks.publishing.outbox import (
    MOST_ESSENTIAL,
    OVERHEAD,
    Batch,
    Outbox,
    Overflow,
    backoff,
)
from binance_streams_sinks.publishing.sink import Failure, Receipt
from tests.support.published import message, part

KEYS = ("trade", "diff_book_depth", "kline")
STREAMS = ("btcusdt@trade", "ethusdt@trade", "btcusdt@depth", "btcusdt@kline_1m")


def outbox(
    *,
    max_bytes: int = 10**9,
    max_age: float = 90.0,
    max_batch: int = 10,
    max_batch_bytes: int = 10**6,
    overflow: Overflow = "drop_oldest",
    draw: Callable[[], float] = lambda: 1.0,
    is_prepared: bool = True,
    is_by_part: bool = False,
) -> Outbox:
    box = Outbox(
        max_bytes=max_bytes,
        max_age=max_age,
        max_batch=max_batch,
        max_batch_bytes=max_batch_bytes,
        backoff=lambda: backoff(draw),
        overflow=overflow,
        is_by_part=is_by_part,
    )
    for key in KEYS if is_prepared else ():
        box.set_prepared(0.0, part(key))
    return box


def prepare(box: Outbox, now: float) -> None:
    """Prepare at once what is to be prepared."""
    for one in box.take_unprepared():
        box.set_prepared(now, one)


def take(box: Outbox, now: float) -> Batch:
    batch = take_any(box, now)
    assert batch is not None
    return batch


def take_any(box: Outbox, now: float) -> Batch | None:
    """Take a batch, preparing what failed before."""
    batch = box.take(now)
    if batch is None:
        prepare(box, now)
        batch = box.take(now)
    return batch


def ids(batch: Batch) -> list[str]:
    return [message.id for message in batch.messages]


def test_batches_keep_the_order_and_their_limits() -> None:
    box = outbox(max_batch=3, max_batch_bytes=100)
    box.submit(0.0, [message(n, size=40 if n > 3 else 10) for n in range(1, 7)])
    assert [ids(take(box, 0.0)) for _ in range(3)] == [
        ["btcusdt@trade:1", "btcusdt@trade:2", "btcusdt@trade:3"],
        ["btcusdt@trade:4", "btcusdt@trade:5"],
        ["btcusdt@trade:6"],
    ]
    assert box.take(0.0) is None


def test_one_message_may_be_larger_than_a_batch() -> None:
    box = outbox(max_batch_bytes=100)
    box.submit(0.0, [message(1, size=500), message(2)])
    assert ids(take(box, 0.0)) == ["btcusdt@trade:1"]


def test_what_failed_is_published_again_after_a_pause_and_before_what_came_later() -> None:
    box = outbox()
    box.submit(0.0, [message(1), message(2)])
    batch = take(box, 0.0)
    box.submit(0.0, [message(3), message(4, "btcusdt@depth")])
    failed = batch.messages[0]
    box.settle(1.0, batch, Receipt([Failure(failed, "no leader")]))
    assert ids(take(box, 1.0)) == ["btcusdt@depth:4"]
    assert box.take(1.0) is None
    assert box.next_time() == pytest.approx(1.1)
    assert ids(take(box, 1.2)) == ["btcusdt@trade:1", "btcusdt@trade:3"]
    assert box.counts.retried == 1


def test_pauses_grow_up_to_five_seconds_and_start_over_after_a_success() -> None:
    box = outbox()
    box.submit(0.0, [message(1)])
    now, pauses = 0.0, []
    for _ in range(8):
        batch = take(box, now)
        box.settle(now, batch, Receipt([Failure(batch.messages[0], "no leader")]))
        at = box.next_time()
        assert at is not None
        pauses.append(round(at - now, 3))
        now = at
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    box.settle(now, take(box, now), Receipt())
    assert box.take(now) is None
    box.submit(now, [message(2)])
    batch = take(box, now)
    box.settle(now, batch, Receipt([Failure(batch.messages[0], "no leader")]))
    assert box.next_time() == pytest.approx(now + 0.1)


def test_what_is_refused_for_good_is_dropped_and_said() -> None:
    box = outbox()
    box.submit(0.0, [message(1), message(2)])
    batch = take(box, 0.0)
    box.settle(0.0, batch, Receipt([Failure(batch.messages[1], "too large", is_final=True)], 1))
    assert box.is_empty
    (loss,) = box.take_losses()
    assert (loss.stream, loss.first_id, loss.count, loss.reason) == (
        *("btcusdt@trade", "btcusdt@trade:2", 1, "too large"),
    )
    assert (box.counts.stored, box.counts.not_stored, box.counts.duplicates) == (1, 1, 1)
    assert box.take_losses() == []


def test_what_is_too_old_is_dropped_as_one_loss_for_each_stream() -> None:
    """A log recognizes duplicates only for a while, so an old message could come twice."""
    box = outbox(max_age=90.0)
    box.submit(0.0, [message(n, name) for n in (1, 2, 3) for name in STREAMS[:2]])
    box.submit(10.0, [message(4)])
    assert ids(take(box, 95.0)) == ["btcusdt@trade:4"]
    losses = {loss.stream: loss for loss in box.take_losses()}
    assert losses.keys() == {"btcusdt@trade", "ethusdt@trade"}
    loss = losses["btcusdt@trade"]
    assert (loss.count, loss.first_id, loss.last_id) == (3, "btcusdt@trade:1", "btcusdt@trade:3")
    assert (loss.since, loss.until) == (10**9, 3 * 10**9)
    assert loss.reason == "not stored within 90 s"


@pytest.mark.parametrize(
    ("overflow", "kept"), [("drop_oldest", [4, 5, 6]), ("drop_newest", [1, 2, 3])]
)
def test_memory_is_bounded(overflow: Overflow, kept: list[int]) -> None:
    box = outbox(max_bytes=3 * (10 + OVERHEAD), overflow=overflow)
    box.submit(0.0, [message(n) for n in range(1, 7)])
    assert ids(take(box, 0.0)) == [f"btcusdt@trade:{n}" for n in kept]
    (loss,) = box.take_losses()
    assert loss.count == 3
    assert "bytes waited" in loss.reason


def test_what_is_being_published_is_not_dropped() -> None:
    """Nobody knows yet whether it is stored."""
    box = outbox(max_bytes=2 * (10 + OVERHEAD), max_batch=2)
    box.submit(0.0, [message(1), message(2)])
    batch = take(box, 0.0)
    box.submit(0.0, [message(3)])
    (loss,) = box.take_losses()
    assert loss.first_id == "btcusdt@trade:3"
    box.settle(0.0, batch, Receipt())
    assert box.counts.stored == 2


def test_notices_outlive_what_they_are_about() -> None:
    box = outbox(max_bytes=2 * (10 + OVERHEAD))
    box.submit(0.0, [message(1, is_essential=True), *map(message, range(2, 9))])
    assert ids(take(box, 1000.0)) == ["btcusdt@trade:1"]
    assert sum(loss.count for loss in box.take_losses()) == 7


def test_notices_are_bounded_too() -> None:
    box = outbox(max_batch=MOST_ESSENTIAL + 5)
    one = message(1, is_essential=True)
    named = (msgspec.structs.replace(one, id=f"btcusdt@trade:{n}") for n in count())
    box.submit(0.0, islice(named, MOST_ESSENTIAL + 3))
    assert ids(take(box, 0.0))[0] == "btcusdt@trade:3"
    assert sum(loss.count for loss in box.take_losses()) == 3


def test_batches_of_a_lost_connection_are_published_again_in_order() -> None:
    box = outbox(max_batch=2)
    box.submit(0.0, [message(n) for n in range(1, 6)])
    batches = [take(box, 0.0), take(box, 0.0)]
    box.put_back(list(reversed(batches)))
    assert [ids(take(box, 0.0))[0] for _ in range(3)] == [
        *("btcusdt@trade:1", "btcusdt@trade:3", "btcusdt@trade:5"),
    ]


def test_a_part_that_is_not_prepared_waits_alone() -> None:
    box = outbox(is_prepared=False)
    box.submit(0.0, [message(1), message(2, "btcusdt@depth"), message(3)])
    assert box.take(0.0) is None
    assert box.take_unprepared() == [part("trade"), part("diff_book_depth")]
    assert box.take_unprepared() == []
    assert box.next_time() is None
    box.set_prepared(0.0, part("diff_book_depth"))
    assert ids(take(box, 0.0)) == ["btcusdt@depth:2"]
    box.submit(0.0, [message(4)])
    assert box.take(50.0) is None
    box.set_prepared(1.0, part("trade"))
    assert ids(take(box, 1.0)) == [f"btcusdt@trade:{n}" for n in (1, 3, 4)]


def test_a_part_is_prepared_again_after_a_failure_and_after_the_log_was_opened() -> None:
    box = outbox()
    box.submit(0.0, [message(1)])
    batch = take(box, 0.0)
    box.settle(0.0, batch, Receipt([Failure(batch.messages[0], "no such stream")]))
    assert box.take(0.2) is None
    assert box.take_unprepared() == [part("trade")]
    box.reopened(0.3)
    assert box.take(0.3) is None
    assert box.take_unprepared() == [part("trade")]
    box.set_prepared(0.4, part("trade"))
    assert ids(take(box, 0.4)) == ["btcusdt@trade:1"]


def test_the_oldest_pending_message_is_known() -> None:
    box = outbox(max_batch=1)
    assert box.oldest() is None
    box.submit(0.0, [message(7), message(8)])
    batch = take(box, 0.0)
    assert box.oldest() == 7 * 10**9
    box.settle(0.0, batch, Receipt())
    assert box.oldest() == 8 * 10**9


def test_what_is_left_at_the_end_is_counted() -> None:
    box = outbox(max_batch=2)
    box.submit(0.0, [message(n) for n in range(1, 6)])
    take(box, 0.0)
    box.abandon("closed")
    assert box.is_empty
    (loss,) = box.take_losses()
    assert (loss.count, loss.reason) == (5, "closed")
    assert box.counts.pending_bytes == 0


def test_the_policy_is_checked() -> None:
    with pytest.raises(ParameterError):
        outbox(overflow="raise")  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(25))
def test_every_message_is_stored_once_or_counted_as_lost(seed: int) -> None:
    """Whatever fails: answers that get lost, refusals, parts without a leader, lost connections."""
    drawn = random.Random(seed)
    most = drawn.choice([10**9, 40 * (10 + OVERHEAD)])
    box = outbox(
        max_bytes=most,
        max_batch=drawn.randrange(1, 8),
        draw=drawn.random,
        overflow=drawn.choice(["drop_oldest", "drop_newest"]),
    )
    at_once = drawn.randrange(1, 4)
    log: dict[str, list[str]] = {}
    known: set[str] = set()
    duplicates, lost, now, number = 0, Counter[str | None](), 0.0, 0
    in_flight: list[Batch] = []
    for step in range(400):
        is_last = step > 350
        now += drawn.random() * (0.5 if drawn.random() < 0.98 or is_last else 100)
        if not is_last:
            number += 1
            names = drawn.choices(STREAMS, k=drawn.randrange(6))
            box.submit(now, [message(number * 10 + n, name) for n, name in enumerate(names)])
        if len(in_flight) < at_once and (taken := take_any(box, now)) is not None:
            in_flight.append(taken)
        if in_flight and drawn.random() < 0.8:
            batch = in_flight.pop(drawn.randrange(len(in_flight)))
            fault = 0.0 if is_last else drawn.random()
            failures, again = [], 0
            for one in batch.messages:
                if fault > 0.7 and drawn.random() < 0.3:
                    failures.append(Failure(one, "refused", drawn.random() < 0.2))
                    # Stored or not: the answer got lost.
                    if failures[-1].is_final or drawn.random() < 0.5:
                        continue
                if one.id in known:
                    again += not any(failure.message is one for failure in failures)
                    continue
                known.add(one.id)
                log.setdefault(one.subject, []).append(one.id)
            if fault > 0.9:
                box.put_back([batch, *in_flight])
                in_flight.clear()
            else:
                duplicates += again
                box.settle(now, batch, Receipt(failures, again))
        assert box.counts.pending_bytes <= most + 8 * at_once * (10 + OVERHEAD)
    for _ in range(300):
        now += 5.0 if not box.counts.pending else 0.2
        while in_flight:
            batch = in_flight.pop()
            known.update(ids(batch))
            box.settle(now, batch, Receipt())
        if (taken := take_any(box, now)) is not None:
            in_flight.append(taken)
    for loss in box.take_losses():
        lost[loss.stream] += loss.count
    counts = box.counts
    assert box.is_empty
    assert counts.submitted == counts.stored + counts.not_stored
    assert counts.not_stored == sum(lost.values())
    assert counts.duplicates == duplicates
    assert counts.pending_bytes == 0
    assert counts.stored <= len(known)
    assert all(len(found) == len(set(found)) for found in log.values())


@pytest.mark.parametrize("seed", range(8))
def test_one_batch_at_a_time_keeps_the_order_of_each_subject(seed: int) -> None:
    """As long as a batch fails as a whole, or a part of the log does."""
    drawn = random.Random(seed)
    box = outbox(max_batch=drawn.randrange(1, 8), draw=drawn.random, max_age=10**6)
    log: dict[str, list[str]] = {}
    now, number = 0.0, 0
    while number < 300 or not box.is_empty:
        now += drawn.random()
        if number < 300:
            names = drawn.choices(STREAMS, k=drawn.randrange(6))
            box.submit(now, [message(number + n, name) for n, name in enumerate(names)])
            number += len(names)
        batch = take_any(box, now)
        if batch is None:
            continue
        if drawn.random() < 0.2:
            box.put_back([batch])
            continue
        failing = drawn.choice(["trade", "kline", ""])
        failed = [one for one in batch.messages if one.part.key == failing]
        for one in batch.messages:
            if one.part.key != failing:
                log.setdefault(one.subject, []).append(one.id)
        box.settle(now, batch, Receipt([Failure(one, "no leader") for one in failed]))
    assert sum(map(len, log.values())) == number
    for found in log.values():
        numbers = [int(id.rpartition(":")[2]) for id in found]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("seed", range(12))
def test_one_batch_of_each_part_at_a_time_keeps_the_order_of_each_subject(seed: int) -> None:
    """While several are published at once, and fail in any order."""
    drawn = random.Random(seed)
    max_batch = drawn.randrange(1, 8)
    box = outbox(max_batch=max_batch, draw=drawn.random, max_age=10**6, is_by_part=True)
    log: dict[str, list[int]] = {}
    in_flight: list[Batch] = []
    now, number = 0.0, 0
    while number < 300 or not box.is_empty:
        now += drawn.random()
        if number < 300:
            names = drawn.choices(STREAMS, k=drawn.randrange(6))
            box.submit(now, [message(number + n, name) for n, name in enumerate(names)])
            number += len(names)
        while (batch := take_any(box, now)) is not None:
            in_flight.append(batch)
        parts = [{one.part.key for one in batch.messages} for batch in in_flight]
        assert sum(map(len, parts)) == len(in_flight) == len(set().union(*parts))
        for batch in drawn.sample(in_flight, drawn.randrange(len(in_flight) + 1)):
            in_flight.remove(batch)
            fault = drawn.random()
            if fault < 0.1:
                box.put_back([batch])
                continue
            # What is lost behind the last one that was stored.
            stored = len(batch.messages) if fault < 0.7 else drawn.randrange(len(batch.messages))
            for one in batch.messages[:stored]:
                log.setdefault(one.subject, []).append(int(one.id.rpartition(":")[2]))
            lost = [Failure(one, "no leader") for one in batch.messages[stored:]]
            box.settle(now, batch, Receipt(lost))
    assert sum(map(len, log.values())) == number
    assert all(numbers == sorted(numbers) for numbers in log.values())
