"""Subjects of messages in a log: from streams and back, for every stream of both markets."""

from __future__ import annotations

from itertools import product

import pytest

import binance_streams
import binance_streams_us
from binance_streams_runtime.catalog.parameters import Choice, Symbol, Text
from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType, UpdateSpeed
from binance_streams_runtime.client.servers import find_server
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.subjects import (
    NOTICES,
    SNAPSHOTS,
    Subjects,
    check_collector,
    default_prefix,
)

SPOT = Subjects(binance_streams.CATALOG, "binance.spot")

NAMES = {
    "btcusdt@aggTrade": "binance.spot.agg_trade.BTCUSDT",
    "btcusdt@kline_1m": "binance.spot.kline.BTCUSDT.1m",
    "btcusdt@kline_1M": "binance.spot.kline.BTCUSDT.1M",
    "btcusdt@kline_1m@+08:00": "binance.spot.kline_timezone_offset.BTCUSDT.1m",
    "btcusdt@depth": "binance.spot.diff_book_depth.BTCUSDT.1000",
    "btcusdt@depth@100ms": "binance.spot.diff_book_depth.BTCUSDT.100",
    "btcusdt@depth5@100ms": "binance.spot.partial_book_depth.BTCUSDT.5.100",
    "!miniTicker@arr": "binance.spot.all_mini_tickers",
    "!ticker_4h@arr": "binance.spot.rolling_window_ticker_all_symbols.4h",
    "币安人生usdt@trade": "binance.spot.trade.币安人生USDT",
    "brk.b@trade": "binance.spot.trade.BRK%2EB",
}


@pytest.mark.parametrize("name", NAMES)
def test_subject_of_a_stream_and_back(name: str) -> None:
    stream = binance_streams.CATALOG.resolve(name)
    assert SPOT.of(stream) == NAMES[name]
    assert SPOT.stream(NAMES[name]) == stream


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_every_stream_has_a_subject_of_its_own(package: object) -> None:
    catalog: Catalog = package.CATALOG  # type: ignore[attr-defined]
    subjects = Subjects(catalog, "p")
    streams = [stream for type in catalog if not type.is_secret for stream in _streams(type)]
    found = {subjects.of(stream): stream for stream in streams}
    assert len(found) == len(streams) > len(catalog) - 2
    assert {subject: subjects.stream(subject) for subject in found} == found


@pytest.mark.parametrize("value", ["", "%", "a b", "x.y", "*", ">", "ß", "ı", "a%2Eb", "-_", "é☃"])
def test_any_value_survives(value: str) -> None:
    """And the subject has no character that NATS forbids in a token."""
    type = _type(Text("pair", r"[\s\S]*", "x"), Choice("speed", {"": "", ">": "@fast"}))
    subjects = Subjects(Catalog((type,)), "p")
    stream = type.stream(pair=value, speed=">")
    subject = subjects.of(stream)
    tokens = subject.split(".")
    assert len(tokens) == 4
    assert all(tokens)
    assert not set("*> \t") & set(subject)
    assert subjects.stream(subject) == stream


@pytest.mark.parametrize("symbol", ["ß", "ı", "aß.b", "ǆ", "ﬁ"])
def test_symbols_without_upper_case_survive(symbol: str) -> None:
    type = _type(Symbol("symbol"))
    subjects = Subjects(Catalog((type,)), "p")
    stream = type.stream(symbol=symbol)
    assert subjects.stream(subjects.of(stream)) == stream


def test_accounts_have_no_subject() -> None:
    """The name of their streams is a secret, and their events are never published."""
    stream = binance_streams.CATALOG["user_data"].stream(listen_key="a" * 60)
    with pytest.raises(ParameterError) as caught:
        SPOT.of(stream)
    assert "a" * 60 not in str(caught.value)
    with pytest.raises(ParameterError):
        SPOT.stream("binance.spot.user_data." + "a" * 60)


@pytest.mark.parametrize(
    "subject",
    [
        *("binance.spot", "binance.spot.", "binance.spot.trade", "binance.spot.trade.A.B"),
        *("binance.spot.kline.BTCUSDT.7m", "binance.us.trade.BTCUSDT", "binance.spot.x.BTCUSDT"),
        *("binance.spot._notice.a", "binance.spot._snapshot.BTCUSDT", "binance.spot.trade.%20"),
    ],
)
def test_other_subjects_are_rejected(subject: str) -> None:
    with pytest.raises(ParameterError):
        SPOT.stream(subject)


def test_subjects_beside_the_streams() -> None:
    assert SPOT.notices("tokyo-1") == "binance.spot._notice.tokyo-1"
    assert SPOT.notices() == "binance.spot._notice.*"
    assert SPOT.collector("binance.spot._notice.tokyo-1") == "tokyo-1"
    assert (
        SPOT.snapshots("btcusdt") == SPOT.snapshots("BTCUSDT") == "binance.spot._snapshot.BTCUSDT"
    )
    assert SPOT.symbol_of(binance_streams.CATALOG.resolve("btcusdt@depth")) == "BTCUSDT"
    assert SPOT.symbol_of(binance_streams.CATALOG.resolve("!miniTicker@arr")) is None
    with pytest.raises(ParameterError):
        SPOT.collector("binance.spot.trade.BTCUSDT")


def test_each_stream_type_has_a_part_of_the_log() -> None:
    keys = [type.key for type in binance_streams.CATALOG if not type.is_secret]
    parts = [SPOT.log_stream(key) for key in (*keys, NOTICES, SNAPSHOTS)]
    assert len({part.name for part in parts}) == len(parts)
    trade, arrays = SPOT.log_stream("trade"), SPOT.log_stream("all_tickers")
    assert (trade.name, trade.subjects) == ("binance-spot-trade", "binance.spot.trade.>")
    assert arrays.subjects == "binance.spot.all_tickers"
    assert parts[-1].subjects == "binance.spot._snapshot.*"
    assert not any(set(part.name) & set(". *>/\\") for part in parts)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "*", "é", "x" * 65, None, 5])
def test_names_of_collectors_are_checked(name: object) -> None:
    with pytest.raises(ParameterError):
        check_collector(name)


@pytest.mark.parametrize("prefix", ["", ".", "a.", "a..b", "a b", "a.*", "é", None, "a" * 101])
def test_prefixes_are_checked(prefix: str) -> None:
    with pytest.raises(ParameterError):
        Subjects(binance_streams.CATALOG, prefix)


def test_each_server_has_a_prefix_of_its_own() -> None:
    """Messages of a test network never mix with those of production."""
    venue = binance_streams.VENUE
    prefixes = {
        given: default_prefix(venue, *find_server(venue, given))
        for given in ("production", "testnet", "ws://127.0.0.1:9000", "wss://relay.example")
    }
    assert prefixes == {
        "production": "binance.spot",
        "testnet": "binance.spot_testnet",
        "ws://127.0.0.1:9000": "binance.spot_127_0_0_1_9000",
        "wss://relay.example": "binance.spot_relay_example",
    }
    assert all(Subjects(binance_streams.CATALOG, prefix) for prefix in prefixes.values())
    us = binance_streams_us.VENUE
    assert default_prefix(us, *find_server(us, us.default_server)) == "binance.us"


def _type(*parameters: object) -> StreamType:
    segments: tuple[object, ...] = (*parameters, "@x")
    return StreamType("odd", "", "", "", segments, (), UpdateSpeed(None))  # type: ignore[arg-type]


def _streams(type: StreamType) -> list[Stream]:
    values = [
        parameter.values if isinstance(parameter, Choice) else ("btcusdt", "eth.b-c_d")
        for parameter in type.parameters
    ]
    names = [parameter.name for parameter in type.parameters]
    return [type.stream(**dict(zip(names, found, strict=True))) for found in product(*values)]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("btcusdt@kline_1m", "BTCUSDT"), ("!ticker_4h@arr", None), ("!miniTicker@arr", None)],
)
def test_the_symbol_of_a_stream_is_that_of_its_subject(name: str, symbol: str | None) -> None:
    assert SPOT.symbol_of(binance_streams.CATALOG.resolve(name)) == symbol
