"""The lines of a recording, built and read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams_runtime.recording.header import header_line, read_header
from binance_streams_runtime.recording.lines import (
    Head,
    answer_line,
    data_line,
    message_of,
    prefix_of,
    raw_message_of,
    read_head,
    snapshot_line,
)
from tests.support.recordings import frame_line, header_of

TIME = 1_795_645_242_000_000_001
PREFIX = prefix_of(TIME, 3)

WHOLE = {
    "event": (b'{"stream":"btcusdt@trade","data":{"p":"1.0", "q":1e5}}', "btcusdt@trade"),
    "response": (b'{"result":null,"id":1}', None),
    "another-order": (b'{"data":{},"stream":"btcusdt@trade"}', "btcusdt@trade"),
    "spaces": (b'{ "stream" : "btcusdt@trade" , "data":{}}', "btcusdt@trade"),
    "name-with-escapes": (rb'{"stream":"\u4e2d@trade","data":{}}', "中@trade"),
    "name-in-utf-8": ('{"stream":"中@trade","data":{}}'.encode(), "中@trade"),
    "no-text-as-name": (b'{"stream":5,"data":{}}', None),
}

ODD = {
    "list": b"[1,2]",
    "two-lines": b'{\n"a":1}',
    "empty-object": b"{ }",
    "own-time": b'{"e":"trade","t":5}',
    "own-count": b'{"e":"x","c":"1.0"}',
    "torn": b'{"stream":"btcusdt@trade","data":{"p":"1.0"',
    "text": b'pong \x00 "quoted"',
    "not-utf-8": b'{"stream":"btcusdt@trade","data":"\xff"}',
    "empty": b"",
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_frame_is_kept_byte_for_byte_behind_its_time_and_connection(case: str) -> None:
    message, stream = WHOLE[case]
    line = frame_line(PREFIX, message)
    assert line.startswith(b'{"t":1795645242000000001,"c":3,')
    assert message_of(line) == message
    assert read_head(line) == Head(TIME, 3, stream)
    assert json.loads(line) == {"t": TIME, "c": 3, **json.loads(message)}


@pytest.mark.parametrize("case", ODD)
def test_what_cannot_be_a_line_itself_is_a_text_or_base64(case: str) -> None:
    line = frame_line(PREFIX, ODD[case])
    assert read_head(line) == Head(TIME, 3, "!raw")
    assert raw_message_of(line) == ODD[case]
    assert b"\n" not in line
    assert set(json.loads(line)) <= {"t", "c", "stream", "encoding", "data"}


PIECES = st.sampled_from(
    [
        *(b"{", b"}", b'"stream":', b'"a@trade"', b",", b'"data":', b"[1]"),
        *(b'"t":1', b" ", b"\n", b"\r", b"\xff"),
    ]
)


@given(st.one_of(st.binary(max_size=40), st.lists(PIECES, max_size=12).map(b"".join)))
def test_any_message_is_one_line_of_json_and_comes_back(message: bytes) -> None:
    line = frame_line(PREFIX, message)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["t"] == TIME
    head = read_head(line)
    assert (head.time, head.connection) == (TIME, 3)
    is_raw = head.stream == "!raw"
    assert (raw_message_of(line) if is_raw else message_of(line)) == message


def test_lines_of_another_program_are_read() -> None:
    assert read_head(b'{ "t": 5, "c": 2, "stream": "a" }') == Head(5, 2, "a")
    assert read_head(b'{"c":2,"t":5}') == Head(5, 2, None)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"t":"x"}', b'{"t":1'])
def test_what_is_no_line_is_rejected(line: bytes) -> None:
    with pytest.raises(ValueError, match="no line of a recording"):
        read_head(line)


def test_a_snapshot_is_kept_byte_for_byte() -> None:
    body = b'{"lastUpdateId":5,"bids":[["1.0","2.0"]], "asks":[]}'
    request = "/api/v3/depth?symbol=BTCUSDT&limit=100"
    line = snapshot_line(TIME, "btcusdt@depthSnapshot", request, body)
    assert line.endswith(b'"data":' + body + b"}")
    assert json.loads(line) == {
        "t": TIME,
        "c": 0,
        "stream": "btcusdt@depthSnapshot",
        "generated": True,
        "request": request,
        "data": json.loads(body),
    }


@pytest.mark.parametrize("body", [b"<html>\xff", b'{"a":\n1}'])
def test_an_answer_that_is_not_json_on_one_line_is_a_text(body: bytes) -> None:
    for line in (
        snapshot_line(TIME, "btcusdt@depthSnapshot", "/x", body),
        answer_line(TIME, "/x", 200, body),
    ):
        data = {"request": "/x", "status": 200, "body": body.decode("utf-8", "replace")}
        assert json.loads(line) == {"t": TIME, "c": 0, "stream": "!rest", "data": data}


def test_a_header_is_read_back() -> None:
    header = header_of(part=2, offset=-5, streams=("btcusdt@trade",))
    assert read_header(header_line(TIME, header)) == (TIME, header)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"t":1,"c":0,"stream":"a","data":{}}', "no header"),
        (data_line(TIME, "!notice", {}), "no header"),
        (b"garbage", "no header"),
    ],
)
def test_another_line_is_no_header(line: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_header(line)
