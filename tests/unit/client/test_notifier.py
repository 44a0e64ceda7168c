"""Notices that wait for on_notice, without any thread that takes them."""

from __future__ import annotations

import logging

import pytest

from binance_streams import Gap, Notice, Undecodable
from binance_streams_runtime.client.notifier import MOST_RAW_BYTES, Notifier

GAP = Gap("btcusdt@trade", 1, 1)


def reported(*notices: Notice) -> tuple[Notifier, list[Notice]]:
    """A notifier that was given the notices, and those that wait."""
    notifier = Notifier(print, None, logging.Logger("nobody reads this", logging.CRITICAL + 1))
    for notice in notices:
        notifier.notify(notice)
    assert notifier.queue is not None
    return notifier, list(notifier.queue.items)


@pytest.mark.parametrize("size", [20_000, 1_000_000, MOST_RAW_BYTES + 1])
def test_messages_that_wait_in_notices_are_bounded_in_bytes(size: int) -> None:
    """The newest are kept, one at least, and what is dropped is counted."""
    message = bytes(size)
    count = 2 * MOST_RAW_BYTES // size + 3
    notices = [Undecodable(str(number), "no JSON", message) for number in range(count)]
    notifier, waiting = reported(*notices)
    assert waiting == notices[-len(waiting) :]
    assert 1 <= len(waiting) <= max(1, MOST_RAW_BYTES // size)
    assert notifier.notices_dropped == count - len(waiting)


def test_notices_without_messages_are_kept() -> None:
    message = bytes(MOST_RAW_BYTES // 4)
    notifier, waiting = reported(*[GAP, Undecodable("a", "no JSON", message)] * 4)
    assert len(waiting) == 8
    assert notifier.notices_dropped == 0


def test_what_was_taken_makes_room() -> None:
    notice = Undecodable("a", "no JSON", bytes(MOST_RAW_BYTES // 4))
    notifier, _ = reported(*[notice] * 4)
    assert notifier.queue is not None
    notifier.queue.items.popleft()
    notifier.queue.items.popleft()
    notifier.queue.items.popleft()
    notifier.notify(GAP)
    notifier.notify(notice)
    assert list(notifier.queue.items) == [notice, GAP, notice]
    assert notifier.notices_dropped == 0
