"""Events of one type, taken out of whatever they came in, and how their table is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat
from typing import Any, Literal, TypeAlias, get_args

from msgspec import Struct

from binance_streams_runtime.decoding.json import check_numbers
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.tables.plan import Column, Plan, Plans, plans_of, struct_of
from binance_streams_runtime.types import Numbers

Levels: TypeAlias = Literal["lists", "explode"]
"""Whether the levels of an order book are lists in one row, or rows of their own."""

Times: TypeAlias = Literal["datetime", "int"]
"""Whether times are datetimes in UTC, or the numbers that the events have."""

_RECEIVED = Column("received", "nanoseconds")
_CONNECTION = Column("connection", "integer")
_STREAM = Column("stream", "category")
# What comes with an event, if its items have these attributes.
_AROUND = (_RECEIVED, _CONNECTION, _STREAM)


class Options(Struct, frozen=True):
    """How a table is wanted."""

    numbers: Numbers | None = None
    levels: Levels = "lists"
    times: Times = "datetime"

    def check(self) -> None:
        """Raise ParameterError if an option is none of those allowed."""
        if self.numbers is not None:
            check_numbers(self.numbers)
        for name, given, alias in (
            ("levels", self.levels, Levels),
            ("times", self.times, Times),
        ):
            if given not in get_args(alias):
                raise ParameterError(name, given, ", ".join(get_args(alias)))


class EventType(Struct, frozen=True):
    """What a source of events gives, even if it gives none: its method ``_event_type`` says so."""

    struct: type[Any]
    numbers: Numbers
    envelope: type[Any] | None = None
    """What each event comes in, such as Message; None if it comes by itself."""


class Batch:
    """Events of one struct, and what came with each."""

    def __init__(
        self, struct: type[Any], rows: list[Any], around: list[tuple[Column, list[Any]]]
    ) -> None:
        self.struct = struct
        self.plans: Plans = plans_of(struct)
        self.plan: Plan = self.plans[struct]
        self.rows = rows
        self.around = around
        """Columns that the events do not have themselves, with their values."""


def collect(events: Iterable[Any], type: object) -> tuple[Batch, Numbers | None]:
    """Take the events out of what they came in; also return the numbers that they should have.

    Raises ParameterError if they are not all of one struct, or if there are none and no ``type``.
    """
    struct = None if type is None else struct_of(type)
    numbers: Numbers | None = next(iter(get_args(type)), None)
    known: EventType | None = getattr(events, "_event_type", _nothing)()
    rows = _items(events)
    kinds = _kinds(rows)
    if known is not None:
        struct, numbers = struct or known.struct, numbers or known.numbers
        kinds = kinds or ({known.envelope} if known.envelope is not None else set())
    around: list[tuple[Column, list[Any]]] = []
    if len(kinds) == 1 and _is_envelope(*kinds):
        (kind,) = kinds
        around = [
            (column, [getattr(item, column.name) for item in rows])
            for column in _AROUND
            if column.name in kind.__struct_fields__
        ]
        rows = [item.data for item in rows]
        kinds = _kinds(rows)
    if kinds == {list}:
        # Streams of all symbols.
        sizes = list(map(len, rows))
        around = [
            (column, list(chain.from_iterable(map(repeat, values, sizes))))
            for column, values in around
        ]
        rows = list(chain.from_iterable(rows))
        kinds = _kinds(rows)
    return Batch(_one(kinds, struct), rows, around), numbers


def _nothing() -> None:
    """Say what a source gives that does not say it itself."""


def _items(events: Iterable[Any]) -> list[Any]:
    if isinstance(events, list):
        return events
    if isinstance(events, str | bytes | Struct) or not hasattr(events, "__iter__"):
        allowed = "a list or another iterable of events"
        if hasattr(events, "__aiter__"):
            allowed += ", such as [event async for event in ...]"
        # Not what is in it, which may be about an account.
        raise ParameterError("events", type(events).__name__, allowed)
    # A subscription or a recording gives lists at less cost than single events.
    batches = getattr(events, "batches", None)
    return list(events) if batches is None else list(chain.from_iterable(batches()))


def _kinds(items: list[Any]) -> set[type[Any]]:
    return set(map(type, items))


def _is_envelope(kind: type[Any]) -> bool:
    return {"stream", "data"} <= set(getattr(kind, "__struct_fields__", ()))


def _one(kinds: set[type[Any]], struct: type[Any] | None) -> type[Any]:
    """Return the struct of all events, which is the wanted one, if one is wanted."""
    if not kinds and struct is None:
        raise ParameterError(
            "events", [], "at least one event, or type=..., as without events their type is unknown"
        )
    names = ", ".join(sorted(kind.__name__ for kind in kinds))
    if len(kinds) > 1:
        raise ParameterError("events", names, "events of one type")
    kind = next(iter(kinds), struct)
    assert kind is not None
    if struct is not None and kind is not struct:
        raise ParameterError("events", names, f"events of the type {struct.__name__}")
    if kind not in plans_of(kind):
        raise ParameterError("events", names, "events of a generated package")
    return kind
