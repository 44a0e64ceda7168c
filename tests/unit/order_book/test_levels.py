"""One side of a book has the levels that a plain dict of Decimals has, whatever was applied."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_streams_runtime.order_book import levels as module
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.levels import Level, Side
from binance_streams_runtime.types import PriceLevel

Numbers = list[tuple[Decimal, Decimal]]


def levels(*texts: str) -> list[Level]:
    """Return levels of texts such as ``9.5 x 1``."""
    return [PriceLevel(*text.split(" x ")) for text in texts]


def numbers(given: Sequence[Level]) -> Numbers:
    return [(Decimal(level.price), Decimal(level.quantity)) for level in given]


class Plain:
    """The same by the rules alone."""

    def __init__(self, is_bid: bool, given: Sequence[Level]) -> None:
        self._is_bid = is_bid
        self._quantities: dict[Decimal, Decimal] = {}
        self.apply(given)

    def apply(self, given: Sequence[Level]) -> None:
        self._quantities.update(numbers(given))

    def levels(self) -> Numbers:
        live = [level for level in self._quantities.items() if level[1]]
        return sorted(live, reverse=self._is_bid)


def prices(low: int, high: int) -> st.SearchStrategy[str]:
    """Texts of prices in steps of a tenth, with some more zeros or without any decimals."""
    tenths = st.integers(low * 10, high * 10)
    padded = st.tuples(tenths, st.integers(0, 3)).map(
        lambda drawn: f"{drawn[0] // 10}.{drawn[0] % 10}{'0' * drawn[1]}"
    )
    return padded | st.integers(low, high).map(str)


def updates(low: int, high: int) -> st.SearchStrategy[list[Level]]:
    quantities = st.sampled_from(["0", "0.00", "0.00000000", "1", "2.50", "7.00000000"])
    return st.lists(st.builds(PriceLevel, prices(low, high), quantities), max_size=60)


def of_different_prices(given: list[Level]) -> list[Level]:
    return list(
        {Decimal(level.price): level for level in given if Decimal(level.quantity)}.values()
    )


@pytest.mark.parametrize("is_bid", [True, False])
@settings(max_examples=150, deadline=None)
@given(
    # Across a power of ten, so that prices differ in length; both ways.
    snapshot=updates(85, 115).map(of_different_prices),
    changes=st.lists(updates(5, 1_050) | updates(95, 105), max_size=6),
    counts=st.lists(st.integers(0, 12), min_size=6, max_size=6),
)
def test_a_side_is_as_a_plain_dict(
    is_bid: bool, snapshot: list[Level], changes: list[list[Level]], counts: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        # So small that levels become near and far all the time.
        patched.setattr(module, "_NEAR", 3)
        patched.setattr(module, "_MOST_NEAR", 6)
        side = Side(is_bid, snapshot, is_whole=True)
        plain = Plain(is_bid, snapshot)
        for change, count in zip(changes, counts, strict=False):
            side.apply(change)
            plain.apply(change)
            true = plain.levels()
            best = side.best()
            assert numbers([best] if best else []) == true[:1]
            assert numbers(side.top(count)) == true[:count]
        assert numbers(side.top(10_000)) == plain.levels()
        assert len(side) == len(plain.levels())


def test_many_levels_stay_sorted() -> None:
    snapshot = levels(*(f"{price}.00 x 1" for price in range(9_000, 11_000)))
    side, plain = Side(False, snapshot, is_whole=True), Plain(False, snapshot)
    for round_ in range(40):
        change = levels(
            *(f"{8_000 + (price * 37 + round_ * 11) % 4_000}.{price % 100:02} x {price % 3}"
              for price in range(100))
        )  # fmt: skip
        side.apply(change)
        plain.apply(change)
        assert numbers(side.top(10)) == plain.levels()[:10]
    assert numbers(side.top(10_000)) == plain.levels()


@pytest.mark.parametrize(
    ("is_bid", "given", "horizon"),
    [
        (True, ["100.0 x 1", "99.5 x 1", "98.0 x 1"], "98.0"),
        (False, ["9.5 x 1", "99.0 x 1", "101.0 x 1"], "101.0"),
    ],
)
def test_the_worst_level_of_a_snapshot_is_the_horizon(
    is_bid: bool, given: list[str], horizon: str
) -> None:
    assert Side(is_bid, levels(*given), is_whole=True).horizon is None
    side = Side(is_bid, levels(*given), is_whole=False)
    assert side.horizon == horizon
    assert side.known_depth == 3
    side.apply(levels("1.0 x 1", "1000.0 x 1"))
    assert side.known_depth == 4
    assert len(side.known()) == 4
    assert len(side) == 5


def test_a_side_is_exhausted_once_all_known_levels_are_gone() -> None:
    side = Side(False, levels("99.5 x 1", "100.0 x 1"), is_whole=False)
    side.apply(levels("1000.0 x 1", "99.5 x 0"))
    assert not side.is_exhausted
    side.apply(levels("100.0 x 0"))
    assert side.is_exhausted
    assert side.best() == PriceLevel("1000.0", "1")


def test_a_side_is_exhausted_although_its_far_levels_have_been_read() -> None:
    side = Side(False, levels("8.0 x 1", "9.0 x 1"), is_whole=False)
    side.apply(levels("8.0 x 0", "9.0 x 0", "9.5 x 1", "10.0 x 1"))
    assert side.is_exhausted
    assert numbers(side.top(2)) == numbers(levels("9.5 x 1", "10.0 x 1"))
    assert side.is_exhausted


def test_a_side_of_whole_prices_refuses_what_is_no_number() -> None:
    side = Side(False, levels("100 x 1", "101 x 1"), is_whole=True)
    with pytest.raises(ValueError, match="not a price"):
        side.apply([PriceLevel("nan", "1")])


def test_levels_down_to_a_price_are_compared_as_numbers() -> None:
    side = Side(True, levels("100.0 x 1", "99.50 x 1", "9.0 x 1"), is_whole=True)
    assert numbers(side.down_to(["99.5"])) == numbers(levels("100.0 x 1", "99.5 x 1"))


@pytest.mark.parametrize(
    ("bid", "ask", "is_crossed"),
    [
        ("99.9", "100.0", False),
        ("100.0", "100.0", True),
        ("100", "99.99", True),
        ("0.5", "0.50", True),
        ("9.99", "10.0", False),
        ("99.50", "100.0", False),
        ("100.0", "99.50", True),
    ],
)
def test_a_book_is_crossed_if_a_bid_reaches_an_ask(bid: str, ask: str, is_crossed: bool) -> None:
    book = Book(1, levels(f"{bid} x 1"), levels(f"{ask} x 1"), 10)
    assert book.is_crossed == is_crossed


@pytest.mark.parametrize("price", ["", "abc", "1.2.3", "1e5", "nan", "abcd.fgh"])
def test_a_price_that_is_no_number_is_refused(price: str) -> None:
    side = Side(True, levels("1000.000 x 1"), is_whole=True)
    with pytest.raises(ValueError, match=r"price|float"):
        side.apply([PriceLevel(price, "1")])


def test_removed_levels_do_not_pile_up() -> None:
    side = Side(True, levels("100.00 x 1"), is_whole=True)
    for cents in range(20_000):
        price = f"{90 + cents // 10_000}.{cents % 10_000:04}"
        side.apply(levels(f"{price} x 1"))
        side.apply(levels(f"{price} x 0"))
    assert len(side) == 1
    assert len(side._levels) < 1_000


@pytest.mark.parametrize("is_bid", [True, False])
def test_more_decimals_do_not_change_what_is_near(
    is_bid: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_NEAR", 3)
    given = levels(*(f"{price} x 1" for price in range(110, 120)))
    side = Side(is_bid, given if not is_bid else given[::-1], is_whole=True)
    side.apply(levels("114.125 x 2", "112 x 0", "117.0 x 3"))
    plain = Plain(is_bid, [*given, *levels("114.125 x 2", "112 x 0", "117.0 x 3")])
    assert numbers(side.top(100)) == plain.levels()


@pytest.mark.parametrize("is_bid", [True, False])
def test_removed_levels_make_room_near_the_best(
    is_bid: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_NEAR", 3)
    monkeypatch.setattr(module, "_MOST_NEAR", 6)
    given = levels("110 x 1", "111 x 1")
    changes = [
        *(level for price in range(112, 117) for level in levels(f"{price} x 1")),
        *(level for price in range(111, 117) for level in levels(f"{price} x 0")),
    ]
    side = Side(is_bid, given[::-1] if is_bid else given, is_whole=True)
    side.apply(changes)
    side.apply(levels("109 x 7"))
    assert numbers(side.top(9)) == Plain(is_bid, [*given, *changes, *levels("109 x 7")]).levels()
