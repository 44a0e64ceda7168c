"""What was delivered of a stream without consecutive ids, for comparison with what comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.streams import Monotonic, PerKey, Range, Sequence, Step
from binance_streams_runtime.pipeline.position import is_same_event
from binance_streams_runtime.pipeline.sequence import Mark
from binance_streams_runtime.pipeline.trackers.keyed import MAX_KEYS
from binance_streams_runtime.pipeline.trackers.restart import TOLERANCE, remember
from binance_streams_runtime.times import is_microseconds

# How many delivered events are kept for comparison: of streams with numbers, and of those without.
_MAX_COMPARED_BY_NUMBER = 64
_MAX_COMPARED = 1024


class Pending:
    """A message that is not delivered yet; decoded when its event is needed."""

    __slots__ = ("at", "hashed", "items", "message")

    def __init__(
        self, at: float, message: bytes | None, items: list[Any], hashed: int | None
    ) -> None:
        self.at = at
        self.message = message
        self.items = items
        self.hashed = hashed

    def decoded(self, decode: Callable[[bytes], list[Any]]) -> list[Any]:
        """Return the events and marks of the message."""
        if self.message is not None:
            self.items, self.message = decode(self.message), None
        return self.items

    def is_copy(
        self,
        event: Any,
        hashed: int | None,
        sequence: Sequence | None,
        decode: Callable[[bytes], list[Any]],
    ) -> bool:
        """Return whether the message is a copy of that of an event."""
        if hashed is not None and self.hashed is not None:
            return self.hashed == hashed
        return any(
            not isinstance(item, Mark) and is_same_event(sequence, item, event)
            for item in self.decoded(decode)
        )


class Delivered:
    """The last events that were delivered, and the highest number of all."""

    def __init__(self, sequence: Sequence | None) -> None:
        self._sequence = sequence
        inner = sequence.sequence if isinstance(sequence, PerKey) else sequence
        self._is_time = isinstance(inner, Monotonic) and inner.is_time
        self._value: Callable[[Any], int] | None = None
        if isinstance(inner, Monotonic | Step):
            self._value = attrgetter(inner.attribute)
        elif isinstance(inner, Range):
            self._value = attrgetter(inner.last)
        self._key: Callable[[Any], Any] = lambda event: None
        if isinstance(sequence, PerKey):
            self._key = attrgetter(sequence.key)
        # By key, or by None if there are none.
        self._highest: dict[Any, int] = {}
        # Those at the end of the history; None stands for a message that was no event.
        has_one = isinstance(sequence, Monotonic)
        self._events: deque[Any] = deque(
            maxlen=_MAX_COMPARED_BY_NUMBER if has_one else _MAX_COMPARED
        )

    @property
    def has_numbers(self) -> bool:
        """Whether the numbers of events show their order."""
        return self._value is not None

    @property
    def is_ordered(self) -> bool:
        """Whether the numbers of any two events show their order."""
        return isinstance(self._sequence, Monotonic)

    def add(self, event: Any) -> None:
        """Add what is delivered at the end of the history; None for what is no event."""
        remember(self._events, [event])
        if self._value is not None and event is not None:
            key, value = self._key(event), self._value(event)
            highest = self._highest.get(key)
            if highest is None or value > highest or self._is_back(value, highest):
                self._highest[key] = value
                if len(self._highest) > MAX_KEYS:
                    del self._highest[next(iter(self._highest))]

    def forget_numbers(self) -> None:
        """Take what comes next for new, whatever its number."""
        self._highest.clear()

    def find(self, event: Any, end: int, place: int) -> int | None:
        """Return the place of an event in the history, which ends at ``end``, from a place on."""
        first = end - len(self._events)
        for at, one in enumerate(self._events):
            if first + at >= place and is_same_event(self._sequence, event, one):
                return first + at
        return None

    def is_newest(self, event: Any) -> bool:
        """Return whether an event was delivered that has the highest number."""
        if self._value is None or self._highest.get(self._key(event)) != self._value(event):
            return False
        return any(is_same_event(self._sequence, event, one) for one in self._events)

    def is_old(self, event: Any) -> bool:
        """Return whether an event's number shows that it precedes what was delivered."""
        if self._value is None or isinstance(event, Mark):
            return False
        highest = self._highest.get(self._key(event))
        return highest is not None and self._is_back(self._value(event), highest)

    def is_lower(self, event: Any) -> bool:
        """Return whether an event's number is lower than one that was delivered."""
        if self._value is None or isinstance(event, Mark):
            return False
        highest = self._highest.get(self._key(event))
        return highest is not None and self._value(event) < highest

    def is_new(self, event: Any) -> bool:
        """Return whether an event's number shows that it follows what was delivered."""
        if self._value is None:
            return False
        highest = self._highest.get(self._key(event))
        return highest is not None and self._value(event) > highest

    def _is_back(self, value: int, highest: int) -> bool:
        """Return whether a value is lower than any that one line delivers behind a higher one."""
        tolerance = 0
        if self._is_time:
            tolerance = TOLERANCE * (1000 if is_microseconds(highest) else 1)
        return value < highest - tolerance
