"""What is printed of events: golden files of documented messages, and exact counts.

To write the files anew: ``python -m tests.cli.golden``.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from binance_streams import decode
from binance_streams._examples import EXAMPLES
from binance_streams_cli.lines import LineWriter, harmless, printable
from binance_streams_cli.main import command_parser
from binance_streams_simulator import Simulator
from tests.cli.conftest import Run
from tests.cli.golden import FILES, printed_examples
from tests.project.paths import ROOT
from tests.support.frames import trade, wrapped
from tests.support.limits import LIMIT

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", FILES)
def test_outputs_are_those_of_the_golden_files(name: str) -> None:
    """Documented messages of all kinds, as JSON lines and as CSV."""
    assert printed_examples(name) == (GOLDEN / name).read_text(encoding="utf-8")


def test_json_lines_hold_every_field_of_the_event() -> None:
    """So the golden file says what the library delivers."""
    for line in (GOLDEN / "events.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row["stream"]
        assert len(row) > 1


def test_a_count_is_exact() -> None:
    """In a pipe, for events and for those in lists."""
    names = ("!miniTicker@arr", "btcusdt@trade")
    tickers = EXAMPLES["all_mini_tickers"][0].payload
    assert len(json.loads(tickers)) == 2
    texts = [text for id in range(20) for text in (tickers, trade(id))]
    records = [
        {"raw": wrapped(name, text)}
        for name, text in zip(itertools.cycle(names), texts, strict=False)
    ]
    with Simulator(replay=records, replay_after=names) as simulator:
        # It ends within a list.
        given = ["watch", *names, "-n", "31", "--server", simulator.url]
        process = subprocess.run(
            [sys.executable, "-m", "binance_streams", *given],
            cwd=ROOT, capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
    assert (process.returncode, process.stderr) == (0, "")
    shown = [json.loads(line)["stream"] for line in process.stdout.splitlines()]
    assert shown == [*([names[0]] * 2 + [names[1]]) * 10, names[0]]


@pytest.mark.parametrize(("numbers", "kind"), [("str", str), ("decimal", str), ("float", float)])
def test_numbers_are_texts_or_numbers(
    command: Run, server: str, numbers: str, kind: type[Any]
) -> None:
    ran = command(
        *("watch", "btcusdt@kline_1s", "-n", "1", "--fields", "symbol,close,kline.is_closed"),
        *("--numbers", numbers, "--server", server),
    )
    (line,) = ran.out.splitlines()
    row = json.loads(line)
    assert list(row) == ["symbol", "close", "kline.is_closed"]
    assert type(row["close"]) is kind
    assert Decimal(row["close"]) > 0


def test_raw_messages_are_those_of_the_server(command: Run, server: str) -> None:
    """In the envelope of combined streams; listen keys are not shown."""
    given = ("watch", "btcusdt@trade", "--output", "raw", "-n", "3", "--server", server)
    lines = command(*given).out.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith('{"stream":"btcusdt@trade","data":{"e":"trade"')
        assert decode(line, "btcusdt@trade").symbol == "BTCUSDT"
    ran = command("watch", "A" * 64, "--output", "raw", "--server", server)
    assert (ran.status, "A" * 64 in ran.err) == (2, False)


def test_csv_has_a_header_and_fields_in_their_order(command: Run, server: str) -> None:
    """A field that an event lacks is empty."""
    ran = command(
        *("watch", "btcusdt@trade", "btcusdt@bookTicker", "-n", "20", "--output", "csv"),
        *("--fields", "stream,symbol,price,best_bid_price", "--server", server),
    )
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert rows[0] == ["stream", "symbol", "price", "best_bid_price"]
    assert len(rows) == 21
    for stream, symbol, price, best in rows[1:]:
        assert symbol == "BTCUSDT"
        assert bool(price) == (stream == "btcusdt@trade") != bool(best)


def test_a_book_is_printed_when_it_changes(command: Run, server: str) -> None:
    """With what an order would cost."""
    ran = command(
        *("book", "btcusdt", "-n", "3", "--levels", "2", "--cost", "buy:0.5"),
        *("--server", server),
    )
    assert ran.status == 0, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert len(rows) == 3
    assert all(row["state"] == "synced" and len(row["bids"]) == 2 for row in rows)
    assert all(row["costs"][0]["is_complete"] for row in rows)
    assert all(one != other for one, other in itertools.pairwise(rows))


def test_notices_can_be_json(command: Run) -> None:
    """They are objects on standard error, as recordings have them."""
    ran = command(
        *("watch", "btcusdt@trade", "-n", "1", "--notices", "json", "--server", "simulator")
    )
    assert ran.status == 0
    assert [json.loads(line)["type"] for line in ran.err.splitlines()] == ["Connected"]


def test_the_environment_may_name_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    """As --server does, for doctor, too; other names are read by the client."""
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "simulator")
    assert command_parser("book").parse_args(["BTCUSDT"]).server == "simulator"
    assert command_parser("doctor").parse_args([]).server == "simulator"
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "testnet")
    assert command_parser("book").parse_args(["BTCUSDT"]).server is None


def test_the_market_is_that_of_the_package(command: Run) -> None:
    """Or the one that is named."""
    for given, market in (((), "binance_streams_us"), (("--market", "us"), "binance_streams")):
        ran = command("streams", "trade", *given, market=market)
        assert "buyer_order_id" in ran.out
    assert "buyer_order_id" not in command("streams", "trade").out


def test_what_a_terminal_could_obey_is_not_printed() -> None:
    """Neither in JSON, where it is escaped, nor in tables."""
    line = json.dumps({"s": "a\x1b[2J\x9b31m\x7fé"}, ensure_ascii=False).encode()
    safe = harmless(line)
    assert json.loads(safe) == json.loads(line)
    assert safe.decode().isprintable()
    assert printable("\x1b[2J\x9b31m\u202eabc") == "\ufffd[2J\ufffd31m\ufffdabc"


def test_ctrl_c_while_the_thread_of_lines_starts_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was written is not lost."""

    def interrupt(thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupt)
    out = io.BytesIO()
    writer = LineWriter(out, lambda: None)
    writer.write(b"0\n")
    lines = [b"0\n"]

    def write_on() -> None:
        # Only a line that comes soon after another one is left to the thread.
        while True:
            lines.append(b"1\n")
            writer.write(lines[-1])

    with pytest.raises(KeyboardInterrupt), writer:
        write_on()
    assert out.getvalue() == b"".join(lines)
