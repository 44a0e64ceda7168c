"""Following another line: nothing is delivered behind what follows it, or twice."""

from __future__ import annotations

import pytest

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Sequence
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from tests.unit.session.test_arbiters import CUT, PATIENCE, SEQUENCES, Event, Lines


def test_what_a_line_has_kept_is_not_delivered_behind_what_a_handover_repeats() -> None:
    """The followed line lacks an event, and the other one shows only later where it stood."""
    lines = Lines(None)
    lines.deliver(0, 1)
    lines.deliver(1, 2)
    lines.deliver(0, 3, 4)
    lines.arbiter.rewound(1)
    assert lines.arbiter.repeated(1, [Event(2, 2), Event(3, 3), Event(4, 4)]) == 3
    lines.cut(0)
    lines.deliver(1, 5)
    assert lines.ids == [1, 3, 4, 5]


def test_a_line_of_unknown_place_does_not_go_back_in_time() -> None:
    """A single line's times may do so by this little."""
    resubscribed = Interruption("it was resubscribed")
    for next_one, marks in ((1000, []), (1007, [resubscribed])):
        lines = Lines(Monotonic("id", is_time=True))
        lines.deliver(0, 1000)
        lines.arbiter.interrupted(lines.now, 0, resubscribed, 0.0)
        lines.deliver(1, 990, next_one, 1010)
        assert lines.ids == sorted({1000, next_one, 1010})
        assert lines.marks == marks


def test_events_of_other_keys_do_not_show_that_a_line_is_ahead() -> None:
    """Without that, what precedes them would be delivered behind them."""
    lines = Lines(PerKey("key", Monotonic("id")))
    lines.deliver(0, 1, key="a")
    lines.deliver(1, 1, key="b")
    lines.wait(1.1)
    lines.deliver(0, 2, key="a")
    lines.deliver(1, 2, key="a")
    assert lines.ids == [1, 2]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", SEQUENCES[2:4], ids=repr)
def test_numbers_that_restart_while_lines_are_cut_in_turn_silence_nothing(
    sequence: Sequence,
) -> None:
    """What came before that was noticed is reported, and the stream goes on."""
    lines = Lines(sequence)
    for line in (0, 1):
        lines.deliver(line, *range(1000, 1010))
    for line in (0, 1):
        lines.cut(line)
        lines.arbiter.confirmed(lines.now, line)
        lines.deliver(0, *range(1 + 10 * line, 11 + 10 * line))
    lines.wait(PATIENCE)
    lines.deliver(0, 21, 22)
    lines.deliver(1, 21, 22, 23)
    lines.deliver(0, 23)
    assert lines.ids[10:] == [21, 22, 23]
    assert lines.marks == [Interruption("the numbers of the stream have restarted")]


@pytest.mark.parametrize("sequence", SEQUENCES[2:], ids=repr)
def test_a_line_that_comes_after_all_were_cut_repeats_nothing(sequence: Sequence | None) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1, 2, 3)
    lines.cut(1)
    lines.cut(0)
    lines.deliver(1, 2, 3, 4)
    assert lines.ids == [1, 2, 3, 4]
    assert lines.marks == [CUT]


@pytest.mark.parametrize("sequence", SEQUENCES[2:4], ids=repr)
def test_numbers_that_have_restarted_after_all_were_cut_are_left_to_the_tracker(
    sequence: Sequence,
) -> None:
    lines = Lines(sequence)
    lines.deliver(0, 1001, 1002)
    lines.cut(1)
    lines.cut(0)
    lines.deliver(1, 1, 2, 3)
    assert lines.ids == [1001, 1002, 1, 2, 3]


def test_what_a_line_has_kept_is_not_repeated_while_it_begins_again() -> None:
    lines = Lines(Monotonic("id"))
    lines.deliver(0, 1)
    lines.deliver(1, 1, 2, 3, 4)
    lines.arbiter.rewound(1)
    lines.deliver(1, 2)
    lines.wait(1.1)
    lines.wait(1.1)
    lines.deliver(1, 3, 4, 5)
    assert lines.ids == [1, 2, 3, 4, 5]
    assert lines.marks == []


def test_a_replacement_that_begins_earlier_delivers_nothing_that_came_before() -> None:
    """A handover just after the subscription, to a server that is behind the first one."""
    lines = Lines(Monotonic("id", is_time=True))
    lines.deliver(0, 1003, 1004, 1005)
    lines.arbiter.rewound(0)
    lines.deliver(0, 1000, 1001, 1002, 1003, 1004, 1005, 1006)
    assert lines.ids == [1003, 1004, 1005, 1006]
    assert lines.marks == []


@pytest.mark.parametrize("sequence", SEQUENCES[2:], ids=repr)
@pytest.mark.parametrize("seconds", [0.0, 1.2])
def test_whatever_the_followed_line_skips_comes_from_the_other_one(
    sequence: Sequence | None, seconds: float
) -> None:
    """However much that is, it is neither missed nor repeated."""
    lines = Lines(sequence)
    lines.deliver(0, 1)
    lines.deliver(1, *range(1, 101))
    lines.deliver(0, 100)
    lines.wait(seconds)
    lines.deliver(0, 101)
    lines.cut(0)
    lines.deliver(1, 101, 102)
    assert lines.ids == list(range(1, 103))
    assert lines.marks == []


def test_what_comes_as_text_on_one_line_is_recognized_on_the_others() -> None:
    """The client begins to read the stream itself while a line is handed over."""
    type = CATALOG["book_ticker"]
    number, text = decoder_of(type, float).bare, decoder_of(type, str).bare
    payload = b'{"u":%d,"s":"BNBUSDT","b":"25.30","B":"31.2","a":"25.36","A":"40.66"}'
    first, second, third = (payload % id for id in (7, 8, 9))
    lines = Lines(type.sequence)
    add = lines.arbiter.add
    for line in (0, 1):
        add(lines.now, line, number(first), None)
    add(lines.now, 0, number(second), None)
    lines.arbiter.rewound(1)
    add(lines.now, 1, text(second), None)
    add(lines.now, 0, text(third), None)
    lines.cut(0)
    add(lines.now, 1, text(third), None)
    events = [item for item in lines.items if not isinstance(item, Overlap)]
    assert events == [number(first), number(second), text(third)]
