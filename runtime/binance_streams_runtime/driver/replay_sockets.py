"""What takes the place of sockets in a replay: a turn reads on in a recording.

Whoever drives does so in real time. The engine lives in virtual time: it is given the times at
which things happened when they were recorded.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from typing import ClassVar

from binance_streams_runtime.driver.sockets import Post, Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.recording.replayer import Replayer
from binance_streams_runtime.transport.target import Target

# A replay begins once somebody waits and nothing has been asked for during this many seconds, but
# at most so many seconds later: whoever makes several subscriptions wants them from the beginning.
_QUIET = 0.05
_MOST_QUIET = 1.0

_MAX_SLEEP = 1.0

# Steps in one turn, after which it is looked whether what is waited for is there.
_MOST_STEPS = 32

# Seconds after which a queue that nobody empties no longer holds up those who wait for others.
_PATIENCE = 1.0


class ReplaySockets(Sockets):
    """The recording of one client, and the commands for its engine."""

    is_replay: ClassVar[bool] = True

    def __init__(
        self,
        engine: Engine,
        target: Target,
        post: Post,
        replayer: Replayer,
        speed: float,
        is_awaited: Callable[[], bool],
        needs_keeper: Callable[[], bool],
        on_over: Callable[[float], None],
    ) -> None:
        """Stand at the beginning.

        Args:
            engine: What is fed.
            target: The URL of the replay.
            post: Runs a command in the thread that drives.
            replayer: Feeds the engine.
            speed: How many times as fast as it was recorded; infinite for as fast as it is taken.
            is_awaited: Whether anybody has waited for anything yet.
            needs_keeper: Whether somebody waits who drives neither by itself nor in a loop.
            on_over: Called with the time at the end of the recording.
        """
        super().__init__(engine, target, post)
        self._replayer = replayer
        self._speed = speed
        self._is_awaited = is_awaited
        self._needs_keeper = needs_keeper
        self._on_over = on_over
        self._asked_at = self._first_at = time.monotonic()
        self._has_waited = self._has_begun = self._is_over = False
        # A real and a virtual time that belong together.
        self._began_at = 0.0
        self._began_with = 0.0
        self._paused_at: float | None = None

    def now(self) -> float:
        """Return the virtual time."""
        replayer = self._replayer
        if not self._has_begun or self._is_over or self._speed == math.inf:
            return replayer.now
        upcoming = replayer.next_time()
        now = max(replayer.now, self._virtual(time.monotonic()))
        return now if upcoming is None else min(now, upcoming)

    def turn(self, until: float | None = None) -> float:
        return self._turn(until, is_waited_for=True)

    def turn_now(self) -> float:
        return self._turn(0.0, is_waited_for=True)

    def turn_of_keeper(self, is_waited_for: bool) -> float:
        """Read on only for somebody: who is as fast as possible must not run ahead."""
        return self._turn(None, is_waited_for or self._needs_keeper())

    def _turn(self, until: float | None, is_waited_for: bool) -> float:
        begun = time.monotonic()
        if is_waited_for and not self._has_waited:
            self._has_waited, self._first_at = True, begun
        at = self._next_real(begun, is_waited_for)
        bounds = [one for one in (at, until, begun + _MAX_SLEEP) if one is not None]
        sleep = max(0.0, min(bounds) - begun)
        if self.commands or self.reading.waiters:
            sleep = 0.0
        for _ in self._poller.poll(sleep):
            with contextlib.suppress(BlockingIOError):
                self._wake_out.recv(4096)
        self._run_commands()
        now = time.monotonic()
        at = self._next_real(now, is_waited_for)
        if at is not None and at <= now:
            self._play(now)
        self.reading.on_turn(begun, True)
        self.reading.notify()
        self.perform()
        return time.monotonic()

    def _run_commands(self) -> None:
        if not self.commands:
            return
        self._asked_at = time.monotonic()
        while self.commands:
            self.commands.popleft()(self.now())
        if self._engine.is_paused:
            # There may be room in a queue again.
            self._engine.advance(self.now())

    def next_time(self, now: float) -> float | None:
        if self.commands or self.reading.waiters:
            return now
        return self._next_real(now, is_waited_for=True)

    def _next_real(self, now: float, is_waited_for: bool) -> float | None:
        """Return the real time at which the replay goes on; None if it does not by itself."""
        if self._is_over:
            return None
        if not self._has_begun:
            return self._begin_at(now, is_waited_for)
        if self._speed == math.inf and not is_waited_for:
            return None
        if self._engine.is_paused:
            self._paused_at = now if self._paused_at is None else self._paused_at
            return self._paused_at + _PATIENCE if is_waited_for else None
        self._paused_at = None
        upcoming = self._replayer.next_time()
        if upcoming is None or self._speed == math.inf:
            return now
        return self._began_at + (upcoming - self._began_with) / self._speed

    def _begin_at(self, now: float, is_waited_for: bool) -> float | None:
        """Return when to begin, or to look again; None if nobody waits."""
        if not is_waited_for:
            return None
        if not self._is_awaited():
            return now + _QUIET
        at = min(self._asked_at + _QUIET, self._first_at + _MOST_QUIET)
        if at <= now:
            self._has_begun, self._began_at = True, now
            upcoming = self._replayer.next_time()
            self._began_with = self._replayer.now if upcoming is None else upcoming
            return now
        return at

    def _virtual(self, now: float) -> float:
        return self._began_with + (now - self._began_at) * self._speed

    def _play(self, now: float) -> None:
        engine, replayer = self._engine, self._replayer
        if engine.is_paused:
            self._relax()
        limit = math.inf if self._speed == math.inf else self._virtual(now)
        for _ in range(_MOST_STEPS):
            upcoming = replayer.next_time()
            if upcoming is None:
                self._is_over = True
                self._on_over(replayer.now)
                return
            if upcoming > limit or engine.is_paused:
                break
            if replayer.step() and limit == math.inf:
                # Whoever gets it must not see order books, or subscribe, later than that.
                break
        self.is_busy = True

    def close(self) -> None:
        super().close()
        self._replayer.close()

    def _relax(self) -> None:
        """Let queues that nobody empties drop events by their own policies."""
        for queue in self._engine.delivery.blocking:
            if isinstance(queue, EventQueue):
                queue.relax()
        self._paused_at = None
        self._engine.advance(self.now())
