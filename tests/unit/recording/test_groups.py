"""Which messages one read returned, and which lines cannot be read."""

from __future__ import annotations

import pytest

from binance_streams_runtime.recording.groups import Group, groups_in
from binance_streams_runtime.recording.lines import message_of, prefix_of
from tests.support.recordings import BEGIN, whole_trade

TRADES = [whole_trade(number, 1.0) for number in range(4)]
MESSAGES = [message_of(line) for line in TRADES]
AT = BEGIN + 1_000_000_000

UNREADABLE = {
    "no JSON": b"garbage",
    "no object": b"[1, 2]",
    "a time that is no number": TRADES[0].replace(b'{"t":1', b'{"t":x'),
    "a connection that is no number": TRADES[0].replace(b'"c":1,', b'"c":"x",'),
    "a raw message that is no text": prefix_of(AT, 1) + b'"stream":"!raw","data":{}}',
    "no UTF-8": b'{"stream":"\xff","t":1,"c":1}',
}


def test_the_messages_of_one_read_come_together() -> None:
    other = whole_trade(9, 2.0)
    assert [*groups_in([TRADES[:2], [*TRADES[2:], other]])] == [
        Group(AT, 1, MESSAGES, b""),
        Group(AT + 1_000_000_000, 1, [message_of(other)], b""),
    ]


@pytest.mark.parametrize("line", UNREADABLE.values(), ids=UNREADABLE)
def test_a_line_that_cannot_be_read_costs_no_other(line: bytes) -> None:
    """It comes by itself, with the reason."""
    first, bad, second = groups_in([[*TRADES[:2], line, *TRADES[2:]]])
    assert first == Group(AT, 1, MESSAGES[:2], b"")
    assert second == Group(AT, 1, MESSAGES[2:], b"")
    assert (bad.time, bad.connection, bad.line) == (AT, 0, line)
    assert bad.reason
