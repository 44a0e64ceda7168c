"""Sequence numbers of a stream's events, for those that the market does not have."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_runtime.catalog.streams import PerKey, Range, Sequence, Step
from binance_streams_simulator.values import Values


class Numbering:
    """Continues the numbers of the documented example."""

    def __init__(self, sequence: Sequence | None, example: Mapping[str, int]) -> None:
        self._is_per_symbol = isinstance(sequence, PerKey)
        self._sequence = sequence.sequence if isinstance(sequence, PerKey) else sequence
        self._example = example
        # By symbol, if each has numbers of its own.
        self._last: dict[object, int] = {}

    def complete(self, values: Values) -> None:
        """Add the sequence numbers of the next event."""
        key = values.get("symbol") if self._is_per_symbol else None
        before = self._last.get(key)
        match self._sequence:
            case Step(attribute, step):
                number = self._example[attribute] if before is None else before + step
                self._last[key] = values.setdefault(attribute, number)
            case Range(first, last, previous):
                if first not in values or last not in values:
                    width = self._example[last] - self._example[first]
                    values[first] = self._example[first] if before is None else before + 1
                    values[last] = values[first] + width
                if previous is not None:
                    # A book knows what its changes follow, even if its ids have restarted.
                    follows = values[first] - 1 if before is None else before
                    values[previous] = values.get("previous_id", follows)
                self._last[key] = values[last]
