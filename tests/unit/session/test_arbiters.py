"""What merges several connections that carry the same stream, one message at a time."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

import pytest

from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Range, Sequence, Step
from binance_streams_runtime.notices import Disconnected, Undecodable
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from binance_streams_runtime.session.redundancy.arbiter import Arbiter
from binance_streams_runtime.session.redundancy.followed import FollowedArbiter
from binance_streams_runtime.session.redundancy.numbered import NumberedArbiter

CUT = Disconnected(1, None, None, "reset", (), 0.0)
PATIENCE = 10.0


class Event(NamedTuple):
    """An event with any kind of number."""

    id: int
    last: int = 0
    key: str = ""


class Lines:
    """An arbiter, and what it delivers."""

    def __init__(self, sequence: Sequence | None, count: int = 2, is_live: bool = True) -> None:
        self.now = 100.0
        self.items: list[Any] = []
        self.decoded = 0
        self.waits = 0
        args = (count, PATIENCE, self.items.append, self.items.append)
        kind: Any = NumberedArbiter if isinstance(sequence, Step | Range) else FollowedArbiter
        self.arbiter: Arbiter = kind(*args, self._decode, self._wait, sequence=sequence)
        for number in range(count if is_live else 0):
            self.arbiter.confirmed(self.now, number)

    def _decode(self, message: bytes) -> list[Any]:
        self.decoded += 1
        return [Event(*ast.literal_eval(message.decode()))]

    def _wait(self) -> None:
        self.waits += 1

    def deliver(self, line: int, *ids: int, key: str = "") -> None:
        """Let a line deliver events with these ids; ``last`` is the same."""
        for id in ids:
            event = Event(id, id, key)
            message = repr(tuple(event)).encode()
            if not self.arbiter.offer(self.now, line, message, hash(message)):
                self.decoded += 1
                self.arbiter.add(self.now, line, event, hash(message))

    def cut(self, line: int) -> None:
        self.arbiter.interrupted(self.now, line, CUT, self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.now += seconds
        at = self.arbiter.check_at
        if at is not None and at <= self.now:
            self.arbiter.check(self.now)

    @property
    def ids(self) -> list[int]:
        return [item.id for item in self.items if isinstance(item, Event)]

    @property
    def marks(self) -> list[Any]:
        return [item for item in self.items if not isinstance(item, Event | Overlap)]


SEQUENCES = [
    Step("id"),
    Range("id", "last"),
    Monotonic("id"),
    PerKey("key", Monotonic("id")),
    None,
]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_copies_are_delivered_once_and_decoded_once(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    for id in range(1, 101):
        lines.deliver(0, id)
        if id > 5:
            lines.deliver(1, id - 5)
    assert lines.ids == list(range(1, 101))
    assert lines.decoded == 100


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_slower_line_goes_on_where_the_faster_one_was_cut(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1, 2, 3, 4, 5)
    lines.deliver(1, 1, 2)
    lines.cut(0)
    lines.deliver(1, 3, 4, 5, 6, 7)
    assert lines.ids == [1, 2, 3, 4, 5, 6, 7]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_faster_line_goes_on_where_the_slower_one_was_cut(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1, 2, 3)
    lines.deliver(1, 1, 2, 3, 4, 5, 6)
    lines.cut(0)
    lines.deliver(1, 7)
    assert lines.ids == [1, 2, 3, 4, 5, 6, 7]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_line_that_comes_back_behind_the_other_one_repeats_nothing(
    sequence: Sequence | None,
) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1, 2)
    lines.deliver(1, 1, 2)
    lines.cut(0)
    lines.deliver(1, 3, 4, 5, 6)
    lines.arbiter.confirmed(lines.now, 0)
    lines.deliver(0, 5, 6)
    lines.cut(1)
    lines.deliver(0, 7)
    assert lines.ids == [1, 2, 3, 4, 5, 6, 7]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_if_all_lines_are_cut_the_stream_is_interrupted(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1)
    lines.deliver(1, 1)
    lines.cut(0)
    assert lines.marks == []
    lines.cut(1)
    assert lines.marks == [CUT]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_notice_about_a_message_comes_once(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    wrong = Undecodable("a", "why", b"{")
    lines.deliver(0, 1)
    lines.deliver(1, 1)
    lines.arbiter.add_mark(lines.now, 0, wrong, 7)
    assert lines.arbiter.offer(lines.now, 1, b"{", 7)
    assert lines.marks == [wrong]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_what_a_handover_repeats_is_dropped(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1, 2, 3, 4)
    lines.deliver(1, 1, 2)
    for line in (0, 1):
        lines.arbiter.rewound(line)
        for id in (2, 3, 4):
            lines.arbiter.add(lines.now, line, Event(id, id), None)
    lines.deliver(0, 5)
    lines.deliver(1, 5, 6)
    lines.cut(0)
    assert lines.ids == [1, 2, 3, 4, 5, 6]
    assert lines.marks == []


# By ids


def test_what_one_line_lacks_comes_from_the_other_one_in_order() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, 1, 2, 4, 5)
    assert lines.ids == [1, 2]
    lines.deliver(1, 1, 2, 3)
    assert lines.ids == [1, 2, 3, 4, 5]
    lines.deliver(1, 4, 5)
    assert lines.ids == [1, 2, 3, 4, 5]


def test_what_both_lines_lack_is_not_waited_for() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, 1, 2, 4)
    lines.deliver(1, 1, 2, 4)
    assert lines.ids == [1, 2, 4]


def test_a_line_that_is_behind_is_waited_for_only_so_long() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, 1, 3)
    lines.deliver(1, 1)
    assert lines.waits == 1
    lines.wait(PATIENCE - 0.1)
    assert lines.ids == [1]
    lines.wait(0.2)
    assert lines.ids == [1, 3]


def test_a_line_that_is_cut_is_not_waited_for() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, 1, 3)
    lines.cut(1)
    assert lines.ids == [1, 3]
    assert lines.marks == [CUT]


def test_what_was_reported_missing_is_delivered_late() -> None:
    """The line that came back first was ahead of the other one."""
    lines = Lines(Step("id"))
    lines.deliver(0, 1)
    lines.cut(1)
    lines.cut(0)
    lines.arbiter.confirmed(lines.now, 0)
    lines.deliver(0, 10)
    lines.arbiter.confirmed(lines.now, 1)
    lines.deliver(1, 8, 9, 10, 11)
    assert lines.ids == [1, 10, 8, 9, 11]


def test_ids_that_restart_on_one_line_are_left_to_the_tracker() -> None:
    """The old ids of the other line are ignored until it has restarted as well."""
    lines = Lines(Step("id"))
    lines.deliver(0, *range(1000, 1010))
    lines.deliver(1, *range(1000, 1010))
    lines.deliver(0, *range(1, 31))
    restarted = [*range(1000, 1010), *range(1, 31)]
    assert lines.ids == restarted
    lines.deliver(1, 1010, 1011)
    assert lines.ids == restarted
    lines.deliver(1, *range(1, 41))
    assert lines.ids == [*restarted, *range(31, 41)]
    lines.deliver(0, *range(31, 42))
    assert lines.ids == [*restarted, *range(31, 42)]


# By following


def test_two_series_of_snapshots_are_not_mixed() -> None:
    """Each line has its own, which have nothing in common."""
    lines = Lines(None)
    for id in range(0, 100, 2):
        lines.deliver(0, id)
        lines.deliver(1, id + 1)
        lines.wait(0.1)
    assert all(id % 2 == 0 for id in lines.ids)
    lines.cut(0)
    lines.deliver(1, 101, 103)
    assert lines.ids[-2:] == [101, 103]
    assert lines.marks == [CUT]


def test_a_line_that_falls_behind_is_left() -> None:
    lines = Lines(Monotonic("id"))
    lines.deliver(0, 1, 2)
    lines.deliver(1, 1, 2, 3, 4)
    assert lines.ids == [1, 2]
    lines.wait(1.1)
    assert lines.ids == [1, 2, 3, 4]
    lines.deliver(0, 3, 4, 5)
    lines.deliver(1, 5)
    assert lines.ids == [1, 2, 3, 4, 5]
    assert lines.marks == []


def test_a_line_that_has_shown_nothing_proves_nothing() -> None:
    lines = Lines(None)
    lines.deliver(0, 1, 2)
    lines.cut(0)
    lines.deliver(1, 5)
    assert lines.ids == [1, 2, 5]
    assert lines.marks == [CUT]


def test_lines_that_were_quiet_for_long_are_in_step() -> None:
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.wait(PATIENCE + 1)
    lines.cut(0)
    lines.deliver(1, 2)
    assert lines.ids == [1, 2]
    assert lines.marks == []


def test_the_silence_of_a_dead_line_proves_nothing() -> None:
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.wait(PATIENCE + 1)
    lines.arbiter.interrupted(lines.now, 0, CUT, lines.now - PATIENCE)
    lines.deliver(1, 2)
    assert lines.marks == [CUT]


def test_what_the_followed_line_lacks_comes_from_the_other_one() -> None:
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.deliver(1, 1, 2, 3)
    lines.deliver(0, 3)
    assert lines.ids == [1, 2, 3]


def test_an_interruption_is_no_gap_if_the_next_event_was_delivered_before() -> None:
    lines = Lines(Monotonic("id"))
    lines.deliver(0, 1, 2, 3)
    lines.arbiter.interrupted(lines.now, 0, Interruption("it was resubscribed"), 0.0)
    lines.deliver(1, 2, 3, 4)
    assert lines.ids == [1, 2, 3, 4]
    assert lines.marks == []
