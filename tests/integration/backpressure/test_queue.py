"""The queue between the connection and its consumers: policies, wake-ups, ends."""

from __future__ import annotations

import threading
import time

import pytest

from binance_streams import QueueOverflow
from binance_streams_runtime.sync.queue import NothingInTime, WaitableQueue
from tests.support.limits import LIMIT, failure, in_time, wait_until


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
        threading.Thread(target=lambda: outcomes.append(list(queue.iterate())), daemon=True)
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    queue.close()
    for thread in threads:
        thread.join(LIMIT)
    assert outcomes == [[]] * 20


def test_what_waits_is_taken_before_the_error() -> None:
    queue = WaitableQueue()
    queue.put([1, 2])
    queue.close(ValueError("why"))
    queue.close()
    iterator = queue.iterate()
    assert [in_time(lambda: next(iterator)) for _ in range(2)] == [1, 2]
    assert str(failure(lambda: next(iterator))) == "why"
    assert isinstance(failure(lambda: list(queue.iterate())), ValueError)


def test_a_deadline_that_has_passed_raises() -> None:
    queue = WaitableQueue()
    assert isinstance(failure(lambda: next(queue.iterate(time.monotonic() - 1))), NothingInTime)
    assert isinstance(failure(lambda: next(queue.iterate(time.monotonic() + 0.01))), NothingInTime)
    queue.put([1])
    assert next(queue.iterate(time.monotonic() - 1)) == 1


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
