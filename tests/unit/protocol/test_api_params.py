"""The parameters of a request to the WebSocket API, and the text that is signed and sent."""

from __future__ import annotations

import enum
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import ParameterError
from binance_streams_runtime.catalog.api import ApiMethod, ApiParameter, ApiWeight, Security
from binance_streams_runtime.protocol.api_params import checked_params, checked_recv_window
from binance_streams_runtime.protocol.api_requests import request_text, signed_payload

MOST = 60_000
"""Milliseconds for which a request may be valid."""


def method(*parameters: ApiParameter, security: Security = "TRADE") -> ApiMethod:
    return ApiMethod("order.test", "", "", security, parameters, (ApiWeight(1),))


KINDS = method(
    ApiParameter("text", "text"),
    ApiParameter("decimal", "decimal"),
    ApiParameter("int", "int"),
    ApiParameter("bool", "bool"),
    ApiParameter("list", "list"),
    ApiParameter("side", "text", values=("BUY", "SELL")),
)
UNSIGNED = method(*KINDS.parameters, security="NONE")


class Side(enum.Enum):
    BUY = "BUY"


class Text(str):
    """A text that shows something else than it is."""

    def __str__(self) -> str:
        return "else"


def rejected(method: ApiMethod, **given: Any) -> str:
    with pytest.raises(ParameterError) as caught:
        checked_params(method, given, MOST)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("text", "btcusdt", "btcusdt"),
        ("text", "１２３", "１２３"),
        ("text", Text("abc"), "abc"),
        ("side", "BUY", "BUY"),
        ("side", Side.BUY, "BUY"),
        ("decimal", Decimal("0.00000001"), "0.00000001"),
        ("decimal", Decimal("1E+3"), "1000"),
        ("decimal", Decimal("1E-8"), "0.00000001"),
        ("decimal", Decimal("52000.00"), "52000.00"),
        ("decimal", "52000.00", "52000.00"),
        ("decimal", "-1.5", "-1.5"),
        ("decimal", 5, "5"),
        ("int", 2**63 - 1, 2**63 - 1),
        ("int", -(2**63), -(2**63)),
        ("bool", True, "true"),
        ("bool", False, "false"),
    ],
)
def test_a_value_has_the_form_that_is_sent(name: str, value: Any, sent: Any) -> None:
    made = checked_params(KINDS, {name: value}, MOST)
    assert made == {name: sent}
    assert type(made[name]) is type(sent)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("text", 5),
        ("text", b"abc"),
        ("text", "\ud800"),
        ("side", "buy"),
        ("decimal", 0.1),
        ("decimal", True),
        ("decimal", Decimal("NaN")),
        ("decimal", Decimal("sNaN")),
        ("decimal", Decimal("Infinity")),
        ("decimal", Decimal("1E+41")),
        ("decimal", Decimal("1E-41")),
        ("decimal", Decimal("1E+999999999")),
        *(("decimal", text) for text in ("", "1e3", "+1", " 1", "1.", ".5", "1_000", "１", "abc")),
        ("decimal", 2**63),
        *(("int", value) for value in ("5", 5.0, True, 2**63, -(2**63) - 1)),
        *(("bool", value) for value in ("true", 1, 0)),
    ],
)
def test_a_value_of_another_kind_is_rejected(name: str, value: Any) -> None:
    assert rejected(KINDS, **{name: value}).startswith(f"{name}: got ")


def test_a_float_is_rejected_with_the_reason() -> None:
    assert "(a float is not exact)" in rejected(KINDS, decimal=0.1)


def test_the_allowed_words_are_named() -> None:
    assert rejected(KINDS, side="BOTH") == "side: got 'BOTH'; allowed: 'BUY', 'SELL'"


@pytest.mark.parametrize("value", [["BTCUSDT", "１２３"], ("A",), [1, 2]])
def test_a_list_is_sent_as_it_is_if_nothing_is_signed(value: Any) -> None:
    assert checked_params(UNSIGNED, {"list": value}, MOST) == {"list": list(value)}


@pytest.mark.parametrize("value", ["BTCUSDT", [], [1.5], [""], [True], [["A"]], {"A": 1}])
def test_a_list_has_texts_or_numbers(value: Any) -> None:
    assert "a list of texts" in rejected(UNSIGNED, list=value)


def test_a_signed_request_has_no_list() -> None:
    """The documentation does not say what of it would be signed."""
    assert "no list, as the request is signed" in rejected(KINDS, list=["A"])


def test_none_is_left_out() -> None:
    assert checked_params(KINDS, {"text": None, "recvWindow": None, "int": 1}, MOST) == {"int": 1}


def test_what_the_method_needs_must_be_there() -> None:
    needs = method(ApiParameter("symbol", "text", is_required=True))
    expected = "symbol: got None; allowed: a text, not empty, which order.test needs"
    assert rejected(needs) == rejected(needs, symbol=None) == expected


@pytest.mark.parametrize("name", ["apiKey", "timestamp", "signature"])
def test_what_is_added_cannot_be_given(name: str) -> None:
    """Nor is it shown, as it is likely to be real; whether the method lists it does not matter."""
    lists = method(ApiParameter(name, "text", is_required=True))
    assert checked_params(lists, {}, MOST) == {}
    for one in (KINDS, lists):
        text = rejected(one, **{name: "canary"})
        assert text == f"{name}: got '…'; allowed: nothing, as it is added to requests that need it"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    text = rejected(KINDS, recvwindow=5000)
    assert text.startswith("recvwindow: got '…'; ")
    assert "allowed: 'recvWindow'? The parameters of order.test are text, decimal, int" in text
    assert "no parameters, as order.test has none" in rejected(method(security="NONE"), symbol="A")
    assert rejected(KINDS, zzzzzzzz=1).split("; allowed: ")[1].startswith("The parameters of")


def test_an_unsigned_request_has_no_time_limit() -> None:
    assert "The parameters of order.test are" in rejected(UNSIGNED, recvWindow=5000)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (1, 1),
        (60_000, 60_000),
        (5000.0, 5000),
        (6000.346, 6000.346),
        (Decimal("1.5"), 1.5),
        ("2.25", 2.25),
    ],
)
def test_the_time_limit_has_up_to_three_decimal_places(given: Any, sent: Any) -> None:
    for made in (
        checked_recv_window(given, MOST),
        checked_params(KINDS, {"recvWindow": given}, MOST),
    ):
        assert made in (sent, {"recvWindow": sent})
    assert type(checked_recv_window(given, MOST)) is type(sent)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("sNaN"),
        Decimal("NaN"),
        "1." + "0" * 400,
        0,
        0.999,
        60_000.001,
        60_001,
        -1,
        1.0001,
        float("nan"),
        True,
        "5e3",
        "",
        None,
        10**400,
    ],
)
def test_another_time_limit_is_rejected(value: Any) -> None:
    with pytest.raises(ParameterError, match="1 to 60000, with at most three decimal places"):
        checked_recv_window(value, MOST)


# What is signed


def test_the_payload_is_sorted_by_code_point_without_the_signature() -> None:
    params = {"b": 1, "B": "x&=%", "aa": "é", "a": 6000.346, "signature": "s", "Z": 2}
    assert signed_payload(params) == "B=x&=%&Z=2&a=6000.346&aa=é&b=1".encode()


def test_a_request_without_parameters_has_none() -> None:
    assert request_text("a1", "time", {}) == '{"id":"a1","method":"time"}'


# Everything that a number or a text may be, short of what JSON cannot have.
_VALUES = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    "decimal": st.one_of(
        st.decimals(-(10**9), 10**9, allow_nan=False, places=9),
        st.tuples(st.integers(), st.integers(-40, 40)).map(
            lambda parts: Decimal(parts[0]).scaleb(parts[1])
        ),
        st.integers(-(2**63), 2**63 - 1),
        st.from_regex(r"-?[0-9]+(\.[0-9]+)?", fullmatch=True, alphabet="-.0123456789"),
    ),
    "int": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "side": st.sampled_from(["BUY", "SELL"]),
    "recvWindow": st.one_of(
        st.integers(1, 60_000), st.integers(1000, 60_000_000).map(lambda one: one / 1000)
    ),
}


@given(st.fixed_dictionaries({}, optional=_VALUES))
def test_the_signed_text_is_the_text_in_the_frame(given: dict[str, Any]) -> None:
    """A server reads numbers as they are written in the JSON, and texts unescaped."""
    params = checked_params(KINDS, given, MOST)
    frame = request_text(1, "order.test", params | {"signature": "s"})
    read = json.loads(frame, parse_int=str, parse_float=str)["params"]
    read.pop("signature")
    expected = "&".join(f"{name}={read[name]}" for name in sorted(read))
    assert signed_payload(params | {"signature": "s"}) == expected.encode()


@given(_VALUES["decimal"])
def test_a_decimal_is_plain_and_the_same_number(value: Any) -> None:
    sent = checked_params(KINDS, {"decimal": value}, MOST)["decimal"]
    assert isinstance(sent, str)
    assert set(sent) <= set("-.0123456789")
    assert Decimal(sent) == Decimal(value)
