"""What delivers events to users, without waiting: their consumer, its end, and its errors."""

from __future__ import annotations

import sys
import warnings
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from binance_streams_runtime.client.options import check_count, check_pause
from binance_streams_runtime.client.subscription_state import SubscriptionState
from binance_streams_runtime.errors import ClientClosed, ParameterError, RequestTimeout
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route

E_co = TypeVar("E_co", covariant=True)


class Owner(Protocol):
    """What every subscription needs of its client."""

    @property
    def is_closed(self) -> bool: ...

    def end(self, subscription: Any) -> None: ...

    def now(self) -> float: ...

    def reason_of(self, subscription: Any) -> tuple[str, BaseException | None]: ...


class EventSourceBase(Generic[E_co]):
    """Events that wait in a queue: those of a stream, or the changes of an order book."""

    _route: Route
    _queue: EventQueue
    _state: SubscriptionState[Any]
    _owner: Owner
    _channel: Any
    """The channel of its callback, or None."""
    _KIND: ClassVar[str]
    """What it is: a text with its article."""

    @property
    def _label(self) -> str:
        """What errors and warnings call it."""
        return self._route.label

    def _check_confirmed(self) -> None:
        """Raise the error that ended it, unless it is confirmed."""
        if self._state.value == "confirmed":
            return
        if self._queue.error is not None:
            raise self._queue.error
        raise self._ended()

    def _check_no_callback(self) -> None:
        """Raise ParameterError if a callback consumes the events."""
        if self._channel is not None:
            raise ParameterError("iteration", self._label, f"{self._KIND} without on_event")

    def _ended(self) -> ClientClosed:
        return ClientClosed(f"{self._label} has ended")

    def _timeout(self, text: str) -> RequestTimeout:
        reason, cause = self._owner.reason_of(self)
        error = RequestTimeout(f"{self._label} {text}: {reason}")
        error.__cause__ = cause
        return error


def warn_shared(kind: str, what: str, stacklevel: int) -> None:
    """Warn of two loops over one queue; ``stacklevel`` is where warnings find their line."""
    text = f"two {kind} iterate {what}: each event goes to only one of them"
    warnings.warn(text, RuntimeWarning, stacklevel=stacklevel + 1)


def warn_in_loop(stacklevel: int) -> None:
    """Warn if a thread is about to wait in a running event loop, which stands still meanwhile.

    Notebooks run every cell in a loop, and may wait there.
    """
    # Not imported for this: without it, there is no loop.
    events = sys.modules.get("asyncio.events")
    if events is None or "ipykernel" in sys.modules or events._get_running_loop() is None:
        return
    text = "waiting for events blocks the running event loop: use AsyncClient and async for"
    warnings.warn(text, RuntimeWarning, stacklevel=stacklevel + 1)


def check_batches(max_items: object, max_wait: object) -> None:
    """Raise ParameterError if the arguments of ``batches`` are invalid."""
    check_count("max_items", max_items, "events")
    check_pause("max_wait", max_wait)
