"""The calls are those of binance-connector 3.12.0, written here as its sources have them."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import CATALOG
from binance_streams.compat import SpotWebsocketStreamClient

# binance/websocket/spot/websocket_stream.py and binance/websocket/websocket_client.py.
OLD = """
def __init__(self, stream_url="wss://stream.binance.com:9443", on_message=None, on_open=None,
    on_close=None, on_error=None, on_ping=None, on_pong=None, is_combined=False, timeout=None,
    time_unit=None, logger=None, proxies=None): ...
def send(self, message): ...
def send_message_to_server(self, message, action=None, id=None): ...
def subscribe(self, stream, id=None): ...
def unsubscribe(self, stream, id=None): ...
def ping(self): ...
def stop(self, id=None): ...
def list_subscribe(self, id=None): ...
def agg_trade(self, symbol, id=None, action=None, **kwargs): ...
def trade(self, symbol, id=None, action=None, **kwargs): ...
def kline(self, symbol, interval, id=None, action=None): ...
def kline_timezone_offset(self, symbol, interval, id=None, action=None): ...
def mini_ticker(self, symbol=None, id=None, action=None, **kwargs): ...
def ticker(self, symbol=None, id=None, action=None, **kwargs): ...
def book_ticker(self, symbol, id=None, action=None, **kwargs): ...
def partial_book_depth(self, symbol, level=5, speed=1000, id=None, action=None, **kwargs): ...
def rolling_window_ticker(self, symbol, windowSize, id=None, action=None): ...
def rolling_window_ticker_all_symbols(self, windowSize, id=None, action=None): ...
def diff_book_depth(self, symbol, speed=1000, id=None, action=None, **kwargs): ...
def user_data(self, listen_key, id=None, action=None, **kwargs): ...
"""

Parameters = list[tuple[str, Any, Any]]


def _old() -> dict[str, Parameters]:
    functions: dict[str, Callable[..., Any]] = {}
    exec(compile(ast.parse(OLD), "old", "exec"), functions)
    return {
        name: _parameters(function)
        for name, function in functions.items()
        if inspect.isfunction(function)
    }


def _parameters(function: Callable[..., Any]) -> Parameters:
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, one.default, one.kind) for one in parameters]


@pytest.mark.parametrize("name", _old())
def test_method_is_called_as_the_old_one(name: str) -> None:
    """Names, kinds, defaults and their order; the constructor may take more by keyword."""
    found = _parameters(getattr(SpotWebsocketStreamClient, name))
    more = [one for one in found if one[2] is inspect.Parameter.KEYWORD_ONLY]
    assert [one for one in found if one not in more] == _old()[name]
    assert [one[0] for one in more] == (["reconnect"] if name == "__init__" else [])


def test_actions_are_the_old_ones() -> None:
    assert SpotWebsocketStreamClient.ACTION_SUBSCRIBE == "SUBSCRIBE"
    assert SpotWebsocketStreamClient.ACTION_UNSUBSCRIBE == "UNSUBSCRIBE"


def test_every_stream_of_the_catalog_has_its_method() -> None:
    """Also the streams that came after the old client."""
    methods = {type.method for type in CATALOG}
    assert [name for name in methods if not hasattr(SpotWebsocketStreamClient, name)] == []


def test_who_does_not_use_it_does_not_import_it() -> None:
    """The package imports as fast as without it."""
    code = "import sys, binance_streams; print('binance_streams.compat' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
