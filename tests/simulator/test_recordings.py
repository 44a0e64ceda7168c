"""What a client has recorded is served to any client: in order, at its pace, and nothing else."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from binance_streams import Disconnected, ParameterError, RecordingError
from binance_streams_runtime.recording.lines import (
    data_line,
    message_of,
    prefix_of,
    snapshot_line,
)
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT
from tests.support.recordings import BEGIN, SECOND, frame_line, header_of, whole_trade, write_part

PREFIX = '{"stream":"btcusdt@trade","data":'
TRADES = [whole_trade(number, 0.1 * number) for number in range(40)]


def update(first: int, last: int, price: str, quantity: str, seconds: float) -> bytes:
    """An update of the bids of a book."""
    message = (
        '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT",'
        f'"U":{first},"u":{last},"b":[["{price}","{quantity}"]],"a":[]}}}}'
    )
    return frame_line(prefix_of(BEGIN + round(seconds * SECOND), 1), message.encode())


def book(last: int, seconds: float) -> bytes:
    """A snapshot of that book."""
    body = b'{"lastUpdateId":%d,"bids":[["10.0","1.0"],["9.0","2.0"]],"asks":[["11.0","3.0"]]}'
    time = BEGIN + round(seconds * SECOND)
    return snapshot_line(time, "btcusdt@depthSnapshot", "/api/v3/depth", body % last)


def cut(seconds: float) -> bytes:
    """The notice of a connection that was lost."""
    notice = Disconnected(1, None, None, "a test", ("btcusdt@trade",), 0.0, "wss://x")
    return data_line(BEGIN + round(seconds * SECOND), "!notice", notice_data(notice))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The folder of a recording of trades, which take four seconds."""
    write_part(tmp_path / "production" / "2026-11-25", [TRADES[:20], TRADES[20:]])
    return tmp_path


@pytest.fixture
def fetch() -> Callable[[Simulator, str], Any]:
    """Ask the REST API."""

    def get(simulator: Simulator, target: str) -> Any:
        with urllib.request.urlopen(simulator.rest_url + target, timeout=LIMIT) as answer:
            return json.load(answer)

    return get


def test_every_client_gets_what_it_subscribes_to_byte_for_byte(
    start: Any, open_peer: Any, recorded: Path
) -> None:
    simulator = start(replay=recorded, replay_after=["nobody@trade"], replay_end="stay")
    combined, raw = open_peer(simulator), open_peer(simulator, "/ws/btcusdt@trade")
    combined.subscribe("btcusdt@trade", "ethusdt@trade")
    simulator.start_replay()
    for line in TRADES:
        message = message_of(line).decode()
        assert combined.connection.recv(timeout=LIMIT) == message
        assert raw.connection.recv(timeout=LIMIT) == message[len(PREFIX) : -1]


def test_a_stream_that_is_not_recorded_is_silent(
    start: Any, open_peer: Any, recorded: Path
) -> None:
    simulator = start(replay=recorded, replay_end="stay", speed=100.0)
    peer = open_peer(simulator)
    peer.subscribe("ethusdt@trade", "btcusdt@trade")
    assert {peer.next()["stream"] for _ in TRADES} == {"btcusdt@trade"}
    with pytest.raises(TimeoutError):
        peer.connection.recv(timeout=0.1)


def test_the_end_closes_connections_and_refuses_others(
    start: Any, open_peer: Any, recorded: Path
) -> None:
    simulator = start(replay=recorded)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    assert [peer.next()["t"] for _ in TRADES] == list(range(40))
    with pytest.raises(ConnectionClosed) as closed:
        peer.next()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "the recording has ended")
    with pytest.raises(InvalidStatus, match="HTTP 410"):
        open_peer(simulator)


def test_a_loop_begins_anew_for_those_who_connect_again(
    start: Any, open_peer: Any, recorded: Path
) -> None:
    simulator = start(replay=recorded, replay_end="loop")
    for _ in range(2):
        peer = open_peer(simulator, "/ws/btcusdt@trade")
        assert [peer.next()["t"] for _ in TRADES] == list(range(40))
        with pytest.raises(ConnectionClosed, match="begins anew"):
            peer.next()


def test_a_part_of_the_time_is_replayed(start: Any, open_peer: Any, recorded: Path) -> None:
    bounds = {"replay_from": BEGIN / SECOND + 1, "replay_to": BEGIN / SECOND + 2.05}
    peer = open_peer(start(replay=recorded, **bounds), "/ws/btcusdt@trade")
    assert [peer.next()["t"] for _ in range(11)] == list(range(10, 21))
    with pytest.raises(ConnectionClosed):
        peer.next()


def test_it_takes_as_long_as_recorded_divided_by_the_speed(
    start: Any, open_peer: Any, recorded: Path
) -> None:
    simulator = start(replay=recorded, replay_speed=0.01)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    assert peer.next()["t"] == 0
    with pytest.raises(TimeoutError):
        peer.connection.recv(timeout=0.1)


def test_the_order_book_of_rest_is_that_of_the_moment(
    start: Any, open_peer: Any, tmp_path: Path, fetch: Any
) -> None:
    """So a client that comes later has a book, too; until the first snapshot it is that one."""
    lines = [
        *(update(90, 104, "9.0", "5.0", 0.0), book(100, 0.1), update(105, 110, "10.0", "0.0", 0.2)),
        *(update(111, 115, "9.5", "4.0", 0.3), TRADES[-1]),
    ]
    write_part(tmp_path, [lines])
    simulator = start(replay=tmp_path, replay_end="stay")
    depth = "/api/v3/depth?symbol=BTCUSDT&limit=100"
    assert fetch(simulator, depth)["lastUpdateId"] == 100
    open_peer(simulator, "/ws/btcusdt@trade")
    simulator.wait_for_replay(LIMIT)
    assert fetch(simulator, depth) == {
        "lastUpdateId": 115,
        "bids": [["9.5", "4.0"], ["9.0", "5.0"]],
        "asks": [["11.0", "3.0"]],
    }


def test_a_replay_from_the_middle_has_the_books_of_then(
    start: Any, open_peer: Any, tmp_path: Path, fetch: Any
) -> None:
    lines = [book(100, 0.0), update(101, 105, "9.5", "4.0", 0.1), *TRADES[10:]]
    write_part(tmp_path, [lines])
    simulator = start(replay=tmp_path, replay_from=BEGIN / SECOND + 2, replay_end="stay")
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    assert [peer.next()["t"] for _ in range(20)] == list(range(20, 40))
    assert fetch(simulator, "/api/v3/depth?symbol=BTCUSDT")["lastUpdateId"] == 105


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/v3/depth?symbol=ETHUSDT", 400),
        ("/api/v3/depth?symbol=BTCUSDT", 503),
        ("/api/v3/klines?symbol=BTCUSDT&interval=1m", 404),
        ("/api/v3/aggTrades?symbol=BTCUSDT", 404),
    ],
)
def test_what_a_recording_does_not_say_is_refused(
    start: Any, open_peer: Any, tmp_path: Path, fetch: Any, target: str, status: int
) -> None:
    """Nothing of a simulated market is among what was recorded. The book lacks updates here."""
    write_part(tmp_path, [[book(100, 0.1), update(105, 110, "1", "1", 0.2), TRADES[3]]])
    simulator = start(replay=tmp_path, replay_end="stay")
    open_peer(simulator, "/ws/btcusdt@trade")
    simulator.wait_for_replay(LIMIT)
    with pytest.raises(HTTPError) as error:
        fetch(simulator, target)
    error.value.close()
    assert error.value.code == status


@pytest.mark.parametrize("has_cuts", [False, True])
def test_connections_are_cut_as_recorded_only_on_request(
    start: Any, open_peer: Any, tmp_path: Path, has_cuts: bool
) -> None:
    write_part(tmp_path, [[TRADES[0], cut(0.05), *TRADES[1:3]]])
    simulator = start(replay=tmp_path, replay_cuts=has_cuts, replay_end="stay")
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    simulator.wait_for_replay(LIMIT)
    got = []
    try:
        got += [peer.next()["t"] for _ in range(3)]
    except ConnectionClosed:
        assert has_cuts
    else:
        assert not has_cuts
        assert got == [0, 1, 2]


def test_what_cannot_be_replayed_is_an_error(tmp_path: Path, recorded: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RecordingError, match="there is no recording in this folder"):
        Simulator(replay=empty)
    with pytest.raises(RecordingError, match="of another market: use binance_streams"):
        Simulator(replay=recorded, market="binance_streams_us")
    with pytest.raises(ParameterError, match="replay_from: got 'noon'"):
        Simulator(replay=recorded, replay_from="noon")
    with pytest.raises(ParameterError, match="a time after replay_from"):
        Simulator(replay=recorded, replay_from=BEGIN / SECOND, replay_to=BEGIN / SECOND - 1)
    with pytest.raises(ParameterError, match="replay_from: got '12:00'; allowed: None"):
        Simulator(replay=[], replay_from="12:00")
    with pytest.raises(ParameterError, match="'close', 'loop', 'stay'"):
        Simulator(replay=recorded, replay_end="never")  # type: ignore[arg-type]


def test_lines_that_do_not_match_the_spec_are_counted(
    start: Any, open_peer: Any, tmp_path: Path
) -> None:
    odd = frame_line(prefix_of(BEGIN, 1), b'{"stream":"btcusdt@trade","data":{"e":"trade"}}')
    write_part(tmp_path, [[odd, TRADES[0]]], header_of())
    simulator = start(replay=tmp_path, replay_end="stay")
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    assert peer.next()["t"] == 0
    simulator.wait_for_replay(LIMIT)
    assert simulator.replay_skipped == 1
