"""The numbers by which a stream's events follow each other, if the market does not know them."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_runtime.catalog.streams import Range, Sequence, Step
from binance_streams_simulator.facts import Facts


class Numbering:
    """Continues the numbers of the documented example."""

    def __init__(self, sequence: Sequence | None, example: Mapping[str, int]) -> None:
        self._sequence = sequence
        self._example = example
        self._last: int | None = None

    def complete(self, facts: Facts) -> None:
        """Add what the next event says of its place."""
        match self._sequence:
            case Step(attribute, step):
                last = self._last
                self._last = self._example[attribute] if last is None else last + step
                facts.setdefault(attribute, self._last)
            case Range(first, last, previous):
                self._add_range(facts, first, last)
                if previous is not None:
                    before = facts[first] - 1 if self._last is None else self._last
                    facts[previous] = before
                self._last = facts[last]

    def _add_range(self, facts: Facts, first: str, last: str) -> None:
        if first not in facts or last not in facts:
            width = self._example[last] - self._example[first]
            facts[first] = self._example[first] if self._last is None else self._last + 1
            facts[last] = facts[first] + width
