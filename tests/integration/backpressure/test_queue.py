"""The queue between the connection and its consumers: policies, wake-ups, ends."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from binance_streams import Dropped, Gap, Notice, ParameterError, QueueOverflow
from binance_streams_runtime.pipeline.queues import ErrorItem, EventQueue
from binance_streams_runtime.sync.queue import WaitableQueue
from tests.support.limits import LIMIT, failure, in_time, wait_until


@pytest.mark.parametrize(
    ("overflow", "kept", "dropped"),
    [("drop_oldest", [3, 4, 5], 2), ("drop_newest", [1, 2, 3], 2), ("latest", [5], 4)],
)
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_policies(overflow: Any, kept: list[int], dropped: int, batch: int) -> None:
    queue = WaitableQueue(3, overflow)
    numbers = [1, 2, 3, 4, 5]
    lost = sum(queue.put(numbers[start : start + batch]) for start in range(0, 5, batch))
    assert list(queue.items) == kept
    assert lost == dropped


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_raise_ends_the_queue_after_what_fits(batch: int) -> None:
    queue = WaitableQueue(3, "raise")
    for start in range(0, 5, batch):
        queue.put([1, 2, 3, 4, 5][start : start + batch])
    seen: list[int] = []
    assert isinstance(failure(lambda: seen.extend(queue.iterate())), QueueOverflow)
    assert list(seen) == [] or seen == [1, 2, 3]
    assert queue.is_closed


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_block_drops_nothing_and_asks_for_a_pause_until_half_is_free(batch: int) -> None:
    queue = WaitableQueue(4, "block")
    numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert sum(queue.put(numbers[start : start + batch]) for start in range(0, 10, batch)) == 0
    assert list(queue.items) == numbers
    blocking = []
    items = queue.iterate()
    for _ in numbers:
        next(items)
        blocking.append(queue.is_blocking)
    # Of four places two are free once eight of the ten have been taken.
    assert blocking == [True] * 7 + [False] * 3


def test_block_takes_what_fits_without_a_pause() -> None:
    queue = WaitableQueue(4, "block")
    queue.put([1, 2, 3, 4])
    assert not queue.is_blocking
    queue.put([5])
    assert queue.is_blocking


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise"])
def test_only_block_asks_for_a_pause(overflow: Any) -> None:
    queue = WaitableQueue(2, overflow)
    queue.put([1, 2, 3, 4])
    assert not queue.is_blocking


def test_a_consumer_that_has_emptied_a_blocking_queue_wakes_the_producer() -> None:
    woken = threading.Event()
    queue = WaitableQueue(2, "block")
    queue.on_room = woken.set
    taken: list[int] = []
    thread = threading.Thread(target=lambda: taken.extend(queue.iterate()), daemon=True)
    queue.put([1, 2])
    thread.start()
    wait_until(lambda: len(taken) == 2)
    assert not woken.is_set()
    queue.put([3, 4, 5])
    assert woken.wait(LIMIT)
    assert not queue.is_blocking
    queue.close()
    thread.join(LIMIT)
    assert taken == [1, 2, 3, 4, 5]


def test_an_ended_queue_blocks_nobody() -> None:
    queue = WaitableQueue(2, "block")
    queue.put([1, 2, 3])
    queue.close()
    assert not queue.is_blocking
    assert list(queue.iterate()) == [1, 2, 3]


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise", "block"])
def test_no_policy_drops_a_failure(overflow: Any) -> None:
    queue = WaitableQueue(1, overflow)
    queue.put([1])
    queue.fail(ValueError("lost"))
    queue.put([2])
    assert any(isinstance(item, ErrorItem) for item in queue.items)


def test_a_queue_above_its_size_counts_only_what_it_drops() -> None:
    queue = WaitableQueue(2, "drop_newest")
    queue.replace(lambda _: [1, 2, 3, 4, 5])
    assert queue.put([6]) == 1


GAP = Gap("btcusdt@trade", 1, 1)


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise"])
def test_notices_among_events_are_not_counted_as_dropped_events(overflow: Any) -> None:
    queue = WaitableQueue(2, overflow)
    dropped = queue.put([1, GAP, 2, GAP, 3, GAP, 4])
    kept = [item for item in queue.items if not isinstance(item, Notice)]
    assert dropped == 4 - len(kept)
    assert queue.taken == 0


def test_a_queue_of_notices_counts_them() -> None:
    queue = EventQueue(2, is_of_notices=True)
    reported = Dropped("btcusdt@trade", 3, "drop_oldest")
    assert queue.put([GAP, reported, reported, reported]) == 2
    assert list(queue.items) == [reported, reported]


@pytest.mark.parametrize("overflow", ["drop_oldest", "latest"])
def test_a_full_queue_keeps_one_notice_of_all_that_it_has_dropped(overflow: Any) -> None:
    queue = WaitableQueue(3, overflow)
    size = queue.maxsize
    for count, limit in ((1, "maxsize"), (20, "max_unread_bytes"), (300, "maxsize")):
        queue.insert(Dropped("btcusdt@trade", count, overflow, limit), is_first=True)
        queue.put([1, 2, 3, 4, 5])
    reported, of_memory, *events = queue.items
    assert reported == Dropped("btcusdt@trade", 301, overflow)
    assert of_memory == Dropped("btcusdt@trade", 20, overflow, "max_unread_bytes")
    assert events == [3, 4, 5][-size:]
    assert queue.taken == 0


@pytest.mark.parametrize("size", [0, -1, True, 1.5, "3", None])
def test_bad_sizes_are_refused(size: Any) -> None:
    with pytest.raises(ParameterError):
        WaitableQueue(size)


@pytest.mark.parametrize("overflow", ["", "wait", None, 1])
def test_bad_policies_are_refused(overflow: Any) -> None:
    with pytest.raises(ParameterError):
        WaitableQueue(3, overflow)


def test_a_waiting_consumer_is_woken_by_events_and_by_the_end() -> None:
    queue = WaitableQueue()
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.extend(queue.iterate()), daemon=True)
    thread.start()
    queue.put([1, 2])
    queue.put([3])
    queue.close()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert seen == [1, 2, 3]


def test_every_waiting_consumer_is_woken_by_the_end() -> None:
    queue = WaitableQueue()
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(queue.wait()), daemon=True)
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    queue.close()
    for thread in threads:
        thread.join(LIMIT)
    assert outcomes == [False] * 20


def test_what_waits_is_taken_before_the_error() -> None:
    queue = WaitableQueue()
    queue.put([1, 2])
    queue.close(ValueError("why"))
    queue.close()
    iterator = queue.iterate()
    assert [in_time(lambda: next(iterator)) for _ in range(2)] == [1, 2]
    assert str(failure(lambda: next(iterator))) == "why"
    assert isinstance(failure(lambda: list(queue.iterate())), ValueError)


def test_nothing_is_added_after_the_end() -> None:
    queue = WaitableQueue()
    queue.close()
    assert queue.put([1]) == 0
    queue.fail(ValueError())
    assert list(queue.items) == []


def test_a_deadline_that_has_passed_raises() -> None:
    queue = WaitableQueue()
    assert isinstance(failure(lambda: queue.wait(time.monotonic() - 1)), TimeoutError)
    assert isinstance(failure(lambda: queue.wait(time.monotonic() + 0.01)), TimeoutError)
    queue.put([1])
    assert queue.wait(time.monotonic() - 1)


def test_no_wake_up_is_lost_between_many_threads() -> None:
    queue = WaitableQueue()
    total, taken = 20_000, []
    lock = threading.Lock()

    def consume() -> None:
        for item in queue.iterate():
            with lock:
                taken.append(item)

    threads = [threading.Thread(target=consume, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(total):
        queue.put([number])
    wait_until(lambda: len(taken) == total)
    queue.close()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert sorted(taken) == list(range(total))


def test_replacing_under_a_consumer_loses_nothing() -> None:
    """A consumer takes while another thread moves everything out and in again."""
    queue = WaitableQueue()
    taken: list[int] = []
    thread = threading.Thread(target=lambda: taken.extend(queue.iterate()), daemon=True)
    thread.start()
    for number in range(3000):
        queue.put([number])
        queue.replace(lambda waiting: waiting)
    queue.close()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert sorted(taken) == list(range(3000))
