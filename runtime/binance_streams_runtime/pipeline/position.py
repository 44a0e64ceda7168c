"""How far one connection has delivered a stream, compared with where another one starts."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import Any

from msgspec import Struct

from binance_streams_runtime.catalog.streams import (
    Identified,
    Monotonic,
    PerKey,
    Range,
    Sequence,
    Step,
)
from binance_streams_runtime.pipeline.trackers.identified import identity_by
from binance_streams_runtime.pipeline.trackers.restart import TOLERANCE, is_same
from binance_streams_runtime.times import is_microseconds


def reaches(sequence: Sequence | None, event: Any, first: Any) -> bool:
    """Return whether a connection that has delivered ``event`` has all that precedes ``first``.

    The numbers of the stream decide. If several events may have one number, or none has any, only
    the same event is as far. If a stream carries several sequences, an event of another one says
    nothing, and the one just before ``first`` nothing of the other ones.
    """
    match sequence:
        case Step(attribute, step):
            number = attrgetter(attribute)
            return bool(number(event) + step >= number(first))
        case Range(start, end, previous):
            if previous is None:
                return bool(attrgetter(end)(event) + 1 >= attrgetter(start)(first))
            return bool(attrgetter(end)(event) >= attrgetter(previous)(first))
        case Monotonic(attribute, is_time):
            value = attrgetter(attribute)
            above = value(event) - value(first)
            if is_time:
                # Times may go back a little from one event to the next.
                above -= TOLERANCE * (1000 if is_microseconds(value(first)) else 1)
            return bool(above > 0) or _is_same_message(event, first)
        case PerKey(key, inner):
            value = attrgetter(key)
            return bool(value(event) == value(first)) and _is_as_far(inner, event, first)
        case _:
            return is_same_event(sequence, event, first)


def _is_as_far(sequence: Step | Range | Monotonic, event: Any, first: Any) -> bool:
    match sequence:
        case Step(attribute) | Range(attribute):
            number = attrgetter(attribute)
            return bool(number(event) >= number(first))
        case Monotonic():
            return reaches(sequence, event, first)


def is_beyond(sequence: Sequence | None, event: Any, first: Any) -> bool:
    """Return whether ``event`` comes after ``first``, given that it ``reaches`` it."""
    match sequence:
        case Step(attribute) | Range(attribute) | Monotonic(attribute):
            number = attrgetter(attribute)
            return bool(number(event) > number(first))
        case PerKey():
            # Of the other sequences nothing is known, and the order of all of them is kept if the
            # event is taken as it comes: it is known by its number if it comes again.
            return False
        case _:
            return not is_same_event(sequence, event, first)


def is_same_event(sequence: Sequence | None, event: Any, other: Any) -> bool:
    """Return whether two events of a stream, from different connections, are one."""
    if isinstance(sequence, Identified):
        identity = identity_by(sequence)
        return is_same(identity(event), identity(other))
    return _is_same_message(event, other)


def _is_same_message(one: Any, other: Any) -> bool:
    """Return whether two events are equal, even if only one was decoded as text."""
    if type(one) is type(other):
        if is_same(one, other):
            return True
        # Only what contains numbers can be equal otherwise.
        if isinstance(one, Struct):
            return all(
                _is_same_message(getattr(one, name), getattr(other, name))
                for name in one.__struct_fields__
            )
        if isinstance(one, list):
            return len(one) == len(other) and all(map(_is_same_message, one, other))
        return False
    text, number = (one, other) if isinstance(one, str) else (other, one)
    if not isinstance(text, str) or not isinstance(number, float | Decimal):
        return False
    try:
        return type(number)(text) == number
    except (ValueError, ArithmeticError):
        return False


def has_unique_numbers(sequence: Sequence | None) -> bool:
    """Return whether no two events of such a stream have the same number."""
    return isinstance(sequence, Step | Range)


def is_compared_with_several(sequence: Sequence | None) -> bool:
    """Return whether one event that comes first elsewhere may not be enough to compare with.

    Its like may be long in coming: the very same event, or one of the same sequence.
    """
    return sequence is None or isinstance(sequence, PerKey | Identified)
