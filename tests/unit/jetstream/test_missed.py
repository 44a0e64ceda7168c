"""What no collector had, for who reads the past and the present of a log."""

from __future__ import annotations

import math

from binance_streams_runtime.jetstream.missed import MissedByAll
from binance_streams_runtime.messaging.log_notices import Alive, Collecting, encode_notice

NAME = "btcusdt@bookTicker"
SECOND = 1_000_000_000
DAY = 1_800_000_000


def alive(collector: str, at: float, number: int = 1) -> tuple[int, bytes]:
    """A notice, and when the log took it, in seconds behind a certain day."""
    time = round((DAY + at) * SECOND)
    notice = Alive(
        collector=collector,
        session="1",
        number=number,
        at=time,
        streams=(NAME,),
        interval=5.0,
        stored_until=time,
        pending=0,
    )
    return time, encode_notice(notice)


def collecting(collector: str, at: float) -> tuple[int, bytes]:
    time = round((DAY + at) * SECOND)
    notice = Collecting(collector=collector, session="2", number=1, at=time, streams=(NAME,))
    return time, encode_notice(notice)


def test_who_was_gone_in_the_past_is_gone_once_that_has_been_read() -> None:
    missed = MissedByAll()
    past = [
        alive("a", -5),
        alive("a", 0, 2),
        collecting("b", 100),
        *(alive("c", 100 + 5 * n, n) for n in range(1, 5)),
    ]
    assert missed.take(7.0, past, is_last=True) == []
    assert missed.next_time(7.0) == 7.0
    found = missed.check(7.0)
    assert [(one.since, one.until) for one in found] == [(DAY * SECOND, (DAY + 100) * SECOND)]


def test_the_clock_of_the_reader_does_not_matter() -> None:
    missed = MissedByAll()
    assert missed.take(50.0, [alive("a", 0)], is_last=True) == []
    assert missed.next_time(50.0) == 65.0
    assert missed.check(60.0) == []


def test_nobody_is_silent_while_the_past_is_read() -> None:
    missed = MissedByAll()
    missed.take(1.0, [alive("a", 0)], is_last=False)
    assert missed.next_time(1.0) == math.inf
    assert missed.check(1000.0) == []
    assert missed.take(1000.0, [], is_last=True) == []
    assert missed.next_time(1000.0) == math.inf
