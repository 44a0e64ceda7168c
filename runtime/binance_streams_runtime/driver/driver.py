"""Driving an engine: the threads that wait for it do, and else a background thread, the keeper.

Exactly one thread at a time has the *driver's seat*: it alone touches the engine and the sockets. A
thread that waits for events drives while it waits, so an event is read, decoded and handled in one
thread. The keeper drives while nobody else does, so the connection is served whatever users' code
does. Other threads post commands, which the one in the seat calls.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import CodeType, FrameType
from typing import TypeVar

from binance_streams_runtime.driver import signals
from binance_streams_runtime.driver.reading import Signal
from binance_streams_runtime.driver.seat import Seat
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.driver.wakeup import Once, Wakeup
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.transport.target import Target

T = TypeVar("T")

# While the keeper reads much, events pile up and leave the cache. A short sleep yields the GIL so
# that consumers can drain the queues.
_PAUSE = 1e-6


class Driver:
    """Drives the engine of one client, in the threads that wait for it and in one of its own."""

    def __init__(
        self,
        engine: Engine,
        target: Target,
        on_stopped: Callable[[BaseException | None], None],
        make_sockets: Callable[..., Sockets] = Sockets,
    ) -> None:
        """``on_stopped`` is called when the keeper ends, with the failure if there was one."""
        self._make_sockets = make_sockets
        self._engine = engine
        self._target = target
        self._on_stopped = on_stopped
        self._failure: BaseException | None = None
        # Re-entrant: a signal handler may close the client in the middle of ``post``.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._main_thread = threading.main_thread().ident
        self._keeper: threading.Thread | None = None
        # Made by the first command: an unused client holds no descriptors.
        self._sockets: Sockets | None = None
        self._is_stopping = False
        self._is_stopped = False
        self._seat = Seat(self.wake, self._is_driven)
        # For what is called although the keeper has ended.
        self._late = threading.RLock()

    # For users' threads

    @property
    def is_running(self) -> bool:
        """Whether it has a thread that must be stopped."""
        return self._keeper is not None and not self._is_stopped

    @property
    def is_paused(self) -> bool:
        """Whether nothing is read, because a queue with the policy ``block`` is full."""
        return self._sockets is not None and self._sockets.is_paused

    def is_current(self) -> bool:
        """Return whether the caller runs in the middle of the driver's work."""
        return self._seat.is_mine()

    def check_may_wait(self) -> None:
        """Raise RuntimeError in the middle of the driver's work, which must not wait for itself."""
        self._seat.check_not_mine()

    def post(self, command: Callable[[float], None]) -> bool:
        """Have ``command(now)`` called by the thread that drives; return False if all is stopped.

        Returns False in a forked child as well, which has no such thread.
        """
        if os.getpid() != self._process:
            return False
        with self._lock:
            if self._is_stopped:
                return False
            sockets = self._sockets
            if sockets is None:
                sockets = self._sockets = self._make_sockets(self._engine, self._target, self.post)
            sockets.commands.append(command)
            if self._keeper is None:
                self._start_keeper()
        self._call()
        return True

    def _start_keeper(self) -> None:
        self._keeper = threading.Thread(target=self._run, name="binance-streams", daemon=True)
        try:
            self._keeper.start()
        except BaseException:
            # The system has no more threads at the moment, or a signal's handler has raised.
            if self._keeper.ident is None:
                self._keeper = None
            raise

    def _call(self) -> None:
        """Have the thread that drives, or else the keeper, look for commands."""
        if self._seat.is_taken:
            self.wake()
        else:
            self._seat.call_keeper()

    def now(self) -> float:
        """Return the time by the clock of the engine."""
        return time.monotonic() if self._sockets is None else self._sockets.now()

    def run(self, command: Callable[[float], T]) -> T:
        """Have ``command(now)`` called by the thread that drives, and return its result."""
        if self.is_current():
            return command(self.now())
        # No Future, whose lock a signal's handler that raises may leave locked forever.
        outcomes: SimpleQueue[tuple[T] | Exception] = SimpleQueue()

        def run(now: float) -> None:
            try:
                outcomes.put((command(now),))
            except Exception as error:
                outcomes.put(error)

        if not self.post(run):
            return self._run_late(command)
        outcome = outcomes.get()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome[0]

    def _run_late(self, command: Callable[[float], T]) -> T:
        """Call ``command`` although nothing drives any more."""
        if os.getpid() != self._process:
            # The thread that holds the lock may not run here.
            return command(self.now())
        with self._late:
            return command(self.now())

    def catch_up(self, timeout: float) -> bool:
        """Wait until everything that had arrived is read; return False if it is not in time.

        Waits at most ``timeout`` seconds. A thread that was stopped, or slow, calls this before it
        reports that nothing has come in time.
        """
        is_read = Once()
        return not self.notify_when_read(is_read) or is_read.wait(timeout)

    def notify_when_read(self, is_read: Signal) -> bool:
        """Set ``is_read`` once everything that had arrived is read; False if all is stopped."""

        def notify(now: float) -> None:
            assert self._sockets is not None
            self._sockets.reading.notify_when_read(now, is_read)

        return self.post(notify)

    def join(self, timeout: float) -> None:
        """Wait for the end of the keeper, at most ``timeout`` seconds."""
        if self._keeper is not None and self._keeper is not threading.current_thread():
            self._keeper.join(timeout)

    def stop(self, timeout: float) -> None:
        """Close every connection and end the keeper; waits at most ``timeout`` seconds."""
        if os.getpid() != self._process:
            return
        with self._lock:
            keeper = self._keeper
            if keeper is None and not self._is_stopped:
                self._is_stopped = self._is_stopping = True
                return
        # A keeper that is ending already is waited for as well.
        self.post(self._stop)
        if (
            keeper is not None
            and not self.is_current()
            and keeper is not threading.current_thread()
        ):
            # A signal handler may have interrupted the start of the thread.
            with contextlib.suppress(RuntimeError):
                keeper.join(timeout)

    # Waiting

    def drive(
        self, is_ready: Callable[[], bool], until: float | None = None, is_loop: bool = False
    ) -> bool | None:
        """Drive until ``is_ready()``; return None at once if another thread should drive.

        Returns False if it is not ready at ``until``, a time of ``time.monotonic()``. A loop that
        waits again and again calls ``leave_loop`` at its end.
        """
        sockets, seat = self._sockets, self._seat
        if sockets is None:
            return None
        # If the main thread drives another engine, further out, its handlers are put off already.
        if threading.get_ident() != self._main_thread or signals.is_deferring():
            return self._drive(sockets, seat, is_ready, until, False)
        while True:
            try:
                signals.defer(self.wake)
                is_over = self._drive(sockets, seat, is_ready, until, True)
            finally:
                signals.resume(is_loop)
            # If it is not ready in time, a signal has come, and its handler has not raised.
            if is_over is not False or (until is not None and time.monotonic() >= until):
                return is_over

    def _drive(
        self,
        sockets: Sockets,
        seat: Seat,
        is_ready: Callable[[], bool],
        until: float | None,
        is_deferring: bool,
    ) -> bool | None:
        if not seat.take():
            return None
        try:
            # Both are checked only now: who has the seat is woken if they change from now on.
            if self._is_stopping:
                return None
            while not is_ready():
                now = sockets.turn(until)
                if is_ready():
                    break
                if until is not None and now >= until:
                    return False
                if is_deferring and signals.is_pending():
                    return False
                if seat.sleepers or self._is_stopping:
                    return None
            return True
        except BaseException as error:
            self._fail(error)
            if not isinstance(error, Exception):
                raise
            return None
        finally:
            seat.leave()
            # Who posts a command from now on sees that the seat is free.
            if sockets.commands or self._is_stopping:
                seat.call_keeper()

    def read_now(self) -> bool | None:
        """Read what has come, without waiting; return whether more is likely to wait already.

        Returns None if another thread should drive.
        """
        sockets = self._sockets
        if sockets is None:
            return None
        sockets.is_busy = False
        has_driven = self.drive(_never, 0.0, True)
        return None if has_driven is None else sockets.is_busy

    # The code that runs in a thread as long as the thread has the seat.
    _driving: CodeType = _drive.__code__

    def sleep(
        self, is_ready: Callable[[], bool], wakeup: Wakeup, until: float | None = None
    ) -> bool:
        """Wait until ``is_ready()`` while another thread drives; False if it is not by ``until``.

        ``wakeup`` is notified if it may have become ready.
        """
        thread = threading.get_ident()
        try:
            self._seat.begin_sleep(thread)
            return wakeup.sleep(is_ready, until)
        finally:
            self._seat.sleepers.discard(thread)

    def wait(
        self, is_ready: Callable[[], bool], wakeup: Wakeup, until: float | None = None
    ) -> bool:
        """Drive or sleep until ``is_ready()``; return False if it is not by ``until``."""
        if is_ready():
            return True
        has_become_ready = self.drive(is_ready, until)
        if has_become_ready is None:
            return self.sleep(is_ready, wakeup, until)
        return has_become_ready

    def leave_loop(self) -> None:
        """End a loop: the handlers of signals are put back in their place."""
        if threading.get_ident() == self._main_thread:
            signals.restore()

    def wake(self) -> None:
        """Have the thread that drives look whether what it waits for is ready.

        Call this after making something ready without being in the seat.
        """
        if self._sockets is not None:
            self._sockets.wake()

    def _is_driven(self) -> bool:
        """Return whether any thread is in the midst of driving."""
        for frame in sys._current_frames().values():
            at: FrameType | None = frame
            while at is not None:
                if at.f_code is self._driving and at.f_locals.get("self") is self:
                    return True
                at = at.f_back
        return False

    def _fail(self, error: BaseException) -> None:
        """Note an error that nobody expects: subscriptions must end rather than hang."""
        self._failure = self._failure or error
        self._is_stopping = True

    # The keeper

    def _run(self) -> None:
        sockets = self._sockets
        assert sockets is not None
        try:
            while not self._is_stopping:
                self._await_call()
                if self._seat.keep(is_urgent=self._is_stopping):
                    self._keep(sockets)
        except BaseException as error:
            self._fail(error)
        self._is_stopping = True
        sockets.wake()
        self._seat.keep(is_urgent=True)
        try:
            while sockets.is_closing and self._failure is None:
                sockets.turn()
        except BaseException as error:
            self._fail(error)
        finally:
            self._finish(sockets)

    def _await_call(self) -> None:
        """Return once the keeper should drive."""
        self._seat.await_call()

    def _has_left(self) -> None:
        """Note that the keeper has left the seat. A hook for drivers that wait for it."""

    def _keep(self, sockets: Sockets) -> None:
        """Drive until a thread asks for the seat."""
        seat = self._seat
        try:
            while not self._is_stopping:
                sockets.turn_of_keeper(bool(seat.sleepers))
                if seat.is_claimed:
                    break
                if sockets.is_busy:
                    sockets.is_busy = False
                    time.sleep(_PAUSE)
        finally:
            seat.stop_keeping()
            if sockets.commands or self._is_stopping:
                seat.call_keeper()
            self._has_left()

    def _stop(self, now: float) -> None:
        assert self._sockets is not None
        self._engine.close(now)
        self._sockets.perform()
        self._is_stopping = True

    def _finish(self, sockets: Sockets) -> None:
        """End everything; the keeper has the seat for good."""
        with self._lock:
            self._is_stopped = True
        # Commands that came too late fail rather than hang.
        with self._late:
            for command in (self._engine.close, *sockets.commands):
                try:
                    command(sockets.now())
                except BaseException as error:
                    self._fail(error)
            sockets.commands.clear()
        try:
            sockets.reading.notify(is_over=True)
            sockets.close()
        finally:
            self._on_stopped(self._failure)
            self._seat.vacate()


def _never() -> bool:
    return False
