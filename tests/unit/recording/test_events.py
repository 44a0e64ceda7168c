"""From lines to events: each once, whichever connections carried it."""

from __future__ import annotations

import random

import msgspec
import pytest

from binance_streams import AggTrade, Gap
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.recording.lines import (
    LOST,
    NOTICE,
    REST,
    data_line,
    prefix_of,
    snapshot_line,
)
from tests.support.recorded_events import LEFT, MS, Reading, line_of, notice_line
from tests.support.recordings import BEGIN, frame_line, header_of

STREAMS = ("btcusdt@trade", "btcusdt@depth@100ms", "btcusdt@bookTicker", "!miniTicker@arr")
EACH_STREAM = pytest.mark.parametrize("stream", STREAMS)


@EACH_STREAM
def test_events_keep_the_time_and_connection_of_their_frames(stream: str) -> None:
    items = Reading([line_of(stream, number, number, 7) for number in range(5)]).items
    assert [item.received for item in items] == [BEGIN + number * MS for number in range(5)]
    assert {(item.connection, item.stream) for item in items} == {(7, stream)}


@EACH_STREAM
@pytest.mark.parametrize("seed", range(6))
def test_each_event_comes_once_while_connections_replace_each_other(stream: str, seed: int) -> None:
    """Whichever is ahead, in order, with the frame of one of the two."""
    draw = random.Random(f"{stream}{seed}")
    lines = []
    for connection, start, stop in ((1, 0, 50), (2, 30, 95), (3, 80, 120)):
        lag = draw.uniform(0, 60)
        for number in range(start, stop):
            at = number * 10 + lag
            lines.append((at, line_of(stream, number, at, connection)))
        left = msgspec.structs.replace(LEFT, connection=connection)
        lines.append((stop * 10 + 200, notice_line(0, left)))
    reading = Reading([line for _, line in sorted(lines)])
    assert reading.numbers == list(range(120))
    assert reading.events.duplicates == 20 + 15


def test_what_only_the_newer_connection_has_comes_after_the_older_one_has_ended() -> None:
    lines = [line_of("btcusdt@trade", number, number) for number in (1, 2, 3)]
    lines += [line_of("btcusdt@trade", number, 10, 2) for number in (5, 6)]
    assert Reading(lines, end=False).numbers == [1, 2, 3]
    assert Reading([*lines, notice_line(11, LEFT)], end=False).numbers == [1, 2, 3, 5, 6]
    assert Reading(lines).numbers == [1, 2, 3, 5, 6]


def test_a_stream_goes_on_over_another_connection_after_a_loss() -> None:
    lost = msgspec.structs.replace(LEFT, streams=("btcusdt@trade",))
    lines = [line_of("btcusdt@trade", 1, 1), notice_line(2, lost)]
    reading = Reading([*lines, line_of("btcusdt@trade", 9, 3, 2)], notices=True)
    assert [type(item.data).__name__ for item in reading.items] == [
        *("Trade", "Disconnected", "Trade")
    ]


def test_a_stream_may_move_to_an_older_connection() -> None:
    """It was unsubscribed from, and again subscribed to."""
    lines = [line_of("btcusdt@trade", 1, 0, 2), line_of("btcusdt@trade", 2, 1, 1)]
    lines += [line_of("btcusdt@trade", 50, 15_000, 1)]
    assert Reading(lines).numbers == [1, 50]


def test_sessions_follow_each_other() -> None:
    """Connections of another session have the same numbers."""
    reading = Reading([line_of("btcusdt@trade", 1, 0, 5)])
    reading.events.begin(header_of(session="5e6f7a8b"), reading.items)
    reading.events.read([line_of("btcusdt@trade", 8, 10, 1)], reading.items)
    assert reading.numbers == [1, 8]


ROWS = [
    {"a": number, "p": "1.0", "q": "2.0", "f": number, "l": number, "T": 5, "m": False}
    for number in range(1, 12)
]


AGG_TRADES = "/api/v3/aggTrades?symbol=BTCUSDT&fromId=2&limit=1000"


def agg_line(number: int, at: float) -> bytes:
    data = {"e": "aggTrade", "E": 1, "s": "BTCUSDT", "a": number, "p": "1", "q": "1", "f": 1,
            "l": 1, "T": 1, "m": True}  # fmt: skip
    message = msgspec.json.encode({"stream": "btcusdt@aggTrade", "data": data})
    return frame_line(prefix_of(BEGIN + round(at * MS), 1), message)


def rest_line(request: str, at: float) -> bytes:
    data = {"request": request, "status": 200, "body": ROWS}
    return data_line(BEGIN + round(at * MS), REST, data)


@pytest.mark.parametrize("is_early", [True, False])
def test_what_was_fetched_fills_the_gap_and_nothing_else(is_early: bool) -> None:
    """Whether the answer comes before the event that shows the gap, or after it."""
    rest = rest_line("/api/v3/aggTrades?symbol=BTCUSDT&fromId=3&limit=1000", 5)
    behind = agg_line(8, 4)
    lines = [agg_line(1, 1), agg_line(2, 2), *((rest, behind) if is_early else (behind, rest))]
    items = Reading([*lines, rest, agg_line(9, 7)]).items
    fetched = [item for item in items if item.connection == 0]
    assert [item.data.aggregate_trade_id for item in fetched] == [3, 4, 5, 6, 7]
    assert {item.received for item in fetched} == {BEGIN + 5 * MS}
    assert all(isinstance(item.data, AggTrade) for item in fetched)
    assert len(items) == 5 + 4


@pytest.mark.parametrize(
    "request_of",
    [
        "/api/v3/aggTrades?symbol=ETHUSDT&fromId=3&limit=1000",
        "/api/v3/historicalTrades?symbol=BTCUSDT&fromId=3&limit=1000",
    ],
)
def test_what_was_fetched_for_another_stream_fills_nothing(request_of: str) -> None:
    lines = [agg_line(1, 1), agg_line(8, 4), rest_line(request_of, 5)]
    assert len(Reading(lines).items) == 2


def test_fetched_candles_come_once() -> None:
    def candle(minute: int, at: float, is_closed: bool) -> bytes:
        opens = 1_795_645_200_000 + minute * 60_000
        kline = {"t": opens, "T": opens + 59_999, "s": "BTCUSDT", "i": "1m", "f": 1, "L": 1,
                 "o": "1", "c": "1", "h": "1", "l": "1", "v": "1", "n": 1, "x": is_closed,
                 "q": "1", "V": "1", "Q": "1"}  # fmt: skip
        event = {"e": "kline", "E": opens + round(at), "s": "BTCUSDT", "k": kline}
        message = msgspec.json.encode({"stream": "btcusdt@kline_1m", "data": event})
        return frame_line(prefix_of(BEGIN + round(at * MS), 1), message)

    rows = [
        [1_795_645_200_000 + minute * 60_000, "1", "1", "1", "1", "1",
         1_795_645_200_000 + minute * 60_000 + 59_999, "1", 1, "1", "1", "0"]
        for minute in range(5)
    ]  # fmt: skip
    request = "/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1795645200000"
    answer = data_line(BEGIN, REST, {"request": request, "status": 200, "body": rows})
    lost = msgspec.structs.replace(LEFT, streams=("btcusdt@kline_1m",))
    lines = [candle(0, 1, True), candle(1, 2, False), notice_line(3, lost), candle(4, 9, False)]
    items = Reading([*lines, answer]).items
    fetched = [item.data.kline for item in items if item.connection == 0]
    assert [kline.open_time // 60_000 % 60 for kline in fetched] == [21, 22, 23]
    assert all(kline.is_closed for kline in fetched)


def test_one_stream_of_many_is_read_by_name_key_or_symbol() -> None:
    lines = [line_of(stream, 1, 1) for stream in STREAMS]
    lines += [line.replace(b"btcusdt", b"ethusdt") for line in lines[:3]]
    for asked, count in (
        ({"stream": "btcusdt@trade"}, 1),
        ({"stream": "trade"}, 2),
        ({"symbol": "ETHUSDT"}, 4),
        ({"stream": ["trade", "btcusdt@bookTicker"], "symbol": "btcusdt"}, 2),
        ({}, 7),
    ):
        assert len(Reading(lines, **asked).items) == count, asked


def test_lists_of_all_symbols_keep_the_symbol_that_is_asked_for() -> None:
    lines = [line_of("!miniTicker@arr", 1, 1)]
    assert [item.data for item in Reading(lines, symbol="ETHUSDT").items] == [[]]
    assert [len(item.data) for item in Reading(lines, symbol="BTCUSDT").items] == [1]


def test_what_cannot_be_decoded_is_reported_and_the_rest_is_read() -> None:
    wrong = frame_line(prefix_of(BEGIN, 1), b'{"stream":"btcusdt@trade","data":{"e":"trade"}}')
    lines = [line_of("btcusdt@trade", 1, 1), wrong, b'{"t":', line_of("btcusdt@trade", 3, 1)]
    reading = Reading(lines)
    assert reading.numbers == [1, 3]
    assert reading.wrong == ["btcusdt@trade", ""]


def test_what_is_left_out_is_counted() -> None:
    lines = [
        data_line(BEGIN, LOST, {"lines": 5, "bytes": 9, "reason": "slow"}),
        frame_line(prefix_of(BEGIN, 1), b'{"result":null,"id":1}'),
        frame_line(prefix_of(BEGIN, 1), b'{"e":"trade","s":"X"}'),
        frame_line(prefix_of(BEGIN, 1), b"[1]"),
        frame_line(prefix_of(BEGIN, 1), b'{"subscriptionId":0,"event":{"e":"x"}}'),
        data_line(BEGIN, "!session", {}),
    ]
    events = Reading(lines).events
    assert (events.lost, events.unnamed, events.accounts) == (5, 2, 1)


def test_notices_are_items_if_asked_for() -> None:
    gap = Gap("btcusdt@trade", 2, 3)
    lines = [line_of("btcusdt@trade", 1, 1), notice_line(2, gap)]
    assert Reading(lines, notices=True).items[1].data == gap
    assert Reading(lines, notices=True, stream="ethusdt@trade").items == []


def test_snapshots_are_items_if_asked_for() -> None:
    body = b'{"lastUpdateId":5,"bids":[["1.0","2.0"]],"asks":[]}'
    line = snapshot_line(BEGIN, "btcusdt@depthSnapshot", "/api/v3/depth?symbol=BTCUSDT", body)
    assert Reading([line]).items == []
    (item,) = Reading([line], snapshots=True, symbol="BTCUSDT").items
    assert (item.stream, item.data.last_update_id) == ("btcusdt@depthSnapshot", 5)
    assert Reading([line], snapshots=True, symbol="ETHUSDT").items == []


def test_lines_that_another_program_has_written_are_read() -> None:
    """With spaces, another order of keys, and escapes in the name."""
    line = line_of("btcusdt@trade", 1, 1)
    data = line[line.index(b'"data"') + 7 : -1]
    odd = b'{ "t": %d, "c": 1, "stream": "btcusdt@trade", "data": %b}' % (BEGIN, data)
    turned = b'{"t":%d,"c":1,"data":%b,"stream":"btcusdt@trade"}' % (BEGIN, data)
    escaped = line.replace(b'"stream":"b', b'"stream":"\\u0062')
    items = Reading([odd, turned, escaped, odd]).items
    assert [(item.stream, item.connection) for item in items] == [("btcusdt@trade", 1)]


@pytest.mark.parametrize(
    "line",
    [
        data_line(BEGIN, NOTICE, {"type": "Unheard"}),
        data_line(BEGIN, LOST, {"lines": "many"}),
        data_line(BEGIN, REST, {"request": 5}),
        data_line(BEGIN, "btcusdt@depthSnapshot", {"bids": 5}),
        data_line(
            BEGIN, REST, {"request": AGG_TRADES, "status": 200, "body": [{"a": "no number"}]}
        ),
    ],
)
def test_other_lines_that_cannot_be_read_are_reported_as_well(line: bytes) -> None:
    lines = [agg_line(1, 1), line, agg_line(2, 2)]
    reading = Reading(lines, snapshots=True, notices=True)
    assert len(reading.items) == 2
    assert len(reading.wrong) == 1


def test_a_notice_of_a_later_version_is_nothing_to_those_who_want_none() -> None:
    reading = Reading([agg_line(1, 1), data_line(BEGIN, NOTICE, {"type": "Unheard"})])
    assert (len(reading.items), reading.wrong) == (1, [])


def test_answers_that_have_nothing_fill_nothing() -> None:
    refused = data_line(BEGIN, REST, {"request": AGG_TRADES, "status": 429, "body": {"code": 1}})
    failed = data_line(BEGIN, REST, {"request": AGG_TRADES, "failure": {"reason": "gone"}})
    reading = Reading([agg_line(1, 1), agg_line(5, 2), refused, failed])
    assert len(reading.items) == 2
    assert reading.wrong == []


def test_streams_of_accounts_are_counted_and_not_read() -> None:
    key = "k" * 40
    lines = [
        frame_line(prefix_of(BEGIN, 1), b'{"stream":"%b","data":{"e":"x"}}' % name.encode())
        for name in (key, "kkkk…a1b2c3", "nothing@known")
    ]
    assert Reading(lines).events.accounts == 2


def test_a_number_that_was_fetched_twice_fills_once() -> None:
    rest = rest_line(AGG_TRADES, 5)
    lines = [agg_line(1, 1), agg_line(8, 4), rest, rest]
    assert len(Reading(lines).items) == 2 + 6


def test_an_event_that_is_late_is_left_out_and_counted() -> None:
    """Updates of a book build on each other, so one that fills a gap afterwards is of no use."""
    stream = "btcusdt@depth@100ms"
    reading = Reading([line_of(stream, number, 1) for number in (1, 5, 3, 6)])
    assert reading.numbers == [1, 5, 6]
    assert reading.events.late == 1


def test_the_newer_connection_takes_over_at_last() -> None:
    """If the older one never passes it, although it goes on."""
    lines = [line_of("btcusdt@trade", 1, 0), line_of("btcusdt@trade", 9, 1, 2)]
    lines += [line_of("btcusdt@trade", 2, 31_000), line_of("btcusdt@trade", 10, 31_001, 2)]
    assert Reading(lines, end=False).numbers == [1, 2, 9, 10]


def test_a_newer_connection_that_is_lost_leaves_the_stream_to_the_older_one() -> None:
    lost = msgspec.structs.replace(LEFT, connection=2)
    lines = [line_of("btcusdt@trade", 1, 0), line_of("btcusdt@trade", 3, 1, 2)]
    lines += [notice_line(2, lost), line_of("btcusdt@trade", 2, 3), line_of("btcusdt@trade", 3, 4)]
    lines += [line_of("btcusdt@trade", 5, 5, 3), line_of("btcusdt@trade", 6, 5, 4)]
    assert Reading(lines, end=False).numbers == [1, 2, 3]


def test_a_recorded_event_is_shown_with_its_origin() -> None:
    shown = repr(Recorded(5, 2, "btcusdt@trade", 1))
    assert shown == "Recorded(received=5, connection=2, stream='btcusdt@trade', data=1)"
