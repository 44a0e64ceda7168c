"""Which streams are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import CATALOG, ParameterError
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
