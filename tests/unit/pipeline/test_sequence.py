"""Continuity: what was missed and what came twice, whatever the batches."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import msgspec
import pytest

from binance_streams import CATALOG, Duplicates, Gap, Late
from binance_streams_runtime.catalog.streams import Monotonic, Range, Step
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers import tracker_for


class Event(NamedTuple):
    first: int
    last: int

    @property
    def previous(self) -> int:
        return self.first - 1


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


def test_without_a_sequence_everything_passes() -> None:
    events = [Event(2, 2), Event(1, 1), Event(2, 2)]
    assert tracker_for(None, "s").check(events) is events


def test_an_unbroken_batch_comes_back_as_it_is() -> None:
    events = [Event(number, number) for number in range(100)]
    assert tracker(Step("first", 1)).check(events) is events


def test_missing_ids_are_reported_before_the_event_after_them() -> None:
    assert step([1, 2, 5]) == [Event(1, 1), Event(2, 2), Gap("s", 3, 4), Event(5, 5)]
    assert Gap("s", 3, 4).missing == 2


def test_repeated_ids_are_dropped_and_counted() -> None:
    checked = step([1, 2, 2, 1, 3])
    assert events_of(checked) == [1, 2, 3]
    assert [item for item in checked if isinstance(item, Duplicates)] == [Duplicates("s", 2)]


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
    assert followed.check([Event(26, 29)]) == []
    assert followed.check([Event(28, 33)]) == [Event(28, 33), Duplicates("s", 1)]


class Update(NamedTuple):
    first: int
    last: int
    previous: int


def linked() -> Tracker:
    return tracker(Range("first", "last", "previous"))


def test_ids_that_no_event_has_are_no_gap_if_each_event_names_the_one_before() -> None:
    followed = linked()
    events = [Update(157, 160, 149), Update(170, 175, 160), Update(176, 180, 175)]
    assert followed.check(events) is events
    assert followed.is_next(Update(300, 310, 180))


def test_an_event_that_names_another_one_before_it_is_behind_a_gap() -> None:
    followed = linked()
    followed.check([Update(157, 160, 149)])
    update = Update(170, 175, 165)
    assert followed.check([update]) == [Gap("s", 161, 165), update]


def test_an_event_that_names_an_earlier_one_has_been_there() -> None:
    followed = linked()
    events = [Update(157, 160, 149), Update(170, 175, 160)]
    followed.check(events)
    update = Update(176, 180, 175)
    assert followed.check([*events, update]) == [update, Duplicates("s", 2)]


def test_an_event_after_which_the_ids_stand_still_is_no_gap() -> None:
    followed = linked()
    still = Update(160, 160, 160)
    events = [Update(157, 160, 149), still, Update(170, 175, 160)]
    assert followed.check(events) == events
    assert followed.check([Update(175, 175, 175), Update(175, 175, 175)]) == [
        Update(175, 175, 175),
        Duplicates("s", 1),
    ]
    assert followed.check([Update(180, 180, 180)]) == [Gap("s", 176, 180), Update(180, 180, 180)]


def test_an_event_whose_previous_id_is_above_its_last_decides_nothing() -> None:
    followed = linked()
    followed.check([Update(157, 160, 149)])
    gap, wrong, *rest = followed.check([Update(5, 7, 90), Update(161, 162, 160)])
    assert gap.reason == "the previous id 90 of an event is above its last id 7"
    assert [wrong, *rest] == [Update(5, 7, 90), Update(161, 162, 160)]


def test_a_number_that_never_falls() -> None:
    followed = tracker(Monotonic("first"))
    assert events_of(followed.check([Event(1, 1), Event(1, 2), Event(9, 9)])) == [1, 1, 9]
    late = Late("s", 8, 8, is_delivered=False, was_missing=False)
    assert followed.check([Event(8, 8), Event(10, 10)]) == [late, Event(10, 10)]


def missing_of(gap: Gap) -> range:
    assert gap.first_missing is not None
    assert gap.last_missing is not None
    return range(gap.first_missing, gap.last_missing + 1)


@pytest.mark.parametrize("seed", range(50))
def test_what_the_client_sees_of_ranges_covers_all_or_is_reported(seed: int) -> None:
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
            covered.update(missing_of(item))
    assert covered == set(range(kept[0].first, kept[-1].last + 1))


@pytest.mark.parametrize("seed", range(50))
def test_each_event_that_is_missing_of_a_chain_is_reported(seed: int) -> None:
    """With the ids from the event before to the one that the next event names."""
    chance = random.Random(seed)
    whole = [Update(1, 3, 0)]
    for _ in range(100):
        first = whole[-1].last + chance.choice([1, 1, 2, 50])
        whole.append(Update(first, first + chance.randint(0, 5), whole[-1].last))
    kept = [event for event in whole if chance.random() < 0.9] or whole
    followed, before, expected = linked(), kept[0], list[Any]()
    for event in kept:
        if event is not before and event.previous != before.last:
            expected.append(Gap("s", before.last + 1, event.previous))
        expected.append(event)
        before = event
    checked: list[Any] = []
    while kept:
        size = chance.choice([1, 2, 30])
        checked += followed.check(kept[:size])
        kept = kept[size:]
    assert checked == expected


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


# Interruptions, and two connections at once

EACH_SEQUENCE = {
    "ids": Step("first", 1),
    "ranges": Range("first", "last"),
    "linked": Range("last", "last", "previous"),
    "never-falls": Monotonic("first"),
    "none": None,
}
WITHOUT_IDS = ("never-falls", "none")


def events(*numbers: int) -> list[Event]:
    return [Event(number, number) for number in numbers]


def gaps_of(checked: list[Any]) -> list[Gap]:
    return [item for item in checked if isinstance(item, Gap)]


def repeats_of(checked: list[Any]) -> int:
    return sum(item.count for item in checked if isinstance(item, Duplicates))


@pytest.mark.parametrize("kind", EACH_SEQUENCE)
def test_an_interruption_before_the_first_event_is_no_gap(kind: str) -> None:
    followed = tracker(EACH_SEQUENCE[kind])
    followed.interrupt()
    assert followed.check(events(7, 8)) == events(7, 8)


@pytest.mark.parametrize("kind", ["ids", "ranges", "linked"])
def test_ids_show_what_an_interruption_has_cost(kind: str) -> None:
    followed = tracker(EACH_SEQUENCE[kind])
    followed.check(events(1, 2))
    followed.interrupt()
    assert followed.check(events(3, 4)) == events(3, 4)
    followed.interrupt()
    assert followed.check(events(8, 9)) == [Gap("s", 5, 7), *events(8, 9)]


@pytest.mark.parametrize("kind", WITHOUT_IDS)
def test_without_ids_each_interruption_is_one_gap(kind: str) -> None:
    followed = tracker(EACH_SEQUENCE[kind])
    followed.check(events(1, 2))
    for number in (3, 5):
        # Two ends in a row, with nothing between them, are one interruption.
        followed.interrupt()
        followed.interrupt()
        assert not followed.is_next(Event(number, number))
        assert followed.check(events(number)) == [Gap("s", None, None), *events(number)]
        assert followed.check(events(number + 1)) == events(number + 1)


def test_after_an_interruption_the_same_value_is_the_same_event() -> None:
    """If a number never falls, one connection may deliver it twice, but not two of them."""
    followed = tracker(Monotonic("first"))
    assert followed.check([Event(5, 5), Event(5, 6)]) == [Event(5, 5), Event(5, 6)]
    followed.interrupt()
    assert followed.check(events(5)) == [Duplicates("s", 1)]
    assert followed.check(events(6, 7)) == [Gap("s", None, None), *events(6, 7)]


@pytest.mark.parametrize("kind", EACH_SEQUENCE)
@pytest.mark.parametrize("batch", [1, 2, 10])
def test_what_two_connections_deliver_comes_once(kind: str, batch: int) -> None:
    """The older one has delivered 1 to 6; the newer one begins with 3."""
    followed = tracker(EACH_SEQUENCE[kind])
    followed.check(events(1, 2))
    followed.overlap()
    assert followed.check(events(3, 4)) == events(3, 4)
    assert followed.check(events(5, 6)) == events(5, 6)
    followed.resume()
    checked: list[Any] = []
    held = events(3, 4, 5, 6, 7, 8, 9)
    for start in range(0, len(held), batch):
        checked += followed.check(held[start : start + batch])
    assert events_of(checked) == [7, 8, 9]
    assert repeats_of(checked) == 4
    assert gaps_of(checked) == []
    assert followed.check(events(10)) == events(10)


@pytest.mark.parametrize("kind", EACH_SEQUENCE)
def test_a_newer_connection_that_begins_where_the_older_one_ended_costs_nothing(kind: str) -> None:
    followed = tracker(EACH_SEQUENCE[kind])
    followed.check(events(1, 2))
    followed.overlap()
    followed.check(events(3))
    followed.resume()
    assert followed.check(events(4, 5)) == events(4, 5)
    assert followed.check(events(6)) == events(6)


def test_equal_events_of_one_connection_are_no_repeats() -> None:
    """Without numbers, what both connections deliver is known to be the same event, each once."""
    followed = tracker(None)
    followed.check(events(1))
    followed.overlap()
    assert followed.check(events(2, 2)) == events(2, 2)
    followed.resume()
    assert followed.check(events(2, 2, 3, 3)) == [*events(3, 3), Duplicates("s", 2)]
