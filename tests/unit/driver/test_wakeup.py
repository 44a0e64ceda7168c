"""Threads that sleep until something is ready."""

from __future__ import annotations

import threading
import time

import pytest

from binance_streams_runtime.driver import wakeup as wakeups
from binance_streams_runtime.driver.wakeup import Wakeup
from tests.support.limits import LIMIT, in_time, wait_until


def test_every_sleeper_is_woken() -> None:
    wakeup, ready, woken = Wakeup(), threading.Event(), []
    threads = [
        threading.Thread(target=lambda: woken.append(wakeup.sleep(ready.is_set)), daemon=True)
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(wakeup._sleepers) == 5)
    wakeup.notify_all()
    wakeup.notify_all()
    ready.set()
    wakeup.notify_all()
    wait_until(lambda: woken == [True] * 5)
    assert not wakeup._sleepers


def test_nobody_oversleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads wake each other by turns: one that is not woken would sleep forever."""
    monkeypatch.setattr(wakeups, "_MAX_WAIT", 2 * LIMIT)
    turns: list[int] = []
    there = Wakeup()

    def play(own: int) -> None:
        for number in range(own, 4000, 2):
            assert there.sleep(lambda number=number: len(turns) == number)  # type: ignore[misc]
            turns.append(number)
            there.notify_all()

    other = threading.Thread(target=play, args=(1,), daemon=True)
    other.start()
    in_time(lambda: play(0))
    other.join(LIMIT)
    assert turns == list(range(4000))


def test_a_deadline_ends_the_sleep() -> None:
    wakeup = Wakeup()
    assert not in_time(lambda: wakeup.sleep(lambda: False, time.monotonic() + 0.01))
    assert not in_time(lambda: wakeup.sleep(lambda: False, time.monotonic() - 1))
    assert in_time(lambda: wakeup.sleep(lambda: True, time.monotonic() - 1))


def test_a_sleeper_that_is_interrupted_leaves_nothing_behind() -> None:
    """And so nothing that could make whoever notifies wait."""
    wakeup = Wakeup()

    def interrupt() -> bool:
        raise KeyboardInterrupt

    try:
        wakeup.sleep(interrupt)
    except KeyboardInterrupt:
        assert not wakeup._sleepers
    in_time(wakeup.notify_all)
