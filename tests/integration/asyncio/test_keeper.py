"""The keeper and an event loop, which take turns at driving."""

from __future__ import annotations

import asyncio
import threading

from tests.support.limits import LIMIT, wait_until
from tests.support.live_server import Live
from tests.support.loops import client, run
from tests.support.raw_server import RawServer


def test_a_timer_may_come_before_the_keeper_calls_the_loop_back() -> None:
    """The loop has asked for the seat, and must watch again whichever way it gets it."""
    live = Live(None)

    async def main() -> list[bool]:
        loop, has_come, watching = asyncio.get_running_loop(), asyncio.Event(), list[bool]()
        async with client(server.url) as made:
            await made.trade("BTCUSDT")
            driver = made._engine._driver
            has_left, stop_keeping = driver._has_left, driver._seat.stop_keeping
            has_asked = threading.Event()

            def stop_late() -> None:
                has_asked.wait(LIMIT)
                stop_keeping()

            def come_first() -> None:
                driver._on_timer()
                watching.append(driver._is_watching)
                has_come.set()

            def has_left_late() -> None:
                if driver._seat.is_claimed and not watching:
                    loop.call_soon_threadsafe(come_first)
                    wait_until(lambda: watching)
                has_left()

            # Not while the loop is asking.
            driver._seat.stop_keeping = stop_late  # type: ignore[method-assign]
            live.send()
            # It blocks the loop, so that the keeper takes the seat.
            wait_until(lambda: driver._seat._keeper_drives)
            driver._has_left = has_left_late  # type: ignore[method-assign]
            driver._turn()
            watching_before = driver._is_watching
            has_asked.set()
            await asyncio.wait_for(has_come.wait(), LIMIT)
            return [watching_before, *watching]

    with RawServer(live) as server:
        assert run(main) == [False, True]
