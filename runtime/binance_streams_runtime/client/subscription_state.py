"""The state of a subscription, without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal

from binance_streams_runtime.client.condition import C
from binance_streams_runtime.pipeline.queues import EventQueue

State = Literal["pending", "confirmed", "ended"]


class SubscriptionState(Generic[C]):
    """The ``Subscriber`` that the engine notifies, and which notifies those that wait."""

    def __init__(
        self,
        queue: EventQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
        make_condition: Callable[[], C],
    ) -> None:
        """Start as ``pending``; ``on_ended`` is called before anyone who waits can see the end."""
        self.value: State = "pending"
        self.timeout: BaseException | None = None
        """The last timeout of a request, until the server confirms the subscription."""
        self.raised: type[BaseException] = BaseException
        """The kind of ``timeout`` that ends a wait; with any other, the wait goes on."""
        self._queue = queue
        self._on_timed_out = on_timed_out
        self._on_ended = on_ended
        self._make_condition = make_condition
        self._changed = make_condition()

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
        # First, as whoever is woken by the end of the queue may look at it.
        self.value = "ended"
        self._queue.close(error)
        with self._changed:
            self._changed.notify_all()

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._changed = self._make_condition()
        self.value = "ended"
        self._queue.abandon(error)

    # Called by those that wait

    def is_settled(self, known: BaseException | None) -> bool:
        """Return whether it is confirmed or has ended.

        Raises the ``timeout`` if it is one of those to be ``raised``, and not ``known``.
        """
        if self.value == "ended":
            # Not before the error is there.
            return self._queue.is_closed
        if self.value == "confirmed":
            return True
        if self.has_news(known):
            assert self.timeout is not None
            raise self.timeout
        return False

    def has_news(self, known: BaseException | None) -> bool:
        """Return whether there is a ``timeout`` to raise; see ``is_settled``."""
        return self.timeout is not known and isinstance(self.timeout, self.raised)
