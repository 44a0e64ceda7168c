"""The conformance suite is able to fail: generated code broken in many ways, each noticed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.project.paths import NOT_COPIED
from tests.support.proxies import closed_port

ROOT = Path(__file__).resolve().parents[2]


class Breakage(NamedTuple):
    """Edits of one generated file, and the conformance tests that must notice."""

    file: str
    after: str
    """The edits are made behind this text."""
    edits: list[tuple[str, str]]
    tests: str


TRADE = "\nclass Trade("
BREAKAGES = {
    "wrong wire key": Breakage(
        "_structs.py", TRADE, [('price: N = field(name="p")', 'price: N = field(name="P")')],
        "test_trade.py",
    ),
    "field dropped": Breakage(
        "_structs.py", TRADE, [('    quantity: N = field(name="q")\n    """Quantity."""\n', "")],
        "test_trade.py",
    ),
    "int to str": Breakage(
        "_structs.py", TRADE, [("trade_id: Id", "trade_id: str")], "test_trade.py"
    ),
    "Decimal to str": Breakage(
        "_structs.py", TRADE, [("price: N", "price: str")], "test_trade.py"
    ),
    "Decimal to float": Breakage(
        "_structs.py", TRADE, [("price: N", "price: float")], "test_trade.py"
    ),
    "two fields swapped": Breakage(
        "_structs.py", TRADE,
        [('price: N = field(name="p")', 'price: N = field(name="q")'),
         ('quantity: N = field(name="q")', 'quantity: N = field(name="p")')],
        "test_trade.py",
    ),
    "two times swapped": Breakage(
        "_structs.py", TRADE,
        [('event_time: Timestamp = field(name="E")', 'event_time: Timestamp = field(name="T")'),
         ('trade_time: Timestamp = field(name="T")', 'trade_time: Timestamp = field(name="E")')],
        "test_block_trade.py test_trade.py",
    ),
    "enum to str": Breakage(
        "_structs.py", "\nclass ExecutionReport(", [("side: OrderSide", "side: str")],
        "test_user_data.py",
    ),
    "open enum closed": Breakage(
        "_structs.py", "",
        [("from typing import", "from enum import StrEnum\nfrom typing import"),
         ("class OrderSide(OpenEnum)", "class OrderSide(StrEnum)")],
        "test_user_data.py",
    ),
    "constant to str": Breakage(
        "_structs.py", TRADE, [('Literal["trade"]', "str")], "test_trade.py"
    ),
    "closed choice to str": Breakage(
        "_structs.py", "\nclass Kline(", [("interval: KlineInterval", "interval: str")],
        "test_kline.py",
    ),
    "bool to int": Breakage(
        "_structs.py", TRADE, [("is_buyer_maker: bool", "is_buyer_maker: int")], "test_trade.py"
    ),
    "null refused": Breakage(
        "_structs.py", "\nclass ReferencePrice(", [("N | None", "N")], "test_reference_price.py"
    ),
    "null allowed": Breakage(
        "_structs.py", TRADE, [("price: N", "price: N | None")], "test_trade.py"
    ),
    "key no longer required": Breakage(
        "_structs.py", TRADE,
        [('is_buyer_maker: bool = field(name="m")',
          'is_buyer_maker: bool = field(name="m", default=False)')],
        "test_trade.py",
    ),
    "list of something else": Breakage(
        "_structs.py", "\nclass DepthUpdate(",
        [("bids: list[PriceLevel[N]]", "bids: list[list[N]]")],
        "test_diff_book_depth.py",
    ),
    "place of an array dropped": Breakage(
        "_structs.py", "",
        [("from binance_streams_runtime.catalog_api import PriceLevel as PriceLevel\n",
          "class PriceLevel(Struct, Generic[N], frozen=True, array_like=True):\n    price: N\n")],
        "test_partial_book_depth.py",
    ),
    "list element dropped": Breakage(
        "_decoding.py", "",
        [("    return decode_with(message, CATALOG, stream, numbers)",
          "    event = decode_with(message, CATALOG, stream, numbers)\n"
          "    return event[1:] if isinstance(event, list) else event")],
        "test_all_mini_tickers.py",
    ),
    "list no longer expected": Breakage(
        "_catalog.py", "\nALL_MINI_TICKERS = ", [("    is_array=True,\n", "")],
        "test_all_mini_tickers.py",
    ),
    "wrong name template": Breakage(
        "_catalog.py", "\nTRADE = ", [('"@trade"', '"@trades"')], "test_trade.py"
    ),
    "wrong written form": Breakage(
        "_catalog.py", "\nDIFF_BOOK_DEPTH = ", [('100: "@100ms"', '100: "@1000ms"')],
        "test_diff_book_depth.py",
    ),
    "choice too many": Breakage(
        "_catalog.py", "\n_WINDOW_SIZE = ", [('"1h": "1h"', '"1H": "1H", "1h": "1h"')],
        "test_rolling_window_ticker.py",
    ),
    "wrong sequence": Breakage(
        "_catalog.py", "\nTRADE = ", [('Step("trade_id", 1)', 'Step("trade_time", 1)')],
        "test_trade.py",
    ),
    "validation removed": Breakage(
        "_client.py", "    def kline(", [('"interval": interval', '"interval": "1s"')],
        "test_kline.py",
    ),
    "wrong stream of a method": Breakage(
        "_client.py", "    def trade(", [("self._stream(TRADE,", "self._stream(AGG_TRADE,")],
        "test_trade.py",
    ),
    "default changed by a method": Breakage(
        "_client.py", "    def partial_book_depth(", [('"level": level', '"level": 5')],
        "test_partial_book_depth.py",
    ),
    "validation removed for asyncio": Breakage(
        "_async_client.py", "    def kline(", [('"interval": interval', '"interval": "1s"')],
        "test_kline.py",
    ),
    "wrong stream of a method for asyncio": Breakage(
        "_async_client.py", "    def trade(", [("self._stream(TRADE,", "self._stream(AGG_TRADE,")],
        "test_trade.py",
    ),
    "default changed by a method for asyncio": Breakage(
        "_async_client.py", "    def partial_book_depth(", [('"level": level', '"level": 5')],
        "test_partial_book_depth.py",
    ),
    "no method for asyncio": Breakage(
        "_async_client.py", "", [("    def avg_price(", "    def avg_prices(")],
        "test_avg_price.py",
    ),
    "two keys of a row swapped": Breakage(
        "_rest.py", "\nclass AggTradeRow(",
        [('first_trade_id: Id = field(name="f")', 'first_trade_id: Id = field(name="l")'),
         ('last_trade_id: Id = field(name="l")', 'last_trade_id: Id = field(name="f")')],
        "test_agg_trade.py",
    ),
    "wrong time of an event from a row": Breakage(
        "_rest.py", "\ndef kline_from_row(",
        [("event_time=row.close_time", "event_time=row.open_time")],
        "test_kline_timezone_offset.py",
    ),
    "symbol of an event from a row as it was given": Breakage(
        "_rest.py", "\ndef trade_from_row(", [('["symbol"].upper()', '["symbol"]')],
        "test_trade.py",
    ),
    "wrong weight of rows": Breakage(
        "_catalog.py", "\nTRADE = ", [("weights=((1000, 25),)", "weights=((1000, 5),)")],
        "test_trade.py",
    ),
    "sides of a snapshot swapped": Breakage(
        "_rest.py", "\nclass OrderBookSnapshot(",
        [('    bids: list[PriceLevel[N]]', '    bids: list[PriceLevel[N]] = field(name="asks")'),
         ('    asks: list[PriceLevel[N]]', '    asks: list[PriceLevel[N]] = field(name="bids")')],
        "test_order_book.py",
    ),
    "book verified by the wrong side": Breakage(
        "_catalog.py", "\nCATALOG = ",
        [('bid_price="best_bid_price"', 'bid_price="best_ask_price"')],
        "test_order_book.py",
    ),
    "order of a report at another time": Breakage(
        "_api.py", "\ndef order_of_report(",
        [("transaction_time=event.transaction_time", "transaction_time=event.event_time")],
        "test_api.py",
    ),
    "wrong weight of a request": Breakage(
        "_api.py", '        "account.status": ', [("ApiWeight(20)", "ApiWeight(2)")], "test_api.py"
    ),
    "events identified by too little": Breakage(
        "_api.py", "", [('("symbol", "order_id", "execution_id")', '("symbol", "order_id")')],
        "test_api.py",
    ),
    "request without its parameters": Breakage(
        "_async_account.py", "", [("self._request(method, params)", "self._request(method, {})")],
        "test_api.py",
    ),
}  # fmt: skip

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forked")


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """A copy of the generated package that a test may break."""
    # Without it, pytest would take the options of this project.
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    package = ROOT / "generated" / "binance_streams"
    # With what is compiled already, which is right as long as a file keeps its time.
    shutil.copytree(package, tmp_path / "binance_streams", ignore=NOT_COPIED)
    return tmp_path


class Runner:
    """Runs the part of the suite that needs no server, on a copy of the generated package.

    The suite itself is not copied, or its tests would be compiled each time.
    """

    def __init__(self) -> None:
        folders = (ROOT / "generated", ROOT / "runtime", ROOT / "simulator")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
            # Nothing of it is used here, and it takes longer to load than the tests to run.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fork_server.py"))],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(
        self, generated: Path, tests: str, *options: str
    ) -> subprocess.CompletedProcess[str]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        files = [str(ROOT / "generated" / "conformance" / "spot" / name) for name in tests.split()]
        arguments = [
            # Nobody reads what an assertion says.
            *("-x", "-q", "-p", "no:cacheprovider", "--assert=plain"),
            *("--import-mode=importlib", "-k", "not end_to_end"),
            *("-c", str(generated / "pytest.ini"), "--rootdir", str(ROOT / "generated")),
            *options,
            *files,
        ]
        out, err = generated / "out", generated / "err"
        request = {
            "arguments": arguments,
            "folder": str(generated),
            "out": str(out),
            "err": str(err),
        }
        print(json.dumps(request), file=self._server.stdin, flush=True)
        code = int(self._server.stdout.readline())
        return subprocess.CompletedProcess(
            arguments, code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )

    def close(self) -> None:
        """End the process that runs them."""
        self._server.communicate()


@pytest.fixture(scope="module")
def run() -> Iterator[Runner]:
    """What runs the suite; pytest and the runtime are loaded once for all runs."""
    runner = Runner()
    yield runner
    runner.close()


@pytest.mark.parametrize("name", BREAKAGES)
def test_broken_code_is_noticed(generated: Path, run: Runner, name: str) -> None:
    file, after, edits, tests = BREAKAGES[name]
    path = generated / "binance_streams" / file
    head, found, tail = (
        path.read_text(encoding="utf-8").partition(after)
        if after
        else ("", "", path.read_text(encoding="utf-8"))
    )
    assert found == after, f"{after!r} is not in {file}"
    for old, new in edits:
        assert old in tail, f"{old!r} is not behind {after!r} in {file}"
        tail = tail.replace(old, new, 1)
    path.write_text(head + found + tail, encoding="utf-8")
    done = run(generated, tests)
    # 1: tests failed; anything else would be a suite that could not even run.
    assert done.returncode == 1, done.stdout + done.stderr


def test_a_server_that_does_not_exist_is_refused_at_once(generated: Path, run: Runner) -> None:
    done = run(generated, "test_trade.py", "--server", "nowhere")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "server: got 'nowhere'; allowed: 'production'" in done.stderr


def test_a_stream_that_the_server_lacks_is_skipped_with_the_reason(
    generated: Path, run: Runner
) -> None:
    """Nothing is connected to."""
    venue = generated / "binance_streams" / "_venue.py"
    text = venue.read_text(encoding="utf-8")
    lacking = 'name="testnet",\n            unsupported=(Unsupported("avg_price"),),'
    text = text.replace('name="testnet",', lacking, 1)
    text = text.replace("    Server,\n", "    Server,\n    Unsupported,\n", 1)
    venue.write_text(text, encoding="utf-8")
    done = run(generated, "test_avg_price.py", "--server", "testnet", "-k", "end_to_end", "-rs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 skipped" in done.stdout
    assert "allowed: a server that has btcusdt@avgPrice: 'production'" in done.stdout


def test_a_server_that_does_not_answer_ends_the_run_at_once(generated: Path, run: Runner) -> None:
    """With its address and the reason, at the first test that needs it."""
    url = f"ws://127.0.0.1:{closed_port()}"
    done = run(generated, "test_trade.py test_kline.py", "-k", "end_to_end", "--server", url)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"Exit: server '{url}' does not answer: " in done.stdout
    assert "ConnectionRefusedError" in done.stdout
    assert "passed" not in done.stdout


def test_an_async_client_that_delivers_nothing_is_noticed_end_to_end(
    generated: Path, run: Runner
) -> None:
    """Its name is right and its arguments are checked, but its events go elsewhere."""
    module = generated / "binance_streams" / "_async_client.py"
    head, found, tail = module.read_text(encoding="utf-8").partition("    def trade(")
    broken = tail.replace("id, action, kwargs)", 'id, action, {**kwargs, "on_event": repr})', 1)
    assert broken != tail
    module.write_text(head + found + broken, encoding="utf-8")
    done = run(generated, "test_trade.py", "-k", "end_to_end")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "test_stream_delivers_its_events_end_to_end[AsyncClient]" in done.stdout


def test_code_that_is_not_broken_passes(generated: Path, run: Runner) -> None:
    tests = " ".join(sorted({name for item in BREAKAGES.values() for name in item.tests.split()}))
    done = run(generated, tests)
    assert done.returncode == 0, done.stdout + done.stderr
