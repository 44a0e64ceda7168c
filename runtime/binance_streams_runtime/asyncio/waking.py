"""Waking tasks: from their own event loop, or from the thread that drives the engine."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextvars import Context
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
            on_idle: Called in the loop, once all that were woken wait again, if it ``is_awaited``.
        """
        self._on_bound = on_bound
        self._on_closed = on_closed
        self._on_idle = on_idle
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._ready: deque[Waiters] = deque()
        self._is_scheduled = False
        # In a turn of the driver in this loop, which calls ``resolve`` at its end.
        self.is_driving = False
        self.is_awaited = False
        """Whether to call ``on_idle``, as nothing is read until all wait again."""
        self.has_waited = False
        """Whether any task has waited for anything."""
        self.active: set[Waiters] = set()
        """Tasks that were woken to take items and have not come back to wait."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop, or None if the client was not used in one yet."""
        return self._loop

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in the thread of the loop."""
        return threading.get_ident() == self._thread

    def bind(self) -> asyncio.AbstractEventLoop:
        """Return the running loop, to which the client belongs from now on.

        Raises RuntimeError if there is none, or if the client belongs to another one.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "no event loop of asyncio runs in this thread: use an AsyncClient in what "
                "asyncio.run() runs; a Client needs no loop"
            ) from None
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

    def wake(self, waiters: Waiters) -> None:
        """Have the tasks go on that wait at ``waiters``; callable from any thread.

        The loop is woken once for all that happens until it turns.
        """
        self._ready.append(waiters)
        if self.is_driving or self._is_scheduled or self._loop is None:
            return
        self._is_scheduled = True
        try:
            if threading.get_ident() == self._thread:
                self._loop.call_soon(self._resolve)
            else:
                self._loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:
            # The loop is closed: no task will ever go on.
            self._on_closed()

    def resolve(self, is_large: bool) -> bool:
        """Have the tasks go on that were woken; called in the loop, by none of its tasks.

        After a large read, return whether some may still have items to take.
        """
        ready = self._ready
        try:
            while ready:
                ready.popleft().resolve()
        finally:
            if ready:
                # One has raised what ends the loop, which may go on after it.
                self.resolve_soon()
        return is_large and bool(self.active)

    def resolve_soon(self) -> None:
        """Call ``resolve`` in the next round of the loop."""
        if self._loop is not None:
            self._loop.call_soon(self._resolve)

    def _resolve(self) -> None:
        # Cleared before taking: what is added from now on schedules this again.
        self._is_scheduled = False
        self.resolve(False)

    def give_up(self) -> None:
        """Expect nobody to come back soon: those that were woken do something else."""
        self.active.clear()

    def end_wait_for_all(self) -> None:
        """Read on if all that were woken wait again."""
        if not self.active:
            self._on_idle()


class Waiters:
    """Tasks that wait for the same thing. What it is, they say themselves."""

    __slots__ = ("_client_loop", "_is_waking", "_takes_items", "waiting")

    def __init__(self, client_loop: ClientLoop, takes_items: bool = False) -> None:
        """``takes_items`` if the tasks come back to wait once they have taken what is there."""
        self._client_loop = client_loop
        self._takes_items = takes_items
        self.waiting: list[Waiter] = []
        """One for each task that waits."""
        # Whether the loop will resolve them.
        self._is_waking = False

    def wake(self) -> None:
        """Have the tasks look again; callable from any thread."""
        if self.waiting and not self._is_waking:
            self._is_waking = True
            self._client_loop.wake(self)

    def resolve(self) -> None:
        """Have the tasks look again; called in the loop."""
        self._is_waking = False
        if self._takes_items:
            self._client_loop.active.add(self)
        waiting, self.waiting = self.waiting, []
        if len(waiting) > 1:
            waiting.reverse()
        try:
            while waiting:
                waiting.pop().resolve()
        finally:
            if waiting:
                # A task has raised what ends the loop, which may go on after it.
                self.waiting += waiting[::-1]
                self.wake()

    def begin(self) -> Waiter:
        """Begin a wait: await the result, unless it has become ready by now, then ``end`` it.

        It is to be checked only now: a driver that saw nobody waiting has changed it already.
        """
        client_loop = self._client_loop
        waiter = Waiter(client_loop.bind())
        client_loop.has_waited = True
        client_loop.active.discard(self)
        if client_loop.is_awaited:
            client_loop.end_wait_for_all()
        self.waiting.append(waiter)
        return waiter

    def close(self) -> None:
        """Note that there will be nothing to take any more."""
        self._client_loop.active.discard(self)

    def end(self, waiter: Waiter) -> None:
        """End a wait that is over or was cancelled."""
        if waiter in self.waiting:
            self.waiting.remove(waiter)

    async def wait(self, is_ready: Callable[[], Any], deadline: float | None = None) -> bool:
        """Wait until ``is_ready()``; return False if ``deadline`` comes first.

        The deadline is a time of ``time.monotonic()``. A task that is cancelled here, or woken for
        nothing, has taken nothing.
        """
        loop = self._client_loop.bind()
        while not is_ready():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            waiter = self.begin()
            timer = None if left is None else loop.call_later(left, waiter.resolve)
            try:
                if not is_ready():
                    await waiter
            finally:
                if timer is not None:
                    timer.cancel()
                self.end(waiter)
        return True


class Waiter:
    """A future that lets its task go on at once, not in the next round of the loop.

    It has what a task needs of a future. A round of the loop is what costs most if each event comes
    by itself; the call that ends the wait is one of the loop itself, so the task may run in it.
    """

    __slots__ = (
        "_asyncio_future_blocking",
        "_callback",
        "_context",
        "_is_done",
        "_loop",
        "_message",
        "is_of_loop",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._asyncio_future_blocking = False
        # Where tasks look for it.
        self._loop = loop
        self._callback: Callable[[Waiter], object] | None = None
        self._is_done = False
        # The message of the cancellation, in a tuple, if it was cancelled.
        self._message: tuple[Any] | None = None
        self.is_of_loop: bool = False
        """Whether what waits is an iteration, of which there should be only one."""

    def __await__(self) -> Generator[Waiter, None, None]:
        if not self._is_done:
            self._asyncio_future_blocking = True
            yield self

    def resolve(self) -> None:
        """End the wait; called in the loop, by none of its tasks."""
        if not self._is_done:
            self._is_done = True
            if self._callback is not None:
                self._context.run(self._callback, self)

    # What the task calls

    def add_done_callback(self, callback: Callable[[Waiter], object], *, context: Context) -> None:
        self._callback, self._context = callback, context

    def cancel(self, msg: Any = None) -> bool:
        if self._is_done:
            return False
        self._message = (msg,)
        if self._callback is None:
            self._is_done = True
        else:
            # It is done only once the task goes on: a signal's handler may raise right here, and
            # the task must still be there to be cancelled again.
            self._loop.call_soon(self.resolve)
        return True

    def result(self) -> None:
        if self._message is not None:
            raise asyncio.CancelledError(*self._message)


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
