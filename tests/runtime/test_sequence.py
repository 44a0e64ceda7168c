"""Continuity: what was missed and what came twice, whatever the batches."""

from __future__ import annotations

import itertools
import random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import CATALOG, Gap, Notice, Repeated
from binance_streams_runtime.catalog.streams import Monotonic, Range, Step
from binance_streams_runtime.events.sequence import Tracker, tracker_for


class Event(NamedTuple):
    first: int
    last: int


def tracker(sequence: Any) -> Tracker:
    made = tracker_for(sequence, "s")
    assert made is not None
    return made


def step(numbers: list[int], size: int = 1) -> list[Any]:
    """What a tracker of consecutive ids says to one batch."""
    events = [Event(number, number) for number in numbers]
    return tracker(Step("first", size)).check(events)


def events_of(checked: list[Any]) -> list[int]:
    return [item.first for item in checked if isinstance(item, Event)]


def test_no_sequence_no_tracker() -> None:
    assert tracker_for(None, "s") is None


def test_an_unbroken_batch_comes_back_as_it_is() -> None:
    events = [Event(number, number) for number in range(100)]
    assert tracker(Step("first", 1)).check(events) is events


def test_missing_ids_are_told_before_the_event_after_them() -> None:
    assert step([1, 2, 5]) == [Event(1, 1), Event(2, 2), Gap("s", 3, 4), Event(5, 5)]
    assert Gap("s", 3, 4).missing == 2


def test_repeated_ids_are_dropped_and_counted() -> None:
    checked = step([1, 2, 2, 1, 3])
    assert events_of(checked) == [1, 2, 3]
    assert [item for item in checked if isinstance(item, Repeated)] == [Repeated("s", 2)]


def test_the_first_event_is_no_gap() -> None:
    assert step([1000]) == [Event(1000, 1000)]


def test_ids_in_larger_steps() -> None:
    assert events_of(step([0, 10, 20], size=10)) == [0, 10, 20]
    assert any(isinstance(item, Gap) for item in step([0, 20], size=10))


def test_ranges_follow_each_other() -> None:
    followed = tracker(Range("first", "last"))
    events = [Event(1, 5), Event(6, 6), Event(7, 20)]
    assert followed.check(events) is events
    assert followed.check([Event(25, 30)]) == [Gap("s", 21, 24), Event(25, 30)]
    assert followed.check([Event(26, 29)]) == [Repeated("s", 1)]
    assert followed.check([Event(28, 33)]) == [Event(28, 33)]


def test_a_number_that_never_falls() -> None:
    followed = tracker(Monotonic("first"))
    assert events_of(followed.check([Event(1, 1), Event(1, 1), Event(9, 9)])) == [1, 1, 9]
    assert followed.check([Event(8, 8), Event(10, 10)]) == [Event(10, 10), Repeated("s", 1)]


def slow_truth(numbers: list[int]) -> tuple[list[int], int, set[int]]:
    """Events, repeats and missing ids of consecutive ids, one event at a time."""
    expected: int | None = None
    events, repeated = [], 0
    missing: set[int] = set()
    for number in numbers:
        if expected is not None and number < expected:
            repeated += 1
            continue
        missing.update(range(expected if expected is not None else number, number))
        events.append(number)
        expected = number + 1
    return events, repeated, missing


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=40),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_batches_make_no_difference(numbers: list[int], cuts: list[int]) -> None:
    followed = tracker(Step("first", 1))
    edges = sorted({0, *(cut % (len(numbers) + 1) for cut in cuts), len(numbers)})
    checked: list[Any] = []
    for start, stop in itertools.pairwise(edges):
        checked += followed.check([Event(number, number) for number in numbers[start:stop]])
    events, repeated, missing = slow_truth(numbers)
    assert events_of(checked) == events
    assert sum(item.count for item in checked if isinstance(item, Repeated)) == repeated
    gaps = [item for item in checked if isinstance(item, Gap)]
    told = [id for gap in gaps for id in range(gap.first_missing, gap.last_missing + 1)]
    assert sorted(told) == sorted(missing)
    for gap in gaps:
        after = checked[checked.index(gap) + 1]
        assert not isinstance(after, Notice)
        assert after.first == gap.last_missing + 1


@pytest.mark.parametrize("seed", range(50))
def test_what_the_client_sees_of_ranges_covers_all_or_is_told(seed: int) -> None:
    chance = random.Random(seed)
    whole = []
    last = 0
    for _ in range(100):
        first, last = last + 1, last + chance.randint(1, 5)
        whole.append(Event(first, last))
    kept = [event for event in whole if chance.random() < 0.9] or whole
    checked = tracker(Range("first", "last")).check(kept)
    covered: set[int] = set()
    for item in checked:
        if isinstance(item, Event):
            covered.update(range(item.first, item.last + 1))
        elif isinstance(item, Gap):
            covered.update(range(item.first_missing, item.last_missing + 1))
    assert covered == set(range(kept[0].first, kept[-1].last + 1))


def test_every_sequence_of_the_catalog_names_attributes_that_exist() -> None:
    for type in CATALOG:
        if type.sequence is None:
            continue
        names = [
            value
            for value in msgspec.structs.asdict(type.sequence).values()
            if isinstance(value, str)
        ]
        for event in type.events:
            assert set(names) <= set(event.__struct_fields__), type.key
