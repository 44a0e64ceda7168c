"""What a client says that it delivered decides what is read of its recording."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams_runtime.pipeline.sequence import Confirmation, Interruption, Overlap
from binance_streams_runtime.recording.facts import (
    Arrived,
    Fact,
    Held,
    State,
    Subscribed,
    Unsubscribed,
    mark_data,
)
from binance_streams_runtime.recording.lines import SESSION, data_line, prefix_of
from tests.support.recorded_events import LEFT, Reading, line_of, notice_line
from tests.support.recordings import BEGIN, frame_line

TRADES = "btcusdt@trade"
TICKERS = "!miniTicker@arr"
STATE = State((TRADES,), ())
BEGINS = [mark_data(Overlap.BEGINS), [TRADES, TICKERS]]
ENDS = [mark_data(Overlap.ENDS), [TRADES, TICKERS]]


def fact_line(fact: Fact) -> bytes:
    return data_line(BEGIN, SESSION, fact)


def trades(connection: int, *numbers: int) -> list[bytes]:
    return [line_of(TRADES, number, number, connection) for number in numbers]


def read(*parts: Any, **options: Any) -> Reading:
    lines: list[bytes] = []
    for part in parts:
        lines += [fact_line(part)] if isinstance(part, Fact) else part
    return Reading(lines, **options)


def test_what_comes_on_any_connection_is_delivered_unless_it_is_held() -> None:
    """Also if the stream has moved to an older connection at once."""
    assert read(STATE, trades(2, 1, 2), trades(1, 3, 4)).numbers == [1, 2, 3, 4]


def test_what_is_held_is_delivered_where_and_if_it_arrived() -> None:
    arrived = Arrived(([1, TRADES, 0, 1], ENDS, [2, TRADES, 1, 2]))
    reading = read(
        *(STATE, Held((1, 2)), Arrived((BEGINS,)), trades(1, 1), trades(2, 1, 2), trades(1, 2)),
        *(trades(2, 3), arrived, Held(()), trades(2, 4)),
    )
    assert [(item.connection, item.data.trade_id) for item in reading.items] == [
        *((1, 1), (2, 2), (2, 3), (2, 4))
    ]
    assert reading.events.duplicates == 2


def test_a_stream_without_an_event_yet_is_marked_as_well() -> None:
    """The same list on both connections is one event."""
    lists = [line_of(TICKERS, 1, 1, connection) for connection in (1, 2)]
    arrived = Arrived(([1, TICKERS, 0, 1], ENDS, [2, TICKERS, 0, 1]))
    assert read(STATE, Held((1, 2)), Arrived((BEGINS,)), lists, arrived).numbers == [1]


def test_marks_of_other_kinds_are_taken() -> None:
    marks = [[mark_data(mark), [TRADES]] for mark in (Interruption("x"), Confirmation.CONFIRMED)]
    assert read(STATE, trades(1, 1), Arrived(tuple(marks)), trades(1, 5)).numbers == [1, 5]


def test_what_cannot_be_decoded_counts_as_an_item() -> None:
    wrong = frame_line(prefix_of(BEGIN, 2), b'{"stream":"btcusdt@trade","data":{}}')
    arrived = Arrived(([2, TRADES, 0, 3],))
    assert read(STATE, Held((2,)), trades(2, 1), [wrong], trades(2, 3), arrived).numbers == [1, 3]


def test_what_was_not_subscribed_to_is_no_item() -> None:
    held = (STATE, Held((1,)), Unsubscribed((TRADES,)), trades(1, 1, 2))
    arrived = Arrived(([1, TRADES, 0, 1],))
    assert read(*held, Subscribed((TRADES,)), trades(1, 7), arrived).numbers == [7]


def test_reading_may_begin_within_a_handover() -> None:
    """The state at the beginning of a part says how many items there were before."""
    state = State((TRADES,), (), {1: {TRADES: 5}, 2: {}})
    arrived = Arrived(([1, TRADES, 4, 2], [9, TRADES, 0, 1], [1, "ethusdt@trade", 0, 1]))
    assert read(state, trades(1, 6, 7), arrived).numbers == [6]
    # In the next part, nothing has changed.
    assert read(state, trades(1, 6, 7), state_of(7), arrived).numbers == [6]
    # After lines were lost, what was there before is of no use.
    assert read(state, trades(1, 6), state_of(9), trades(1, 8), arrived).numbers == []


def state_of(count: int) -> State:
    return State((TRADES,), (), {1: {TRADES: count}, 2: {}})


def test_facts_that_begin_late_end_what_was_held_without_them() -> None:
    assert read(trades(1, 1), trades(2, 3), STATE, trades(2, 4)).numbers == [1, 3, 4]


def test_facts_say_of_a_loss_what_is_to_be_known() -> None:
    assert read(STATE, trades(1, 1), [notice_line(1, LEFT)], trades(1, 2)).numbers == [1, 2]


STRANGE = [["?", []], [1, TRADES, "0", 1], [{}, 5], [[1], {}, 0, 1]]


@pytest.mark.parametrize(
    "data",
    [{"type": "later"}, 5, *({"type": "arrived", "items": [item]} for item in STRANGE)],
    ids=str,
)
def test_what_a_later_version_says_is_ignored(data: Any) -> None:
    assert read(trades(1, 1), [data_line(BEGIN, SESSION, data)], trades(1, 2)).numbers == [1, 2]


def test_one_element_that_has_drifted_does_not_cost_the_others() -> None:
    line = line_of(TICKERS, 1, 1)
    drifted = line.replace(b'"data":[', b'"data":[{"e":"24hrMiniTicker"},')
    reading = read([drifted])
    assert reading.numbers == [1]
    assert reading.wrong == [TICKERS]
