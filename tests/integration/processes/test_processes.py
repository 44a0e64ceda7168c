"""The end of the interpreter, Ctrl-C, fork, and clocks that jump."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from binance_streams import Disconnected
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices

needs_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="no signal can be sent to one process"
)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no process")

START = """
import os, sys, threading, time
from binance_streams import Client, ClientClosed
LIMIT = float(sys.argv[2])
client = Client(sys.argv[1], request_timeout=LIMIT)
subscription = client.trade("BTCUSDT")
"""


def run(script: str, url: str) -> subprocess.CompletedProcess[str]:
    """What the script did; TimeoutExpired if it hangs."""
    command = [sys.executable, "-W", "ignore", "-c", START + script, url, str(LIMIT)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("subscription.get(LIMIT)", id="receiving"),
        pytest.param(
            "done = threading.Event()\n"
            "client.agg_trade('BTCUSDT', on_event=lambda _: done.set() or time.sleep(600))\n"
            "done.wait(LIMIT)",
            id="in-a-callback",
        ),
        pytest.param(
            "threading.Thread(target=lambda: list(subscription), daemon=True).start()\n"
            "client.trade('ETHUSDT').get(LIMIT)",
            id="iterated-in-a-thread",
        ),
        pytest.param("subscription.get(LIMIT); sys.exit(3)", id="sys-exit"),
        pytest.param("subscription.get(LIMIT); raise ValueError", id="an-error"),
        pytest.param("client.close()", id="closed"),
    ],
)
def test_the_interpreter_ends(simulator: Simulator, script: str) -> None:
    """Without close(), and without a word about it."""
    ended = run(script + "\n", simulator.url)
    last = script.partition("; ")[2]
    assert ended.returncode == {"sys.exit(3)": 3, "raise ValueError": 1}.get(last, 0)
    if ended.returncode != 1:
        assert ended.stderr == ""


def test_the_interpreter_ends_while_connecting() -> None:
    command = [sys.executable, "-W", "ignore", "-c", START + "input()\n"]
    with (
        RawServer(Peer.hold) as server,
        subprocess.Popen(
            [*command, server.url, str(LIMIT)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            wait_until(lambda: server.peers)
            _, errors = process.communicate("now it may end\n", timeout=LIMIT)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, "")


@needs_signals
@pytest.mark.parametrize(
    "work",
    [
        "for event in subscription: started()",
        "for message in client: started()",
        "started(); subscription.get()\n    while True: subscription.get()",
        # In steps: a signal that arrives while the thread waits for the interpreter's lock, right
        # before a call that blocks, is handled only after that call (CPython 3.11).
        "started(); client.trade('ETHUSDT', on_event=lambda _: None)\n"
        "    while True: time.sleep(0.1)",
    ],
)
def test_ctrl_c(simulator: Simulator, work: str) -> None:
    """It gets through to whoever waits, and the ``with`` closes the client."""
    script = f"""{START}
begun = []
def started():
    if not begun:
        begun.append(print("started", flush=True))
with client:
    {work}
"""
    command = [sys.executable, "-c", script, simulator.url, str(LIMIT)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert in_time(process.stdout.readline) == "started\n"
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
    assert process.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")
    wait_until(lambda: simulator.connections == 0)


CHILD = """
subscription.get(LIMIT)
read, write = os.pipe()
child = os.fork()
if child == 0:
    os.close(read)
    try:
        {call}
        outcome = "nothing was raised"
    except ClientClosed:
        outcome = "ClientClosed"
    except BaseException as error:
        outcome = repr(error)
    os.write(write, outcome.encode())
    sys.exit(0)
os.close(write)
deadline = time.monotonic() + LIMIT
while os.waitpid(child, os.WNOHANG) == (0, 0):
    if time.monotonic() > deadline:
        os.kill(child, 9)
        sys.exit("the child hangs")
    time.sleep(0.005)
print(os.read(read, 1000).decode())
before = subscription.stats().messages
while subscription.stats().messages == before:
    time.sleep(0.005)
subscription.get(LIMIT)
print(client.stats().reconnects)
client.close()
"""


@needs_fork
@pytest.mark.parametrize(
    "call",
    [
        "for event in subscription: pass",
        "for message in client: pass",
        "subscription.get()",
        "subscription.get(5)",
        "next(subscription.with_notices())",
        "client.trade('ETHUSDT')",
        "client.list_subscriptions()",
    ],
)
def test_a_forked_child_is_refused(simulator: Simulator, call: str) -> None:
    """At once, however much waits to be read; and the parent's stream goes on untouched."""
    ended = run(CHILD.format(call=call), simulator.url)
    assert (ended.stderr, ended.stdout) == ("", "ClientClosed\n0\n")
    assert simulator.connection_attempts == 1


@needs_fork
@pytest.mark.parametrize("call", ["pass", "client.close()", "client.close(); client.close()"])
def test_a_forked_child_ends_and_costs_the_parent_nothing(simulator: Simulator, call: str) -> None:
    ended = run(CHILD.format(call=call), simulator.url)
    assert (ended.stderr, ended.stdout) == ("", "nothing was raised\n0\n")
    assert simulator.connection_attempts == 1


@needs_fork
def test_a_forked_child_may_have_a_client_of_its_own(simulator: Simulator) -> None:
    own = "with Client(sys.argv[1]) as own: own.trade('ETHUSDT').get(LIMIT)"
    ended = run(CHILD.format(call=own), simulator.url)
    assert (ended.stderr, ended.stdout) == ("", "nothing was raised\n0\n")
    assert simulator.connection_attempts == 2


FAKETIME = Path("/usr/lib")
DAY = 24 * 60 * 60


@pytest.mark.parametrize("step", [DAY, -DAY])
def test_the_wall_clock_steps(
    connect: Connect, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    """Nothing happens: no timeout, no replacement, no wait that is longer or shorter."""
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    subscription = client.trade("BTCUSDT", max_idle=DAY / 2)
    subscription.get(LIMIT)
    plain, plain_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: plain() + step)
    monkeypatch.setattr(time, "time_ns", lambda: plain_ns() + int(step * 1e9))
    before = subscription.stats().messages
    wait_until(lambda: subscription.stats().messages > before + 20)
    in_time(client.list_subscriptions)
    simulator.drop_connections()
    (lost,) = notices.wait_for(Disconnected)
    assert lost.retry_in == 0.0
    # The subscription is told a moment after the notice that it waits.
    wait_until(lambda: client.stats().reconnects == 1)
    in_time(lambda: subscription.wait(LIMIT))
    since = client.stats().streams["btcusdt@trade"].seconds_since_last
    assert since is not None
    assert 0 <= since < LIMIT
    assert simulator.connection_attempts == 2
    in_time(client.close)


# Not time.sleep(): faketime 0.9.10 breaks its absolute monotonic deadline.
STEPPED = """
import select
before = time.time()
subscription.get(LIMIT)
with open(os.environ["FAKETIME_TIMESTAMP_FILE"], "w") as file:
    file.write(sys.argv[3])
while abs(time.time() - before) < 80000:
    select.select([], [], [], 0.005)
messages = subscription.stats().messages
while subscription.stats().messages < messages + 20:
    select.select([], [], [], 0.005)
client.list_subscriptions()
print(client.stats().reconnects)
client.close()
"""


@pytest.mark.parametrize("step", ["+24h", "-24h"])
def test_the_clock_of_the_whole_process_steps(
    simulator: Simulator, tmp_path: Path, step: str
) -> None:
    """As a correction by NTP, or by hand, would do it: all but the monotonic clock."""
    libraries = sorted(FAKETIME.glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("THE CLOCK OF A WHOLE PROCESS IS NOT STEPPED: faketime is not installed")
    clock = tmp_path / "clock"
    clock.write_text("+0")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-W", "ignore", "-c", START + STEPPED]
    ended = subprocess.run(
        [*command, simulator.url, str(LIMIT), step],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        env=environment,
    )
    assert (ended.stderr, ended.stdout) == ("", "0\n")
    assert simulator.connection_attempts == 1
