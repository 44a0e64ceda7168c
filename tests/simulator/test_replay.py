"""Recorded messages are sent again, byte by byte and in order."""

from __future__ import annotations

import gzip
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from binance_streams_simulator import Recording
from tests.support.limits import LIMIT


def trade(number: int, *, wrapped: bool = True, stream: str = "btcusdt@trade") -> dict[str, Any]:
    data = f'{{"e":"trade","t":{number}, "p":"1.10"}}'
    raw = f'{{"stream":"{stream}","data":{data}}}' if wrapped else data
    return {"stream": stream, "wrapped": wrapped, "raw": raw}


SEQUENCE: list[dict[str, Any]] = [
    {"ts": 10.0, "type": "ws", "symbol": None, "raw": trade(1, stream="x@depth")["raw"]},
    {
        "ts": 10.1,
        "type": "rest",
        "symbol": "X",
        "raw": '{"lastUpdateId":1,"bids":[],"asks":[]}',
    },
    {"ts": 10.2, "type": "ws", "symbol": None, "raw": trade(2, stream="x@depth")["raw"]},
    {"ts": 10.3, "type": "rest", "symbol": "X", "raw": '{"lastUpdateId":2,"bids":[],"asks":[]}'},
]


def test_messages_come_in_order_and_unchanged(start: Any, open_peer: Any) -> None:
    records = [trade(number, wrapped=number % 2 == 0) for number in range(1_000)]
    simulator = start(replay=records)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    for number in range(1_000):
        assert peer.connection.recv(timeout=LIMIT) == trade(number, wrapped=False)["raw"]
    simulator.wait_for_replay(LIMIT)


def test_combined_connections_get_them_wrapped(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(replay=[trade(1, wrapped=False)]), "/stream?streams=btcusdt@trade")
    assert peer.connection.recv(timeout=LIMIT) == trade(1)["raw"]


def test_replayed_streams_carry_nothing_else_and_others_go_on(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(replay=[trade(1)], speed=10.0))
    peer.subscribe("btcusdt@trade", "ethusdt@trade")
    messages = [peer.next() for _ in range(40)]
    assert [one["data"]["t"] for one in messages if one["stream"] == "btcusdt@trade"] == [1]


def test_the_replay_waits_for_those_it_is_for(start: Any, open_peer: Any) -> None:
    records = [trade(1), trade(2, stream="b@trade")]
    simulator = start(replay=records, replay_after=("btcusdt@trade", "b@trade"))
    first = open_peer(simulator, "/ws/btcusdt@trade")
    simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
    assert not simulator.is_replay_done
    second = open_peer(simulator, "/ws/b@trade")
    assert first.next()["t"] == 1
    assert second.next()["t"] == 2


def test_it_can_be_started_by_hand(start: Any) -> None:
    simulator = start(replay=[trade(1)])
    simulator.start_replay()
    simulator.wait_for_replay(LIMIT)


def test_snapshots_are_the_recorded_ones(start: Any, open_peer: Any) -> None:
    simulator = start(replay=SEQUENCE)

    def snapshot_id() -> int:
        url = f"{simulator.rest_url}/api/v3/depth?symbol=X"
        with urllib.request.urlopen(url, timeout=LIMIT) as response:
            return int(json.load(response)["lastUpdateId"])

    assert snapshot_id() == 1
    open_peer(simulator, "/ws/x@depth")
    simulator.wait_for_replay(LIMIT)
    assert snapshot_id() == 2


def test_times_are_kept() -> None:
    assert [record.time for record in Recording(SEQUENCE).records] == [10.0, 10.1, 10.2, 10.3]


def test_nanoseconds_are_read_as_such() -> None:
    records = [{**record, "ts": int(record["ts"] * 1e9 + 1e18)} for record in SEQUENCE]
    times = [record.time or 0.0 for record in Recording(records).records]
    assert [round(time - times[0], 2) for time in times] == [0.0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_files_are_read(tmp_path: Path, suffix: str) -> None:
    text = "".join(f"{json.dumps(record)}\n" for record in SEQUENCE).encode()
    path = tmp_path / f"recorded{suffix}"
    path.write_bytes(gzip.compress(text) if suffix.endswith("gz") else text)
    recording = Recording(path)
    assert len(recording.records) == 4
    assert recording.streams == {"x@depth"}


def test_a_users_event_is_taken_out_of_its_envelope() -> None:
    raw = '{"subscriptionId":0,"event":{"e":"balanceUpdate"}}'
    (record,) = Recording([{"stream": "key", "wrapped": True, "raw": raw}]).records
    assert (record.stream, record.payload) == ("key", b'{"e":"balanceUpdate"}')


def test_records_of_no_stream_are_left_out_and_counted(start: Any) -> None:
    records = [
        {"stream": None, "wrapped": False, "raw": '{"e":"trade"}'},
        {"stream": None, "wrapped": True, "raw": '{"subscriptionId":0,"event":{}}'},
        {"ts": 1, "type": "rest", "symbol": "X", "raw": "[]"},
        trade(1),
    ]
    assert start(replay=records).replay_skipped == 3
