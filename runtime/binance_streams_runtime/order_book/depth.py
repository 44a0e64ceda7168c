"""How many levels a book asks for: few at first, then as many as are wanted."""

from __future__ import annotations

from binance_streams_runtime.catalog.rest import Endpoint
from binance_streams_runtime.order_book.book import Book

# Of the weight of the deepest snapshot, what a step on the way there may cost.
_STEP_SHARE = 5

# The part of the depth that must be known on either side; and how often that is looked up.
_SHALLOW = 0.5
_LEVELS_A_SECOND = 100


class DepthPlan:
    """The numbers of levels that are asked for; never less than what the same weight buys."""

    def __init__(self, endpoint: Endpoint, depth: int) -> None:
        """Plan for ``depth`` levels of each side, or the most that there are."""
        bands = [most for most, _ in endpoint.weights]
        deepest = next((most for most in bands if most >= depth), bands[-1])
        affordable = endpoint.weight(deepest) / _STEP_SHARE
        steps = [most for most in bands[1:] if endpoint.weight(most) <= affordable]
        self._bands = bands
        self._steps = sorted({min(bands[0], deepest), *steps[-1:], deepest})
        self._depth = min(depth, deepest)
        self.first: int = self._steps[0]
        """How many levels to ask for if there are none."""
        self.interval: float = max(self._depth / _LEVELS_A_SECOND, 1.0)
        """Seconds after which to ask ``next`` again."""

    def is_final(self, book: Book) -> bool:
        """Return whether the book's snapshot was as deep as planned, or all that there is."""
        return book.is_whole or book.limit >= self._steps[-1]

    def next(self, book: Book) -> int | None:
        """Return how many levels to ask for; None if enough are known."""
        if book.is_whole:
            return None
        if self.is_final(book):
            # Of a server that sends fewer levels than were asked for, more cannot be had.
            is_deep = book.known_depth >= min(self._depth, book.first_depth) * _SHALLOW
            return None if is_deep else max(self._steps[-1], self.first)
        return next(step for step in self._steps if step > book.limit)

    def exhausted(self, book: Book) -> None:
        """Ask for more from now on: the market moved through all known levels of the book."""
        self.first = next((most for most in self._bands if most > book.limit), self._bands[-1])
