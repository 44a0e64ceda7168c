"""Functions that are called in a client's event loop, whichever thread drives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from binance_streams_runtime.asyncio.loop_calls import LoopCalls
from binance_streams_runtime.asyncio.waking import ClientLoop
from tests.support.limits import LIMIT


class Calls:
    """What was called, and where."""

    def __init__(self) -> None:
        self.log: list[int] = []
        self.threads: set[int] = set()
        self.errors: list[str] = []
        self.rooms = 0
        self.client_loop = ClientLoop(lambda loop: None, lambda: None, lambda: None)
        self.calls = LoopCalls(self.client_loop, self.failed, self.has_room)

    def failed(self, error: Exception) -> None:
        self.errors.append(str(error))

    def has_room(self) -> None:
        self.rooms += 1

    def make(self, number: int) -> Callable[[], None]:
        def call() -> None:
            self.log.append(number)
            self.threads.add(threading.get_ident())
            if number < 0:
                raise ValueError(f"number {number}")

        return call

    def from_thread(self, *numbers: int) -> None:
        """Call from another thread, as the keeper does; the loop does not turn meanwhile."""

        def run() -> None:
            for number in numbers:
                self.calls.call(self.make(number))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(LIMIT)


def test_what_the_loop_drives_is_called_at_once() -> None:
    async def main() -> Calls:
        calls = Calls()
        calls.client_loop.bind()
        calls.calls.call(calls.make(1))
        assert calls.log == [1]
        return calls

    asyncio.run(main())


def test_what_another_thread_drives_is_called_in_the_loop_and_in_order() -> None:
    """What the loop drives next does not overtake it."""

    async def main() -> None:
        calls = Calls()
        calls.client_loop.bind()
        calls.from_thread(1, -2, 3)
        calls.calls.call(calls.make(4))
        assert calls.log == []
        await asyncio.sleep(0)
        assert (calls.log, calls.errors) == ([1, -2, 3, 4], ["number -2"])
        assert calls.threads == {threading.get_ident()}
        calls.calls.call(calls.make(5))
        assert calls.log[-1] == 5

    asyncio.run(main())


def test_reading_pauses_while_too_much_waits() -> None:
    async def main() -> None:
        calls = Calls()
        calls.client_loop.bind()
        calls.from_thread(*range(256))
        assert not calls.calls.is_blocking
        calls.from_thread(256)
        assert calls.calls.is_blocking
        await asyncio.sleep(0)
        assert calls.log == list(range(257))
        assert (calls.calls.is_blocking, calls.rooms) == (False, 1)

    asyncio.run(main())


def test_what_ends_the_loop_costs_no_later_call() -> None:
    calls = Calls()

    def interrupt() -> None:
        raise KeyboardInterrupt

    async def main() -> None:
        calls.client_loop.bind()
        thread = threading.Thread(target=lambda: calls.calls.call(interrupt))
        thread.start()
        thread.join(LIMIT)
        calls.from_thread(1, 2)

    loop = asyncio.new_event_loop()
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(main())
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert calls.log == [1, 2]
