"""Numbers that JSON does not hold in quotes, and empty texts in place of numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Generic

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams_runtime.decimals import OrEmpty, Unquoted, from_packed
from binance_streams_runtime.decoding.json import concrete, encode, json_decoder
from binance_streams_runtime.types import N, Numbers

EACH_NUMBER = pytest.mark.parametrize("numbers", [Decimal, float, str])


class Level(msgspec.Struct, Generic[N], frozen=True, array_like=True):
    price: OrEmpty[N]
    quantity: Unquoted[N]


class Event(msgspec.Struct, Generic[N], frozen=True, omit_defaults=True, kw_only=True):
    plain: N = msgspec.field(name="p")
    bare: Unquoted[N] = msgspec.field(name="b")
    empty: OrEmpty[N] = msgspec.field(name="e")
    many: list[Unquoted[N]]
    levels: list[Level[N]]
    nullable: Unquoted[N] | None
    optional: OrEmpty[N] = None


def message(bare: str = "0.10", empty: str = '""') -> bytes:
    """An event with these two fields."""
    return (
        f'{{"p":"1.10","b":{bare},"e":{empty},"many":[1,2.50,-0.0000001],'
        '"levels":[["",1.0],["2.0",3]],"nullable":null}'
    ).encode()


def decode(raw: bytes, numbers: Numbers) -> Any:
    return json_decoder(concrete(Event, numbers), numbers).decode(raw)


@EACH_NUMBER
def test_numbers_are_of_the_chosen_type_and_empty_is_none(numbers: Any) -> None:
    event = decode(message(), numbers)
    assert event == Event(
        plain=numbers("1.10"),
        bare=numbers("0.10"),
        empty=None,
        many=[numbers("1"), numbers("2.50"), numbers("-0.0000001")],
        levels=[Level(None, numbers("1.0")), Level(numbers("2.0"), numbers("3"))],
        nullable=None,
    )
    assert type(event.bare) is numbers
    assert [type(number) for number in event.many] == [numbers] * 3


@pytest.mark.parametrize("numbers", [Decimal, str])
def test_encoded_again_an_event_has_the_forms_that_it_came_in(numbers: Any) -> None:
    for raw in (message(), message("5", '"7.00"'), message()[:-1] + b',"optional":"1"}'):
        assert encode(decode(raw, numbers)) == raw


def test_floats_are_encoded_as_numbers_and_empty_as_empty() -> None:
    plain = msgspec.json.decode(encode(decode(message(), float)))
    assert (plain["b"], plain["e"], plain["levels"]) == (0.1, "", [["", 1.0], [2.0, 3.0]])


@given(
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?", fullmatch=True)
)
def test_every_digit_of_a_number_is_kept(digits: str) -> None:
    raw = message(digits)
    # Of all whole numbers, only -0 is read as another text: 0.
    assert decode(raw, str).bare == ("0" if digits == "-0" else digits)
    assert str(decode(raw, Decimal).bare) == str(Decimal(decode(raw, str).bare))
    assert decode(raw, float).bare == float(digits)


@EACH_NUMBER
@pytest.mark.parametrize("bare", ['"0.1"', '""', "true", "null", "[]", "{}"])
def test_what_is_no_number_is_refused_with_its_place(numbers: Any, bare: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"number without quotes - at `\$\.b`"):
        decode(message(bare), numbers)


@EACH_NUMBER
@pytest.mark.parametrize("empty", ["0.1", "5", "true", "null", "[]", "{}"])
def test_what_is_no_text_is_refused_with_its_place(numbers: Any, empty: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"or an empty text - at `\$\.e`"):
        decode(message(empty=empty), numbers)


@pytest.mark.parametrize("numbers", [Decimal, float])
def test_a_text_that_is_no_number_is_refused_with_its_place(numbers: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"at `\$\.e`"):
        decode(message(empty='"abc"'), numbers)


@EACH_NUMBER
def test_a_packed_event_is_the_same_again(numbers: Any) -> None:
    event = decode(message(), numbers)
    packed = msgspec.msgpack.encode(event)
    decoder = msgspec.msgpack.Decoder(
        concrete(Event, numbers), strict=numbers is not float, dec_hook=from_packed
    )
    assert decoder.decode(packed) == event
