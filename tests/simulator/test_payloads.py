"""Payloads: every stream of the catalog has the keys, the types and the words of its spec."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Annotated, Any, Literal

import msgspec
import pytest

from binance_streams import CATALOG
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Choice, ListenKey, Parameter, Symbol, Text
from binance_streams_runtime.catalog.streams import Catalog, StreamType, UpdateSpeed
from binance_streams_simulator.hub import Event, Hub
from binance_streams_simulator.market import Market

NOW = 1_767_225_600_000_000
LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8"


def names() -> list[str]:
    """Every stream with every choice of its parameters."""
    found: list[str] = []
    for stream_type in CATALOG:
        values: list[list[tuple[str, object]]] = []
        for parameter in stream_type.parameters:
            if isinstance(parameter, Choice):
                values.append([(parameter.name, value) for value in parameter.values])
            else:
                value = LISTEN_KEY if isinstance(parameter, ListenKey) else "bnbbtc"
                values.append([(parameter.name, value)])
        found.extend(stream_type.name(**dict(chosen)) for chosen in product(*values))
    return found


def as_exact(event: type[Any]) -> Any:
    generic: Any = event
    return generic[Decimal] if getattr(event, "__parameters__", ()) else event


def keys(value: Any) -> Any:
    """The keys of a payload, in order, down to the elements of its lists of objects."""
    if isinstance(value, dict):
        return [(key, keys(part)) for key, part in value.items()]
    return None


@pytest.mark.parametrize("name", names())
def test_every_stream_sends_what_its_spec_says(tape: Any, name: str) -> None:
    stream_type = CATALOG.resolve(name).type
    events = tape([name]).run(30)
    assert events, "no event within three seconds"
    documented = [json.loads(example.payload) for example in EXAMPLES[stream_type.key]]
    for _, data in events:
        elements = data if stream_type.is_array else [data]
        assert elements
        for element in elements:
            # One struct at a time: several of a user's events are distinguished by their constant.
            assert any(_fits(element, as_exact(event)) for event in stream_type.events), element
            shapes = [keys(one[0] if isinstance(one, list) else one) for one in documented]
            assert keys(element) in shapes


def _fits(element: Any, event: Any) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(element), type=event)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("window", ["1h", "4h", "1d"])
def test_event_types_that_vary_take_the_parameter(tape: Any, window: str) -> None:
    assert tape([f"btcusdt@ticker_{window}"]).run(1)[0][1]["e"] == f"{window}Ticker"
    for element in tape([f"!ticker_{window}@arr"]).run(1)[0][1]:
        assert element["e"] == f"{window}Ticker"


def test_candles_carry_their_interval(tape: Any) -> None:
    assert tape(["btcusdt@kline_1M"]).run(1)[0][1]["k"]["i"] == "1M"
    assert tape(["btcusdt@kline_1m"]).run(1)[0][1]["k"]["i"] == "1m"


def test_days_begin_where_the_name_says(tape: Any) -> None:
    """Simulated time begins at midnight UTC, which is eight in the morning at UTC+8."""
    utc = tape(["btcusdt@kline_1d"]).run(1)[0][1]["k"]
    shifted = tape(["btcusdt@kline_1d@+08:00"]).run(1)[0][1]["k"]
    assert utc["t"] == NOW // 1_000
    assert shifted["t"] == NOW // 1_000 - 8 * 3_600_000
    assert shifted["T"] - shifted["t"] == utc["T"] - utc["t"] == 86_399_999


@pytest.mark.parametrize("level", [5, 10, 20])
def test_partial_depth_has_as_many_levels_as_asked(tape: Any, level: int) -> None:
    for speed in ("", "@100ms"):
        data = tape([f"btcusdt@depth{level}{speed}"]).run(1)[0][1]
        assert (len(data["bids"]), len(data["asks"])) == (level, level)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("btcusdt@kline_1s", 10, 20),
        ("btcusdt@kline_1m", 5, 6),
        ("btcusdt@depth", 10, 10),
        ("btcusdt@depth@100ms", 90, 100),
        ("btcusdt@referencePrice", 10, 10),
        ("btcusdt@blockTrade", 3, 30),
    ],
)
def test_streams_keep_their_update_speed(tape: Any, name: str, least: int, most: int) -> None:
    assert least <= len(tape([name]).run(100)) <= most


def test_a_faster_pace_shortens_the_periods(tape: Any) -> None:
    assert len(tape(["btcusdt@referencePrice"], pace=10.0).run(100)) == 100


def test_symbols_are_upper_case_and_may_be_any_letters(tape: Any) -> None:
    assert tape(["这是测试币abc@miniTicker"]).run(1)[0][1]["s"] == "这是测试币ABC"


def test_microseconds_only_change_times(tape: Any, read: Callable[..., Any]) -> None:
    run = tape(["btcusdt@kline_1m", "btcusdt@aggTrade", "!miniTicker@arr"])
    run.run(30)
    for event in run.events:
        milli, micro = read(event), read(event, True)
        pairs = list(zip(flat(milli), flat(micro), strict=True))
        times = [(a, b) for a, b in pairs if a != b]
        assert times
        assert all(b // 1_000 == a for a, b in times)
        assert all(b > 10**15 for _, b in times)


def flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in flat(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in flat(part)]
    return [value]


def test_a_users_events_come_in_turn_with_the_time_of_now(tape: Any) -> None:
    examples = EXAMPLES["user_data"]
    events = tape([LISTEN_KEY]).run(5 * len(examples) + 5)
    kinds = [json.loads(example.payload)["e"] for example in examples]
    assert [data["e"] for _, data in events][: len(kinds)] == kinds
    for _, data in events:
        if "E" in data:
            assert data["E"] > 1_767_225_600_000


def test_names_that_mean_nothing_stay_silent(tape: Any) -> None:
    hub = tape([]).hub
    for name in ("BTCUSDT@trade", "btcusdt@nonsense", "btcusdt@depth7", "", "a" * 10_000, "@"):
        assert not hub.open(name, NOW)
    assert list(hub.step(NOW)) == []


class _Mark(msgspec.Struct, kw_only=True):
    """Like the futures market's mark price: words that no fact was written for."""

    event_type: Literal["markPriceUpdate"] = msgspec.field(name="e")
    event_time: Annotated[int, msgspec.Meta(extra={"kind": "timestamp"})] = msgspec.field(name="E")
    symbol: str = msgspec.field(name="s")
    mark_price: Decimal = msgspec.field(name="p")
    funding_rate: Decimal = msgspec.field(name="r")
    next_funding_time: Annotated[int, msgspec.Meta(extra={"kind": "timestamp"})] = msgspec.field(
        name="T"
    )
    serial: Annotated[int, msgspec.Meta(extra={"kind": "id"})] = msgspec.field(name="n")


def mark_price(*segments: str | Parameter) -> tuple[Catalog, dict[str, tuple[Example, ...]]]:
    """A catalog of one stream, and its example."""
    stream_type = StreamType(
        key="mark_price",
        title="Mark Price",
        method="mark_price",
        source="",
        segments=segments,
        events=(_Mark,),
        update_speed=UpdateSpeed(1000),
    )
    example = Example(
        "documented",
        "btcusdt@markPrice@1s",
        {"symbol": "btcusdt"},
        b'{"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"1.5","r":"0.0003","T":9,"n":4,"X":"x"}',
    )
    return Catalog((stream_type,)), {"mark_price": (example,)}


def test_a_stream_that_did_not_exist_is_served(read: Callable[[Event], Any]) -> None:
    catalog, examples = mark_price(Symbol("symbol"), "@markPrice@1s")
    hub = Hub(catalog, examples, Market(1, ("BTCUSDT",), NOW))
    assert hub.open("ethusdt@markPrice@1s", NOW)
    said = [read(event) for step in range(11) for event in hub.step(NOW + step * 100_000)]
    first, second = said
    assert list(first) == ["e", "E", "s", "p", "r", "T", "n", "X"]
    assert (first["s"], first["r"], first["X"]) == ("ETHUSDT", "0.0003", "x")
    assert first["E"] == first["T"] == NOW // 1_000
    assert Decimal(first["p"]) > 0
    assert first["p"] != "1.5"
    assert (first["n"], second["n"]) == (4, 5)


def test_a_stream_of_all_symbols_has_each_of_them(read: Callable[[Event], Any]) -> None:
    catalog, examples = mark_price("!markPrice@1s")
    hub = Hub(catalog, examples, Market(1, ("BTCUSDT", "ETHUSDT"), NOW))
    assert hub.open("!markPrice@1s", NOW)
    assert [read(event)["s"] for event in hub.step(NOW)] == ["BTCUSDT", "ETHUSDT"]


@pytest.mark.parametrize("name", ["mark_price", "funding_rate", "next_funding_time"])
def test_an_argument_is_no_value_of_a_field_of_another_type(
    name: str, read: Callable[[Event], Any]
) -> None:
    day = Text(name, pattern="[0-9]{6}", example="221125")
    catalog, examples = mark_price(Symbol("symbol"), "@markPrice@", day)
    hub = Hub(catalog, examples, Market(1, ("BTCUSDT",), NOW))
    assert hub.open("btcusdt@markPrice@221125", NOW)
    (first,) = [read(event) for event in hub.step(NOW)]
    msgspec.convert(first, _Mark)
    assert "221125" not in first.values()


class _Book(msgspec.Struct, kw_only=True):
    """An order book whose levels are objects."""

    symbol: str = msgspec.field(name="s")
    bids: list[dict[str, str]] = msgspec.field(name="b")


def test_levels_of_another_form_are_those_of_the_example(read: Callable[[Event], Any]) -> None:
    catalog, _ = mark_price(Symbol("symbol"), "@book")
    stream_type = msgspec.structs.replace(next(iter(catalog)), events=(_Book,))
    payload = b'{"s":"BTCUSDT","b":[{"p":"1","q":"2"}]}'
    examples = {"mark_price": (Example("documented", "btcusdt@book", {}, payload),)}
    hub = Hub(Catalog((stream_type,)), examples, Market(1, ("BTCUSDT",), NOW))
    assert hub.open("btcusdt@book", NOW)
    assert [read(event) for event in hub.step(NOW)] == [json.loads(payload)]
