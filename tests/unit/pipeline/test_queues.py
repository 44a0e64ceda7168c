"""What happens to events that find a queue full, and nothing about waiting for them."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from binance_streams import Dropped, Gap, Notice, ParameterError, QueueOverflow
from binance_streams_runtime.pipeline.queues import ErrorItem, EventQueue

GAP = Gap("btcusdt@trade", 1, 1)


class Snatched(deque[Any]):
    """A consumer takes everything right after somebody has looked how much there is."""

    def __len__(self) -> int:
        count = super().__len__()
        self.clear()
        return count


@pytest.mark.parametrize(
    ("overflow", "kept", "dropped"),
    [("drop_oldest", [3, 4, 5], 2), ("drop_newest", [1, 2, 3], 2), ("latest", [5], 4)],
)
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_policies(overflow: Any, kept: list[int], dropped: int, batch: int) -> None:
    queue = EventQueue(3, overflow)
    numbers = [1, 2, 3, 4, 5]
    lost = sum(queue.put(numbers[start : start + batch]) for start in range(0, 5, batch))
    assert list(queue.items) == kept
    assert lost == dropped


def test_block_takes_what_fits_without_a_pause() -> None:
    queue = EventQueue(4, "block")
    queue.put([1, 2, 3, 4])
    assert not queue.is_blocking
    queue.put([5])
    assert queue.is_blocking


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise"])
def test_only_block_asks_for_a_pause(overflow: Any) -> None:
    queue = EventQueue(2, overflow)
    queue.put([1, 2, 3, 4])
    assert not queue.is_blocking


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise", "block"])
def test_no_policy_drops_a_failure(overflow: Any) -> None:
    queue = EventQueue(1, overflow)
    queue.put([1])
    queue.fail(ValueError("lost"))
    queue.put([2])
    assert any(isinstance(item, ErrorItem) for item in queue.items)


def test_a_queue_above_its_size_counts_only_what_it_drops() -> None:
    queue = EventQueue(2, "drop_newest")
    queue.replace(lambda _: [1, 2, 3, 4, 5])
    assert queue.put([6]) == 1


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest", "raise"])
def test_notices_among_events_are_not_counted_as_dropped_events(overflow: Any) -> None:
    queue = EventQueue(2, overflow)
    dropped = queue.put([1, GAP, 2, GAP, 3, GAP, 4])
    kept = [item for item in queue.items if not isinstance(item, Notice)]
    assert dropped == 4 - len(kept)
    assert queue.taken == 0


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest", "latest"])
def test_a_gap_is_not_dropped_without_a_word(overflow: Any) -> None:
    """Or who reads the events would believe that none is missing."""
    queue = EventQueue(1, overflow)
    assert queue.put([GAP]) == 0
    assert queue.put([GAP if overflow == "drop_newest" else 1]) == 1


def test_a_queue_of_notices_counts_them() -> None:
    queue = EventQueue(2, is_of_notices=True)
    reported = Dropped("btcusdt@trade", 3, "drop_oldest")
    assert queue.put([GAP, reported, reported, reported]) == 2
    assert list(queue.items) == [reported, reported]


@pytest.mark.parametrize("overflow", ["drop_oldest", "latest"])
def test_a_full_queue_keeps_one_notice_of_all_that_it_has_dropped(overflow: Any) -> None:
    queue = EventQueue(3, overflow)
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
        EventQueue(size)


@pytest.mark.parametrize("overflow", ["", "wait", None, 1])
def test_bad_policies_are_refused(overflow: Any) -> None:
    with pytest.raises(ParameterError):
        EventQueue(3, overflow)


def test_nothing_is_added_after_the_end() -> None:
    queue = EventQueue()
    queue.close()
    assert queue.put([1]) == 0
    queue.fail(ValueError())
    assert list(queue.items) == []


def test_a_queue_that_raises_takes_what_fits_and_is_over() -> None:
    queue = EventQueue(3, "raise")
    assert queue.put([1, 2, 3, 4, 5]) == 2
    assert list(queue.items) == [1, 2, 3]
    assert isinstance(queue.overflowed, QueueOverflow)
    assert queue.error is queue.overflowed
    assert queue.is_closed


def test_a_lasting_queue_goes_on_after_an_overflow() -> None:
    queue = EventQueue(1, "raise", is_lasting=True)
    queue.put([1, 2])
    assert isinstance(queue.overflowed, QueueOverflow)
    assert not queue.is_closed
    queue.items.clear()
    queue.put([3])
    assert list(queue.items) == [3]


def test_a_full_queue_asks_once_for_room_and_says_once_that_there_is_some() -> None:
    queue = EventQueue(4, "block")
    room: list[int] = []
    queue.on_room = lambda: room.append(len(queue))
    queue.put([1, 2, 3, 4, 5])
    for _ in range(5):
        queue.items.popleft()
        queue.signal_room()
    assert room == [2]


def test_a_closed_queue_blocks_nobody() -> None:
    queue = EventQueue(1, "block")
    queue.put([1, 2])
    assert queue.is_blocking
    queue.close()
    assert not queue.is_blocking


@pytest.mark.parametrize(
    ("overflow", "kept", "dropped"),
    [("drop_oldest", [4, 5], 3), ("drop_newest", [1, 2], 3), ("raise", [1, 2, 3, 4, 5], 0)],
)
def test_what_takes_too_much_memory_goes_by_the_policy(
    overflow: Any, kept: list[int], dropped: int
) -> None:
    queue = EventQueue(10, overflow)
    queue.put([1, 2, 3, 4, 5])
    assert queue.discard(3) == dropped
    assert list(queue.items) == kept
    assert queue.is_closed == (overflow == "raise")


def test_a_queue_that_blocks_asks_for_room_if_it_takes_too_much_memory() -> None:
    """Asked again, it waits for what it has asked for at first."""
    queue = EventQueue(10, "block")
    queue.put([1, 2, 3, 4])
    assert (queue.discard(3), queue.discard(3)) == (0, 0)
    assert queue.is_blocking
    queue.replace(lambda waiting: waiting[:2])
    assert not queue.is_blocking


def test_a_consumer_may_take_what_was_about_to_be_dropped() -> None:
    queue = EventQueue(2)
    queue.items = Snatched([1, 2])
    assert queue.put([3, 4, 5]) == 0


def test_a_consumer_may_take_what_was_about_to_be_measured() -> None:
    queue = EventQueue()
    queue.items = Snatched([1, 2])
    assert queue.sample(2) == []


def test_several_items_are_taken_at_once_and_no_more_than_wait() -> None:
    queue = EventQueue(4)
    queue.put([1, 2, 3])
    assert queue.take_many(2) == [1, 2]
    assert queue.take_many(2) == [3]
    assert queue.take_many(2) == []


def test_taking_several_items_at_once_makes_room() -> None:
    queue = EventQueue(2, "block")
    resumed: list[bool] = []
    queue.on_room = lambda: resumed.append(True)
    queue.put([1, 2, 3])
    assert queue.is_blocking
    assert queue.take_many(3) == [1, 2, 3]
    assert resumed == [True]


def test_a_queue_that_is_abandoned_has_only_the_error_even_if_it_had_ended() -> None:
    queue = EventQueue(4)
    queue.put([1])
    queue.close()
    error = QueueOverflow("a test")
    queue.abandon(error)
    assert list(queue.items) == []
    assert queue.is_closed
    assert queue.error is error


def test_what_was_being_taken_at_once_still_waits_if_a_signal_interrupts_that() -> None:
    queue = EventQueue(2, "block")
    queue.put([1, 2, 3])

    def interrupt() -> None:
        raise KeyboardInterrupt

    queue.on_room = interrupt
    with pytest.raises(KeyboardInterrupt):
        queue.take_many(2)
    assert list(queue.items) == [1, 2, 3]


def test_what_was_added_is_counted_without_what_was_dropped() -> None:
    queue = EventQueue(2, "drop_oldest")
    queue.put([1, 2, 3])
    assert (queue.added, queue.taken) == (2, 0)
    assert queue.take_many(1) == [2]
    assert (queue.added, queue.taken) == (2, 1)


def test_a_queue_that_counts_no_ends_leaves_callbacks_as_they_are() -> None:
    assert EventQueue().counting(print) is print


def test_long_queues_ask_for_packed_events() -> None:
    queue = EventQueue()
    queue.pack_after = 2
    queue.put([1])
    assert not queue.is_long()
    queue.put([2])
    assert queue.is_long()


def test_whoever_takes_all_makes_a_full_queue_wait_until_it_relaxes() -> None:
    queue = EventQueue(2, "drop_oldest")
    queue.take_all()
    assert queue.put([1, 2, 3]) == 0
    assert queue.is_blocking
    queue.relax()
    assert not queue.is_blocking
    assert queue.put([4]) > 0


def test_a_queue_that_nobody_takes_all_of_keeps_its_policy() -> None:
    queue = EventQueue(2, "drop_oldest")
    queue.relax()
    assert queue.put([1, 2, 3]) == 1
    assert list(queue.items) == [2, 3]
