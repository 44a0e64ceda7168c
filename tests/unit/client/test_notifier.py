"""Notices that wait for on_notice, without any thread that takes them."""

from __future__ import annotations

import logging

import pytest

from binance_streams import Gap, Notice, Undecodable
from binance_streams_runtime.client.teller import MOST_RAW_BYTES, Teller

GAP = Gap("btcusdt@trade", 1, 1)


def told(*notices: Notice) -> tuple[Teller, list[Notice]]:
    """A teller that was given the notices, and those that wait."""
    teller = Teller(print, None, logging.Logger("nobody reads this", logging.CRITICAL + 1))
    for notice in notices:
        teller.tell(notice)
    assert teller.mailbox is not None
    return teller, list(teller.mailbox.items)


@pytest.mark.parametrize("size", [20_000, 1_000_000, MOST_RAW_BYTES + 1])
def test_messages_that_wait_in_notices_are_bounded_in_bytes(size: int) -> None:
    """The newest are kept, one at least, and what is dropped is counted."""
    message = bytes(size)
    count = 2 * MOST_RAW_BYTES // size + 3
    notices = [Undecodable(str(number), "no JSON", message) for number in range(count)]
    teller, waiting = told(*notices)
    assert waiting == notices[-len(waiting) :]
    assert 1 <= len(waiting) <= max(1, MOST_RAW_BYTES // size)
    assert teller.notices_dropped == count - len(waiting)


def test_notices_without_messages_are_kept() -> None:
    message = bytes(MOST_RAW_BYTES // 4)
    teller, waiting = told(*[GAP, Undecodable("a", "no JSON", message)] * 4)
    assert len(waiting) == 8
    assert teller.notices_dropped == 0


def test_what_was_taken_makes_room() -> None:
    notice = Undecodable("a", "no JSON", bytes(MOST_RAW_BYTES // 4))
    teller, _ = told(*[notice] * 4)
    assert teller.mailbox is not None
    teller.mailbox.items.popleft()
    teller.mailbox.items.popleft()
    teller.mailbox.items.popleft()
    teller.tell(GAP)
    teller.tell(notice)
    assert list(teller.mailbox.items) == [notice, GAP, notice]
    assert teller.notices_dropped == 0
