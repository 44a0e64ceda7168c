"""The state of a subscription, which threads can wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from binance_streams_runtime.sync.queue import WaitableQueue

State = Literal["pending", "confirmed", "ended"]


class SubscriptionState:
    """The ``Subscriber`` that the engine notifies; threads can wait for a change."""

    def __init__(
        self,
        queue: WaitableQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> None:
        """Start as ``pending``; ``on_ended`` is called before a waiting thread can see the end."""
        self.value: State = "pending"
        self.timeout: BaseException | None = None
        """The last timeout of a request, until the server confirms the subscription."""
        self._queue = queue
        self._on_timed_out = on_timed_out
        self._on_ended = on_ended
        self._changed = threading.Condition()

    # Called by the engine

    def confirmed(self) -> None:
        """Note that the server has confirmed the subscription."""
        with self._changed:
            if self.value == "pending":
                self.value = "confirmed"
                self.timeout = None
            self._changed.notify_all()

    def interrupted(self) -> None:
        """Note that the subscription is no longer confirmed; the session subscribes again."""
        with self._changed:
            if self.value == "confirmed":
                self.value = "pending"
            self._changed.notify_all()

    def timed_out(self, error: BaseException) -> None:
        """Note that a request timed out or was rejected; the session repeats it."""
        self._on_timed_out(error)
        with self._changed:
            self.timeout = error
            self._changed.notify_all()

    def ended(self, error: BaseException | None) -> None:
        """End the subscription, with an error or without one."""
        self._on_ended()
        self._queue.close(error)
        with self._changed:
            self.value = "ended"
            self._changed.notify_all()

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._changed = threading.Condition()
        self.value = "ended"
        self._queue.abandon(error)

    # Called by a waiting thread

    def wait(self, deadline: float | None, known: BaseException | None) -> bool:
        """Wait until it is confirmed or has ended; return False if ``deadline`` comes first.

        Raises the ``timeout``, unless it is the one that is ``known``.
        """
        with self._changed:
            while self.value == "pending":
                if self.timeout is not known and self.timeout is not None:
                    raise self.timeout
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._changed.wait(left)
        return True
