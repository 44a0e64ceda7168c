"""Compares a book with a stream of the best bid and ask, at no request weight.

Each message of that stream says what the best levels are since an update of the book. So after the
update ``n``, the book must have the best levels of the last message whose id is at most ``n``. That
it is the last one is certain only if the next message has been seen too, with an id above ``n``,
and nothing was missed between the two. Then their order of arrival does not matter, nor whether the
two streams share a connection: both wait here until the other one has come. An id inside the range
of one update is never compared, as the book was never seen in that state; a later message, or the
same one after the whole update, is.
"""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import Any

from binance_streams_runtime.catalog.rest import BestLevels
from binance_streams_runtime.order_book.levels import ZEROS, Level, is_same_level
from binance_streams_runtime.types import PriceLevel

# How much waits for the other stream. What is older can't be compared any more.
_MAX_STATES = 1_000
_MAX_MESSAGES = 20_000

Best = tuple[Level | None, Level | None]
"""The best bid and the best ask."""


class Verification:
    """What a book had, and what the server said, as far as they are not compared yet."""

    def __init__(self, best: BestLevels) -> None:
        self._update_id = attrgetter(best.update_id)
        self._levels = attrgetter(
            best.bid_price, best.bid_quantity, best.ask_price, best.ask_quantity
        )
        self._states: deque[tuple[int, Best]] = deque(maxlen=_MAX_STATES)
        self._messages: deque[tuple[int, Any]] = deque()
        self.compared: int = 0
        """How many times the book and the server have been compared."""

    def book(self, update_id: int, best: Best) -> tuple[int, str, str] | None:
        """Note what the book has after an update, and return a mismatch as ``message`` does."""
        self._states.append((update_id, best))
        return self._compare()

    def message(self, event: Any) -> tuple[int, str, str] | None:
        """Note what the server said.

        Returns the id at which the book was wrong, what it had and what the server said, or None.
        """
        update_id = self._update_id(event)
        messages = self._messages
        if messages and update_id < messages[-1][0]:
            # The ids restarted, or the order is wrong: either way nothing is certain.
            messages.clear()
        if len(messages) >= _MAX_MESSAGES:
            messages.clear()
        messages.append((update_id, event))
        return self._compare()

    def interrupted(self) -> None:
        """Note that messages may have been missed at this place."""
        self._messages.clear()

    def restart(self) -> None:
        """Forget what both had: the book starts over, maybe because the ids restarted."""
        self._states.clear()
        self._messages.clear()

    def _compare(self) -> tuple[int, str, str] | None:
        states, messages = self._states, self._messages
        while states:
            update_id, best = states[0]
            while len(messages) > 1 and messages[1][0] <= update_id:
                messages.popleft()
            if not messages or (messages[0][0] <= update_id and len(messages) == 1):
                return None
            states.popleft()
            if messages[0][0] <= update_id:
                self.compared += 1
                said = self._best_of(messages[0][1])
                if not all(map(_is_same, best, said)):
                    return update_id, _shown(best), _shown(said)
        return None

    def _best_of(self, event: Any) -> Best:
        bid_price, bid_quantity, ask_price, ask_quantity = map(_text, self._levels(event))
        bid = None if bid_quantity in ZEROS else PriceLevel(bid_price, bid_quantity)
        ask = None if ask_quantity in ZEROS else PriceLevel(ask_price, ask_quantity)
        return bid, ask


def _is_same(mine: Level | None, said: Level | None) -> bool:
    if mine is None or said is None:
        return mine is said
    return is_same_level(mine, said)


def _text(number: Any) -> str:
    return number if isinstance(number, str) else f"{number:f}"


def _shown(best: Best) -> str:
    names = (("bid", best[0]), ("ask", best[1]))
    return ", ".join(
        f"no {name}" if level is None else f"{name} {level.price}: {level.quantity}"
        for name, level in names
    )
