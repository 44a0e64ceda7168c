"""What type checkers must see of numbers that are not in quotes, or may be empty. Never run."""

from decimal import Decimal
from typing import Generic, assert_type

from msgspec import Struct

from binance_streams_runtime.generated_api import N, OrEmpty, Unquoted


class Bracket(Struct, Generic[N], frozen=True):
    ratio: Unquoted[N]
    nullable: Unquoted[N] | None
    price: OrEmpty[N]
    prices: list[OrEmpty[N]]


def exact(bracket: Bracket[Decimal]) -> None:
    assert_type(bracket.ratio, Decimal)
    assert_type(bracket.nullable, Decimal | None)
    assert_type(bracket.price, Decimal | None)
    assert_type(bracket.prices, list[Decimal | None])


def as_text(bracket: Bracket[str]) -> None:
    assert_type(bracket.ratio, str)
    assert_type(bracket.price, str | None)
    # mistake: it may be empty
    bracket.price.strip()
