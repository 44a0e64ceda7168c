"""``binance-streams relay``: what it stores and says, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from binance_streams_cli import collecting
from binance_streams_cli.main import main
from binance_streams_simulator import Simulator
from binance_streams_sinks.collecting.collector import Collector
from tests.project.paths import ROOT
from tests.support.limits import LIMIT, MS
from tests.support.nats_server import NatsServer

TRADES = "btcusdt@trade"
SECRET = "sEcr3tWord"
LIMITED = ("--for", f"{LIMIT}s")


def relay(simulator: Simulator, url: str, *options: str) -> int:
    """Run the command in this process; return its exit status."""
    return main(["relay", "--to", url, "--server", simulator.url, *options])


@contextmanager
def ended_when(
    condition: Callable[[], object], number: signal.Signals = signal.SIGTERM
) -> Iterator[None]:
    """End a command of this process by a signal as soon as the condition is true."""
    is_over = threading.Event()

    def end() -> None:
        while not condition():
            if is_over.wait(MS):
                return
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_streams_are_stored_until_the_time_is_over(
    simulator: Simulator, nats_server: NatsServer, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--prefix", "p", "--name", "tokyo", "--for", "300ms", "--metrics", "0")
    assert relay(simulator, nats_server.url, TRADES, "ethusdt@trade", *options) == 0
    out, err = capfd.readouterr()
    first, *_, last = err.splitlines()
    assert out == ""
    assert first == f"binance-streams: tokyo: 2 streams to {nats_server.url}, subjects p.…"
    found = re.fullmatch(r"binance-streams: stored ([0-9,]+) messages? \(.*, 0 not stored", last)
    assert found is not None, last
    assert int(found[1]) == len(nats_server.messages("p.>"))
    assert {one.subject for one in nats_server.messages("p.trade.>")} <= {
        *("p.trade.BTCUSDT", "p.trade.ETHUSDT"),
    }
    assert nats_server.messages("p._notice.tokyo")


def test_every_stream_of_a_symbol_but_no_account(nats_server: NatsServer) -> None:
    def keys() -> set[str]:
        return {one.subject.split(".")[2] for one in nats_server.messages("binance.>")}

    options = ("--server", "simulator", "--all", "BTCUSDT", "--notices", "none", *LIMITED)
    with ended_when(lambda: {"trade", "diff_book_depth", "_notice"} <= keys()):
        assert main(["relay", "--to", nats_server.url, *options]) == 0
    assert {"trade", "diff_book_depth", "_notice"} <= keys()
    assert "user_data" not in keys()
    prefixes = {one.subject.rsplit(".trade")[0] for one in nats_server.messages("*.*.trade.>")}
    assert prefixes == {"binance.spot_simulator"}


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_stores_what_waits(
    simulator: Simulator, nats_server: NatsServer, number: signal.Signals, status: int
) -> None:
    given = ["relay", "--to", nats_server.url, "--server", simulator.url, TRADES]
    with subprocess.Popen(
        [sys.executable, "-m", "binance_streams", *given, "--prefix", "p"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "1 stream to nats://" in process.stderr.readline()
        end = time.monotonic() + LIMIT
        while not nats_server.messages("p.trade.>") and time.monotonic() < end:
            pass
        process.send_signal(number)
        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == status
    assert err.endswith(" 0 not stored\n")
    kinds = [one.data.split(b'"')[3] for one in nats_server.messages("p._notice.>")]
    assert kinds[-1] == b"closed"


def test_what_is_not_stored_is_a_status(
    simulator: Simulator, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts it again must know. Nothing that is printed has the password."""
    url = f"nats://me:{SECRET}@127.0.0.1:9"
    running: list[Collector] = []

    class Noted(Collector):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            running.append(self)

    monkeypatch.setattr(collecting, "Collector", Noted)

    def is_down() -> bool:
        # In another thread than it runs in, so without its other counts.
        return any(one._received and one._publisher.state == "down" for one in running)

    with ended_when(is_down, signal.SIGINT):
        status = relay(simulator, url, TRADES, "--close-timeout", "100ms", *LIMITED)
    err = capfd.readouterr().err
    assert status == 1
    assert re.search(r"relay: [0-9,]+ messages could not be stored: nats://127.0.0.1:9: .+\n$", err)
    assert re.search(r"stores [0-9,]+ messages?, for at most 0.1 s; Ctrl-C again drops", err)
    assert "btcusdt@trade:" in err
    assert "nats://127.0.0.1:9" in err
    assert SECRET not in err


def test_a_second_ctrl_c_ends_at_once(simulator: Simulator) -> None:
    """The first one says so; without that, it would seem to hang if the log is gone."""
    command = [sys.executable, "-m", "binance_streams", "relay", "--to", "nats://127.0.0.1:9"]
    command += ["--group", "eu", "--server", simulator.url, "--close-timeout", "1h"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        next(line for line in lines if line.startswith("binance-streams: group: nats://"))
        process.send_signal(signal.SIGINT)
        next(line for line in lines if line.endswith("; Ctrl-C again ends at once\n"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_refused_password_is_a_status(
    simulator: Simulator, tmp_path: object, capfd: pytest.CaptureFixture[str]
) -> None:
    with NatsServer(tmp_path, settings="authorization { token: right }") as server:  # type: ignore[arg-type]
        host = server.url.rpartition("//")[2].rpartition("@")[2]
        status = relay(simulator, f"nats://{SECRET}@{host}", TRADES)
    err = capfd.readouterr().err
    assert status == 4
    reason = "the server refused the credentials: Authorization Violation"
    assert err.endswith(f"relay: nats://{host}: {reason}\n"), err
    assert SECRET not in err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--to", "nats://h", "btcusdt@nothing"], 3),
        (["--to", "nats://h"], 2),
        (["--to", f"amqp://a:{SECRET}@h", TRADES], 2),
        (["--to", "nats://h", TRADES, "--name", "a b"], 2),
        (["--to", "nats://h", TRADES, "--prefix", "*"], 2),
        (["--to", "nats://h", TRADES, "--replicas", "9"], 2),
        (["--to", "nats://h", TRADES, "--metrics", "nowhere:x"], 2),
        (["--to", "nats://h", TRADES, "--snapshot-depth", "99999"], 2),
        (["--to", "nats://h", "a" * 60], 2),
        ([TRADES], 2),
    ],
)
def test_mistakes_are_a_line(
    arguments: list[str], status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["relay", *arguments]) == status
    err = capfd.readouterr().err
    assert len(err.splitlines()) == 1
    assert SECRET not in err
    assert "a" * 60 not in err
