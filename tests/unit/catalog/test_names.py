"""Names of streams: reading one gives back what wrote it; what could split one is refused.

A name that would split the name of a stream, or the request, or the URL, is refused with a text
that says what is allowed, before anything is sent.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import CATALOG, Client, ParameterError, UnknownStreamError
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.catalog.parameters import Choice, ListenKey, Parameter, Symbol
from binance_streams_runtime.catalog.streams import StreamType
from tests.support.limits import client_threads

NOWHERE = "ws://127.0.0.1:1"


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
    "btcusdt ",
    "btc@usdt",
    "İ",
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


METHODS = sorted(
    name
    for name, member in inspect.getmembers(Client, inspect.isfunction)
    if "symbol" in inspect.signature(member).parameters
)


# The other arguments of each method, from the first example of its stream.
OTHERS = {
    stream.method: {
        name: value
        for name, value in EXAMPLES[stream.key][0].parameters.items()
        if name != "symbol"
    }
    for stream in CATALOG
    if stream.method in METHODS
}


SPLITTING = (
    "/?#&;% \r\n\x00\t\x0b\x1f\x7f\x85\xa0\u2028\u2029\u3000\u200b\u202e\ufeff"
    "@!\"'\\{}[]<>|^`~:,*+=()$"
)


TYPES = list(CATALOG)


def values_of(parameter: Parameter) -> st.SearchStrategy[Any]:
    if isinstance(parameter, Symbol):
        letters = st.sampled_from("abcxyz0189_-.币安é")
        return st.text(letters, min_size=1, max_size=64)
    if isinstance(parameter, ListenKey):
        return st.text(st.sampled_from("abzAZ09"), min_size=16, max_size=256)
    assert isinstance(parameter, Choice)
    return st.sampled_from(list(parameter.values))


@st.composite
def streams(draw: st.DrawFn) -> tuple[StreamType, dict[str, object]]:
    type = draw(st.sampled_from(TYPES))
    return type, {part.name: draw(values_of(part)) for part in type.parameters}


@given(streams())
def test_parse_gives_back_what_name_was_given(drawn: tuple[StreamType, dict[str, object]]) -> None:
    type, arguments = drawn
    name = type.name(**arguments)
    assert type.parse(name) == arguments
    resolved = CATALOG.resolve(name)
    assert resolved.name == name
    assert resolved.type.name(**resolved.parameters) == name
    if "@" in name or "!" in name:
        assert resolved.type is type


@given(streams())
def test_no_name_holds_what_splits_one(drawn: tuple[StreamType, dict[str, object]]) -> None:
    type, arguments = drawn
    name = type.name(**arguments)
    assert not set(name) & set("/?#&;% \r\n\x00,\"'\\")
    assert len(name.encode()) < 1000


def call(method: str, symbol: Any) -> object:
    client: Client[Any] = Client(NOWHERE)
    builder = getattr(client, method)
    return builder(symbol, **OTHERS.get(method, {}))


def test_every_method_with_a_symbol_is_tried() -> None:
    """Those of the streams that have one, and of the order book."""
    assert {"order_book", "trade", "kline", "mini_ticker", "ticker"} <= set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_hostile_symbols_are_refused_before_anything_is_sent(method: str) -> None:
    before = {*client_threads()}
    for symbol in [*HOSTILE, 5, True]:
        with pytest.raises(ParameterError):
            call(method, symbol)
    assert {*client_threads()} <= before


@pytest.mark.parametrize("symbol", [*HOSTILE, None, 5, True, b"btcusdt", ["btcusdt"]])
def test_bad_symbols_are_refused_with_a_short_text(symbol: Any) -> None:
    for type in TYPES:
        if any(isinstance(part, Symbol) for part in type.parameters):
            others = {
                part.name: part.values[0] for part in type.parameters if isinstance(part, Choice)
            }
            with pytest.raises(ParameterError, match="symbol") as caught:
                type.name(symbol=symbol, **others)
            assert len(str(caught.value)) < 400


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


@pytest.mark.parametrize(
    "symbol", ["BTCUSDT", "币安人生USDT", "这是测试币456", "1000SATS", "a_b-c.d"]
)
def test_symbols_in_either_case_and_of_any_alphabet(symbol: str) -> None:
    assert CATALOG["trade"].name(symbol=symbol) == f"{symbol.lower()}@trade"


@given(
    st.one_of(
        st.text(max_size=6),
        st.integers(-1, 2000),
        st.floats(),
        st.booleans(),
        st.none(),
        st.binary(max_size=3),
        st.lists(st.integers(), max_size=2),
    )
)
def test_only_the_listed_choices_are_taken(value: Any) -> None:
    for type in TYPES:
        for part in type.parameters:
            if not isinstance(part, Choice):
                continue
            listed = [choice for choice in part.values if choice == value]
            is_listed = any(type_of(choice) is type_of(value) for choice in listed)
            if is_listed:
                assert part.decode(part.encode(value)) == value
            else:
                with pytest.raises(ParameterError) as caught:
                    part.encode(value)
                assert repr(part.values[0]) in str(caught.value)


def type_of(value: object) -> type[object]:
    return type(value)


@pytest.mark.parametrize("value", [True, False, 5.0, "5", 5 + 0j])
def test_look_alikes_of_a_level_are_refused(value: object) -> None:
    with pytest.raises(ParameterError):
        CATALOG["partial_book_depth"].name(symbol="btcusdt", level=value, speed=1000)


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.key)
def test_missing_and_unknown_arguments_are_refused(type: StreamType) -> None:
    with pytest.raises(ParameterError):
        type.name(nonsense=1)
    if type.parameters:
        with pytest.raises(ParameterError):
            type.name()


@pytest.mark.parametrize(
    "key",
    ["", "short", "x" * 257, "x" * 20 + "-", "x" * 20 + "/y", "x" * 20 + "\r\n", "é" * 20, None, 5],
)
def test_hostile_listen_keys_are_refused(key: Any) -> None:
    """The text of the error does not repeat what may be a secret."""
    before = {*client_threads()}
    client: Client[Any] = Client(NOWHERE)
    for work in (client.user_data, lambda key: CATALOG["user_data"].name(listen_key=key)):
        with pytest.raises(ParameterError) as refusal:
            work(key)
        assert not (isinstance(key, str) and key and key in str(refusal.value))
    assert {*client_threads()} <= before


@given(name=st.text(max_size=40) | st.sampled_from(HOSTILE).map("{}@trade".format))
def test_raw_names_are_refused_too(name: str) -> None:
    before = {*client_threads()}
    client: Client[Any] = Client(NOWHERE)
    texts: list[str] = []
    for work in (CATALOG.resolve, client.unsubscribe):
        try:
            work(name)
        except (UnknownStreamError, ParameterError) as refusal:
            texts.append(str(refusal))
        else:
            assert not set(name) & set("/?#&;% \r\n\x00")
            assert CATALOG.resolve(name).name == name
    assert all(len(text) < 1000 for text in texts)
    assert {*client_threads()} <= before


@pytest.mark.parametrize("name", [None, 5, b"btcusdt@trade", ["btcusdt@trade"]])
def test_names_that_are_no_text_are_refused(name: Any) -> None:
    with pytest.raises(ParameterError):
        CATALOG.resolve(name)


def test_upper_case_names_come_with_a_hint() -> None:
    with pytest.raises(UnknownStreamError, match="btcusdt@kline_1M"):
        CATALOG.resolve("BTCUSDT@kline_1M")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("btcusdt@kline_7m", "interval in 'btcusdt@kline_7m': got '7m'; allowed: '1s', '1m'"),
        ("btcusdt@depth7", "level in 'btcusdt@depth7': got '7'; allowed: '5', '10', '20'"),
        ("btcusdt@depth@1000ms", "got '@1000ms'; allowed: '', '@100ms'"),
        ("!ticker_2h@arr", "windowSize in '!ticker_2h@arr': got '2h'; allowed: '1h', '4h', '1d'"),
    ],
)
def test_a_raw_name_that_is_nearly_right_is_refused_with_what_is_allowed(
    name: str, allowed: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        CATALOG.resolve(name)
    assert allowed in str(caught.value)


@pytest.mark.parametrize(
    "name", ["BTCUSDT@trade", "btcusdt", "btcusdt@trad", "", "btcusdt@trade ", "a/b@trade", "!x"]
)
def test_raw_names_that_would_stay_silent_are_refused(name: str) -> None:
    client: Client[Any] = Client(NOWHERE)
    with pytest.raises(UnknownStreamError):
        client.subscribe(name)
    with pytest.raises(UnknownStreamError):
        client.unsubscribe(name)
