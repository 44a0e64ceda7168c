"""A snapshot of an order book, with the updates of a log after it applied: a newer snapshot.

A log has a snapshot every few minutes. Whoever reads the updates already cannot begin with it, as
those between the two are missing; the log has these as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.decoding.json import concrete, decoder_of, json_decoder
from binance_streams_runtime.messaging.reordering import Delivered, Logged, reordering_for
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.levels import Level, Side
from binance_streams_runtime.order_book.messages import Messages

# How many updates wait at most for one that is missing before them; how long does not matter, as
# all that the log has is read before the snapshot is used.
_MOST_HELD = 2_000
_WINDOW = 1e9


class ForwardedSnapshot:
    """A snapshot that becomes newer with each update that follows it."""

    def __init__(self, rules: OrderBookRules, body: bytes, limit: int) -> None:
        """Begin with the body of a snapshot that is to answer a request for ``limit`` levels.

        Raises ValueError if it cannot be decoded, or has no levels.
        """
        self._rules = rules
        self._messages = Messages(rules)
        self._decode = decoder_of(rules.updates, str).bare
        decoder = json_decoder(concrete(rules.snapshot_struct, str), str)
        try:
            self._snapshot = decoder.decode(body)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from None
        self._book: Book = self._messages.book(self._snapshot, limit)
        self._first_id = self._book.update_id
        self._reordering = reordering_for(
            rules.updates.sequence, _WINDOW, self._first_id + 1, _MOST_HELD
        )
        self._is_broken = False
        self.interrupted_at: float | None = None
        """When the log took the first update that cannot be applied, as one before it is missing,
        in Unix seconds; None if there is none."""

    def take(self, messages: Iterable[Logged]) -> None:
        """Apply the next messages of the log, whose items are their payloads."""
        for message in messages:
            if self.interrupted_at is not None:
                return
            # The first ones are older than the snapshot, which is no new numbering.
            if message.last is None or message.last > self._book.update_id:
                self._apply(self._reordering.push(message))

    def end(self) -> bytes | None:
        """Return the body after all messages were taken; None if it is not newer than at first.

        It has as many levels as the first one if that was cut, so that this one is understood to be
        cut as well; if there are fewer that are known, the last one is repeated.
        """
        self._apply(self._reordering.expire(math.inf))
        book, rules = self._book, self._rules
        if self._is_broken or book.update_id == self._first_id or book.is_exhausted:
            return None
        bids, asks = self._messages.sides(self._snapshot)
        changes = {
            rules.snapshot_id: book.update_id,
            rules.bids: _levels(book.bids, len(bids)),
            rules.asks: _levels(book.asks, len(asks)),
        }
        return msgspec.json.encode(msgspec.structs.replace(self._snapshot, **changes))

    def _apply(self, delivered: list[Delivered]) -> None:
        for _, message in delivered:
            if self.interrupted_at is not None:
                return
            try:
                follows = self._update(self._decode(message.item))
            except (msgspec.DecodeError, ValueError, RecursionError):
                # Half of it may have been applied.
                self._is_broken, follows = True, False
            if not follows:
                self.interrupted_at = message.time

    def _update(self, event: Any) -> bool:
        """Apply an update; return False if one before it is missing."""
        book = self._book
        start, last = self._messages.ids(event)
        if last <= book.update_id:
            return True
        if not self._messages.follows(start, book.update_id, book.update_id == self._first_id):
            return False
        book.apply(last, *self._messages.sides(event))
        return True


def _levels(side: Side, count: int) -> list[Level]:
    """Return the known levels of a side, ``count`` of them if there are others beyond."""
    levels = side.known()
    if side.horizon is None or not levels:
        return levels
    return levels[:count] + levels[-1:] * (count - len(levels))
