"""What can be read of a book: exact, of one moment, and never silently a part."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import ParameterError, PriceLevel
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.changes import converted
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.messages import Messages
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.order_book.values import BookChange, BookView, Depth, Fill, Horizon
from tests.support.true_book import Update, rules

D = Decimal
BIDS = ("9.9 x 1", "9.8 x 2", "9.5 x 4", "9.0 x 8")
ASKS = ("10.1 x 1", "10.2 x 3", "11.0 x 5")


def levels(*texts: str) -> list[PriceLevel[str]]:
    return [PriceLevel(*text.split(" x ")) for text in texts]


def read(
    numbers: Any = Decimal,
    bids: tuple[str, ...] = BIDS,
    asks: tuple[str, ...] = ASKS,
    limit: int = 100,
) -> BookReader[Any]:
    local = LocalBook("btcusdt@depth", lambda notice: None)
    local.replace(1.0, Book(7, levels(*bids), levels(*asks), limit))
    return BookReader(local, numbers)


def test_the_best_levels() -> None:
    reader = read()
    assert reader.best_bid == PriceLevel(D("9.9"), D(1))
    assert reader.best_ask == PriceLevel(D("10.1"), D(1))
    assert (reader.spread, reader.mid) == (D("0.2"), D("10"))
    assert reader.last_update_id == 7


@pytest.mark.parametrize("numbers", [Decimal, float, str])
def test_numbers_are_of_the_clients_type(numbers: Any) -> None:
    reader = read(numbers)
    fill = reader.cost("buy", 2)
    values = [
        *(reader.spread, reader.mid, reader.microprice, reader.imbalance(2)),
        *(fill.quantity, fill.average_price, fill.worst_price, fill.cost),
        *reader.top(1).bids[0],
        *reader.bids[0],
        *reader.grouped("0.5").asks[0],
        reader.quantity_to("sell", 9).quantity,
    ]
    assert {type(value) for value in values} == {numbers}


def test_texts_are_as_sent_and_never_have_an_exponent() -> None:
    reader = read(str, bids=("0.00000010 x 1000000",), asks=("0.00000020 x 5",))
    assert reader.best_bid == PriceLevel("0.00000010", "1000000")
    assert (reader.spread, reader.mid) == ("0.00000010", "0.000000150")


def test_the_microprice_leans_to_the_side_with_less() -> None:
    """There is four times as much at the bid, so the ask will be taken sooner."""
    reader = read(bids=("9.0 x 4",), asks=("10.0 x 1",))
    assert reader.microprice == D("9.8")
    assert reader.imbalance() == D("0.6")


def test_a_view_is_of_one_moment() -> None:
    view = read().top(2)
    assert view == BookView(
        7,
        (PriceLevel(D("9.9"), D(1)), PriceLevel(D("9.8"), D(2))),
        (PriceLevel(D("10.1"), D(1)), PriceLevel(D("10.2"), D(3))),
        True,
        "synced",
    )


def test_a_view_says_if_levels_may_be_missing() -> None:
    """The snapshot had as many levels as were asked for, so there may be more."""
    reader = read(limit=3)
    assert reader.top(3).is_complete
    assert not reader.top(4).is_complete
    assert read().top(50).is_complete


def test_the_horizon_is_where_the_snapshot_ended() -> None:
    assert read(limit=4).horizon == Horizon(D("9.0"), None)
    assert read(limit=3).horizon == Horizon(D("9.0"), D("11.0"))
    assert read().horizon == Horizon(None, None)


@pytest.mark.parametrize(
    ("side", "price", "quantity", "is_complete"),
    [
        ("buy", "10.0", 0, True),
        ("buy", "10.1", 1, True),
        ("buy", D("10.99"), 4, True),
        ("buy", 11, 9, True),
        ("buy", "11.01", 9, False),
        ("sell", 9.85, 1, True),
        ("sell", "9.0", 15, True),
        ("sell", "8.99", 15, False),
    ],
)
def test_the_quantity_up_to_a_price(
    side: Any, price: Any, quantity: int, is_complete: bool
) -> None:
    assert read(limit=3).quantity_to(side, price) == Depth(D(quantity), is_complete)


def test_the_cost_of_a_quantity() -> None:
    fill = read().cost("buy", D("2.5"))
    paid = D("10.1") + D("1.5") * D("10.2")
    assert fill == Fill(D("2.5"), paid / D("2.5"), D("10.2"), 2, True, paid)
    assert read().cost("sell", "1") == Fill(D(1), D("9.9"), D("9.9"), 1, True, D("9.9"))


def test_a_quantity_that_is_not_there_is_not_complete() -> None:
    """The result says how much there is."""
    fill = read().cost("sell", 16)
    assert (fill.quantity, fill.levels, fill.is_complete) == (D(15), 4, False)
    assert fill.worst_price == D("9.0")


def test_levels_beyond_the_horizon_do_not_count() -> None:
    """Others may be missing between them, so the average would be too bad."""
    reader = read(limit=3)
    reader._local.book.asks.apply(levels("12.0 x 100"))  # type: ignore[union-attr]
    fill = reader.cost("buy", 20)
    assert (fill.quantity, fill.is_complete) == (D(9), False)
    assert reader.asks[-1].price == 12


def test_a_book_without_levels() -> None:
    local = LocalBook("btcusdt@depth", lambda notice: None)
    reader: BookReader[Decimal] = BookReader(local, Decimal)
    values = (reader.best_bid, reader.best_ask, reader.spread, reader.mid, reader.microprice)
    assert values == (None, None, None, None, None)
    assert (reader.imbalance(), reader.last_update_id, reader.event_time) == (None, None, None)
    assert reader.top(5) == BookView(None, (), (), False, "waiting")
    assert reader.grouped(1) == BookView(None, (), (), False, "waiting")
    assert reader.cost("buy", 1) == Fill(D(0), None, None, 0, False, D(0))
    assert reader.quantity_to("buy", 1) == Depth(D(0), False)
    assert (list(reader.bids), len(reader.asks)) == ([], 0)
    with pytest.raises(IndexError):
        reader.bids[0]


def test_groups_never_look_better_than_their_levels() -> None:
    """Bids are rounded down and asks up."""
    view = read().grouped("0.5", 2)
    assert [tuple(level) for level in view.bids] == [(D("9.5"), 7), (D("9.0"), 8)]
    assert [tuple(level) for level in view.asks] == [(D("10.5"), 4), (D("11.0"), 5)]
    assert view.is_complete


def test_groups_end_where_the_known_levels_end() -> None:
    assert read(limit=3).grouped("0.5", 1).is_complete
    assert not read(limit=3).grouped(1, 9).is_complete
    assert read().grouped(1, 9).is_complete


@pytest.mark.parametrize(
    "place", [0, 1, -1, slice(2), slice(1, 3), slice(-2, None), slice(-3, 2), slice(None, None, -1)]
)
def test_a_side_is_a_sequence(place: Any) -> None:
    bids = read().bids
    whole = tuple(bids)
    assert bids[place] == whole[place]
    assert len(bids) == 4
    assert repr(bids) == "<4 bids>"


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        read().asks[3]


@pytest.mark.parametrize(
    "given", [0, -1, "", "a", "nan", float("inf"), None, True, [1], "1e9999999", "1e-41", "1" * 41]
)
def test_a_quantity_must_be_a_number_above_zero(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"quantity: got .*; allowed: a number above 0"):
        read().cost("buy", given)
    with pytest.raises(ParameterError, match=r"price: got .*; allowed: a number above 0"):
        read().quantity_to("buy", given)
    with pytest.raises(ParameterError, match=r"step: got .*; allowed: a number above 0"):
        read().grouped(given)


@pytest.mark.parametrize("given", ["bid", "BUY", None, 1])
def test_a_side_must_be_one(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"side: got .*; allowed: 'buy' \(the asks\) or"):
        read().cost(given, 1)


@pytest.mark.parametrize("given", [0, -1, 1.0, "5", None, True])
def test_a_count_must_be_whole(given: Any) -> None:
    for method in (read().top, read().imbalance, lambda count: read().grouped(1, count)):
        with pytest.raises(ParameterError, match=r"count: got .*; allowed: a whole number from 1"):
            method(given)


def test_the_users_own_context_does_not_matter() -> None:
    with localcontext() as context:
        context.prec = 3
        fill = read(asks=("12345.67 x 1.2345678", "12345.69 x 2")).cost("buy", "2.2345678")
    assert fill.cost == D("12345.67") * D("1.2345678") + D("12345.69")


amounts = st.integers(1, 10**12).map(lambda n: str(D(n) / 1000))


@given(st.lists(amounts, min_size=1, max_size=120), amounts)
def test_a_cost_is_exact(quantities: list[str], wanted: str) -> None:
    """As the sum of its parts, whatever the numbers are."""
    prices = [f"{100 + place}.{place:02}" for place in range(len(quantities))]
    asks = tuple(
        f"{price} x {quantity}" for price, quantity in zip(prices, quantities, strict=True)
    )
    fill = read(asks=asks).cost("buy", wanted)
    left, paid = D(wanted), D(0)
    for price, quantity in zip(prices, quantities, strict=True):
        part = min(left, D(quantity))
        left -= part
        paid += part * D(price)
    assert (fill.quantity, fill.cost) == (D(wanted) - left, paid)
    assert fill.is_complete is (left == 0)


def test_groups_end_where_enough_are_found() -> None:
    bids = tuple(f"{price} x 1" for price in range(90, 0, -1))
    view = read(bids=bids, asks=("100 x 1",)).grouped(10, 2)
    assert [tuple(level) for level in view.bids] == [(D(90), 1), (D(80), 10)]
    assert view.is_complete


def test_many_levels_are_read_again_as_they_are_then() -> None:
    """Levels that were made before are known, but not without limit."""
    bids = tuple(f"{price} x 1" for price in range(700, 400, -1))
    reader = read(bids=bids)
    first = reader.bids[:]
    reader._local.book.bids.apply(levels("699 x 5", "698 x 0"))  # type: ignore[union-attr]
    second = reader.bids[:]
    assert (len(first), len(second)) == (300, 299)
    assert (first[1].quantity, second[1].quantity, second[2].price) == (1, 5, 697)


@pytest.mark.parametrize("numbers", [Decimal, float, str])
def test_a_change_has_numbers_of_the_clients_type(numbers: Any) -> None:
    change = BookChange(7, tuple(levels("9.9 x 1")), (), True, False, 5)
    level = PriceLevel(numbers("9.9"), numbers("1"))
    assert converted(change, numbers) == BookChange(7, (level,), (), True, False, 5)


def test_updates_may_be_decoded_as_decimals() -> None:
    """A book reads the same texts of them as if they had been decoded as texts."""
    given = [PriceLevel(D("0.00000010"), D("1E+3"))]
    update = Update(1, 2, 0, 5, given, [])  # type: ignore[arg-type]
    assert Messages(rules()).sides(update) == ([PriceLevel("0.00000010", "1000")], [])
