"""Names that would split a stream's name, or the request, or the URL."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import CATALOG, Client, ParameterError, UnknownStreamError
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, client_threads, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

NOWHERE = "ws://127.0.0.1:1"
"""Nothing may ever be sent there."""

HOSTILE = [
    "btcusdt/ethusdt",
    "btcusdt@trade",
    "btcusdt/ethusdt@trade",
    "btc?usdt",
    "btc#usdt",
    "btc&usdt",
    "btc;usdt",
    "btc usdt",
    " btcusdt",
    "btcusdt\n",
    "btc\r\nusdt",
    "btc\x00usdt",
    "btc%0dusdt",
    "btc%2fusdt",
    'btc"usdt',
    "btc\\usdt",
    "!miniTicker@arr",
    "",
    "x" * 65,
    "x" * 10_000,
    "btc\u2028usdt",
    "btc\u200busdt",
    "btc\u202eusdt",
    "\ud800",
]

# Methods whose first parameter is a symbol.
METHODS = [
    "agg_trade",
    "avg_price",
    "block_trade",
    "book_ticker",
    "diff_book_depth",
    "kline",
    "kline_timezone_offset",
    "mini_ticker",
    "partial_book_depth",
    "reference_price",
    "rolling_window_ticker",
    "ticker",
    "trade",
]
OTHERS = {"interval": "1m", "windowSize": "1h"}

SPLITTING = "/?#&;% \r\n\x00\t@!\"'\\{}[]<>|^`~:,*+=()$"


def call(method: str, symbol: Any) -> object:
    client: Client[Any] = Client(NOWHERE)
    builder = getattr(client, method)
    more = {name: OTHERS[name] for name in inspect.signature(builder).parameters if name in OTHERS}
    return builder(symbol, **more)


def test_every_method_with_a_symbol_is_tried() -> None:
    found = {
        name
        for name, member in inspect.getmembers(Client, inspect.isfunction)
        if "symbol" in inspect.signature(member).parameters
    }
    assert found == set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_hostile_symbols_are_refused_before_anything_is_sent(method: str) -> None:
    for symbol in [*HOSTILE, 5, b"btcusdt", True, ["btcusdt"]]:
        with pytest.raises(ParameterError):
            call(method, symbol)
    assert not client_threads()


@given(
    method=st.sampled_from(METHODS),
    before=st.text(max_size=5),
    splitting=st.sampled_from(SPLITTING),
    after=st.text(max_size=5),
)
def test_nothing_that_splits_a_name_gets_into_one(
    method: str, before: str, splitting: str, after: str
) -> None:
    with pytest.raises(ParameterError) as refusal:
        call(method, before + splitting + after)
    assert len(str(refusal.value)) < 500
    assert str(refusal.value).isprintable()


@given(symbol=st.text(max_size=70))
def test_whatever_is_taken_is_one_name(symbol: str) -> None:
    """It reads back as the same parameters, and holds nothing that means anything elsewhere."""
    try:
        name = CATALOG["trade"].name(symbol=symbol)
    except ParameterError:
        return
    assert CATALOG.resolve(name).parameters == {"symbol": symbol.lower()}
    assert not set(name.removesuffix("@trade")) & set(SPLITTING)
    assert json.loads(json.dumps(name)) == name.encode().decode() == name


@given(name=st.text(max_size=40) | st.sampled_from(HOSTILE).map("{}@trade".format))
def test_raw_names_are_refused_too(name: str) -> None:
    client: Client[Any] = Client(NOWHERE)
    texts: list[str] = []
    for work in (CATALOG.resolve, client.unsubscribe):
        try:
            work(name)
        except (UnknownStreamError, ParameterError) as refusal:
            texts.append(str(refusal))
        else:
            assert not set(name) & set("/?#&;% \r\n\x00")
    assert all(len(text) < 1000 for text in texts)
    assert not client_threads()


@pytest.mark.parametrize("key", ["short", "x" * 257, "x" * 20 + "/y", "x" * 20 + "\r\n", "é" * 20])
def test_hostile_listen_keys_are_refused(key: str) -> None:
    """The text of the error does not repeat what may be a secret."""
    client: Client[Any] = Client(NOWHERE)
    with pytest.raises(ParameterError) as refusal:
        client.user_data(key)
    assert key not in str(refusal.value)
    assert not client_threads()


@pytest.mark.parametrize("symbol", ["币安人生USDT", "ÄÖÜUSDT", "ЁЖUSDT", "ÉUSDT"])
def test_letters_of_any_alphabet_are_taken(
    connect: Connect, simulator: Simulator, symbol: str
) -> None:
    subscription = connect(simulator.url).trade(symbol)
    assert in_time(lambda: subscription.get(LIMIT)).symbol == symbol.upper()
    assert simulator.subscriptions == [{f"{symbol.lower()}@trade"}]


def test_non_ascii_names_arrive_as_utf_8(connect: Connect) -> None:
    payloads: list[bytes] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        payloads.append(peer.read_frame()[1])
        peer.drain()

    with RawServer(handle) as server:
        connect(server.url, request_timeout=LIMIT).trade("币安人生USDT")
        wait_until(lambda: payloads)
    assert "币安人生usdt@trade".encode() in payloads[0]
