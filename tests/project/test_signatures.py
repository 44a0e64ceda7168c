"""The methods of both clients have the signatures that users of the best-known client know."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import binance_streams
import binance_streams_us
from binance_streams import CATALOG, AsyncClient, AsyncSubscription, Client, Subscription

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

CLIENTS: list[type[Any]] = [Client, AsyncClient]
EACH_CLIENT = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
METHODS = [
    pytest.param(package, method, id=f"{package.__name__}-{method}")
    for package in (binance_streams, binance_streams_us)
    for method in sorted({type.method for type in package.CATALOG})
]


@EACH_CLIENT
@pytest.mark.parametrize("method", SIGNATURES)
def test_signature_is_fixed(method: str, client: type[Any]) -> None:
    """Names, kinds and defaults are those of the list, then id, action and keywords."""
    parameters = inspect.signature(getattr(client, method)).parameters.values()
    expected = [
        ("self", REQUIRED, inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *(
            (name, default, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for name, default in [*SIGNATURES[method], ("id", None), ("action", None)]
        ),
        ("kwargs", REQUIRED, inspect.Parameter.VAR_KEYWORD),
    ]
    assert [(one.name, one.default, one.kind) for one in parameters] == expected


@EACH_CLIENT
def test_every_method_of_the_catalog_ends_alike(client: type[Any]) -> None:
    """Also the methods of streams that were added since take id, action and keywords."""
    methods = {type.method for type in CATALOG}
    assert set(SIGNATURES) <= methods
    for method in methods:
        names = list(inspect.signature(getattr(client, method)).parameters)
        assert names[-3:] == ["id", "action", "kwargs"]


@pytest.mark.parametrize(("package", "method"), METHODS)
def test_both_clients_have_the_same_method(package: ModuleType, method: str) -> None:
    """All but the kind of subscription that it returns: parameters, annotations, docstring."""
    here = inspect.signature(getattr(package.Client, method))
    there = inspect.signature(getattr(package.AsyncClient, method))
    assert there.parameters == here.parameters
    assert there.return_annotation == _of_asyncio(here.return_annotation)
    assert getattr(package.AsyncClient, method).__doc__ == getattr(package.Client, method).__doc__


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_both_clients_have_the_same_order_book(package: ModuleType) -> None:
    """All but the kind of book that it returns."""
    here = inspect.signature(package.Client.order_book)
    there = inspect.signature(package.AsyncClient.order_book)
    assert there.parameters == here.parameters
    assert (here.return_annotation, there.return_annotation) == (
        "OrderBook[N]",
        "AsyncOrderBook[N]",
    )
    assert [(one.name, one.default) for one in here.parameters.values()] == [
        *(("self", REQUIRED), ("symbol", REQUIRED), ("speed", 100), ("depth", 5000)),
        *(("verify", None), ("kwargs", REQUIRED)),
    ]
    assert package.AsyncClient.order_book.__doc__ == package.Client.order_book.__doc__


def test_both_clients_have_the_same_account() -> None:
    """All but the kind of account that it returns; a market without an API has none."""
    here = inspect.signature(binance_streams.Client.account)
    there = inspect.signature(binance_streams.AsyncClient.account)
    assert there.parameters == here.parameters
    assert (here.return_annotation, there.return_annotation) == ("Account[N]", "AsyncAccount[N]")
    assert [(one.name, one.default) for one in here.parameters.values()] == [
        *(("self", REQUIRED), ("key", REQUIRED), ("recv_window", None), ("kwargs", REQUIRED)),
    ]
    assert not hasattr(binance_streams_us.Client, "account")


@EACH_CLIENT
def test_every_public_method_has_a_docstring(client: type[Any]) -> None:
    members = {name: getattr(client, name) for name in dir(client) if not name.startswith("_")}
    assert [name for name, member in members.items() if not inspect.getdoc(member)] == []


def test_both_clients_have_the_same_members() -> None:
    """A program that changes its client finds the names that it used."""
    sync, others = (
        {name for name in dir(client) if not name.startswith("_")} for client in CLIENTS
    )
    assert others == sync


@pytest.mark.parametrize(
    "name",
    [
        *("__init__", "subscribe", "unsubscribe", "list_subscriptions", "get_property"),
        *("set_property", "run_forever", "stats", "health", "close"),
    ],
)
def test_both_clients_take_the_same_arguments(name: str) -> None:
    here, there = (_arguments(getattr(client, name)) for client in CLIENTS)
    assert there == here


@pytest.mark.parametrize("name", ["wait", "get", "with_notices", "batches", "unsubscribe", "stats"])
def test_both_subscriptions_take_the_same_arguments(name: str) -> None:
    here, there = (_arguments(getattr(one, name)) for one in (Subscription, AsyncSubscription))
    assert there == here


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


def _arguments(function: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    """The name, the kind and the default of each parameter."""
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, one.kind, one.default) for one in parameters]


def _of_asyncio(annotation: str) -> str:
    return re.sub(r"\b(Candle)?Subscription\b", r"Async\g<0>", annotation)
