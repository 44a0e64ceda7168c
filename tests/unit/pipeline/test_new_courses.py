"""Events in a row that contradict a tracker: a new course, with whatever disorder of its own."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Duplicates, Gap, Late
from binance_streams_runtime.pipeline.trackers.restart import NEW_AFTER, OLD_AFTER
from tests.support.trackers import (
    EACH_SEQUENCE,
    NOW,
    SEQUENCES,
    Event,
    accounted_for,
    delivered,
    one_by_one,
    repeats,
    tracker,
    unknown_gaps,
)

# A new course that is not quite in order


@EACH_SEQUENCE
@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_new_course_of_which_everything_comes_twice_is_followed(kind: str, size: int) -> None:
    """As from a relay that has two upstream connections: each event is delivered once."""
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9, NOW)])
    anew = [Event(number, number, NOW + number) for number in range(1, 101)]
    doubled = [event for event in anew for _ in range(2)]
    checked: list[Any] = []
    for start in range(0, len(doubled), size):
        checked += followed.check(doubled[start : start + size])
    assert len(unknown_gaps(checked)) == 1
    if kind == "repeating numbers":
        assert delivered(checked) == doubled
    else:
        assert delivered(checked) == anew
        assert repeats(checked) == len(anew)


@pytest.mark.parametrize("kind", ["numbers", "repeating numbers", "times"])
def test_a_new_course_in_which_numbers_come_several_times_is_followed(kind: str) -> None:
    """As of a quiet order book."""
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9)])
    anew = [Event(number // 3, number // 3, tag=number) for number in range(300)]
    checked = one_by_one(followed, anew)
    assert delivered(checked) == anew
    assert len(unknown_gaps(checked)) == 1


@EACH_SEQUENCE
def test_a_new_course_with_small_disorder_is_followed(kind: str) -> None:
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9, NOW)])
    order = [number + shift for number in range(1, 300, 3) for shift in (0, 2, 1)]
    anew = [Event(number, number, NOW + place) for place, number in enumerate([*order, 301])]
    checked = one_by_one(followed, anew)
    assert len(delivered(checked)) >= 200
    assert accounted_for(checked) == len(anew)
    assert len(unknown_gaps(checked)) == 1


def test_gaps_of_a_new_course_are_reported() -> None:
    followed = tracker("ids")
    followed.check([Event(10**9, 10**9, NOW)])
    anew = [Event(number, number, NOW + number) for number in (1, 2, 4, 5, 7)]
    gap, *checked = followed.check(anew)
    assert gap.missing is None
    assert checked == [*anew[:2], Gap("s", 3, 3), *anew[2:4], Gap("s", 6, 6), anew[4]]


@EACH_SEQUENCE
def test_numbers_that_fall_all_the_time_are_delivered(kind: str) -> None:
    followed = tracker(kind)
    falling = [Event(10**6 - number, 10**6 - number, NOW + number) for number in range(300)]
    checked = one_by_one(followed, falling)
    assert len(delivered(checked)) > 200
    assert len(falling) - accounted_for(checked) < OLD_AFTER


def test_a_number_of_any_size_is_no_error() -> None:
    """Whatever fits into JSON, also above what a float can hold."""
    for kind in SEQUENCES:
        for huge in (10**400, -(10**400)):
            followed = tracker(kind)
            right = [Event(number, number, NOW) for number in range(NOW, NOW + 50)]
            checked = one_by_one(followed, [*right[:2], Event(huge, huge, huge), *right[2:]])
            assert len(delivered(checked)) >= len(right)


def test_an_event_that_equals_nothing_is_no_error() -> None:
    """Such as one with a price that is not a number."""
    nan = float("nan")
    for kind in SEQUENCES:
        followed = tracker(kind)
        odd: Any = [Event(5, 5, tag=nan) for _ in range(4)]  # type: ignore[arg-type]
        checked = followed.check([Event(5, 5), *odd, Event(6, 6)])
        assert checked[0] == Event(5, 5)
        assert Event(6, 6) in checked


# After a change of the connection


@pytest.mark.parametrize("how", ["a loss", "a handover"])
def test_a_stream_that_repeats_what_has_not_changed_is_not_mute_afterwards(how: str) -> None:
    """An order book in which nothing moves looks the same on the next connection."""
    followed = tracker("repeating numbers")
    same = Event(7, 7)
    followed.check([same])
    if how == "a loss":
        followed.interrupt()
        assert followed.check([same]) == [Gap("s", None, None), same]
    else:
        followed.overlap()
        followed.check([same] * 1000)
        followed.resume()
    assert followed.check([same]) == [same]
    assert followed.check([same, same]) == [same, same]


def test_after_a_loss_an_event_with_the_last_number_that_is_another_one_is_delivered() -> None:
    followed = tracker("numbers")
    followed.check([Event(7, 7)])
    followed.interrupt()
    other = Event(7, 7, tag=1)
    checked = followed.check([Event(7, 7), other])
    assert checked == [Gap("s", None, None), other, Duplicates("s", 1)]


def test_an_interruption_while_two_connections_deliver_the_same_forgets_nothing() -> None:
    """What the older one delivers after it is known when it comes again."""
    followed = tracker("times")
    followed.check([Event(NOW, 0)])
    followed.overlap()
    followed.interrupt()
    events = [Event(NOW + number, 0) for number in range(1, 20)]
    assert delivered(followed.check(events)) == events
    followed.resume()
    assert followed.check(events) == [Duplicates("s", len(events))]


# Late, or sent again


@pytest.mark.parametrize("kind", ["numbers", "repeating numbers", "times"])
def test_without_a_change_of_the_connection_what_is_lower_is_late(kind: str) -> None:
    """It has not been delivered, so it is not called a repeat."""
    followed = tracker(kind)
    one_by_one(followed, [Event(NOW, 0), Event(NOW + 60_000, 0)])
    checked = one_by_one(followed, [Event(NOW + 30_000, 0), Event(NOW + 60_001, 0)])
    late = Late("s", NOW + 30_000, NOW + 30_000, is_delivered=False, was_missing=False)
    assert checked == [late, Event(NOW + 60_001, 0)]


@pytest.mark.parametrize("kind", ["ids", "ranges", "linked"])
def test_an_id_below_all_that_were_delivered_is_late(kind: str) -> None:
    followed = tracker(kind)
    checked = followed.check([Event(100, 100), Event(7, 7), Event(101, 101)])
    late = Late("s", 7, 7, is_delivered=False, was_missing=False)
    assert checked == [Event(100, 100), late, Event(101, 101)]


def test_of_numbers_with_times_newer_events_are_believed_sooner_after_a_loss() -> None:
    """As of block trades, which are rare."""
    followed = tracker("numbers")
    followed.check([Event(10**9, 10**9, NOW)])
    followed.interrupt()
    anew = [Event(number, number, NOW + number) for number in range(1, NEW_AFTER + 1)]
    assert delivered(followed.check(anew)) == anew
