"""The order in which a reader of a log delivers what several collectors wrote."""

from __future__ import annotations

import math
import random

import pytest

from binance_streams_runtime.catalog.streams import Monotonic, Range, Sequence, Step
from binance_streams_runtime.messaging.reordering import Logged, Reordering, reordering_for

WINDOW = 0.2


def logged(
    number: int, first: int, last: int | None = None, time: float = 0.0, by: str = "a"
) -> Logged:
    return Logged(number, time, first, first if last is None else last, by, f"{first}")


def ids(reordering: Reordering, messages: list[Logged]) -> list[int | None]:
    return [one.message.first for message in messages for one in reordering.push(message)]


def consecutive(following: int | None = None) -> Reordering:
    return reordering_for(Step("id"), WINDOW, following)


def test_what_follows_is_delivered_at_once() -> None:
    assert ids(consecutive(1), [logged(n, n) for n in (1, 2, 3)]) == [1, 2, 3]


def test_what_comes_too_early_waits_for_what_is_missing() -> None:
    reordering = consecutive(1)
    assert ids(reordering, [logged(1, 1), logged(2, 3), logged(3, 4)]) == [1]
    assert ids(reordering, [logged(4, 2)]) == [2, 3, 4]
    assert reordering.next_time() == float("inf")


def test_what_is_missing_is_given_up_after_the_window() -> None:
    reordering = consecutive(1)
    assert ids(reordering, [logged(1, 3, time=10.0)]) == []
    assert reordering.next_time() == pytest.approx(10.2)
    assert reordering.expire(10.1) == []
    assert [one.message.first for one in reordering.expire(10.2)] == [3]
    assert reordering.following == 4


def test_the_time_of_the_log_ends_the_window() -> None:
    """Catching up with the past takes no real time."""
    reordering = consecutive(1)
    assert ids(reordering, [logged(1, 3, time=10.0), logged(2, 4, time=10.1)]) == []
    assert ids(reordering, [logged(3, 5, time=10.3)]) == [3, 4, 5]


def test_what_was_given_up_and_comes_after_all_is_dropped() -> None:
    """However much it is: its gap has been reported, and it would be out of order."""
    reordering = consecutive(1)
    reordering.push(logged(1, 400, time=10.0))
    reordering.expire(11.0)
    late = [logged(1 + id, id, time=12.0) for id in range(1, 400)]
    assert ids(reordering, late) == []
    assert reordering.repeated == 399
    assert ids(reordering, [logged(500, 401, time=12.0)]) == [401]


def test_what_was_delivered_is_dropped_if_it_comes_again() -> None:
    reordering = consecutive(1)
    assert ids(reordering, [logged(1, 1), logged(2, 2), logged(3, 1)]) == [1, 2]
    assert reordering.repeated == 1


def test_without_a_known_beginning_the_first_messages_wait_for_earlier_ones() -> None:
    reordering = consecutive()
    assert ids(reordering, [logged(1, 8, time=1.0), logged(2, 7, time=1.1)]) == []
    assert [one.message.first for one in reordering.expire(1.2)] == [7, 8]


def test_the_floor_is_below_what_waits() -> None:
    reordering = consecutive(1)
    floors = [one.floor for one in reordering.push(logged(1, 1))]
    reordering.push(logged(2, 4))
    floors += [one.floor for one in reordering.push(logged(3, 2))]
    floors += [one.floor for one in reordering.push(logged(4, 3))]
    assert floors == [1, 1, 1, 4]


def test_a_new_numbering_is_accepted() -> None:
    reordering = consecutive(1000)
    assert ids(reordering, [logged(1, 1000)]) == [1000]
    restarted = ids(reordering, [logged(2 + n, 1 + n) for n in range(99)])
    assert restarted[-1] == 99
    assert restarted == list(range(restarted[0] or 0, 100))


def test_a_collector_that_is_late_at_the_beginning_is_no_new_numbering() -> None:
    reordering = consecutive()
    reordering.push(logged(1, 400, time=10.0, by="b"))
    reordering.expire(11.0)
    late = [logged(2 + id, id, time=12.0) for id in range(1, 400)]
    assert ids(reordering, late) == []
    assert ids(reordering, [logged(500, 401, time=12.0)]) == [401]


def test_so_many_messages_wait_at_most() -> None:
    reordering = reordering_for(Step("id"), WINDOW, 1, max_held=3)
    assert ids(reordering, [logged(n, n + 1) for n in (1, 2, 3)]) == []
    assert ids(reordering, [logged(4, 5)]) == [2, 3, 4, 5]


def test_ranges_follow_each_other() -> None:
    reordering = reordering_for(Range("first", "last"), WINDOW, 1)
    messages = [logged(1, 1, 4), logged(2, 9, 9), logged(3, 5, 8)]
    assert ids(reordering, messages) == [1, 5, 9]


def test_what_a_collector_continues_is_delivered_at_once() -> None:
    reordering = reordering_for(Monotonic("id"), WINDOW)
    assert ids(reordering, [logged(n, n * 10, time=n / 10) for n in (1, 2, 3)]) == [10, 20, 30]


def test_the_first_message_of_another_collector_waits() -> None:
    reordering = reordering_for(Monotonic("id"), WINDOW)
    assert ids(reordering, [logged(1, 10, time=0.1)]) == [10]
    assert ids(reordering, [logged(2, 30, time=0.15, by="b")]) == []
    assert ids(reordering, [logged(3, 20, time=0.2)]) == [20]
    assert ids(reordering, [logged(4, 40, time=0.25)]) == [30, 40]


def test_it_does_not_wait_longer_than_the_window() -> None:
    reordering = reordering_for(Monotonic("id"), WINDOW)
    reordering.push(logged(1, 10, time=0.1))
    reordering.push(logged(2, 30, time=0.2, by="b"))
    assert [one.message.first for one in reordering.expire(0.4)] == [30]


def test_nothing_is_due_if_nothing_waits() -> None:
    reordering = reordering_for(Monotonic("id"), WINDOW)
    reordering.push(logged(1, 10, time=0.1))
    assert reordering.next_time() == math.inf


def test_messages_without_numbers_keep_the_order_of_the_log() -> None:
    messages = [Logged(n, 0.0, None, None, "a", n) for n in (1, 2)]
    reordering = reordering_for(None)
    assert [one.message.item for m in messages for one in reordering.push(m)] == [1, 2]


@pytest.mark.parametrize("seed", range(30))
def test_drawn_logs_are_delivered_in_order_and_once(seed: int) -> None:
    """Each of three collectors lacks some ids; what all lack is skipped."""
    draw = random.Random(seed)
    last_id = 400
    copies: list[tuple[float, int, str]] = []
    written: set[int] = set()
    for name in "abc":
        lag = draw.uniform(0.0, 0.1)
        missing: set[int] = set()
        for _ in range(draw.randrange(4)):
            start = draw.randrange(2, last_id)
            missing.update(range(start, start + draw.randrange(60)))
        for one in range(1, last_id + 1):
            if one not in missing:
                copies.append((one / 100 + lag + draw.uniform(0, 0.009), one, name))
                written.add(one)
    copies.sort()
    log: list[Logged] = []
    seen: set[int] = set()
    for time, one, name in copies:
        if one not in seen or draw.random() < 0.01:
            seen.add(one)
            log.append(logged(len(log) + 1, one, time=time, by=name))
    reordering = reordering_for(Step("id"), WINDOW)
    delivered = [one for message in log for one in reordering.push(message)]
    delivered += reordering.expire(float("inf"))
    assert [one.message.first for one in delivered] == sorted(written)
    floors = [one.floor for one in delivered]
    assert floors == sorted(floors)
    assert floors[-1] <= len(log)


def nameless(number: int, time: float = 0.0, by: str = "a") -> Logged:
    """A message whose id says nothing about its place."""
    return Logged(number, time, None, None, by, b"")


@pytest.mark.parametrize("sequence", [Step("id"), Monotonic("id"), None])
def test_a_message_without_an_id_is_delivered_where_it_is(sequence: Sequence | None) -> None:
    reordering = reordering_for(sequence, WINDOW, 1)
    (delivered,) = reordering.push(nameless(5))
    assert (delivered.floor, delivered.message.number) == (5, 5)


def test_what_has_no_order_waits_for_nothing() -> None:
    reordering = reordering_for(None)
    assert reordering.expire(math.inf) == []
    assert (reordering.next_time(), reordering.following) == (math.inf, None)


def test_the_floor_does_not_fall_if_the_log_is_read_again() -> None:
    reordering = consecutive(1)
    reordering.push(logged(5, 1))
    (delivered,) = reordering.push(logged(4, 2))
    assert delivered.floor == 5


def test_what_waited_and_was_delivered_meanwhile_is_dropped() -> None:
    reordering = reordering_for(Range("first", "last"), WINDOW, 1)
    messages = [logged(1, 4, 5), logged(2, 4, 4), logged(3, 1, 9)]
    assert ids(reordering, messages) == [1]
    reordering = reordering_for(Range("first", "last"), WINDOW, 1)
    messages = [logged(1, 4, 6), logged(2, 5, 7), logged(3, 1, 3), logged(4, 8, 8)]
    assert ids(reordering, messages) == [1, 4, 5, 8]


def test_what_waits_is_delivered_before_a_new_numbering() -> None:
    reordering = consecutive(1000)
    assert ids(reordering, [logged(1, 1005)]) == []
    restarted = ids(reordering, [logged(2 + n, 1 + n) for n in range(99)])
    assert restarted[0] == 1005
    assert restarted[-1] == 99


def test_the_only_collector_waits_for_nobody() -> None:
    """However long it has written nothing."""
    reordering = reordering_for(Monotonic("id"), WINDOW)
    assert ids(reordering, [logged(1, 10, time=1.0), logged(2, 20, time=9.0)]) == [10, 20]


def test_so_many_messages_with_rising_numbers_wait_at_most() -> None:
    reordering = reordering_for(Monotonic("id"), WINDOW, max_held=1)
    reordering.push(logged(1, 10, time=1.0))
    assert ids(reordering, [logged(2, 30, time=1.1, by="b")]) == []
    assert ids(reordering, [logged(3, 40, time=1.15, by="c")]) == [30]
