"""No number is believed forever: wrong ids and times, counts that begin anew, late events."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_streams import Duplicates, Gap, Late, Notice
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers.restart import (
    NEW_AFTER,
    OLD_AFTER,
    REPLAYED_AFTER,
    is_same,
)
from tests.support.trackers import (
    EACH_SEQUENCE,
    NOW,
    Event,
    accounted_for,
    delivered,
    one_by_one,
    tracker,
    unknown_gaps,
)

# Anything that a server may send

NUMBERS = st.integers(0, 40) | st.integers(0, 2000) | st.integers(0, 2**62)
# Below those of the events that a test looks for.
TAGS = st.integers(0, 10**6)
TIMES = st.none() | st.integers(0, 50) | st.just(NOW) | st.just(NOW * 1000)


@st.composite
def events(draw: st.DrawFn, most: int = 8) -> list[Event]:
    """Events with any numbers, also with a first above the last, and any times."""
    drawn = draw(st.lists(st.tuples(NUMBERS, st.integers(-3, 5), TIMES), max_size=most))
    return [Event(first, max(0, first + more), time, draw(TAGS)) for first, more, time in drawn]


HISTORY = st.lists(events() | st.sampled_from(["interrupt", "overlap", "resume"]), max_size=12)


def live_through(followed: Tracker, history: list[Any]) -> tuple[list[Any], int]:
    """What comes of a history, and how many events it had."""
    checked: list[Any] = []
    count = 0
    for happened in history:
        if isinstance(happened, str):
            getattr(followed, happened)()
        elif happened:
            checked += followed.check(happened)
            count += len(happened)
    return checked, count


def single(kind: str, event: Event) -> Event:
    return event._replace(last=event.first) if kind == "ids" else event


@EACH_SEQUENCE
@settings(deadline=None, max_examples=150)
@given(
    HISTORY,
    st.integers(0, 2000) | st.integers(0, 2**62),
    st.integers(1, 3),
    TIMES,
    st.integers(1, 40),
)
def test_of_new_events_in_rising_order_a_few_at_most_are_held_back(
    kind: str, history: list[Any], first: int, stride: int, time: int | None, size: int
) -> None:
    """Whatever came before. What is held back for too long is delivered after all."""
    followed = tracker(kind)
    happened = [
        batch if isinstance(batch, str) else [single(kind, event) for event in batch]
        for batch in history
    ]
    _, count = live_through(followed, happened)
    # An older connection has ended before the newer one speaks.
    followed.resume()
    bound = REPLAYED_AFTER + count
    run = [
        Event(first + stride * place, first + stride * place, time, 10**30 + place)
        for place in range(bound + 50)
    ]
    checked: list[Any] = []
    for start in range(0, len(run), size):
        checked += followed.check(run[start : start + size])
    came = [event for event in delivered(checked) if event.tag >= 10**30]
    assert len(run) - len(came) <= bound
    assert came == [event for event in run if event in set(came)], "out of order, or twice"
    assert came[-50:] == run[-50:], "not over yet"


@EACH_SEQUENCE
@settings(deadline=None)
@given(HISTORY)
def test_each_event_is_delivered_or_counted_but_for_those_that_are_held_back(
    kind: str, history: list[Any]
) -> None:
    followed = tracker(kind)
    happened = [
        batch if isinstance(batch, str) else [single(kind, event) for event in batch]
        for batch in history
    ]
    checked, count = live_through(followed, happened)
    assert 0 <= count - accounted_for(checked) < REPLAYED_AFTER + count
    # One that is above all others settles what was held back.
    if count:
        checked += followed.check([Event(2**63, 2**63)])
        assert accounted_for(checked) == count + 1


@EACH_SEQUENCE
@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 9), st.booleans())
def test_batches_make_no_difference(
    kind: str, numbers: list[int], size: int, is_interrupted: bool
) -> None:
    came = [Event(number, number, number) for number in numbers]
    together, alone = tracker(kind), tracker(kind)
    together.check([Event(15, 15, 15)])
    alone.check([Event(15, 15, 15)])
    if is_interrupted:
        together.interrupt()
        alone.interrupt()
    checked: list[Any] = []
    for start in range(0, len(came), size):
        checked += together.check(came[start : start + size])
    singly = one_by_one(alone, came)
    assert accounted_for(checked) == accounted_for(singly)
    assert [item for item in checked if not isinstance(item, Duplicates)] == [
        item for item in singly if not isinstance(item, Duplicates)
    ]


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_each_step_of_ids_is_explained(numbers: list[int]) -> None:
    """Ids that are missing are those of a gap; an event that goes back is announced."""
    checked = tracker("ids").check([Event(number, number) for number in numbers])
    expected: int | None = None
    before: Any = None
    for item in checked:
        if isinstance(item, Event):
            if isinstance(before, Gap) and before.missing is None:
                expected = None
            if isinstance(before, Late) and before.is_delivered:
                assert (before.first, before.last) == (item.first, item.last)
                assert expected is not None
                assert item.first < expected
            else:
                if expected is not None and item.first > expected:
                    assert before == Gap("s", expected, item.first - 1)
                assert expected is None or item.first >= expected
                expected = item.first + 1
        before = item


# One wrong number, and counts that begin anew


@EACH_SEQUENCE
def test_one_number_that_is_far_too_high_costs_nothing_else(kind: str) -> None:
    followed = tracker(kind)
    right = [Event(NOW + number, NOW + number, NOW + number) for number in range(1000)]
    wrong = Event(NOW * 1000, NOW * 1000, NOW * 1000)
    checked = one_by_one(followed, [*right[:3], wrong, *right[3:]])
    came = delivered(checked)
    assert set(came) == {*right, wrong}
    assert len(came) == 1001
    assert len(unknown_gaps(checked)) == 1


@EACH_SEQUENCE
def test_a_count_that_begins_anew_on_the_open_connection_is_followed(kind: str) -> None:
    """All of it is delivered, behind a gap that says why."""
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9, NOW)])
    anew = [Event(number, number, NOW + number) for number in range(1, 301)]
    checked = one_by_one(followed, anew)
    assert delivered(checked) == anew
    (gap,) = unknown_gaps(checked)
    assert checked[0] is gap
    assert "went back from 1000000000 to 1" in gap.reason
    assert [item for item in checked if isinstance(item, Notice)] == [gap]


@EACH_SEQUENCE
@pytest.mark.parametrize("how", ["a loss", "a handover"])
def test_a_count_that_begins_anew_with_the_connection_is_followed(kind: str, how: str) -> None:
    """If no time shows that the events are new, they might be sent again by another server."""
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9)])
    if how == "a loss":
        followed.interrupt()
    else:
        followed.overlap()
        followed.resume()
    most = OLD_AFTER if kind == "times" else REPLAYED_AFTER
    anew = [Event(number, number) for number in range(1, most + 50)]
    assert one_by_one(followed, anew[: most - 1]) == []
    checked = one_by_one(followed, anew[most - 1 :])
    assert delivered(checked) == anew
    assert len(unknown_gaps(checked)) == 1


@pytest.mark.parametrize("kind", ["ids", "ranges", "linked"])
def test_after_a_loss_events_whose_time_is_new_are_believed_sooner(kind: str) -> None:
    followed = tracker(kind)
    followed.check([Event(10**9, 10**9, NOW)])
    followed.interrupt()
    anew = [Event(number, number, NOW + number) for number in range(1, NEW_AFTER + 1)]
    assert delivered(followed.check(anew)) == anew


@EACH_SEQUENCE
def test_what_is_sent_again_by_a_server_that_lags_is_no_new_count(kind: str) -> None:
    """As far as a connection that was just opened may lag behind the one before.

    A stream that repeats what has not changed may do so then, too.
    """
    followed = tracker(kind)
    lag = OLD_AFTER - 1 if kind == "times" else REPLAYED_AFTER - 1
    before = [Event(10**6 * number, 10**6 * number, number) for number in range(1, 200)]
    if kind in ("ids", "ranges", "linked"):
        before = [Event(number, number, number) for number in range(1, 200)]
    one_by_one(followed, before[:150])
    followed.interrupt()
    checked = one_by_one(followed, before[150 - lag :])
    again = 1 if kind == "repeating numbers" else 0
    assert delivered(checked) == before[150 - again :]
    assert sum(item.count for item in checked if isinstance(item, Duplicates)) == lag - again


def test_a_range_whose_first_id_is_above_its_last_decides_nothing() -> None:
    followed = tracker("ranges")
    followed.check([Event(1, 5)])
    checked = followed.check([Event(6, 8), Event(90, 7), Event(9, 9)])
    assert delivered(checked) == [Event(6, 8), Event(90, 7), Event(9, 9)]
    (gap,) = unknown_gaps(checked)
    assert gap.reason == "the first id 90 of an event is above its last id 7"
    assert not followed.is_next(Event(10, 2))
    assert followed.check([Event(10, 12)]) == [Event(10, 12)]


# Late events


def test_late_events_of_a_gap_are_delivered_and_named() -> None:
    checked = tracker("ids").check([Event(id, id) for id in (1, 2, 5, 3, 4, 3, 6)])
    assert checked == [
        Event(1, 1),
        Event(2, 2),
        Gap("s", 3, 4),
        Event(5, 5),
        Late("s", 3, 3, is_delivered=True),
        Event(3, 3),
        Late("s", 4, 4, is_delivered=True),
        Event(4, 4),
        Event(6, 6),
        Duplicates("s", 1),
    ]


def test_late_updates_that_build_on_each_other_are_dropped_and_named() -> None:
    checked = tracker("ranges").check([Event(1, 5), Event(9, 12), Event(6, 8), Event(13, 13)])
    assert checked == [
        Event(1, 5),
        Gap("s", 6, 8),
        Event(9, 12),
        Late("s", 6, 8, is_delivered=False),
        Event(13, 13),
    ]


def test_many_late_events_are_a_course_of_their_own() -> None:
    """One id was too high, and what follows it is no long gap that is being filled."""
    followed = tracker("ids")
    followed.check([Event(1, 1), Event(10**6, 10**6)])
    rest = [Event(id, id) for id in range(2, OLD_AFTER + 12)]
    checked = followed.check(rest)
    assert delivered(checked) == rest
    assert len(unknown_gaps(checked)) == 1
    # From here on a gap is a gap again.
    gap, _ = followed.check([Event(100, 100)])
    assert gap == Gap("s", OLD_AFTER + 12, 99)


# Times, and numbers that may come twice


@pytest.mark.parametrize("unit", [1, 1000], ids=["milliseconds", "microseconds"])
@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_time_that_goes_back_by_milliseconds_costs_nothing(
    unit: int, is_interrupted: bool
) -> None:
    """The last update of a candle may have an earlier time than the one before it."""
    followed = tracker("times")
    followed.check([Event(NOW * unit, 0)])
    if is_interrupted:
        followed.interrupt()
    closing = Event((NOW - 4) * unit, 0, tag=1)
    assert delivered(followed.check([closing])) == [closing]
    assert followed.check([Event((NOW - 1001) * unit, 0, tag=2)]) == []
    assert delivered(followed.check([Event((NOW + 1) * unit, 0)])) == [Event((NOW + 1) * unit, 0)]


@pytest.mark.parametrize("kind", ["numbers", "times"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_very_same_event_is_delivered_once(kind: str, size: int) -> None:
    """While another one with the same number is delivered as well."""
    followed = tracker(kind)
    came = [Event(7, 7, tag=1), Event(7, 7, tag=1), Event(7, 7, tag=2)]
    checked: list[Any] = []
    for start in range(0, 3, size):
        checked += followed.check(came[start : start + size])
    assert delivered(checked) == [came[0], came[2]]
    assert accounted_for(checked) == 3


def test_a_stream_that_repeats_what_has_not_changed_delivers_it_each_time() -> None:
    followed = tracker("repeating numbers")
    same = [Event(7, 7)] * 3
    assert followed.check(same) == same
    assert followed.check([Event(7, 7)]) == [Event(7, 7)]


def test_a_price_that_is_no_number_is_like_nothing() -> None:
    """To compare a signaling NaN is an error, which must not end the stream."""
    assert not is_same(Decimal("sNaN"), Decimal("1"))
    assert not is_same(Decimal("sNaN"), Decimal("sNaN"))
    assert is_same(Decimal("1.0"), Decimal("1"))
