"""Exit statuses, and the one line that says why."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from binance_streams import (
    ConnectionLost,
    ParameterError,
    RecordingError,
    RequestError,
    RequestTimeout,
    UnknownStreamError,
)
from binance_streams_cli.main import COMMANDS, command_parser, main
from binance_streams_cli.status import status_of
from binance_streams_simulator import Simulator
from tests.cli.conftest import Run
from tests.project.paths import ROOT, run
from tests.support.limits import LIMIT, MS

UNREACHABLE = "ws://127.0.0.1:9"

# What is given, the exit status, and what the error must say.
WRONG: tuple[tuple[str, int, str], ...] = (
    ("wach btcusdt@trade", 2, "did you mean watch?"),
    ("watch", 2, "which streams?"),
    ("watch --output xml btcusdt@trade", 2, "choose from"),
    ("watch -n 0 btcusdt@trade", 2, "got '0'; allowed: a whole number from 1 on"),
    ("watch --for soon btcusdt@trade", 2, "got 'soon'; allowed: a time above 0"),
    ("watch --for nan btcusdt@trade", 2, "got 'nan'; allowed: a time above 0"),
    ("watch --for 0 btcusdt@trade", 2, "got '0'; allowed: a time above 0"),
    ("watch --fields prise btcusdt@trade", 2, "did you mean price?"),
    ("watch btcusdt@trade --field price", 2, "--field price; did you mean --fields"),
    ("watch --fields prise --output table btcusdt@trade", 2, "--output json and csv"),
    ("watch --fields price --output raw btcusdt@trade", 2, "--output json and csv"),
    ("serve --port 65536", 2, "--port: got '65536'; allowed: 1 to 65535"),
    ("watch --each btcusdt@trade", 2, "--each: needs a table and --for"),
    ("watch --server nowhere btcusdt@trade", 2, "'testnet'"),
    ("watch --server simulatr btcusdt@trade", 2, "did you mean simulator?"),
    ("watch --metrics here btcusdt@trade", 2, "argument --metrics: got 'here'; allowed: host:port"),
    ("watch btc/usdt@trade", 3, "'btc/usdt@trade'; names look like btcusdt@trade"),
    ("serve --upstream testnet --no-books --book-depth 9", 2, "not allowed with argument"),
    ("serve --upstream replay:rec", 2, "a recording is served by"),
    ("serve --replay no/such/folder", 1, "binance-streams serve: "),
    ("doctor replay:rec", 2, "binance-streams info says what is in a recording"),
    ("watch --market mars btcusdt@trade", 2, "--market: got 'mars'; allowed: spot, us"),
    ("watch --fill btcusdt@bookTicker", 2, "REST has no events of btcusdt@bookTicker"),
    ("watch --fill --output raw btcusdt@trade", 2, "--fill: what REST has is no message"),
    ("watch btcusdt@trad", 3, "did you mean btcusdt@trade"),
    ("watch BTCUSDT@TRADE", 3, "did you mean btcusdt@trade?"),
    ("watch btcusdt@kline_7m", 3, "got '7m'; allowed: '1s'"),
    ("watch BTCUSDT", 3, "binance-streams streams lists them"),
    (f"watch --server {UNREACHABLE} btcusdt@trade", 4, "refused"),
    ("book BTC/USDT", 2, "SYMBOL: got 'BTC/USDT'; allowed: a symbol"),
    ("book BTCUSDT --cost buy:0", 2, "allowed: buy or sell and a quantity above 0"),
    (f"book --server {UNREACHABLE} BTCUSDT", 4, "refused"),
    ("streams trad", 3, "did you mean trade"),
    ("info no/such/folder", 1, "no/such/folder"),
    ("relay --group eu --to redis://host", 2, "groups are kept by NATS"),
    ("relay --to nats://host btcusdt@trade --max-streams 5", 2, "give --group, too"),
    ("relay --to nats://host", 2, "which streams?"),
    ("group show btcusdt@trade --group eu --to nats://host", 2, "show changes nothing"),
    ("group add --group eu --to nats://host", 2, "add which streams? Name some"),
    ("group add btcusdt@trad --group eu --to nats://host", 3, "did you mean btcusdt@trade"),
    ("group show --group e.u --to nats://host", 2, "group: got 'e.u'"),
    ("group show --group readers --to nats://host", 2, "other than 'readers'"),
    (f"group add {'k' * 64} --group eu --to nats://host", 3, "is a listen key"),
    ("relay --to nats://host --snapshots 1m --no-snapshots", 2, "not allowed with argument"),
    (f"group show --group eu --to nats://u:p@{UNREACHABLE[5:]}", 4, "nats://127.0.0.1:9: "),
    ("completion", 2, "SHELL"),
    ("--fast", 2, "unrecognized arguments: --fast"),
)


@pytest.mark.parametrize(("given", "status", "error"), WRONG)
def test_what_is_wrong_is_one_line_and_a_status(
    command: Run, given: str, status: int, error: str
) -> None:
    ran = command(*given.split())
    assert (ran.status, ran.out) == (status, "")
    assert error in ran.err
    assert ran.err.startswith("binance-streams")
    assert len(ran.err.splitlines()) == 1


def test_silence_is_a_timeout(command: Run) -> None:
    with Simulator() as simulator:
        simulator.mute()
        ran = command("watch", "btcusdt@trade", "--timeout", "300ms", "--server", simulator.url)
    assert (ran.status, ran.out) == (124, "")
    assert ran.err == "binance-streams watch: no event for 0.3 s (--timeout)\n"


def test_a_gap_ends_it_only_if_asked_for(command: Run) -> None:
    """Without --fail-on-gap the gap is a line on standard error."""
    with Simulator() as simulator:
        given = ["watch", "btcusdt@trade", "--server", simulator.url]
        with _Repeatedly(lambda: simulator.skip_events("btcusdt@trade", 3)):
            ran = command(*given, "--fail-on-gap")
        assert ran.status == 5
        assert ran.err.endswith("binance-streams watch: events are missing (--fail-on-gap)\n")
        with (
            _Repeatedly(lambda: simulator.skip_events("btcusdt@trade", 3)),
            subprocess.Popen(
                [sys.executable, "-m", "binance_streams", *given],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stderr is not None
            line = process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=LIMIT)
    # It went on until it was told to end.
    assert process.returncode == 0
    # Two gaps in a row are one.
    assert re.fullmatch(r"binance-streams: btcusdt@trade: \d+ ids are missing .*\n", line)


def test_a_connection_that_is_not_opened_again_is_a_status(command: Run) -> None:
    """And one line, although the client logs it as well."""
    with Simulator() as simulator:
        given = ["watch", "btcusdt@trade", "--server", simulator.url, "--reconnect", "never"]
        with _Repeatedly(simulator.drop_connections):
            ran = command(*given)
    assert ran.status == 4
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RequestError(2, "Invalid request"), 3),
        (UnknownStreamError("btcusdt@trad", []), 3),
        (ParameterError("symbol", 1, "a text"), 2),
        (RequestTimeout("no answer"), 124),
        (ConnectionLost("closed"), 4),
        (RecordingError("the disk is full"), 1),
        (OSError(28, "No space left on device"), 1),
    ],
    ids=repr,
)
def test_errors_of_the_client_have_a_status(error: Exception, expected: int) -> None:
    assert status_of(error) == expected


@pytest.mark.parametrize(("redirected", "status"), [(">/dev/full", 1), (">&-", 0), ("2>&-", 0)])
def test_output_that_cannot_be_written_is_no_traceback(redirected: str, status: int) -> None:
    """A full disk is an error; what the shell has closed is not."""
    if "/dev/full" in redirected and not Path("/dev/full").exists():
        pytest.skip("a full disk: this system has no /dev/full")
    command = f'exec "$0" -m binance_streams streams {redirected}'
    done = run("sh", "-c", command, sys.executable)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert ("No space left on device" in done.stderr) == (status == 1)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_ends_it_quietly(server: str, number: signal.Signals, status: int) -> None:
    """All lines that were begun are whole."""
    with subprocess.Popen(
        [sys.executable, "-m", "binance_streams", "watch", "btcusdt@trade", "--server", server],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"stream":"btcusdt@trade"')
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (status, "")
    assert out == "" or out.endswith("}\n")


def test_a_broken_pipe_ends_it_quietly(server: str) -> None:
    """Whoever has seen enough, such as head, need not see an error."""
    with subprocess.Popen(
        [sys.executable, "-m", "binance_streams", "watch", "btcusdt@trade", "--server", server],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(LIMIT) == 0


def test_an_error_of_the_command_itself_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what users can fix is one line."""

    def broken(options: object) -> int:
        raise KeyError("oops")

    monkeypatch.setattr("binance_streams_cli.streams.run", broken)
    with pytest.raises(KeyError):
        main(["streams"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: binance-streams {name}")
    assert command_parser(name).description


class _Repeatedly:
    """Do something again and again while the command runs, as it must be connected before."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *given: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(300 * MS):
            self._act()
