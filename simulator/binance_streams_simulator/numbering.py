"""The numbers by which a stream's events follow each other, if the market does not know them."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_runtime.catalog.streams import PerKey, Range, Sequence, Step
from binance_streams_simulator.facts import Facts


class Numbering:
    """Continues the numbers of the documented example."""

    def __init__(self, sequence: Sequence | None, example: Mapping[str, int]) -> None:
        self._is_per_symbol = isinstance(sequence, PerKey)
        self._sequence = sequence.sequence if isinstance(sequence, PerKey) else sequence
        self._example = example
        # By symbol, if each has numbers of its own.
        self._last: dict[object, int] = {}

    def complete(self, facts: Facts) -> None:
        """Add what the next event says of its place."""
        key = facts.get("symbol") if self._is_per_symbol else None
        before = self._last.get(key)
        match self._sequence:
            case Step(attribute, step):
                number = self._example[attribute] if before is None else before + step
                self._last[key] = facts.setdefault(attribute, number)
            case Range(first, last, previous):
                if first not in facts or last not in facts:
                    width = self._example[last] - self._example[first]
                    facts[first] = self._example[first] if before is None else before + 1
                    facts[last] = facts[first] + width
                if previous is not None:
                    facts[previous] = facts[first] - 1 if before is None else before
                self._last[key] = facts[last]
