"""Waking tasks: from their own event loop, or from the thread that drives the engine."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any


class ClientLoop:
    """The event loop that a client belongs to: the one in which it is first used."""

    def __init__(
        self,
        on_bound: Callable[[asyncio.AbstractEventLoop], None],
        on_closed: Callable[[], None],
        on_idle: Callable[[], None],
    ) -> None:
        """Set up without a loop.

        Args:
            on_bound: Called in the loop, once.
            on_closed: Called if the loop turns out to be closed.
            on_idle: Called in the loop, if all that was woken waits again.
        """
        self._on_bound = on_bound
        self._on_closed = on_closed
        self._on_idle = on_idle
        self._active = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._ready: deque[Waiters] = deque()
        self._is_scheduled = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop, or None if the client was not used in one yet."""
        return self._loop

    def bind(self) -> asyncio.AbstractEventLoop:
        """Return the running loop, to which the client belongs from now on.

        Raises RuntimeError if there is none, or if the client belongs to another one.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            if self._loop is not None:
                state = "is closed" if self._loop.is_closed() else "is not the running one"
                raise RuntimeError(
                    f"the client belongs to the event loop in which it was first used, which "
                    f"{state}: make a client in each loop"
                )
            self._loop, self._thread = loop, threading.get_ident()
            self._on_bound(loop)
        return loop

    def is_active(self) -> bool:
        """Return whether tasks were woken that have not come back to wait."""
        return self._active > 0

    def on_active(self, change: int) -> None:
        """Note that tasks were woken, or wait again."""
        self._active += change
        if not self._active:
            self._on_idle()

    def wake(self, waiters: Waiters) -> None:
        """Have the tasks go on that wait at ``waiters``; callable from any thread.

        From another thread, the loop is woken once for all that happens until it turns.
        """
        try:
            if threading.get_ident() == self._thread:
                waiters.resolve()
                return
            self._ready.append(waiters)
            if self._loop is not None and not self._is_scheduled:
                self._is_scheduled = True
                self._loop.call_soon_threadsafe(self._wake_all)
        except RuntimeError:
            # The loop is closed: no task will ever go on.
            self._on_closed()

    def _wake_all(self) -> None:
        # Cleared before taking: what is added from now on schedules this again.
        self._is_scheduled = False
        while self._ready:
            self._ready.popleft().resolve()


class Waiters:
    """Tasks that wait for the same thing. What it is, they say themselves."""

    __slots__ = ("_client_loop", "_is_active", "_is_waking", "futures")

    def __init__(self, client_loop: ClientLoop) -> None:
        self._client_loop = client_loop
        self.futures: list[asyncio.Future[None]] = []
        """One for each task that waits."""
        # Whether the loop is being woken for them by another thread.
        self._is_waking = False
        # Whether they were woken, and none has come back to wait.
        self._is_active = False

    def wake(self) -> None:
        """Have the tasks look again; callable from any thread."""
        if self.futures and not self._is_waking:
            self._is_waking = True
            self._client_loop.wake(self)

    def resolve(self) -> None:
        """Have the tasks look again; called in the loop's thread."""
        self._is_waking = False
        if not self._is_active and self.futures:
            self._is_active = True
            self._client_loop.on_active(1)
        for future in self.futures:
            if not future.done():
                future.set_result(None)
        self.futures.clear()

    async def wait(self, is_ready: Callable[[], Any], deadline: float | None = None) -> bool:
        """Wait until ``is_ready()``; return False if ``deadline`` comes first.

        The deadline is a time of ``time.monotonic()``. A task that is cancelled here, or woken for
        nothing, has taken nothing.
        """
        loop = self._client_loop.bind()
        while not is_ready():
            if self._is_active:
                self._is_active = False
                self._client_loop.on_active(-1)
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            future: asyncio.Future[None] = loop.create_future()
            timer = None if left is None else loop.call_later(left, _resolve, future)
            # Added before looking again: a driver that saw nobody waiting has changed it already.
            self.futures.append(future)
            try:
                if not is_ready():
                    await future
            finally:
                if timer is not None:
                    timer.cancel()
                if future in self.futures:
                    self.futures.remove(future)
        return True


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class LoopCondition:
    """A ``Condition`` that tasks can wait for. Its lock is for the threads that change things."""

    def __init__(self, client_loop: ClientLoop) -> None:
        self._lock = threading.RLock()
        self._waiters = Waiters(client_loop)

    def __enter__(self) -> bool:
        return self._lock.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        self._lock.__exit__(kind, error, traceback)

    def notify_all(self) -> None:
        self._waiters.wake()

    async def wait_for(self, predicate: Callable[[], bool], deadline: float | None = None) -> bool:
        """Wait until ``predicate()``; return False if ``deadline`` comes first."""
        return await self._waiters.wait(predicate, deadline)
