"""What ends a command: a time, silence, a gap, or somebody who has seen enough."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

_SLICE = 0.25


class Limits:
    """Ends a client from a thread of its own; ``reason`` says why."""

    def __init__(self, total: float | None, silence: float | None) -> None:
        """End after ``total`` seconds, or after ``silence`` seconds without an event."""
        self.reason: str | None = None
        """``time``, ``silence`` or whatever ``end`` was given; None if nothing ended it."""
        self.total = total
        self._silence = silence
        self._changed = threading.Event()

    def end(self, reason: str) -> None:
        """End the client now; the first reason counts."""
        if self.reason is None:
            self.reason = reason
        self._changed.set()

    @property
    def is_over(self) -> bool:
        """Whether something has ended it."""
        return self.reason is not None

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most ``seconds``; return whether it is."""
        # In slices: a signal that comes just before a wait begins does not interrupt it.
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._changed.wait(min(left, _SLICE)):
                break
        return self.is_over

    @contextlib.contextmanager
    def watch(self, events: Callable[[], int], close: Callable[[], object]) -> Iterator[None]:
        """Call ``close`` when it is over; ``events`` says how many have come."""
        thread = threading.Thread(
            target=self._run, args=(events, close), name="binance-streams-limits", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            self.end("done")
            thread.join()

    def _run(self, events: Callable[[], int], close: Callable[[], object]) -> None:
        began = last = time.monotonic()
        seen = events()
        while not self.is_over:
            now = time.monotonic()
            if events() != seen:
                seen, last = events(), now
            ends = {}
            if self.total is not None:
                ends["time"] = began + self.total
            if self._silence is not None:
                ends["silence"] = last + self._silence
            reason = min(ends, key=lambda name: ends[name], default=None)
            if reason is None:
                self._changed.wait()
            elif ends[reason] <= now:
                self.end(reason)
            else:
                self._changed.wait(ends[reason] - now)
        if self.reason != "done":
            close()
