"""What arbiters do at their bounds, and with what is no event."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Range, Sequence, Step
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.notices import Undecodable
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from binance_streams_runtime.pipeline.trackers.keyed import MAX_KEYS
from binance_streams_runtime.session.redundancy.delivered import Delivered
from tests.unit.session.test_arbiters import CUT, PATIENCE, SEQUENCES, Event, Lines

BAD = Undecodable("btcusdt@trade", "invalid", b"{")
TOO_LATE = Interruption("a connection delivered events that another one lacks, but too late")


def add_range(lines: Lines, line: int, first: int, last: int) -> None:
    """Let a line deliver an event of several ids."""
    lines.arbiter.add(lines.now, line, Event(first, last), hash((first, last)))


def add_mark(lines: Lines, line: int, hashed: int | None = 1) -> None:
    """Let a line deliver a message that could not be decoded."""
    lines.arbiter.add_mark(lines.now, line, BAD, hashed)


# The history


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_short_history_suffices_for_lines_in_step(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    for id in range(1, 1201):
        lines.deliver(id % 2, id)
        lines.deliver(1 - id % 2, id)
    assert lines.ids == list(range(1, 1201))
    assert len(lines.arbiter._history) <= 512


@pytest.mark.parametrize("sequence", [Step("id"), Monotonic("id")], ids=repr)
def test_a_line_that_is_far_behind_is_recognized_by_a_bounded_history(sequence: Sequence) -> None:
    """What is forgotten is decoded, and recognized by its number."""
    lines = Lines(sequence)
    lines.deliver(0, *range(1, 6001))
    assert 4096 <= len(lines.arbiter._history) <= 4096 + 256
    lines.deliver(1, *range(1, 6001))
    assert lines.ids == list(range(1, 6001))
    assert lines.decoded - 6000 <= 6000 - 4096 + 1
    lines.cut(0)
    lines.deliver(1, 6001)
    assert lines.ids[-1] == 6001
    assert lines.marks == []


@pytest.mark.parametrize("sequence", [Monotonic("id"), PerKey("key", Monotonic("id"))], ids=repr)
def test_what_a_line_far_behind_repeats_is_not_searched_for(
    sequence: Sequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number shows that it is old; a line that catches up with minutes must not take long."""
    searched: list[Any] = []
    find = Delivered.find

    def noted(delivered: Delivered, event: Any, end: int, place: int) -> int | None:
        searched.append(event)
        return find(delivered, event, end, place)

    monkeypatch.setattr(Delivered, "find", noted)
    lines = Lines(sequence)
    lines.deliver(0, *range(1, 6001))
    lines.deliver(1, *range(1, 6001))
    assert searched == []
    lines.cut(0)
    lines.deliver(1, 6001)
    assert lines.ids == list(range(1, 6002))
    assert lines.marks == []


# Messages that cannot be decoded


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_message_that_cannot_be_decoded_is_reported_once(sequence: Sequence | None) -> None:
    """The second line lacks the event before it, so it is not what is expected there."""
    lines = Lines(sequence)
    lines.deliver(0, 1)
    add_mark(lines, 0)
    lines.deliver(0, 2)
    add_mark(lines, 1)
    lines.deliver(1, 2, 3)
    lines.cut(0)
    assert [item for item in lines.items if not isinstance(item, Overlap)] == [
        Event(1, 1),
        BAD,
        Event(2, 2),
        Event(3, 3),
    ]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_a_handover_s_notice_is_no_place_in_the_history(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1)
    add_mark(lines, 0, None)
    lines.deliver(0, 2)
    lines.deliver(1, 1, 2)
    assert lines.items == [Event(1, 1), BAD, Event(2, 2)]
    assert lines.decoded == 2


def test_what_another_line_could_not_decode_is_reported_once_that_is_followed() -> None:
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.deliver(1, 1, 2)
    add_mark(lines, 1)
    lines.deliver(1, 3)
    assert lines.marks == []
    lines.cut(0)
    assert [item for item in lines.items if not isinstance(item, Overlap)] == [
        Event(1, 1),
        Event(2, 2),
        BAD,
        Event(3, 3),
    ]


def test_what_only_another_line_could_not_decode_is_not_reported() -> None:
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.deliver(1, 1)
    add_mark(lines, 1)
    lines.deliver(1, 2)
    lines.deliver(0, 2)
    lines.cut(0)
    assert lines.ids == [1, 2]
    assert lines.marks == []


# By ids


def test_an_event_that_contradicts_its_own_line_is_held_back() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, 5, 6, 1)
    assert lines.ids == [5, 6]
    lines.deliver(1, 5, 6, 7)
    assert lines.ids == [5, 6, 7]


def test_late_events_in_a_row_are_believed_to_be_a_restart_once_they_are_many() -> None:
    """All are delivered: at first as late ones, and then as those of a new sequence."""
    lines = Lines(Step("id"))
    for line in (0, 1):
        lines.deliver(line, 1, 300)
    lines.deliver(0, *range(2, 150))
    assert lines.ids == [1, 300, *range(2, 150)]
    lines.deliver(1, *range(2, 151))
    assert lines.ids == [1, 300, *range(2, 151)]


def test_a_line_of_which_nothing_has_come_may_begin_with_restarted_ids() -> None:
    lines = Lines(Step("id"))
    lines.deliver(0, *range(1000, 1010), *range(1, 31))
    assert lines.ids[-1] == 30
    lines.deliver(1, 29, 30, 31)
    lines.cut(0)
    lines.deliver(1, 32)
    assert lines.ids[-3:] == [30, 31, 32]


def test_ids_that_came_within_a_larger_event_do_not_wait_any_more() -> None:
    lines = Lines(Range("id", "last"))
    add_range(lines, 0, 1, 2)
    add_range(lines, 0, 5, 6)
    add_range(lines, 1, 1, 2)
    add_range(lines, 1, 3, 8)
    assert lines.items == [Event(1, 2), Event(3, 8)]
    assert not lines.arbiter.is_holding


def test_ids_of_one_line_that_overlap_are_no_restart() -> None:
    lines = Lines(Range("id", "last"))
    for first, last in ((1, 5), (6, 8)):
        add_range(lines, 0, first, last)
    for first, last in ((1, 5), *[(4, 7)] * 50):
        add_range(lines, 1, first, last)
    add_range(lines, 0, 9, 9)
    assert lines.items == [Event(1, 5), Event(6, 8), Event(9, 9)]


# By following


def test_events_that_a_handover_finds_too_late_are_reported() -> None:
    """They stood between events that were delivered."""
    lines = Lines(None)
    lines.deliver(0, 1, 3)
    lines.arbiter.rewound(0)
    assert lines.arbiter.repeated(0, [Event(1, 1), Event(2, 2), Event(3, 3), Event(4, 4)]) == 3
    assert lines.marks == [TOO_LATE]


def test_events_of_another_line_between_delivered_ones_are_reported() -> None:
    lines = Lines(None)
    lines.deliver(0, 1, 3)
    lines.deliver(1, 1, 2, 3)
    assert lines.ids == [1, 3]
    assert lines.marks == [TOO_LATE]


def test_another_line_s_old_events_prove_that_nothing_is_missing() -> None:
    """It will deliver what follows them: whether it is followed at once, or later."""
    for seconds in (0.0, 1.1):
        lines = Lines(Monotonic("id"))
        lines.deliver(0, 1)
        lines.deliver(1, 3)
        lines.deliver(0, 2, 4)
        lines.wait(seconds)
        lines.cut(0)
        lines.deliver(1, 5)
        assert lines.ids == [1, 2, 4, 5]
        assert lines.marks == []


def test_what_another_line_has_kept_does_not_go_back_in_time() -> None:
    lines = Lines(Monotonic("id", is_time=True))
    lines.deliver(0, 1000)
    lines.deliver(1, 1990)
    lines.deliver(0, 2000)
    lines.cut(0)
    lines.deliver(1, 2010)
    assert lines.ids == [1000, 2000, 2010]
    assert lines.marks == [CUT]


def test_a_line_keeps_the_last_events_that_fit() -> None:
    lines = Lines(None)
    lines.deliver(0, 0)
    lines.now += 0.1
    lines.deliver(1, *range(1, 5001))
    lines.cut(0)
    assert lines.ids == [0, *range(5001 - 4096, 5001)]
    assert lines.marks == [CUT]


def test_a_line_with_nothing_in_common_keeps_only_the_last_seconds() -> None:
    lines = Lines(None)
    for id in range(0, 300, 2):
        lines.deliver(0, id)
        lines.deliver(1, id + 1)
        lines.wait(0.1)
    ats = [one.at for one in lines.arbiter.lines[1].pending]
    assert lines.now - 1.5 * PATIENCE < ats[0]
    assert len(ats) >= PATIENCE / 0.1 - 1
    assert lines.ids == list(range(0, 300, 2))


def test_a_line_of_unknown_place_that_has_kept_much_is_not_searched_for_each_event() -> None:
    """It proves nothing then, so that something may be missing is reported."""
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.deliver(1, *range(2, 102))
    lines.deliver(0, 101)
    lines.cut(0)
    lines.deliver(1, 102)
    assert lines.ids == [1, 101, 102]
    assert lines.marks == [CUT]


def test_the_numbers_of_the_keys_that_came_first_are_forgotten() -> None:
    """There may be any number of keys."""
    delivered = Delivered(PerKey("key", Monotonic("id")))
    for key in range(MAX_KEYS + 1):
        delivered.add(Event(7, 7, str(key)))
    assert not delivered.is_old(Event(6, 6, "0"))
    assert delivered.is_old(Event(6, 6, "1"))
    assert delivered.is_old(Event(6, 6, str(MAX_KEYS)))


def test_few_large_events_are_compared() -> None:
    """Those that are lists are remembered up to 65,536 items in all."""
    delivered = Delivered(None)
    for id in range(4):
        delivered.add([Event(id)] * 20_000)
    assert delivered.find([Event(0)] * 20_000, 4, 0) is None
    assert delivered.find([Event(1)] * 20_000, 4, 0) == 1
    assert delivered.find([Event(3)] * 20_000, 4, 0) == 3


def test_numbers_of_ranges_by_key_show_what_is_old() -> None:
    lines = Lines(PerKey("key", Range("id", "last")))
    lines.deliver(0, 1, 5, key="a")
    lines.arbiter.rewound(0)
    lines.deliver(0, 4, 6, key="a")
    assert lines.ids == [1, 5, 6]


def test_lists_are_counted_though_other_events_are_no_lists() -> None:
    """A feed of messages as they were received has begun, or ended, in between."""
    delivered = Delivered(None)
    message = RawMessage(b'{"stream":"!ticker@arr","data":[]}')
    for event in (message, [Event(1)], None, message, [Event(2)] * 65_536):
        delivered.add(event)
    assert delivered.find([Event(1)], 5, 0) is None
    assert delivered.find([Event(2)] * 65_536, 5, 0) == 4


# Reading that is paused


@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_silence_while_nothing_is_read_proves_nothing(sequence: Sequence | None) -> None:
    """The other line has not delivered yet what was delivered before the pause."""
    lines = Lines(sequence)
    lines.deliver(0, 1)
    lines.now += 4 * PATIENCE
    lines.arbiter.resumed(lines.now)
    lines.deliver(0, 2)
    lines.deliver(1, 1, 2)
    lines.cut(0)
    lines.deliver(1, 3)
    assert lines.ids == [1, 2, 3]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", [Step("id"), Monotonic("id")], ids=repr)
def test_what_waits_while_nothing_is_read_goes_on_waiting_for_the_other_line(
    sequence: Sequence,
) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1)
    lines.deliver(1, 1, *([3] if isinstance(sequence, Step) else [2, 3]))
    lines.now += 4 * PATIENCE
    lines.arbiter.resumed(lines.now)
    lines.wait(0.0)
    assert lines.ids == [1]
    lines.deliver(0, 2, 3)
    assert lines.ids == [1, 2, 3]
    assert lines.marks == []
