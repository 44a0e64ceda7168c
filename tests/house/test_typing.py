"""What an editor and a type checker see of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.paths import python

USER_FILE = """
from decimal import Decimal
from typing import assert_type

from binance_streams import AggTrade, Client, KlineEvent, MiniTicker, Subscription

exact = Client()
fast = Client("testnet", numbers=float)
texts = Client(numbers=str, time_unit="microsecond")
assert_type(exact, Client[Decimal])
assert_type(fast, Client[float])
assert_type(texts, Client[str])
reveal_type(exact)
reveal_type(fast.agg_trade("btcusdt"))
reveal_type(fast.mini_ticker())
reveal_type(fast.mini_ticker("btcusdt"))
reveal_type(exact.kline("btcusdt", "1m"))
exact.agg_trade("ethusdt", on_event=lambda event: print(event.price + 1))
for trade in exact.agg_trade("btcusdt", on_event=None):
    reveal_type(trade)
    reveal_type(trade.price)
    reveal_type(trade.trade_time)
    break
"""

REVEALED = [
    "binance_streams._client.Client[decimal.Decimal]",
    "Subscription[binance_streams._structs.AggTrade[float]]",
    "Subscription[list[binance_streams._structs.MiniTicker[float]]]",
    "Subscription[binance_streams._structs.MiniTicker[float]]",
    "Subscription[binance_streams._structs.KlineEvent[decimal.Decimal]]",
    "binance_streams._structs.AggTrade[decimal.Decimal]",
    "decimal.Decimal",
    "int",
]

WRONG_FILE = """
from binance_streams import BookTicker, Client
from decimal import Decimal

client = Client()
client.kline("btcusdt", "7m")
client.partial_book_depth("btcusdt", 7)
client.agg_trade("btcusdt", on_evnt=print)
client.rolling_window_ticker("btcusdt", "2h")
Client(numbers=bytes)


def on_book(event: BookTicker[Decimal]) -> None: ...


client.agg_trade("btcusdt", on_event=on_book)
"""


def test_types_of_a_users_file(tmp_path: Path) -> None:
    """Strict checking finds nothing to say, and every type is the sharpest one."""
    output = _mypy(tmp_path, USER_FILE)
    lines = [line for line in output if "Revealed type" in line]
    assert [line for line in output if ": error:" in line] == []
    assert len(lines) == len(REVEALED), output
    for line, expected in zip(lines, REVEALED, strict=True):
        assert expected in line


@pytest.mark.parametrize("line", [6, 7, 8, 9, 10, 16])
def test_mistakes_are_type_errors(line: int, mistakes: list[str]) -> None:
    """A wrong interval, level, option, window, number type or callback is seen early."""
    assert any(f"user.py:{line}: error:" in found for found in mistakes)


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the type checker says of a file in which every call is wrong."""
    return _mypy(tmp_path_factory.mktemp("wrong"), WRONG_FILE)


def _mypy(folder: Path, content: str) -> list[str]:
    (folder / "user.py").write_text(content, encoding="utf-8")
    options = ["--strict", "--cache-dir", "cache", "--no-error-summary", "--no-pretty"]
    # In a folder of its own, so that it finds the package as installed, not as a source tree.
    return python("-m", "mypy", *options, "user.py", folder=folder).stdout.splitlines()
