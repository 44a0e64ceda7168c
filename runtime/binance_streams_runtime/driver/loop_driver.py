"""An event loop as the driver: it takes the seat whenever the client's poller has something.

The poller's descriptor is one more that the loop watches. On readiness the loop takes the seat,
does a turn that does not sleep, and leaves the seat. The keeper looks from time to time whether the
loop turns. If it does not while something is ready, the keeper drives, so that a loop that stands
still loses no connection, until the loop asks for the seat again.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from binance_streams_runtime.driver import signals
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.transport import forks
from binance_streams_runtime.transport.target import Target

T = TypeVar("T")

_LOOK = 0.5
"""Seconds between two looks of the keeper at a loop that seems to turn."""

_LOOK_AGAIN = 0.25
"""Seconds after which a loop that did not turn at the last look is replaced."""

_LOOK_BRIEFLY = 0.05
"""Seconds for which the keeper may have the seat only to look."""

_MAX_LEFT_UNREAD = 0.05
"""Seconds for which nothing is read after much was, while tasks still have events to take."""

# Their own handlers of signals do nothing.
_LOOP_MODULES = ("asyncio.unix_events", "uvloop.loop")


class Handle(Protocol):
    """A call that a loop will make."""

    def cancel(self) -> object: ...


class Loop(Protocol):
    """What is needed of an event loop."""

    def add_reader(self, fd: int, callback: Callable[[], object], /) -> object: ...

    def remove_reader(self, fd: int, /) -> object: ...

    def call_soon(self, callback: Callable[[], object], /) -> Handle: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle: ...

    def call_soon_threadsafe(self, callback: Callable[[], object], /) -> Handle: ...

    def is_closed(self) -> bool: ...


class ClientLoop(Protocol):
    """What wakes tasks."""

    is_driving: bool
    is_awaited: bool

    def resolve(self, is_large: bool) -> bool: ...

    def resolve_soon(self) -> None: ...

    def give_up(self) -> None: ...


class LoopDriver(Driver):
    """Drives the engine of one client in an event loop, once ``attach`` was called."""

    def __init__(
        self,
        engine: Engine,
        target: Target,
        on_stopped: Callable[[BaseException | None], None],
        client_loop: ClientLoop,
        on_loop_closed: Callable[[], None],
        make_sockets: Callable[..., Sockets] = Sockets,
    ) -> None:
        """``client_loop`` wakes the tasks that wait for what a turn delivers.

        ``on_loop_closed`` is called in the keeper, if the loop is closed before ``detach``.
        """
        super().__init__(engine, target, on_stopped, make_sockets)
        self._on_loop_closed = on_loop_closed
        self._client_loop = client_loop
        self._loop: Loop | None = None
        self._loop_thread = 0
        self._is_main = False
        # The loop's own descriptor of the poller: it outlives the poller until it is unwatched.
        self._descriptor: _Descriptor | None = None
        self._is_watching = False
        self._timer: Handle | None = None
        self._timer_at = math.inf
        # Continues reading after a while, if nothing is read at the moment.
        self._rest: Handle | None = None

    @property
    def is_in_loop(self) -> bool:
        """Whether the loop drives, and not the keeper."""
        return self._descriptor is not None

    # In the loop's thread

    def attach(self, loop: Loop) -> None:
        """Drive in this loop from now on."""
        self._loop = loop
        self._loop_thread = threading.get_ident()
        self._is_main = self._loop_thread == self._main_thread
        if self._sockets is not None:
            self._begin()

    def detach(self) -> None:
        """Leave the driving to the keeper, for good."""
        self._unwatch()
        for handle in (self._timer, self._rest):
            if handle is not None:
                handle.cancel()
        self._timer = self._rest = self._loop = None
        self._timer_at = math.inf
        if self._descriptor is not None:
            self._descriptor.close()
            self._descriptor = None
        # It will not come for the seat that it may have asked for.
        self._seat.is_claimed = False
        self._seat.call_keeper()

    def resume(self) -> None:
        """Read on, as all tasks that were woken wait again."""
        if self._rest is not None:
            self._rest.cancel()
            self._go_on()

    def _go_on(self) -> None:
        """Read on after a rest."""
        self._rest = None
        self._client_loop.is_awaited = False
        self._watch()
        if self._loop is not None and self._sockets is not None and self._sockets.is_replay:
            # Nothing will come by itself.
            self._loop.call_soon(self._turn)

    def _begin(self) -> None:
        """Watch the poller for the first time."""
        if self._loop is None or self._descriptor is not None or self._sockets is None:
            return
        try:
            self._descriptor = _Descriptor(self._sockets.fileno())
            self._watch()
        except (OSError, NotImplementedError):
            # This loop cannot watch it, or the system's poller cannot be watched.
            self.detach()
            return
        self._loop.call_soon(self._turn)

    def _watch(self) -> None:
        if self._loop is not None and self._descriptor is not None and not self._is_watching:
            self._loop.add_reader(self._descriptor.number, self._turn)
            self._is_watching = True

    def _unwatch(self) -> None:
        if self._is_watching and self._loop is not None and self._descriptor is not None:
            self._is_watching = False
            self._loop.remove_reader(self._descriptor.number)

    def _turn(self) -> None:
        """Drive for one turn, if the seat is free; otherwise ask the keeper for it."""
        sockets = self._sockets
        if sockets is None or self._is_stopping or self._loop is None:
            return
        if not self._seat.take_now() and not self._claim_seat():
            return
        try:
            self._drive_once(sockets)
        except BaseException:
            # A handler of a signal has raised, and the loop may go on after it.
            self._client_loop.resolve_soon()
            raise
        is_busy, sockets.is_busy = sockets.is_busy, False
        if self._client_loop.resolve(is_busy) and self._rest is None and self._loop is not None:
            # What was read is handled first, while it is in the cache.
            self._unwatch()
            self._rest = self._loop.call_later(_MAX_LEFT_UNREAD, self._end_rest)
            self._client_loop.is_awaited = True

    def _drive_once(self, sockets: Sockets) -> None:
        """Do one turn and leave the seat; raise what handlers of signals raise."""
        seat, client_loop = self._seat, self._client_loop
        client_loop.is_driving = True
        is_deferring = self._is_main and _may_raise()
        try:
            if is_deferring:
                signals.defer(self.wake)
            if seat.is_claimed:
                # The keeper has left it, and may see too late that it was to call back.
                seat.is_claimed = False
                self._watch()
            # The timer is there for what is due.
            now = sockets.turn(0.0) if self._timer is None else sockets.turn_now()
            at = sockets.next_time(now)
            if at is not None and at < self._timer_at:
                self._plan(now, at)
        except BaseException as error:
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            client_loop.is_driving = False
            seat.leave()
            if self._is_stopping:
                seat.call_keeper()
            if is_deferring:
                signals.resume(is_loop=False)

    _driving = _turn.__code__

    def _plan(self, now: float, at: float) -> None:
        """Do a turn at the time ``at``, instead of later."""
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is not None:
            self._timer = self._loop.call_later(max(0.0, at - now), self._on_timer)
            self._timer_at = at

    def _on_timer(self) -> None:
        self._timer, self._timer_at = None, math.inf
        # What is read in a replay is not due at any time, and may wait until it is wanted.
        if self._rest is None or (self._sockets is not None and not self._sockets.is_replay):
            self._turn()

    def _end_rest(self) -> None:
        self._client_loop.give_up()
        self._go_on()

    def _claim_seat(self) -> bool:
        """Ask the keeper for the seat; it calls back once it has left it. Return if it just has."""
        self._unwatch()
        self._seat.is_claimed = True
        if self._seat.take_now():
            self._watch()
            return True
        self.wake()
        return False

    def _return(self) -> None:
        self._watch()
        self._turn()

    # In any thread

    def post(self, command: Callable[[float], None]) -> bool:
        is_first = self._sockets is None
        is_posted = super().post(command)
        if is_first and self._loop is not None:
            self._call_soon(self._begin)
        return is_posted

    def stop(self, timeout: float) -> None:
        if self._loop is not None and threading.get_ident() == self._loop_thread:
            self.detach()
        else:
            self._call_soon(self.detach)
            self._seat.call_keeper()
        super().stop(timeout)

    def run(self, command: Callable[[float], T]) -> T:
        """Have ``command(now)`` called by the thread that drives, and return its result.

        In the loop's thread, it is called at once: the loop cannot turn until then.
        """
        is_loop = threading.get_ident() == self._loop_thread and not self.is_current()
        if not is_loop or not self._seat.take_within(_LOOK_BRIEFLY):
            return super().run(command)
        try:
            return command(self.now())
        finally:
            self._seat.leave_unused()
            self._has_left()

    def _call(self) -> None:
        if self._descriptor is not None:
            # The loop sees it, or will.
            self.wake()
        else:
            super()._call()

    def _call_soon(self, callback: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None:
            # If it is closed, the keeper will notice.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(callback)

    # In the keeper

    def _has_left(self) -> None:
        if self._seat.is_claimed:
            self._call_soon(self._return)

    def _await_call(self) -> None:
        """Return if the keeper is called, or if the loop stands still while something is ready."""
        if self._loop is None:
            super()._await_call()
            return
        visits, is_late = self._seat.visits, False
        while True:
            call = self._seat.next_call(_LOOK_AGAIN if is_late else _LOOK)
            # A loop that has asked for the seat, or drives, also does what is asked for.
            if call and (self._descriptor is None or self._is_stopping):
                return
            if call is not None:
                continue
            loop = self._loop
            if loop is None:
                return
            if loop.is_closed():
                self._lose_loop()
                return
            if visits != self._seat.visits:
                visits, is_late = self._seat.visits, False
            elif not self._is_due():
                is_late = False
            elif is_late:
                # Whatever it has asked for before: it asks again once it turns.
                self._seat.is_claimed = False
                return
            else:
                is_late = True

    def _lose_loop(self) -> None:
        """Drive for good, as the loop was closed without ``detach``."""
        self._loop, self._is_watching = None, False
        self._seat.is_claimed = False
        if self._descriptor is not None:
            self._descriptor.close()
            self._descriptor = None
        self._on_loop_closed()

    def _is_due(self) -> bool:
        """Return whether a turn would have something to do now."""
        if self._sockets is None or not self._seat.take_now():
            return False
        try:
            return self._sockets.is_due(time.monotonic())
        finally:
            self._seat.leave_unused()
            self._has_left()


class _Descriptor:
    """A second descriptor of something open."""

    def __init__(self, number: int) -> None:
        with forks.lock():
            self.number = os.dup(number)
            forks.own(self)

    def close(self) -> None:
        """Close it; without effect if it is closed already."""
        number, self.number = self.number, -1
        if number >= 0:
            os.close(number)

    def __del__(self) -> None:
        self.close()


def _may_raise() -> bool:
    """Return whether a signal's handler may raise in the middle of a turn.

    That of ``asyncio.run`` cancels a task, and those of ``add_signal_handler`` run later.
    """
    if signals.get_handler(signal.SIGINT) is signal.default_int_handler:
        return True
    on_terminate = signals.get_handler(signal.SIGTERM)
    return callable(on_terminate) and on_terminate.__module__ not in _LOOP_MODULES
