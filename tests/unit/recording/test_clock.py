"""Times that a recording keeps exactly: whole nanoseconds, and an offset that stays the same."""

from __future__ import annotations

import random

from binance_streams_runtime.recording.clock import UnixClock, nanoseconds

_DAY = 86_400 * 10**9


def test_every_time_of_a_clock_is_found_again_from_its_nanoseconds() -> None:
    """Also after years of uptime, when a float no longer distinguishes nanoseconds."""
    chance = random.Random(1)
    for days in (0, 1, 30, 120, 3000):
        for _ in range(500):
            moment = (days * _DAY + chance.randrange(_DAY)) / 1e9
            assert nanoseconds(moment) / 1e9 == moment


def test_a_small_difference_of_the_clocks_changes_nothing() -> None:
    offset = 10**18
    clock = UnixClock(lambda: offset)
    before = clock(1.0)
    offset += 900_000
    assert clock(1.0) == before
    offset += 200_000
    assert clock(1.0) == 1.0 + offset / 1e9


def test_while_it_is_recorded_only_a_look_corrects_it() -> None:
    """At most once a second: whoever records says so before anything has the new offset."""
    offset = 0
    clock = UnixClock(lambda: offset)
    clock.is_kept = True
    assert not clock.look(10.0)
    offset = 5 * 10**9
    assert clock(1.0) == 1.0
    assert not clock.look(10.5)
    assert clock.look(11.5)
    assert clock(1.0) == 6.0
