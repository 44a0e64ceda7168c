"""Calling functions in the event loop of a client, in order, whoever drives."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.asyncio.waking import ClientLoop

_MOST_PENDING = 256
"""Calls that may wait for a loop that does not turn before nothing more is read."""


class LoopCalls:
    """Calls functions at once while the loop drives, and in its next turn while the keeper does."""

    def __init__(
        self,
        client_loop: ClientLoop,
        on_error: Callable[[Exception], None],
        on_room: Callable[[], None],
    ) -> None:
        """Call nothing yet.

        Args:
            client_loop: The loop, in which the client is used already.
            on_error: Called with what a function raised, in the loop.
            on_room: Called once it ``is_blocking`` no longer, in the loop.
        """
        self._client_loop = client_loop
        self._on_error = on_error
        self._on_room = on_room
        self._pending: deque[Callable[[], object]] = deque()
        self._is_scheduled = False

    @property
    def is_blocking(self) -> bool:
        """Whether so many calls wait that reading should pause until the loop has turned."""
        return len(self._pending) > _MOST_PENDING

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the loop; called by the driver."""
        if self._client_loop.is_current and not self._pending:
            self._try(function)
            return
        self._pending.append(function)
        if not self._is_scheduled:
            self._schedule()

    def _schedule(self) -> None:
        loop = self._client_loop.loop
        self._is_scheduled = True
        # If it is closed, nothing can be called any more.
        with contextlib.suppress(RuntimeError):
            if loop is not None:
                loop.call_soon_threadsafe(self._call_pending)

    def _call_pending(self) -> None:
        # Cleared before taking: what is added from now on schedules this again.
        self._is_scheduled = False
        pending, was_blocking = self._pending, self.is_blocking
        try:
            while pending:
                # Removed only afterwards, so that what comes meanwhile does not overtake it.
                self._try(pending[0])
                pending.popleft()
        except BaseException:
            # What ends the loop, which may go on after it.
            pending.popleft()
            self._schedule()
            raise
        finally:
            if was_blocking:
                self._on_room()

    def _try(self, function: Callable[[], object]) -> None:
        try:
            function()
        except Exception as error:
            self._on_error(error)
