"""Programs of callbacks: what ``run_forever`` waits for, and what ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

import pytest

from binance_streams import ClientClosed, ConnectionLost, RequestError
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving

Program = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def program() -> Iterator[Program]:
    """Run a text as a program with these arguments."""
    with contextlib.ExitStack() as stack:

        def run(text: str, *arguments: str) -> subprocess.Popen[str]:
            started = subprocess.Popen(
                [sys.executable, "-c", dedent(text), *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(started)
            stack.callback(started.kill)
            return started

        yield run


def test_close_ends_it(connect: Connect) -> None:
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        seen: list[object] = []
        client.trade("BTCUSDT", on_event=seen.append)
        running = threading.Thread(target=client.run_forever)
        running.start()
        wait_until(lambda: len(seen) == 3 and client._engine._running._waiting)
        client.close()
        running.join(LIMIT)
        assert not running.is_alive()


def test_a_callback_may_close(connect: Connect) -> None:
    with RawServer(serving(1, 3)) as server:
        client = connect(server.url)
        client.trade("BTCUSDT", on_event=lambda event: client.close())
        in_time(client.run_forever)


def test_a_callback_may_close_before_it_begins(connect: Connect) -> None:
    """The program can do nothing about that."""
    with RawServer(serving(1, 1)) as server:
        client = connect(server.url)
        client.trade("BTCUSDT", on_event=lambda event: client.close())
        wait_until(lambda: client._engine.is_closed)
        in_time(client.run_forever)


def test_after_close_it_raises(connect: Connect) -> None:
    client = connect("ws://127.0.0.1:1")
    client.close()
    assert isinstance(failure(client.run_forever), ClientClosed)


@pytest.mark.sync_only("a callback in an event loop cannot wait for it, unless it is a coroutine")
def test_in_a_callback_it_raises(connect: Connect) -> None:
    """It would wait for itself."""
    errors: list[BaseException] = []

    def callback(event: object) -> None:
        try:
            client.run_forever()
        except RuntimeError as error:
            errors.append(error)

    with RawServer(serving(1, 1)) as server:
        client = connect(server.url)
        client.trade("BTCUSDT", on_event=callback)
        wait_until(lambda: errors)


def test_the_loss_of_all_streams_ends_it(connect: Connect) -> None:
    """Nothing would ever come any more."""
    errors: list[BaseException] = []
    with RawServer(serving(1, 3, then=Peer.leave)) as server:
        client = connect(server.url, reconnect=False, on_error=errors.append)
        client.trade("BTCUSDT", on_event=lambda event: None)
        error = failure(client.run_forever)
    assert isinstance(error, ConnectionLost)
    assert errors == [error]


def test_the_loss_of_all_streams_of_the_clients_callback_ends_it(connect: Connect) -> None:
    """Which is reported once for all of them."""

    def serve(peer: Peer) -> None:
        peer.shake()
        names: list[str] = []
        while len(names) < 3:
            names += peer.confirm()["params"]
        peer.leave()

    with RawServer(serve) as server:
        client = connect(server.url, reconnect=False, on_event=lambda message: None)
        client.trade("BTCUSDT")
        client.trade("ETHUSDT")
        client.trade("BNBUSDT")
        assert isinstance(failure(client.run_forever), ConnectionLost)


def test_a_refused_stream_ends_it_if_there_is_no_other(connect: Connect) -> None:
    """Also before it is called; another stream is a new start."""
    errors: list[BaseException] = []

    def refuse(peer: Peer) -> None:
        peer.shake()
        id = peer.read_request()["id"]
        peer.send(frame(f'{{"code":2,"msg":"no","id":{id}}}'))
        peer.confirm()
        peer.drain()

    with RawServer(refuse) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=lambda event: None)
        wait_until(lambda: errors)
        assert isinstance(failure(client.run_forever), RequestError)
        client.trade("ETHUSDT", on_event=lambda event: None).wait(LIMIT)
        running = threading.Thread(target=client.run_forever)
        running.start()
        wait_until(lambda: client._engine._running._waiting)
        client.close()
        running.join(LIMIT)
        assert not running.is_alive()


CALLBACKS = """
    import sys
    from binance_streams import Client

    with Client(sys.argv[1]) as client:
        client.trade("btcusdt", on_event=lambda trade: print(trade.trade_id, flush=True))
        client.run_forever()
        print("over", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to one process")
def test_ctrl_c_ends_a_program_quietly(program: Program, simulator: Simulator) -> None:
    # It prints as soon as its main thread waits for Ctrl-C.
    waits = "lambda trade: client._engine._running._waiting and print("
    running = program(CALLBACKS.replace("lambda trade: print(", waits), simulator.url)
    assert running.stdout is not None
    assert running.stdout.readline()
    running.send_signal(signal.SIGINT)
    output, errors = running.communicate(timeout=LIMIT)
    assert output.endswith("over\n")
    assert (running.returncode, errors) == (0, "")


UNBUFFERED = CALLBACKS.replace(", flush=True", "").replace(
    "import sys", "import sys; sys.stdout.reconfigure(write_through=True)"
)
COMPAT = """
    import sys
    from binance_streams.compat import SpotWebsocketStreamClient

    client = SpotWebsocketStreamClient(
        sys.argv[1], on_message=lambda client, text: print(text, flush=True)
    )
    client.trade("btcusdt")
"""
ON_NOTICE = """
    import sys
    from binance_streams import Client

    def show(notice):
        print(notice, flush=True)

    with Client(sys.argv[1], on_notice=show) as client:
        client.trade("btcusdt", on_event=show)
        client.run_forever()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    "text",
    [CALLBACKS, UNBUFFERED, ON_NOTICE, COMPAT],
    ids=["on_event", "unbuffered", "on_notice", "compat"],
)
def test_a_program_whose_output_nobody_reads_ends(
    program: Program, simulator: Simulator, text: str
) -> None:
    """As behind ``| head``, with one traceback, as any program that prints."""
    running = program(text, simulator.url)
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline()
    running.stdout.close()
    errors = running.stderr.read()
    running.wait(LIMIT)
    assert errors.count("Traceback (most recent call last)") <= 2
    assert "BrokenPipeError" in errors
    assert len(errors.splitlines()) < 60


def test_a_callback_that_breaks_a_pipe_of_its_own_ends_nothing(connect: Connect) -> None:
    """Standard output is read as ever."""
    errors: list[BaseException] = []

    def callback(event: object) -> None:
        ours, theirs = os.pipe()
        os.close(ours)
        try:
            os.write(theirs, b"x")
        finally:
            os.close(theirs)

    with RawServer(serving(1, 10)) as server:
        client = connect(server.url, on_error=errors.append)
        client.trade("BTCUSDT", on_event=callback)
        running = threading.Thread(target=client.run_forever)
        running.start()
        wait_until(lambda: len(errors) == 10)
        assert all(isinstance(error, BrokenPipeError) for error in errors)
        assert running.is_alive()
        client.close()
        running.join(LIMIT)


FORGOTTEN = """
    import gc, sys, warnings
    from binance_streams import Client

    warnings.simplefilter("always")

    def use(url):
        client = Client(url)
        client.trade("btcusdt").get(30)
        if sys.argv[2] == "exit":
            return client

    kept = use(sys.argv[1])
    gc.collect()
    print("goes on", flush=True)
"""


@pytest.mark.parametrize("when", ["collected", "exit"])
def test_a_forgotten_client_gives_a_resource_warning(
    program: Program, simulator: Simulator, when: str
) -> None:
    """And holds up nothing."""
    running = program(FORGOTTEN, simulator.url, when)
    output, errors = running.communicate(timeout=LIMIT)
    assert (running.returncode, output) == (0, "goes on\n")
    url = f"{simulator.url}/stream"
    assert f"ResourceWarning: unclosed client of {url}: use it in a with" in errors
    assert errors.count("ResourceWarning:") == 1


def test_a_client_that_was_never_used_or_was_closed_gives_no_warning(
    program: Program, simulator: Simulator
) -> None:
    text = """
        import sys, warnings
        from binance_streams import Client

        warnings.simplefilter("error")
        Client(sys.argv[1])
        client = Client(sys.argv[1])
        client.trade("btcusdt").get(30)
        client.close()
        del client
    """
    running = program(text, simulator.url)
    output, errors = running.communicate(timeout=LIMIT)
    assert (running.returncode, output, errors) == (0, "", "")


def test_a_subscription_outlives_its_client(client_class: Any, simulator: Simulator) -> None:
    """Whoever keeps only the subscription is warned, and gets its events."""
    with pytest.warns(ResourceWarning, match="unclosed client"):
        events: Any = client_class(simulator.url).trade("BTCUSDT")
    try:
        assert in_time(lambda: events.get(LIMIT)).symbol == "BTCUSDT"
    finally:
        events._owner.close()
