"""One YAML file is all that a new stream needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen import foreign_streams
from tests.codegen.conftest import ROOT, remove_streams
from tests.project.paths import NOT_COPIED

pytestmark = pytest.mark.slow

MARK_PRICE = """\
# yaml-language-server: $schema=../../schema/stream.schema.json
stream: mark_price
title: Mark Price Stream
summary: Mark price and funding rate of one symbol.
source:
  page: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Mark-Price-Stream
  checked: 2026-07-21
method: mark_price
name: <symbol>@markPrice@1s
parameters:
  symbol: {type: symbol, description: "The trading pair, in either case."}
update_speed: 1000ms
sequence: {monotonic: E}
event: MarkPriceUpdate
structs:
  MarkPriceUpdate:
    summary: The mark price of one symbol.
    fields:
      e: {name: event_type, constant: markPriceUpdate, description: Event type.}
      E: {name: event_time, type: timestamp, description: When the server sent the event.}
      s: {name: symbol, type: symbol, description: "The trading pair, in upper case."}
      p: {name: mark_price, type: decimal, description: Mark price.}
      i: {name: index_price, type: decimal, description: Index price.}
      P: {name: estimated_settle_price, type: decimal, description: Estimated settle price.}
      r: {name: funding_rate, type: decimal, description: Funding rate.}
      T: {name: next_funding_time, type: timestamp, description: When the next funding is.}
examples:
  - id: documented
    stream: btcusdt@markPrice@1s
    parameters: {symbol: BTCUSDT}
    payload:
      {"e": "markPriceUpdate", "E": 1562305380000, "s": "BTCUSDT", "p": "11794.15000000",
       "i": "11784.62659091", "P": "11784.25641265", "r": "0.00038167", "T": 1562306400000}
"""

USE_FOREIGN = """
from decimal import Decimal
from binance_streams import decode, encode

CONTRACT = (
    b'{"e":"contractInfo","E":1669356423908,"s":"X","dp":"","bks":[{"bs":1,"mmr":0.010,"cf":0}]}'
)
for number in (Decimal, float, str):
    event = decode(CONTRACT, "!contractInfo", number)
    bracket = event.brackets[0]
    assert event.delivery_price is None, event
    assert (bracket.maintenance_margin_ratio, bracket.cumulative) == (number("0.010"), number("0"))
    if number is not float:
        assert encode(event) == CONTRACT, encode(event)
print("exact")
"""

FOLLOW_FOREIGN = """
import itertools
from binance_streams import Client, Notice
from binance_streams_simulator import Simulator

with Simulator() as simulator, Client(simulator.url) as client:
    updates = list(itertools.islice(client.futures_depth("BTCUSDT").with_notices(), 5))
    trades = list(itertools.islice(client.paced_trades("ETH-200730-9000-C").with_notices(), 10))
    tickers = list(itertools.islice(client.all_book_tickers().with_notices(), 50))
assert not any(isinstance(item, Notice) for item in updates), updates
for before, update in itertools.pairwise(updates):
    assert update.previous_update_id == before.last_update_id, updates
assert not any(isinstance(item, Notice) for item in trades), trades
assert not any(isinstance(item, Notice) for item in tickers), tickers
assert len({ticker.symbol for ticker in tickers}) > 1, tickers
print("followed")
"""

USE = """
import inspect
from decimal import Decimal
from binance_streams import CATALOG, Client, MarkPriceUpdate
from binance_streams_simulator import Simulator

assert list(inspect.signature(Client.mark_price).parameters) == [
    "self", "symbol", "id", "action", "kwargs"
]
assert CATALOG.resolve("btcusdt@markPrice@1s").type.key == "mark_price"
with Simulator() as simulator, Client(simulator.url) as client:
    event = client.mark_price("BTCUSDT").get(30)
assert type(event) is MarkPriceUpdate, event
assert (event.symbol, type(event.mark_price)) == ("BTCUSDT", Decimal), event
print("delivered")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree with one file more, generated again."""
    root = tmp_path_factory.mktemp("tree")
    for folder in ("spec", "codegen", "runtime", "generated", "simulator"):
        shutil.copytree(ROOT / folder, root / folder, ignore=NOT_COPIED)
    shutil.copy(ROOT / "pyproject.toml", root)
    remove_streams(root / "spec" / "spot", "markPrice@", "MarkPrice")
    (root / "spec" / "spot" / "streams" / "mark_price.yaml").write_text(
        MARK_PRICE, encoding="utf-8"
    )
    for key, text in foreign_streams.STREAMS.items():
        (root / "spec" / "spot" / "streams" / f"{key}.yaml").write_text(text, encoding="utf-8")
    done = run(root, "-m", "codegen")
    assert (done.returncode, done.stderr) == (0, "")
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    folders = (root / name for name in ("runtime", "generated", "simulator", "."))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True
    )


def test_nothing_but_generated_files_has_changed(copy: Path) -> None:
    for folder in ("codegen", "runtime", "simulator"):
        done = subprocess.run(
            ["diff", "-r", "-x", "__pycache__", ROOT / folder, copy / folder], capture_output=True
        )
        assert done.stdout == b""


def test_the_new_stream_is_subscribed_to_and_served(copy: Path) -> None:
    done = run(copy, "-c", USE)
    assert (done.stdout, done.stderr) == ("delivered\n", "")


def test_numbers_of_other_forms_are_exact(copy: Path) -> None:
    done = run(copy, "-c", USE_FOREIGN)
    assert (done.stdout, done.stderr) == ("exact\n", "")


def test_other_sequences_are_served_and_followed(copy: Path) -> None:
    done = run(copy, "-c", FOLLOW_FOREIGN)
    assert (done.stdout, done.stderr) == ("followed\n", "")


def test_the_new_streams_conform_end_to_end(copy: Path) -> None:
    done = run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "generated/conformance/spot/test_mark_price.py",
        *(f"generated/conformance/spot/test_{key}.py" for key in foreign_streams.STREAMS),
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("folder", ["inferred", "mistakes"])
def test_the_new_stream_is_given_to_type_checkers(folder: str, copy: Path) -> None:
    program = copy / "generated" / "typechecks" / "spot" / folder / "mark_price.py"
    assert "client.mark_price(" in program.read_text(encoding="utf-8")


def test_type_checkers_see_an_empty_decimal_as_none(copy: Path) -> None:
    program = copy / "generated" / "typechecks" / "spot" / "inferred" / "contract_info.py"
    text = program.read_text(encoding="utf-8")
    assert "assert_type(event.delivery_price, Decimal | None)" in text
    assert "OrEmpty" not in text


def test_the_new_stream_is_in_the_reference(copy: Path) -> None:
    reference = (copy / "generated" / "docs" / "spot" / "streams.md").read_text(encoding="utf-8")
    assert "| [`<symbol>@markPrice@1s`](#mark_price) | `mark_price` | every 1000 ms |" in reference
