"""Which streams are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import CATALOG, ParameterError
from binance_streams_runtime.notices import CLIENT
from binance_streams_runtime.recording.selection import Selection


def names(**asked: Any) -> list[str]:
    selection = Selection(CATALOG, **asked)
    known = ("btcusdt@trade", "btcusdt@kline_1m", "ethusdt@ticker", "!ticker@arr")
    return [name for name in known if selection.has(CATALOG.resolve(name))]


def test_streams_are_selected_by_name_key_and_symbol() -> None:
    assert names(stream="ethusdt@ticker") == ["ethusdt@ticker"]
    assert names(stream="ticker") == ["ethusdt@ticker"]
    assert names(stream=("kline", "trade")) == ["btcusdt@trade", "btcusdt@kline_1m"]
    assert names(symbol=["ETHUSDT"]) == ["ethusdt@ticker", "!ticker@arr"]
    assert len(names()) == 4


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ({}, ["btcusdt@kline_1m", "ethusdt@ticker", CLIENT, None]),
        ({"stream": "kline"}, ["btcusdt@kline_1m", None]),
        ({"stream": "ethusdt@ticker"}, ["ethusdt@ticker", None]),
        ({"symbol": "ETHUSDT"}, ["ethusdt@ticker", CLIENT, None]),
    ],
)
def test_notices_are_those_about_selected_streams_and_connections(
    asked: dict[str, Any], labels: list[str | None]
) -> None:
    selection = Selection(CATALOG, **asked)
    known = ["btcusdt@kline_1m", "ethusdt@ticker", CLIENT, None]
    assert [label for label in known if selection.has_label(label)] == labels


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"stream": "agg_trades"}, "agg_trade"),
        ({"stream": "BTCUSDT@trade"}, "btcusdt@trade"),
        ({"stream": "btcusdt@kline_7m"}, "1m"),
        ({"stream": ["trade", "tickr"]}, "ticker"),
        ({"stream": "user_data"}, "a key of the catalog"),
        ({"stream": 5}, "a key of the catalog: agg_trade"),
        ({"symbol": "BTC/USDT"}, "a symbol such as 'btcusdt'"),
        ({"symbol": 5}, "a symbol such as 'btcusdt'"),
    ],
)
def test_wrong_names_are_errors_with_names_alike(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Selection(CATALOG, **asked)
