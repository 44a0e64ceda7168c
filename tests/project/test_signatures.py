"""The client's methods have the signatures that users of the best-known client know."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from binance_streams import CATALOG, Client

REQUIRED = inspect.Parameter.empty

# Parameters before id, action and **kwargs, each with its default.
SIGNATURES: dict[str, list[tuple[str, Any]]] = {
    "agg_trade": [("symbol", REQUIRED)],
    "trade": [("symbol", REQUIRED)],
    "kline": [("symbol", REQUIRED), ("interval", REQUIRED)],
    "kline_timezone_offset": [("symbol", REQUIRED), ("interval", REQUIRED)],
    "mini_ticker": [("symbol", None)],
    "ticker": [("symbol", None)],
    "book_ticker": [("symbol", REQUIRED)],
    "rolling_window_ticker": [("symbol", REQUIRED), ("windowSize", REQUIRED)],
    "rolling_window_ticker_all_symbols": [("windowSize", REQUIRED)],
    "partial_book_depth": [("symbol", REQUIRED), ("level", 5), ("speed", 1000)],
    "diff_book_depth": [("symbol", REQUIRED), ("speed", 1000)],
    "user_data": [("listen_key", REQUIRED)],
    "avg_price": [("symbol", REQUIRED)],
    "reference_price": [("symbol", REQUIRED)],
    "block_trade": [("symbol", REQUIRED)],
}

ARGUMENTS = {
    "symbol": "btcusdt",
    "interval": "1m",
    "windowSize": "1h",
    "listen_key": "AnyListenKeyOfSomebody",
}


@pytest.mark.parametrize("method", SIGNATURES)
def test_signature_is_fixed(method: str) -> None:
    """Names, kinds and defaults are those of the list, then id, action and keywords."""
    parameters = inspect.signature(getattr(Client, method)).parameters.values()
    expected = [
        ("self", REQUIRED, inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *(
            (name, default, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for name, default in [*SIGNATURES[method], ("id", None), ("action", None)]
        ),
        ("kwargs", REQUIRED, inspect.Parameter.VAR_KEYWORD),
    ]
    assert [(one.name, one.default, one.kind) for one in parameters] == expected


def test_every_method_of_the_catalog_ends_alike() -> None:
    """Also the methods of streams that were added since take id, action and keywords."""
    methods = {type.method for type in CATALOG}
    assert set(SIGNATURES) <= methods
    for method in methods:
        names = list(inspect.signature(getattr(Client, method)).parameters)
        assert names[-3:] == ["id", "action", "kwargs"]


@pytest.mark.parametrize("method", SIGNATURES)
def test_unknown_keyword_is_a_type_error(method: str) -> None:
    """A misspelled option is refused before anything is sent."""
    arguments = {
        name: ARGUMENTS[name] for name, default in SIGNATURES[method] if default is REQUIRED
    }
    with Client("ws://127.0.0.1:9") as client:
        with pytest.raises(TypeError, match="on_evnt"):
            getattr(client, method)(**arguments, on_evnt=print)
        assert client.subscriptions == ()
