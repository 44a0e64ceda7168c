"""Who drives an engine at the moment: a thread that waits for events, or the keeper.

Exactly one thread at a time has the *driver's seat*: it alone touches the engine and the sockets. A
thread that waits for events takes the seat if it is free and drives while it waits, so an event is
read, decoded and handled in one thread. It leaves the seat with its event, and wakes nobody. A
background thread, the *keeper*, takes the seat if it has been free for ``ABSENCE`` seconds, if
several threads wait at once, and if a command is posted while it is free. So the connection is
served whatever users' code does, and a thread that comes back asks the keeper for the seat.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from binance_streams_runtime.driver.reading import Signal
from binance_streams_runtime.driver.signals import SignalDeferral
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.driver.wakeup import Wakeup
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.transport.target import Target

T = TypeVar("T")

ABSENCE = 0.05
"""Seconds for which the seat may be free before the keeper takes it."""

_SHARED_FOR = 1.0
"""Seconds for which the keeper drives after several threads have waited at once."""

# Seconds to wait for the seat; if the keeper needs longer, it drives on.
_BRIEFLY = 0.001
_PATIENCE = 0.1

# While the keeper reads much, events pile up and leave the cache. A short sleep yields the GIL so
# that consumers can drain the queues.
_PAUSE = 1e-6


class Driver:
    """Drives the engine of one client, in the threads that wait for it and in one of its own."""

    def __init__(
        self, engine: Engine, target: Target, on_stopped: Callable[[BaseException | None], None]
    ) -> None:
        """``on_stopped`` is called when the keeper ends, with the failure if there was one."""
        self._engine = engine
        self._target = target
        self._on_stopped = on_stopped
        self._failure: BaseException | None = None
        # Re-entrant: a signal handler may close the client in the middle of ``post``.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._main_thread = threading.main_thread().ident
        self._keeper: threading.Thread | None = None
        self._sockets: Sockets | None = None
        self._is_stopping = False
        self._is_stopped = False

        self._seat = threading.Lock()
        # The thread in the seat.
        self._driver: int | None = None
        # How often a thread has left the seat.
        self._visits = 0
        self._keeper_drives = False
        # Held by the one thread that asks the keeper for the seat.
        self._claim = threading.Lock()
        self._is_claimed = False
        # Threads that wait while another one drives.
        self._riders: set[int] = set()
        # Until when the keeper drives because several threads have waited at once.
        self._shared_until = 0.0
        # Calls the keeper: True to take the seat, False because the seat has become free.
        self._calls: SimpleQueue[bool] = SimpleQueue()
        # Whether the keeper sleeps until it is called, because a thread drives.
        self._is_resting = False
        self._signals = SignalDeferral(self._wake)

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
        return self._driver == threading.get_ident()

    def check_may_wait(self) -> None:
        """Raise RuntimeError in the middle of the driver's work, which must not wait for itself."""
        if self.is_current():
            raise RuntimeError(
                "this waits for the connection, in the thread that serves it: reconnect= and "
                "backoff= cannot do that"
            )

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
                sockets = self._sockets = Sockets(self._engine, self._target, self.post)
            sockets.commands.append(command)
            if self._keeper is None:
                self._keeper = threading.Thread(
                    target=self._run, name="binance-streams", daemon=True
                )
                self._keeper.start()
        self._call()
        return True

    def _call(self) -> None:
        """Have the thread that drives, or else the keeper, look for commands."""
        if self._seat.locked():
            self._wake()
        else:
            self._calls.put(True)

    def run(self, command: Callable[[float], T]) -> T:
        """Have ``command(now)`` called by the thread that drives, and return its result."""
        if self.is_current():
            return command(time.monotonic())
        future: Future[T] = Future()

        def run(now: float) -> None:
            try:
                future.set_result(command(now))
            except Exception as error:
                future.set_exception(error)

        if not self.post(run):
            # The keeper has ended, so nothing else touches the engine.
            return command(time.monotonic())
        return future.result()

    def catch_up(self, timeout: float) -> bool:
        """Wait until everything that had arrived is read; return False if it is not in time.

        Waits at most ``timeout`` seconds. A thread that was stopped, or slow, calls this before it
        reports that nothing has come in time.
        """
        is_read = threading.Event()
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
        if not self.post(self._stop):
            return
        if (
            keeper is not None
            and not self.is_current()
            and keeper is not threading.current_thread()
        ):
            # A signal handler may have interrupted the start of the thread.
            with contextlib.suppress(RuntimeError):
                keeper.join(timeout)

    # Waiting

    def wait(
        self, is_ready: Callable[[], bool], wakeup: Wakeup, until: float | None = None
    ) -> bool:
        """Wait until ``is_ready()``, and drive meanwhile if nobody else does.

        Returns False if it is not ready at ``until``, a time of ``time.monotonic()``. ``wakeup``
        is notified if it may have become ready by the work of another thread.
        """
        while not is_ready():
            if threading.get_ident() == self._main_thread:
                try:
                    self._signals.begin()
                    has_driven = self._drive(is_ready, until)
                finally:
                    self._signals.end()
            else:
                has_driven = self._drive(is_ready, until)
            if not has_driven:
                return self._ride(is_ready, wakeup, until)
            if until is not None and time.monotonic() >= until:
                return is_ready()
        return True

    def _drive(self, is_ready: Callable[[], bool], until: float | None) -> bool:
        """Drive until it is ready or late, or a signal came; return False if another should."""
        sockets = self._sockets
        if sockets is None or self._is_stopping or not self._take_seat():
            return False
        try:
            while not is_ready():
                now = sockets.turn(until)
                if (until is not None and now >= until) or self._signals.is_pending:
                    break
                if self._riders or self._is_stopping:
                    return is_ready()
        except BaseException as error:
            # No error is expected here. If there is one, subscriptions must end rather than hang.
            self._failure = self._failure or error
            self._is_stopping = True
            if not isinstance(error, Exception):
                raise
            return False
        finally:
            self._leave_seat()
        return True

    def _ride(self, is_ready: Callable[[], bool], wakeup: Wakeup, until: float | None) -> bool:
        """Wait while another thread drives: the keeper, from now on."""
        rider = threading.get_ident()
        try:
            self._riders.add(rider)
            if not self._keeper_drives:
                self._calls.put(True)
                self._wake()
            return wakeup.sleep(is_ready, until)
        finally:
            self._riders.discard(rider)

    # The seat

    def _take_seat(self) -> bool:
        """Take the seat if no other thread waits; return whether it was taken."""
        if self._riders:
            self._shared_until = time.monotonic() + _SHARED_FOR
        if self._shared_until:
            if time.monotonic() < self._shared_until:
                return False
            self._shared_until = 0.0
        if not self._seat.acquire(blocking=False) and not self._ask_for_seat():
            return False
        self._driver = threading.get_ident()
        return True

    def _ask_for_seat(self) -> bool:
        """Ask the keeper for the seat; return False if it is not the keeper who has it."""
        if not self._claim.acquire(blocking=False):
            self._shared_until = time.monotonic() + _SHARED_FOR
            return False
        try:
            self._is_claimed = True
            self._wake()
            # The keeper may just be sitting down, or getting up.
            if self._seat.acquire(timeout=_BRIEFLY):
                return True
            if self._keeper_drives and self._seat.acquire(timeout=_PATIENCE):
                return True
            self._shared_until = time.monotonic() + _SHARED_FOR
            return False
        finally:
            self._is_claimed = False
            self._claim.release()

    def _leave_seat(self) -> None:
        self._driver = None
        self._visits += 1
        self._seat.release()
        if self._riders or self._is_stopping or (self._sockets and self._sockets.commands):
            self._calls.put(True)
        elif self._is_resting:
            self._is_resting = False
            self._calls.put(False)

    def _wake(self) -> None:
        """End the sleep of the thread that drives."""
        if self._sockets is not None:
            self._sockets.wake()

    # The keeper

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                self._await_call()
                # A thread that others wait beside leaves the seat at once; any other one may stay.
                if self._seat.acquire(blocking=bool(self._riders) or self._is_stopping):
                    self._keep()
        except BaseException as error:
            # No error is expected here. If there is one, subscriptions must end rather than hang.
            self._failure = self._failure or error
        self._is_stopping = True
        self._wake()
        self._seat.acquire()
        self._driver = threading.get_ident()
        assert self._sockets is not None
        try:
            while self._sockets.is_closing and self._failure is None:
                self._sockets.turn()
        except BaseException as error:
            self._failure = error
        finally:
            self._finish()

    def _await_call(self) -> None:
        """Return if the keeper is called, or if the seat has been free for ``ABSENCE`` seconds."""
        while True:
            visits = self._visits
            try:
                if self._calls.get(timeout=ABSENCE):
                    return
            except Empty:
                if self._visits != visits:
                    continue
                if not self._seat.locked():
                    return
                self._is_resting = True
                if self._visits != visits:
                    self._is_resting = False
                elif self._calls.get():
                    self._is_resting = False
                    return

    def _keep(self) -> None:
        """Drive until a thread asks for the seat."""
        sockets = self._sockets
        assert sockets is not None
        self._driver = threading.get_ident()
        self._keeper_drives = True
        with contextlib.suppress(Empty):
            while True:
                self._calls.get_nowait()
        try:
            while not (self._is_claimed or self._is_stopping):
                sockets.turn()
                if sockets.is_busy:
                    sockets.is_busy = False
                    time.sleep(_PAUSE)
        finally:
            self._keeper_drives = False
            self._leave_seat()

    def _stop(self, now: float) -> None:
        assert self._sockets is not None
        self._engine.close(time.monotonic())
        self._sockets.perform()
        self._is_stopping = True

    def _finish(self) -> None:
        """End everything; the keeper has the seat for good."""
        sockets = self._sockets
        assert sockets is not None
        with self._lock:
            self._is_stopped = True
        # Commands that came too late fail rather than hang.
        for command in (self._engine.close, *sockets.commands):
            try:
                command(time.monotonic())
            except BaseException as error:
                self._failure = self._failure or error
        sockets.commands.clear()
        try:
            sockets.reading.notify(is_over=True)
            sockets.close()
        finally:
            self._on_stopped(self._failure)
            # Another thread may get the identifier of this one.
            self._driver = None
