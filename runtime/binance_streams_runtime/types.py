"""The scalar types of generated structs.

At run time they are plain ints; the annotation says which kind, for tools that read it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Generic, TypeAlias, final

from msgspec import Meta, Struct

if TYPE_CHECKING:
    # The default makes ``Client()`` a ``Client[Decimal]`` to every type checker. They all bundle
    # typing_extensions; at run time it need not be installed.
    from typing_extensions import TypeVar

    N = TypeVar("N", Decimal, float, str, default=Decimal)
else:
    from typing import TypeVar

    N = TypeVar("N", Decimal, float, str)
"""The type of prices and quantities: Decimal (exact, the default), float, or str (as sent)."""

Numbers: TypeAlias = type[Decimal] | type[float] | type[str]
"""What the argument ``numbers`` may be."""

Timestamp = Annotated[int, Meta(extra={"kind": "timestamp"})]
"""A Unix time in the connection's unit: milliseconds, or microseconds if requested."""

Id = Annotated[int, Meta(le=2**63 - 1, extra={"kind": "id"})]
"""A numeric identifier; -1 if there is none."""

Count = Annotated[int, Meta(extra={"kind": "count"})]
"""How many, or how much in whole units."""


@final
class PriceLevel(Struct, Generic[N], frozen=True, gc=False, array_like=True):
    """One level of an order book; it can be unpacked: ``price, quantity = level``."""

    price: N
    """The price."""
    quantity: N
    """The quantity at this price; in a change, zero removes the level."""

    def __iter__(self) -> Iterator[N]:
        """Its places in their order."""
        return iter((self.price, self.quantity))


class OpenEnum(enum.StrEnum):
    """An enumeration that the venue may extend.

    A value that is not listed is kept in a member named ``UNKNOWN``: a new order type must not make
    an execution report undecodable.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    # Python 3.11.0 to 3.11.3 copies and pickles members by name, and UNKNOWN names no member.
    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenEnum], tuple[str]]:
        """Return how to make this member again: by its value."""
        return type(self), (self.value,)
