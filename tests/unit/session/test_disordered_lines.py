"""Lines that both deliver the same disordered ids: the client sees what a plain one would see."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pytest

from binance_streams_runtime.catalog.streams import Range, Step
from binance_streams_runtime.notices import Duplicates, Notice
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from binance_streams_runtime.pipeline.trackers import tracker_for
from tests.unit.session.test_arbiters import PATIENCE, Lines


class Update(NamedTuple):
    """An event of several ids."""

    id: int
    last: int
    previous: int


SEQUENCES: dict[str, Step | Range] = {
    "step": Step("id"),
    "range": Range("id", "last"),
    "linked": Range("id", "last", "previous"),
}
ALL = pytest.mark.parametrize("kind", SEQUENCES)


def update(first: int, last: int) -> Update:
    return Update(first, last, first - 1)


def drawn(chance: random.Random, kind: str) -> list[Update]:
    """Draw events of which some come again, contain others, or overlap with them.

    Never do so many old ones come in a row that the ids are believed to have restarted.
    """
    events = [update(1000, 1000)]
    kinds = ["next"] * 4 + ["again"] + ["within", "over", "longer"] * (kind != "step")
    for _ in range(60):
        due = max(event.last for event in events) + 1
        are_old = len(events) > 3 and all(event.last < due - 1 for event in events[-3:])
        what = "next" if are_old else chance.choice(kinds)
        first, last = due, due + chance.choice([0, 0, 1, 4])
        if what == "again":
            first, last, _ = chance.choice(sorted(events)[-3:])
        elif what == "within":
            first = max(1000, due - chance.randrange(2, 8))
            last = chance.randrange(first, due)
        elif what == "over":
            first = max(1000, due - chance.randrange(1, 6))
        elif what == "longer":
            first = events[-1].id
        events.append(update(first, first if kind == "step" else max(first, last)))
    return events


def ids_of(lines: Lines) -> list[int]:
    return [item.id for item in lines.items if isinstance(item, Update)]


def tracked(kind: str, items: list[Any]) -> list[Any]:
    """Return what a tracker makes of events and marks, but for the repetitions it reports."""
    found, checked = tracker_for(SEQUENCES[kind], "a"), []
    for item in items:
        if item is Overlap.BEGINS:
            found.overlap()
        elif item is Overlap.ENDS:
            found.resume()
        elif isinstance(item, Notice | Interruption):
            found.interrupt()
        else:
            checked += found.check([item])
    return [item for item in checked if not isinstance(item, Duplicates)]


def deliver(lines: Lines, line: int, event: Update, is_hashed: bool = True) -> None:
    """Let a line deliver an event; copies are not recognized by hashes if the client is recorded.

    Then all messages are decoded.
    """
    hashed = hash(event)
    if not is_hashed or not lines.arbiter.offer(lines.now, line, b"", hashed):
        lines.arbiter.add(lines.now, line, event, hashed)


@ALL
@pytest.mark.parametrize("is_hashed", [True, False])
def test_disordered_events_of_both_lines_are_like_those_of_one(kind: str, is_hashed: bool) -> None:
    """Each line is up to 20 events ahead of the other one at times."""
    for seed in range(25):
        chance = random.Random(seed)
        events, lines, at = drawn(chance, kind), Lines(SEQUENCES[kind]), [0, 0]
        while min(at) < len(events):
            line = chance.randrange(2)
            if at[line] == len(events) or at[line] > at[1 - line] + 20:
                line = 1 - line
            deliver(lines, line, events[at[line]], is_hashed)
            at[line] += 1
        lines.wait(PATIENCE + 1)
        assert tracked(kind, lines.items) == tracked(kind, events), f"seed {seed}"


def restarted(chance: random.Random, kind: str) -> list[Update]:
    """Draw events whose ids restart twice."""
    events: list[Update] = []
    due = 100_000
    for _ in range(3):
        for _ in range(chance.randrange(20, 60)):
            last = due if kind == "step" else due + chance.choice([0, 0, 1, 4])
            events.append(update(due, last))
            due = last + 1
        due = due // chance.choice([2, 10]) - chance.randrange(1000)
    return events


@ALL
@pytest.mark.parametrize("count", [2, 3])
def test_ids_that_restart_on_each_line_at_its_own_moment_restart_once(
    kind: str, count: int
) -> None:
    for seed in range(12):
        chance = random.Random(seed)
        events, lines, at = restarted(chance, kind), Lines(SEQUENCES[kind], count), [0] * count
        while min(at) < len(events):
            line = chance.randrange(count)
            if at[line] == len(events) or at[line] > min(at) + 20:
                line = at.index(min(at))
            deliver(lines, line, events[at[line]], is_hashed=seed % 2 == 0)
            at[line] += 1
        assert tracked(kind, lines.items) == tracked(kind, events), f"seed {seed}"


@ALL
def test_an_event_that_comes_behind_its_followers_is_delivered_at_its_place(kind: str) -> None:
    """At once, as it is due, whichever line has it."""
    lines = Lines(SEQUENCES[kind])
    for id in (1000, 1002, 1003, 1001):
        deliver(lines, 0, update(id, id))
    assert ids_of(lines) == [1000, 1001, 1002, 1003]
    for id in (1000, 1002, 1003, 1001, 1004):
        deliver(lines, 1, update(id, id))
    assert ids_of(lines) == [1000, 1001, 1002, 1003, 1004]


@ALL
def test_an_event_that_both_lines_deliver_late_is_late(kind: str) -> None:
    lines, events = Lines(SEQUENCES[kind]), [update(id, id) for id in (1000, 1002, 1001, 1003)]
    for event in events[:2]:
        for line in (0, 1):
            deliver(lines, line, event)
    for event in events[2:]:
        for line in (0, 1):
            deliver(lines, line, event)
    assert tracked(kind, lines.items) == tracked(kind, events)


@pytest.mark.parametrize("kind", ["range", "linked"])
def test_an_event_whose_first_id_is_above_its_last_one_says_nothing_of_what_is_due(
    kind: str,
) -> None:
    """It is delivered once; also by a line that is behind."""
    events = [update(1000, 1000), update(1009, 1003), update(1001, 1001), update(1002, 1002)]
    for is_hashed in (True, False):
        lines = Lines(SEQUENCES[kind])
        for line in (0, 1):
            for event in events:
                deliver(lines, line, event, is_hashed)
        assert tracked(kind, lines.items) == tracked(kind, events)
    lines.arbiter.rewound(0)
    for event in events[1:]:
        deliver(lines, 0, event)
    assert tracked(kind, lines.items) == tracked(kind, events)


def test_an_update_whose_ids_stand_still_is_delivered_at_its_place() -> None:
    """Once those before it have come, which the line that has it lacks."""
    lines = Lines(SEQUENCES["linked"])
    for event in (update(1000, 1000), update(1002, 1002), update(1003, 1002)):
        deliver(lines, 0, event)
    assert ids_of(lines) == [1000]
    for event in (update(1000, 1000), update(1001, 1001), update(1002, 1002), update(1003, 1002)):
        deliver(lines, 1, event)
    assert ids_of(lines) == [1000, 1001, 1002, 1003]
