"""Metrics and health of clients that are connected: from any thread, in the loop, and by HTTP."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from binance_streams import ParameterError, metrics
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, client_threads, in_time, wait_until
from tests.support.measured import Samples, read, value

NOWHERE = "ws://127.0.0.1:1"
"""A client of it connects to nothing as long as nothing is subscribed."""


def get(address: str, path: str, method: str = "GET") -> tuple[int, Any, str]:
    """The status, the headers and the body of an answer."""
    connection = http.client.HTTPConnection(address, timeout=LIMIT)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def _streams(samples: Samples) -> set[str]:
    """The streams that samples are of."""
    return {dict(labels)["stream"] for _, labels in samples if "stream" in dict(labels)}


def test_a_client_is_measured_from_another_thread(
    connect: Connect, shared_simulator: Simulator
) -> None:
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").get(timeout=LIMIT)
    samples = read(metrics.text(client))
    received = value(samples, "messages_total", stream_type="agg_trade")
    assert received is not None
    assert received >= 1
    assert value(samples, "connections", state="open") == 1
    assert value(samples, "health", status="ok") == 1
    assert client.health().status == "ok"


def test_a_client_is_measured_where_it_runs(
    connect: Connect, shared_simulator: Simulator, front_end: FrontEnd
) -> None:
    """In the event loop, which cannot turn meanwhile."""
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").wait(LIMIT)
    samples = read(front_end.do(lambda: metrics.text(client)))
    assert value(samples, "streams", state="confirmed") == 1


def test_an_event_loop_need_not_block(
    connect: Connect, shared_simulator: Simulator, front_end: FrontEnd
) -> None:
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").wait(LIMIT)
    if front_end.name == "sync":
        with pytest.raises(ParameterError, match="an AsyncClient"):
            in_time(lambda: metrics.async_text(client).send(None))
        return
    samples = read(front_end.do(lambda: metrics.async_text({"a": client}, per_stream=True)))
    assert value(samples, "streams", state="confirmed", client="a") == 1
    assert "btcusdt@aggTrade" in _streams(samples)


def test_a_client_is_measured_while_its_event_loop_is_blocked(
    connect: Connect, shared_simulator: Simulator, front_end: FrontEnd
) -> None:
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").wait(LIMIT)
    is_measured = threading.Event()
    blocker = threading.Thread(target=front_end.do, args=[lambda: is_measured.wait(LIMIT)])
    blocker.start()
    samples = read(in_time(lambda: metrics.text(client)))
    is_measured.set()
    blocker.join(LIMIT)
    assert value(samples, "streams", state="confirmed") == 1


def test_a_closed_client_keeps_its_totals(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").get(timeout=LIMIT)
    before = value(read(metrics.text(client)), "messages_total", stream_type="agg_trade")
    client.close()
    samples = read(metrics.text(client))
    after = value(samples, "messages_total", stream_type="agg_trade")
    assert before is not None
    assert after is not None
    assert after >= before
    assert value(samples, "health", status="down") == 1


def test_a_client_that_was_only_measured_leaves_nothing_behind(
    connect: Connect, shared_simulator: Simulator
) -> None:
    """One of asyncio was not used in its event loop before it is closed there."""
    samples = read(metrics.text(connect(shared_simulator.url)))
    assert value(samples, "streams", state="confirmed") == 0


def test_what_is_recorded_is_counted_over_all_recordings(
    connect: Connect, shared_simulator: Simulator, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    counts: list[float] = []
    for number in range(2):
        recording = client.record(tmp_path / str(number))
        client.agg_trade("btcusdt").get(timeout=LIMIT)
        assert value(read(metrics.text(client)), "recordings") == 1
        recording.close()
        client.unsubscribe("btcusdt@aggTrade")
        samples = read(metrics.text(client))
        assert value(samples, "record_lag_seconds") is None
        counts.append(value(samples, "record_lines_total") or 0.0)
    assert counts == sorted(counts)
    wait_until(lambda: value(read(metrics.text(client)), "record_lines_total"))
    assert value(samples, "record_lost_total") == 0


def test_a_replay_is_measured_in_its_own_time(
    connect: Connect, shared_simulator: Simulator, tmp_path: Path
) -> None:
    """However long ago it was recorded; a day here."""
    client = connect(shared_simulator.url)
    client.record(tmp_path)
    client.trade("btcusdt").get(timeout=LIMIT)
    client.close()
    day = 24 * 60 * 60
    replayed = connect(f"replay:{tmp_path}?speed=max", max_unread_bytes=1 << 30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda now=time.time: now() + day)
        trades = replayed.trade("btcusdt")
        trades.get(timeout=LIMIT)
        lag = value(read(metrics.text(replayed)), "lag_seconds", stream_type="trade")
        assert lag is not None
        assert abs(lag) < day / 2
        assert abs(trades.stats().lag or 0.0) < day / 2


def test_several_clients_have_names(connect: Connect, shared_simulator: Simulator) -> None:
    one, two = connect(shared_simulator.url), connect(shared_simulator.url)
    one.agg_trade("btcusdt").wait(LIMIT)
    samples = read(metrics.text({"one": one, 'the "other"': two}))
    assert value(samples, "streams", client="one", state="confirmed") == 1
    assert value(samples, "streams", client='the \\"other\\"', state="confirmed") == 0


@pytest.mark.parametrize("given", [None, "client", {}, {1: None}, {"a": "client"}])
def test_what_is_no_client_cannot_be_measured(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"clients: got .*; allowed: a Client or AsyncClient"):
        metrics.text(given)


# By HTTP


def test_metrics_and_health_are_served_until_the_client_is_closed(
    connect: Connect, shared_simulator: Simulator
) -> None:
    client = connect(shared_simulator.url)
    client.agg_trade("btcusdt").wait(LIMIT)
    server = metrics.serve_metrics(client, "127.0.0.1:0", per_stream=True)
    status, headers, body = get(server.address, "/metrics?x=1")
    assert (status, headers["Content-Type"]) == (200, metrics.CONTENT_TYPE)
    assert value(read(body), "streams", state="confirmed") == 1
    assert "btcusdt@aggTrade" in _streams(read(body))
    status, headers, body = get(server.address, "/health")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"status": "ok", "reasons": []}
    assert repr(server) == f"<MetricsServer http://{server.address}/metrics>"
    client.close()
    wait_until(lambda: not client_threads())
    with pytest.raises(ConnectionRefusedError):
        get(server.address, "/metrics")
    server.close()


def test_a_client_that_is_down_answers_503(connect: Connect, simulator: Simulator) -> None:
    one, two = connect(simulator.url), connect(simulator.url)
    two.agg_trade("btcusdt").wait(LIMIT)
    with metrics.serve_metrics({"one": one, "two": two}, 0) as server:
        two.close()
        status, _, body = get(server.address, "/health")
    assert status == 503
    assert json.loads(body) == {
        "status": "down",
        "clients": {
            "one": {"status": "ok", "reasons": []},
            "two": {"status": "down", "reasons": ["the client is closed"]},
        },
    }


def test_other_paths_and_methods_are_answered_too(connect: Connect) -> None:
    with metrics.serve_metrics(connect(NOWHERE), 0) as server:
        assert get(server.address, "/")[0] == 200
        assert get(server.address, "/other")[0] == 404
        assert get(server.address, "/metrics", "HEAD")[::2] == (200, "")
        assert get(server.address, "/metrics", "POST")[0] == 501


def test_an_address_that_is_taken_is_named(connect: Connect) -> None:
    client = connect(NOWHERE)
    with (
        metrics.serve_metrics(client, 0) as server,
        pytest.raises(OSError, match=f"metrics cannot be served at {server.address}: "),
    ):
        metrics.serve_metrics(client, server.address)


@pytest.mark.parametrize(
    "given", ["", "x", "localhost", "1.2.3.4:65536", ":-1", "a:b:1", "[::1", True, None, 1.5]
)
def test_an_address_that_is_none_is_rejected(connect: Connect, given: Any) -> None:
    client = connect(NOWHERE)
    with pytest.raises(ParameterError, match=r"address: got .*; allowed: host:port"):
        metrics.serve_metrics(client, given)


@pytest.mark.parametrize("given", [":0", "*:0", "0.0.0.0:0", "127.0.0.1:0", "0", 0])
def test_every_form_of_an_address_is_reachable_from_this_machine(
    connect: Connect, given: Any
) -> None:
    with metrics.serve_metrics(connect(NOWHERE), given) as server:
        port = server.address.rpartition(":")[2]
        assert get(f"127.0.0.1:{port}", "/health")[0] == 200


def test_slow_requests_hold_up_nobody_else_and_are_few(connect: Connect) -> None:
    with metrics.serve_metrics(connect(NOWHERE), 0) as server:
        host, port = server.address.rsplit(":", 1)
        slow = [socket.create_connection((host, int(port)), LIMIT) for _ in range(7)]
        for one in slow:
            one.sendall(b"GET /metrics")
        assert get(server.address, "/health")[0] == 200
        wait_until(lambda: _is_turned_away(host, int(port), slow))
        for one in slow:
            one.close()
        wait_until(lambda: _is_answered(server.address))


def _is_turned_away(host: str, port: int, slow: list[socket.socket]) -> bool:
    """Whether one more that says nothing is one too many."""
    one = socket.create_connection((host, port), LIMIT)
    slow.append(one)
    one.settimeout(0.05)
    try:
        return one.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def _is_answered(address: str) -> bool:
    time.sleep(0.01)
    try:
        return get(address, "/health")[0] == 200
    except (ConnectionError, http.client.HTTPException):
        return False
