"""How far a connection has come, by each form of continuity."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Range, Sequence, Step
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.position import is_same_event, reaches
from binance_streams_runtime.types import Numbers
from tests.support.trackers import Event

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("sequence", "event", "first", "expected"),
    [
        (Step("first"), (7, 7), (9, 9), False),
        (Step("first"), (8, 8), (9, 9), True),
        (Step("first", 2), (7, 7), (9, 9), True),
        (Range("first", "last"), (1, 7), (9, 12), False),
        (Range("first", "last"), (1, 8), (9, 12), True),
        (Range("first", "last"), (5, 20), (9, 12), True),
        # What comes first names 8 as the one before it.
        (Range("last", "last", "previous"), (1, 7), (9, 12), False),
        (Range("last", "last", "previous"), (1, 8), (9, 12), True),
        (Range("last", "last", "previous"), (5, 20), (9, 12), True),
        (Monotonic("first"), (8, 0), (9, 0), False),
        (Monotonic("first"), (9, 1), (9, 0), False),
        (Monotonic("first"), (9, 0), (9, 0), True),
        (Monotonic("first"), (10, 0), (9, 0), True),
        # A time may go back a little, so a little later proves nothing.
        (Monotonic("first", is_time=True), (NOW + 900, 0), (NOW, 0), False),
        (Monotonic("first", is_time=True), (NOW + 1001, 0), (NOW, 0), True),
        (Monotonic("first", is_time=True), (NOW * 1000 + 1001, 0), (NOW * 1000, 0), False),
        (Monotonic("first", is_time=True), (NOW, 0), (NOW, 0), True),
        # Of several sequences: the same one, and as far as the event itself.
        (PerKey("last", Step("first")), (8, 1), (9, 1), False),
        (PerKey("last", Step("first")), (9, 1), (9, 1), True),
        (PerKey("last", Step("first")), (10, 2), (9, 1), False),
        (PerKey("last", Monotonic("first")), (10, 1), (9, 1), True),
        (PerKey("last", Monotonic("first")), (10, 2), (9, 1), False),
        (None, (9, 9), (9, 8), False),
        (None, (9, 9), (9, 9), True),
    ],
)
def test_what_has_come_reaches_what_comes_first_elsewhere(
    sequence: Sequence | None, event: tuple[int, int], first: tuple[int, int], expected: bool
) -> None:
    assert reaches(sequence, Event(*event), Event(*first)) is expected


@pytest.mark.parametrize("numbers", [float, Decimal, str])
def test_an_event_is_the_same_if_it_was_decoded_as_text_elsewhere(numbers: Numbers) -> None:
    """As it is from the moment on at which the client itself begins to read a stream."""
    type = CATALOG["book_ticker"]
    text, plain = decoder_of(type, str), decoder_of(type, numbers)
    payload = b'{"u":7,"s":"BNBUSDT","b":"25.30","B":"0.00000001","a":"25.36","A":"%s"}'
    event, other = payload % b"40.66", payload % b"40.67"
    assert is_same_event(type.sequence, plain.bare(event), text.bare(event))
    assert reaches(type.sequence, text.bare(event), plain.bare(event))
    assert not is_same_event(type.sequence, plain.bare(event), text.bare(other))
    assert not is_same_event(type.sequence, text.bare(event), plain.bare(other))
    assert not is_same_event(type.sequence, plain.bare(event), plain.bare(other))


@pytest.mark.parametrize("quantity", ["", "many", "NaN", "sNaN"])
@pytest.mark.parametrize("numbers", [float, Decimal])
def test_what_is_no_number_is_not_the_same_as_one(numbers: Numbers, quantity: str) -> None:
    type = CATALOG["book_ticker"]
    payload = '{"u":7,"s":"BNBUSDT","b":"25.3","B":"31.2","a":"25.4","A":"%s"}'
    number = decoder_of(type, numbers).bare((payload % "40.66").encode())
    text = decoder_of(type, str).bare((payload % quantity).encode())
    assert not is_same_event(type.sequence, text, number)
    assert not is_same_event(type.sequence, number, text)


def test_arrays_are_the_same_if_they_were_decoded_as_text_elsewhere() -> None:
    type = CATALOG["book_ticker"]
    payload = b'{"u":7,"s":"BNBUSDT","b":"25.3","B":"31.2","a":"25.4","A":"40.66"}'
    text, number = decoder_of(type, str).bare(payload), decoder_of(type, float).bare(payload)
    assert is_same_event(None, [text, text], [number, number])
    assert not is_same_event(None, [text], [number, number])
