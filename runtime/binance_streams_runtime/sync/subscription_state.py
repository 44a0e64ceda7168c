"""What has become of a subscription, for threads that wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from binance_streams_runtime.sync.queue import WaitableQueue

State = Literal["pending", "confirmed", "ended"]


class SubscriptionState:
    """The engine's ``Subscriber``; threads may wait for what it is told."""

    def __init__(
        self,
        queue: WaitableQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> None:
        """``on_ended`` is called before anybody who waits can see the end."""
        self.value: State = "pending"
        self.timeout: BaseException | None = None
        """The newest request that was not answered in time, until one is."""
        self._queue = queue
        self._on_timed_out = on_timed_out
        self._on_ended = on_ended
        self._changed = threading.Condition()

    # What the driver says

    def confirmed(self) -> None:
        """The server has confirmed the subscription."""
        with self._changed:
            if self.value == "pending":
                self.value = "confirmed"
                self.timeout = None
            self._changed.notify_all()

    def interrupted(self) -> None:
        """The subscription was confirmed; it is not any more, and is asked for again."""
        with self._changed:
            if self.value == "confirmed":
                self.value = "pending"
            self._changed.notify_all()

    def timed_out(self, error: BaseException) -> None:
        """The server did not answer a request in time, or refused it; it is asked again."""
        self._on_timed_out(error)
        with self._changed:
            self.timeout = error
            self._changed.notify_all()

    def ended(self, error: BaseException | None) -> None:
        """The subscription is over, by an error or without one."""
        self._on_ended()
        self._queue.close(error)
        with self._changed:
            self.value = "ended"
            self._changed.notify_all()

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where whoever holds the lock does not run."""
        self._changed = threading.Condition()
        self.value = "ended"
        self._queue.abandon(error)

    # What a waiting thread does

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
