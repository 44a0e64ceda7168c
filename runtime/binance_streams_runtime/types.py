"""The scalar types of generated structs.

At run time they are plain ints; the annotation says what kind of int, and tools can read it.
"""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, TypeAlias

from msgspec import Meta

if TYPE_CHECKING:
    # A default is what makes ``Client()`` a ``Client[Decimal]`` to every type checker. They all
    # bring typing_extensions themselves; at run time it need not be there.
    from typing_extensions import TypeVar

    N = TypeVar("N", Decimal, float, str, default=Decimal)
else:
    from typing import TypeVar

    N = TypeVar("N", Decimal, float, str)
"""The type of prices and quantities: Decimal (exact, the default), float, or str (as sent)."""

Numbers: TypeAlias = type[Decimal] | type[float] | type[str]
"""What decides the number type."""

Timestamp = Annotated[int, Meta(extra={"kind": "timestamp"})]
"""A Unix time in the connection's unit: milliseconds, or microseconds where asked for."""

Id = Annotated[int, Meta(le=2**63 - 1, extra={"kind": "id"})]
"""A number that names something; -1 where there is nothing to name."""

Count = Annotated[int, Meta(extra={"kind": "count"})]
"""How many, or how much in whole units."""


class OpenEnum(enum.StrEnum):
    """A set of words that the venue may extend.

    A word that is not listed is kept as it came, in a member called ``UNKNOWN`` whose value is
    that word: a new order type must not cost an execution report.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member
