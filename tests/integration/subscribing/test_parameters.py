"""Names and options: whatever is not allowed is refused, with a text that says what is.

Reading a name gives back what wrote it.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import CATALOG, Client, ParameterError, UnknownStreamError
from binance_streams_runtime.catalog.parameters import Choice, ListenKey, Parameter, Symbol
from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time

SPLITTERS = (
    "/?#&;%@!,: \t\r\n\x00\x0b\x1f\x7f\x85\xa0\u2028\u2029\u3000\u200b\u202e\ufeff\\\"'<>{}[]()=+*"
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


@given(st.text(max_size=20), st.sampled_from(SPLITTERS), st.text(max_size=20))
def test_symbols_that_could_split_a_name_are_refused(before: str, bad: str, after: str) -> None:
    with pytest.raises(ParameterError):
        CATALOG["trade"].name(symbol=before + bad + after)


@pytest.mark.parametrize(
    "symbol",
    [
        "btcusdt/ethusdt@trade", "btc?", "btc#", "btc&x", "btc;", "btc usdt", " btcusdt",
        "btcusdt ", "btc\r\n", "btcusdt\n", "\x00", "btc%0d", "", "a" * 65, "a" * 10_000,
        "btc\u202eusdt", "\ud800", None, 5, True, b"btcusdt", ["btcusdt"], "İ", "btc@usdt", "!arr",
    ],
)  # fmt: skip
def test_bad_symbols_are_refused_with_a_short_text(symbol: Any) -> None:
    for type in TYPES:
        if any(isinstance(part, Symbol) for part in type.parameters):
            others = {
                part.name: part.values[0] for part in type.parameters if isinstance(part, Choice)
            }
            with pytest.raises(ParameterError, match="symbol") as caught:
                type.name(symbol=symbol, **others)
            assert len(str(caught.value)) < 400


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


@pytest.mark.parametrize("key", ["", "short", "a" * 257, "a" * 30 + "-", "a" * 30 + "\n", None, 5])
def test_bad_listen_keys_are_refused_without_showing_them(key: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        CATALOG["user_data"].name(listen_key=key)
    if isinstance(key, str) and key:
        assert key not in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_breaks_resolving(name: str) -> None:
    try:
        stream = CATALOG.resolve(name)
    except UnknownStreamError:
        return
    assert stream.name == name


@pytest.mark.parametrize("name", [None, 5, b"btcusdt@trade", ["btcusdt@trade"]])
def test_names_that_are_no_text_are_refused(name: Any) -> None:
    with pytest.raises(ParameterError):
        CATALOG.resolve(name)


def test_upper_case_names_come_with_a_hint() -> None:
    with pytest.raises(UnknownStreamError, match="btcusdt@kline_1M"):
        CATALOG.resolve("BTCUSDT@kline_1M")


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.key)
def test_missing_and_unknown_arguments_are_refused(type: StreamType) -> None:
    with pytest.raises(ParameterError):
        type.name(nonsense=1)
    if type.parameters:
        with pytest.raises(ParameterError):
            type.name()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("btcusdt@kline_7m", "interval in 'btcusdt@kline_7m': got '7m'; allowed: '1s', '1m'"),
        ("btcusdt@depth7", "level in 'btcusdt@depth7': got '7'; allowed: '5', '10', '20'"),
        ("btcusdt@depth@1000ms", "got '@1000ms'; allowed: '', '@100ms'"),
        ("!ticker_2h@arr", "windowSize in '!ticker_2h@arr': got '2h'; allowed: '1h', '4h', '1d'"),
    ],
)
def test_a_raw_name_that_is_nearly_right_is_told_what_is_allowed(name: str, told: str) -> None:
    with pytest.raises(ParameterError) as caught:
        CATALOG.resolve(name)
    assert told in str(caught.value)


# Options


NO_SECONDS = [0, -1, float("nan"), float("inf"), 86_401, True, "1"]
PROXIES = "http://[user:password@]host:port, socks5h://"


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("reconnect", [None, 0, 1, "yes", []], "True, False, or a callable"),
        ("backoff", [0, 1.5, "fast", [1, 2]], "a callable, or None"),
        ("trust_env", [None, 0, 1, "yes"], "True, False"),
        ("connection_lifetime", NO_SECONDS, "seconds, above 0 and at most 86400"),
        ("proxy", [5, True, b"http://h:1", ("h", 1)], "socks5h://"),
        ("proxy", ["", "h", "h:1", "ftp://h:1", "http://", "http://h:0"], PROXIES),
        ("proxy", ["http://h:1/path", "socks5://h:1?q", "http://h:99999"], PROXIES),
        ("proxy", ["https://h:1"], "TLS to the proxy itself is not supported"),
    ],
)
def test_bad_options_of_a_client_are_refused_with_what_is_allowed(
    name: str, values: list[Any], allowed: str
) -> None:
    for value in values:
        with pytest.raises(ParameterError) as caught:
            Client("ws://127.0.0.1:1", **{name: value})
        assert caught.value.name == name, value
        assert allowed in str(caught.value), value


def test_a_proxy_that_is_refused_keeps_its_password() -> None:
    with pytest.raises(ParameterError) as caught:
        Client(proxy="ftp://somebody:hunter2@h:1")
    assert "hunter2" not in str(caught.value) + repr(caught.value) + repr(caught.value.given)


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("max_silence", NO_SECONDS, "seconds, above 0 and at most 86400"),
        ("on_silence", ["", "restart", None, True, []], "'notice', 'resubscribe', 'reconnect'"),
    ],
)
def test_bad_options_of_a_stream_are_refused_before_anything_is_sent(
    connect: Connect, simulator: Simulator, name: str, values: list[Any], allowed: str
) -> None:
    client = connect(simulator.url)
    calls = (
        lambda options: client.trade("BTCUSDT", **options),
        lambda options: client.trade("BTCUSDT", action="UNSUBSCRIBE", **options),
        lambda options: client.subscribe("btcusdt@trade", **options),
    )
    for value in values:
        for call in calls:
            with pytest.raises(ParameterError) as caught:
                call({name: value})
            assert caught.value.name == name, value
            assert allowed in str(caught.value), value
    assert (client.subscriptions, simulator.connection_attempts) == ((), 0)


def test_options_of_which_none_is_given_are_taken(connect: Connect, simulator: Simulator) -> None:
    """None is the default of each that may be None."""
    client = connect(
        simulator.url, backoff=None, proxy=None, connection_lifetime=None, reconnect=True
    )
    subscription = client.trade("BTCUSDT", max_silence=None, maxsize=None, overflow=None)
    assert in_time(lambda: subscription.get(LIMIT)).symbol == "BTCUSDT"


@pytest.mark.parametrize("is_default", [False, True], ids=["own", "default"])
def test_the_latest_of_a_diff_book_depth_alone_is_refused_before_anything_is_sent(
    connect: Connect, simulator: Simulator, is_default: bool
) -> None:
    """Its events build on each other. It says which stream, and an own policy is taken."""
    client = connect(simulator.url, **({"overflow": "latest"} if is_default else {}))
    own: dict[str, Any] = {} if is_default else {"overflow": "latest"}
    for call in (
        lambda: client.diff_book_depth("BTCUSDT", **own),
        lambda: client.subscribe("btcusdt@depth@100ms", **own),
        lambda: client.diff_book_depth("BTCUSDT", id=5, **own),
    ):
        with pytest.raises(ParameterError, match="builds on the one before") as caught:
            call()
        assert caught.value.name == "overflow"
        assert "btcusdt@depth" in str(caught.value)
    assert (client.subscriptions, simulator.connection_attempts) == ((), 0)
    # The id is free again, and other streams may have the policy.
    in_time(client.partial_book_depth("BTCUSDT", level=5, overflow="latest", id=5).wait)
    in_time(client.diff_book_depth("BTCUSDT", overflow="drop_oldest").wait)
