"""Streams that carry several sequences: each is followed as if it were alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_streams import Duplicates, Gap, Late, Notice
from binance_streams_runtime.catalog.streams import Identified, PerKey, Step
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.trackers import keyed, tracker_for
from tests.support.trackers import (
    EACH_SEQUENCE,
    SEQUENCES,
    Event,
    accounted_for,
    delivered,
    one_by_one,
)

INTERRUPTION = Gap("s", None, None)
A, B, C = 0, 1, 2


def per_symbol(kind: str) -> Tracker:
    sequence = SEQUENCES[kind]
    assert not isinstance(sequence, PerKey | Identified)
    return tracker_for(PerKey("symbol", sequence), "s")


def reported(checked: list[Any], symbol: str) -> list[Any]:
    """What is delivered and reported of one symbol, but for repeats and interruptions."""
    return [
        msgspec.structs.replace(item, key=None) if isinstance(item, Notice) else item
        for item in checked
        if not isinstance(item, Duplicates)
        and item != INTERRUPTION
        and symbol == (item.key if isinstance(item, Gap | Late) else item.symbol)
    ]


HAPPENINGS = st.sampled_from(["interrupt", "overlap", "resume"])
EVENTS = st.builds(
    lambda first, more, time, tag: Event(first, first + more, time, tag),
    st.integers(0, 30) | st.integers(0, 10**6),
    st.integers(-2, 4),
    st.none() | st.integers(0, 50),
    st.integers(0, 8),
)


@EACH_SEQUENCE
@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(EVENTS, min_size=1, max_size=9) | HAPPENINGS, max_size=15), st.booleans())
def test_each_symbol_has_what_it_would_have_alone(
    kind: str, history: list[Any], is_mixed: bool
) -> None:
    """Whatever comes, in whatever batches, by itself or among other streams."""
    together = per_symbol(kind)
    alone = {symbol: tracker_for(SEQUENCES[kind], "s") for symbol in "ABC"}
    checked: list[Any] = []
    expected: dict[str, list[Any]] = {symbol: [] for symbol in "ABC"}
    is_overlapping = False
    known: set[str] = set()
    for happened in history:
        if isinstance(happened, str):
            getattr(together, happened)()
            is_overlapping = happened == "overlap" or (is_overlapping and happened != "resume")
            for symbol in known:
                getattr(alone[symbol], happened)()
            continue
        events = [single(kind, event) for event in happened]
        checked += one_by_one(together, events) if is_mixed else together.check(events)
        for event in events:
            if event.symbol not in known and is_overlapping:
                alone[event.symbol].overlap()
            known.add(event.symbol)
            expected[event.symbol] += alone[event.symbol].check([event])
    for symbol in "ABC":
        assert reported(checked, symbol) == [
            item
            for item in expected[symbol]
            if not isinstance(item, Duplicates) and item != INTERRUPTION
        ]
    repeats = [
        item for items in expected.values() for item in items if isinstance(item, Duplicates)
    ]
    ours = [item for item in checked if isinstance(item, Duplicates)]
    assert sum(item.count for item in ours) == sum(item.count for item in repeats)
    interruptions = sum(item == INTERRUPTION for item in checked)
    assert interruptions <= history.count("interrupt")


def single(kind: str, event: Event) -> Event:
    return event._replace(last=event.first) if kind == "ids" else event


def test_numbers_of_one_symbol_say_nothing_of_another_one() -> None:
    """The update ids of all symbols are counted apart, and far from each other."""
    followed = per_symbol("numbers")
    events = [Event(9, 9, tag=A), Event(5, 5, tag=B), Event(10, 10, tag=A), Event(6, 6, tag=B)]
    assert followed.check(events) is events
    assert followed.is_next(Event(7, 7, tag=B))
    assert not followed.is_next(Event(5, 5, tag=C))


def test_a_gap_says_of_which_symbol_it_is() -> None:
    followed = per_symbol("ids")
    followed.check([Event(1, 1, tag=A), Event(100, 100, tag=B)])
    checked = followed.check([Event(101, 101, tag=B), Event(4, 4, tag=A), Event(3, 3, tag=A)])
    assert checked == [
        Event(101, 101, tag=B),
        Gap("s", 2, 3, key="A"),
        Event(4, 4, tag=A),
        Late("s", 3, 3, is_delivered=True, key="A"),
        Event(3, 3, tag=A),
    ]


def test_repeats_of_all_symbols_are_counted_together() -> None:
    followed = per_symbol("numbers")
    events = [Event(1, 1, tag=A), Event(1, 1, tag=B), Event(2, 2, tag=A)]
    followed.check(events)
    followed.interrupt()
    assert followed.check([events[1], events[2]]) == [Duplicates("s", 2)]


@pytest.mark.parametrize("is_mixed", [False, True])
def test_an_interruption_is_one_gap_of_the_stream(is_mixed: bool) -> None:
    """Thousands of symbols would make as many of it."""
    followed = per_symbol("numbers")
    first = [Event(number, number, tag=number) for number in range(3)]
    followed.check(first)
    followed.interrupt()
    then = [Event(100 + number, 0, tag=number) for number in range(3)]
    checked = one_by_one(followed, then) if is_mixed else followed.check(then)
    assert checked == [INTERRUPTION, *then]
    followed.interrupt()
    assert followed.check([Event(1, 1, tag=A)]) == []
    later = Event(200, 0, tag=B)
    assert followed.check([later]) == [INTERRUPTION, later]


def test_ids_show_besides_what_an_interruption_has_cost_each_symbol() -> None:
    """But not of those that nothing comes of."""
    followed = per_symbol("ids")
    followed.check([Event(1, 1, tag=A), Event(1, 1, tag=B)])
    followed.interrupt()
    checked = followed.check([Event(2, 2, tag=A), Event(4, 4, tag=B)])
    assert checked == [
        INTERRUPTION,
        Event(2, 2, tag=A),
        Gap("s", 2, 3, key="B"),
        Event(4, 4, tag=B),
    ]


def test_one_symbol_that_counts_anew_is_followed_and_the_others_go_on() -> None:
    followed = per_symbol("numbers")
    followed.check([Event(10**6, 0, 1, tag=A), Event(50, 0, 1, tag=B)])
    anew = [Event(number, 0, 10 + number, tag=A) for number in range(1, 30)]
    others = [Event(50 + number, 0, 10 + number, tag=B) for number in range(1, 30)]
    events = [event for pair in zip(anew, others, strict=True) for event in pair]
    checked = one_by_one(followed, events)
    assert [event for event in delivered(checked) if event.symbol == "A"] == anew
    assert [event for event in delivered(checked) if event.symbol == "B"] == others
    (gap,) = [item for item in checked if isinstance(item, Gap)]
    assert (gap.key, gap.reason) == ("A", "the numbers went back from 1000000 to 1")


@EACH_SEQUENCE
def test_what_two_connections_deliver_of_each_symbol_comes_once(kind: str) -> None:
    followed = per_symbol(kind)
    events = [Event(5 + 10 * (tag % 2), 5 + 10 * (tag % 2), tag=tag) for tag in range(2)]
    runs = [
        [event._replace(first=event.first + n, last=event.last + n) for event in events]
        for n in range(10)
    ]
    flat = [event for run in runs for event in run]
    followed.check(flat[:4])
    followed.overlap()
    followed.check(flat[4:12])
    followed.resume()
    checked = followed.check(flat[8:])
    again = 2 if kind == "repeating numbers" else 0
    assert delivered(checked)[again:] == flat[12:]
    assert accounted_for(checked) == len(flat) - 8
    assert not any(isinstance(item, Gap) for item in checked)


def test_a_symbol_that_is_new_while_two_connections_deliver_the_same_comes_once() -> None:
    followed = per_symbol("numbers")
    followed.check([Event(1, 1, tag=A)])
    followed.overlap()
    new = [Event(number, number, tag=B) for number in range(1, 61, 3)]
    assert followed.check(new) == new
    followed.resume()
    after = Event(100, 100, tag=B)
    assert followed.check([*new, after]) == [after, Duplicates("s", len(new))]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server sends as symbols; the one that began first is forgotten."""
    monkeypatch.setattr(keyed, "MAX_KEYS", 2)
    followed = tracker_for(PerKey("last", Step("first")), "s")
    assert isinstance(followed, keyed.KeyedTracker)
    first = [Event(1, 1), Event(1, 2), Event(1, 3)]
    assert followed.check(first) is first
    assert len(followed._trackers) == 2
    # Of the first one nothing is known any more, of the last one all.
    assert followed.check([Event(9, 1)]) == [Event(9, 1)]
    assert followed.check([Event(9, 3)]) == [Gap("s", 2, 8, key="3"), Event(9, 3)]
