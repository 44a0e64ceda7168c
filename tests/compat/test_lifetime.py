"""From the constructor to ``stop()``: what is connected when, and who is notified of what."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import ClientClosed, ConnectionLost, ParameterError
from binance_streams.compat import SpotWebsocketStreamClient
from binance_streams_runtime.client.log import flush_log
from binance_streams_simulator import Simulator
from tests.compat.conftest import Make, Recorder
from tests.support.frames import close_frame, frame, wrapped
from tests.support.limits import LIMIT, MARGIN, MS, client_threads, failure, in_time, wait_until
from tests.support.ports import free_ports
from tests.support.proxies import closed_port
from tests.support.raw_server import Peer, RawServer

STOP_LIMIT = 2.0
"""Seconds within which ``stop()`` returns, as documented."""


def test_constructor_returns_when_open(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    """And on_open has been called by then, with the client itself."""
    client = make(simulator.url, recorder)
    assert simulator.connections == 1
    assert recorder.names() == ["on_open"]
    assert recorder.clients == {client}
    assert client.is_alive()
    assert client.socket_manager is client


def test_trailing_slash_and_time_unit_are_fine(make: Make, recorder: Recorder) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.drain()

    with RawServer(handle) as server:
        for unit in (None, "millisecond", "MICROSECOND", "microsecond"):
            in_time(make(server.url + "/", time_unit=unit).stop)
    assert [peer.head.splitlines()[0] for peer in server.peers] == [
        b"GET /stream HTTP/1.1",
        b"GET /stream HTTP/1.1",
        b"GET /stream?timeUnit=MICROSECOND HTTP/1.1",
        b"GET /stream?timeUnit=MICROSECOND HTTP/1.1",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"stream_url": "ws://127.0.0.1:1/path"},
        {"stream_url": "nonsense"},
        {"time_unit": "hour"},
        {"timeout": "soon"},
        {"timeout": -1},
        {"on_message": "print"},
        {"on_pong": 7},
        {"proxies": ["http://127.0.0.1:1"]},
        {"proxies": {"http": "gopher://127.0.0.1:1"}},
        {"reconnect": "yes"},
    ],
)
def test_bad_argument_is_refused(options: dict[str, Any]) -> None:
    """Nothing is connected, and nothing is left."""
    # Clients of other tests may be ending yet.
    before = client_threads()
    with pytest.raises(ParameterError):
        SpotWebsocketStreamClient(**{"stream_url": "ws://127.0.0.1:9", **options})
    assert set(client_threads()) <= set(before)


def test_loss_is_followed_by_the_same_subscriptions(
    make: Make, recorder: Recorder, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes to the given logger, not to on_error; the messages go on."""
    logger = logging.getLogger("mine")
    client = make(simulator.url, recorder, logger=logger)
    client.subscribe(["btcusdt@trade", "ethusdt@trade"])
    client.book_ticker("bnbusdt")
    client.unsubscribe("ethusdt@trade")
    desired = [{"btcusdt@trade", "bnbusdt@bookTicker"}]
    wait_until(lambda: simulator.subscriptions == desired)
    simulator.drop_connections()
    wait_until(lambda: recorder.names() == ["on_open", "on_open"])
    wait_until(lambda: simulator.subscriptions == desired)
    count = len(recorder.texts)
    wait_until(lambda: len(recorder.texts) > count + 10)
    assert recorder.errors == []
    client.stop()
    flush_log(LIMIT)
    ended = [one for one in caplog.records if "connection 1 to" in one.getMessage()]
    assert [one.name for one in ended] == ["mine"]
    assert client.logger is logger


def test_loss_without_a_stream_is_followed_too(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    """A client that only waits, or whose streams were unsubscribed, stays connected."""
    client = make(simulator.url, recorder)
    simulator.close_connections(1001, "bye")
    wait_until(lambda: recorder.names() == ["on_open", "on_open"])
    client.trade("btcusdt", id=1)
    client.trade("btcusdt", id=2, action=client.ACTION_UNSUBSCRIBE)
    wait_until(lambda: '{"result":null,"id":2}' in recorder.texts)
    simulator.shutdown_notice()
    wait_until(lambda: simulator.connection_attempts == 3)
    simulator.drop_connections()
    wait_until(lambda: simulator.connections == 1 and simulator.connection_attempts >= 4)
    client.list_subscribe(id=3)
    wait_until(lambda: '{"result":[],"id":3}' in recorder.texts)


def test_on_open_may_subscribe(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """As programs do that made a client anew after each loss."""

    def on_open(client: SpotWebsocketStreamClient) -> None:
        client.agg_trade("btcusdt")
        client.socket_manager.send_message(
            '{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}'
        )
        opened.append(client)

    opened: list[object] = []
    make(simulator.url, recorder, on_open=on_open)
    desired = [{"btcusdt@aggTrade", "btcusdt@trade"}]
    wait_until(lambda: simulator.subscriptions == desired)
    simulator.drop_connections()
    wait_until(lambda: len(opened) == 2 and simulator.subscriptions == desired)


@pytest.mark.parametrize("error", [ValueError("mine"), SystemExit(3), ConnectionLost("mine")])
def test_error_of_a_callback_costs_nothing(
    make: Make, recorder: Recorder, simulator: Simulator, error: BaseException
) -> None:
    """It is logged and given to on_error, and the next message comes."""
    texts: list[str] = []

    def on_message(client: object, text: str) -> None:
        texts.append(text)
        raise error

    client = make(simulator.url, recorder, on_message=on_message)
    client.trade("btcusdt")
    wait_until(lambda: len(texts) > 5 and len(recorder.errors) > 5)
    assert set(recorder.errors) == {error}
    assert client.is_alive()


def test_error_of_on_error_costs_nothing(
    make: Make, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        texts.append(arguments[-1])
        raise ValueError("always")

    texts: list[object] = []
    client = make(simulator.url, on_message=fail, on_error=fail, on_open=fail)
    client.trade("btcusdt")
    wait_until(lambda: len([text for text in texts if isinstance(text, str)]) > 3)
    client.stop()
    flush_log(LIMIT)
    assert "on_error raised ValueError('always')" in caplog.text


def test_stop_ends_it_once(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """on_close is called once, whoever stops and how often."""
    client = make(simulator.url, recorder)
    client.trade("btcusdt")
    threads = [threading.Thread(target=client.stop) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    in_time(client.stop)
    in_time(client.close)
    in_time(client.join)
    assert not client.is_alive()
    assert recorder.names() == ["on_open", "on_close"]
    assert recorder.errors == []
    simulator.wait_for(lambda: simulator.connections == 0)
    wait_until(lambda: not client_threads())
    for call in (client.ping, client.list_subscribe, lambda: client.trade("btcusdt")):
        assert isinstance(failure(call), ClientClosed)


def test_stop_in_a_callback_ends_it(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    """The old one could not wait for itself."""

    def on_message(client: SpotWebsocketStreamClient, text: str) -> None:
        texts.append(text)
        client.stop()

    texts: list[str] = []
    client = make(simulator.url, recorder, on_message=on_message)
    client.trade("btcusdt")
    in_time(client.join)
    assert len(texts) == 1
    assert recorder.names() == ["on_open", "on_close"]


def test_stop_in_on_open_ends_it(make: Make, recorder: Recorder, simulator: Simulator) -> None:
    client = make(simulator.url, recorder, on_open=lambda client: client.stop())
    in_time(client.join)
    assert recorder.names() == ["on_close"]


def test_join_in_a_callback_is_refused(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    client = make(simulator.url, recorder, on_open=lambda client: client.join())
    assert [type(error) for error in recorder.errors] == [RuntimeError]
    client.join(10 * MS)
    assert client.is_alive()


@pytest.mark.parametrize("name", ["on_message", "on_close"])
def test_stop_returns_whatever_a_callback_does(
    make: Make, recorder: Recorder, simulator: Simulator, name: str
) -> None:
    """Within two seconds, even if a callback never returns."""
    blocked, release = threading.Event(), threading.Event()

    def block(*arguments: object) -> None:
        blocked.set()
        release.wait()

    client = make(simulator.url, recorder, **{name: block})
    client.trade("btcusdt")
    if name == "on_message":
        assert blocked.wait(LIMIT)
    begun = time.monotonic()
    in_time(client.stop)
    assert time.monotonic() - begun < STOP_LIMIT + MARGIN
    # It has returned although the thread that calls on_close may be late.
    assert blocked.wait(LIMIT)
    release.set()


def test_with_block_stops(recorder: Recorder, simulator: Simulator) -> None:
    with SpotWebsocketStreamClient(simulator.url, **recorder.callbacks()) as client:
        assert client.is_alive()
    in_time(client.join)
    assert not client.is_alive()
    assert recorder.names() == ["on_open", "on_close"]


def test_first_attempt_that_fails_is_reported_and_tried_again(
    make: Make, recorder: Recorder
) -> None:
    """The constructor returns, and what is asked for comes once the server is there."""
    (port,) = free_ports(1)
    client = make(f"ws://127.0.0.1:{port}", recorder)
    client.trade("btcusdt", id=1)
    assert [type(error) for error in recorder.errors] == [ConnectionLost]
    assert recorder.calls == []
    with Simulator(port=port) as simulator:
        wait_until(lambda: simulator.subscriptions == [{"btcusdt@trade"}])
        wait_until(lambda: recorder.names() == ["on_open"])
        assert len(recorder.errors) == 1
        in_time(client.stop)


def test_slow_server_is_waited_for_until_the_time_is_over(make: Make, recorder: Recorder) -> None:
    with RawServer(Peer.hold) as server:
        begun = time.monotonic()
        client = make(server.url, recorder, timeout=200 * MS)
        assert time.monotonic() - begun > 150 * MS
        # The constructor has waited for it, but not for long.
        wait_until(lambda: recorder.errors)
        assert [type(error) for error in recorder.errors] == [ConnectionLost]
        assert client.is_alive()
        in_time(client.stop)


# Where the old ending is asked for.


def test_first_attempt_that_fails_raises(recorder: Recorder) -> None:
    """As the old one did; no callback is called, nothing is left."""
    nowhere = f"ws://127.0.0.1:{closed_port()}"
    with pytest.raises(ConnectionLost, match="ConnectionRefusedError"):
        SpotWebsocketStreamClient(nowhere, reconnect=False, **recorder.callbacks())
    with RawServer(Peer.hold) as server, pytest.raises(ConnectionLost, match="not open"):
        SpotWebsocketStreamClient(
            server.url, reconnect=False, timeout=200 * MS, **recorder.callbacks()
        )
    assert recorder.calls == []
    assert recorder.errors == []
    wait_until(lambda: not client_threads())


@pytest.mark.parametrize("subscribes", [True, False])
@pytest.mark.parametrize(
    ("end", "called", "errors"),
    [
        (lambda peer: peer.send(close_frame(1001, "bye")), ["on_open", "on_close"], 0),
        (lambda peer: peer.send(frame(b"", 8)), ["on_open", "on_close"], 0),
        (Peer.leave, ["on_open"], 1),
        (Peer.reset, ["on_open"], 1),
        (lambda peer: peer.send(frame("x", reserved=1)), ["on_open"], 1),
    ],
)
def test_end_of_the_connection_is_the_end(
    make: Make,
    recorder: Recorder,
    end: Callable[[Peer], None],
    called: list[str],
    errors: int,
    subscribes: bool,
) -> None:
    """A close frame goes to on_close, any other loss to on_error, after the last message."""

    def handle(peer: Peer) -> None:
        peer.shake()
        if subscribes:
            peer.confirm()
        else:
            assert goes_on.wait(LIMIT)
        peer.send(frame(wrapped("btcusdt@trade", "1")) + frame(wrapped("btcusdt@trade", "2")))
        end(peer)

    goes_on = threading.Event()
    with RawServer(handle) as server:
        client = make(server.url, recorder, reconnect=False)
        if subscribes:
            client.trade("btcusdt")
        goes_on.set()
        in_time(client.join)
        assert len(server.peers) == 1
    # A reset throws away what had not been read yet.
    if end is not Peer.reset:
        assert recorder.texts[-2:] == ["1", "2"]
    assert recorder.names() == called
    assert [type(error) for error in recorder.errors] == [ConnectionLost] * errors
    assert isinstance(failure(client.ping), ClientClosed)
    in_time(client.stop)
    assert recorder.names() == called
    wait_until(lambda: not client_threads())


PROGRAM = """
import sys
from binance_streams.compat import SpotWebsocketStreamClient

def on_message(client, text):
    print("got", flush=True)
    if len(seen := globals().setdefault("seen", [])) > 3:
        client.stop()
    seen.append(text)

SpotWebsocketStreamClient(sys.argv[1], on_message=on_message).trade("btcusdt")
"""


def test_program_goes_on_behind_its_last_line(simulator: Simulator) -> None:
    """As with the old client's thread, it ends when the client does."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, simulator.url],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
    )
    assert done.stdout == "got\n" * 5
