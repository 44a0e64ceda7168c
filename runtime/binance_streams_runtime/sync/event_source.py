"""What delivers events that threads can wait for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

from binance_streams_runtime.client import event_source as shared
from binance_streams_runtime.client.event_source import (
    E_co,
    EventSourceBase,
    check_batches,
    warn_in_loop,
    warn_shared,
)
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.errors import client_closed
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.sync.callbacks import Channel
from binance_streams_runtime.sync.queue import NothingInTime, WaitableQueue
from binance_streams_runtime.sync.subscription_state import WaitableState


class Owner(shared.Owner, Protocol):
    """What an event source needs of its client."""

    def attach_consumer(self, route: Route, with_notices: bool) -> None: ...

    def check_may_wait(self) -> None: ...

    def stream_stats(self, route: Route) -> StreamStats: ...

    def should_wait_again(self, deadline: float) -> bool: ...


class EventSource(EventSourceBase[E_co]):
    """Events that threads iterate, or take one by one."""

    _queue: WaitableQueue
    _state: WaitableState
    _owner: Owner
    _channel: Channel | None

    def __init__(
        self,
        route: Route,
        queue: WaitableQueue,
        state: WaitableState,
        owner: Owner,
        channel: Channel | None,
    ) -> None:
        self._route = route
        self._queue = queue
        self._queue.on_shared = partial(warn_shared, "threads", self._label, 3)
        self._owner = owner
        self._channel = channel
        self._is_attached = False
        self._has_notices = False
        self._state = state

    def __iter__(self) -> Iterator[E_co]:
        self._take_over(with_notices=False)
        return self._items()

    def __next__(self) -> E_co:
        self._take_over(with_notices=False)
        # Not by next(): a signal's handler that raises behind the call would lose the event.
        for event in self._items(is_loop=False):
            return event  # type: ignore[no-any-return]
        raise StopIteration

    def with_notices(self) -> Iterator[E_co | Notice]:
        """Iterate events and the notices about this stream, in their true order, from now on.

        The notices are those that have a place among the events: Disconnected, Dropped, Gap,
        Late, Duplicates, Stale, Undecodable. Any plain iteration excludes them again.
        """
        self._take_over(with_notices=True)
        return self._items()

    def batches(self, max_items: int = 1000, max_wait: float = 0.05) -> Iterator[list[E_co]]:
        """Iterate lists of events, each with all that came meanwhile, for less work per event.

        A list holds 1 to ``max_items`` events. It is given once that many are there, or
        ``max_wait`` seconds after its first event; with 0, what waits is given at once. Ends and
        raises as iteration does.

        Raises ParameterError if ``max_items`` is not at least 1, or ``max_wait`` not from 0 on.
        """
        check_batches(max_items, max_wait)
        self._take_over(with_notices=False)
        batches = self._queue.batches(max_items, max_wait)
        return _then_closed(batches) if self._owner.is_closed else batches

    def get(self, timeout: float | None = None) -> E_co:
        """Return the next event; wait at most ``timeout`` seconds for it.

        Raises RequestTimeout if none came in time; as in ``wait``, its text says what it waited
        for, and its ``__cause__`` is the last error. If the subscription has ended, this raises the
        error that ended it, or ClientClosed.
        """
        self._take_over(with_notices=False)
        deadline = None if timeout is None else time.monotonic() + timeout
        events: Iterator[E_co] = self._queue.iterate(deadline, is_loop=False)
        while True:
            try:
                for event in events:
                    return event
            except NothingInTime:
                if deadline is None or not self._owner.should_wait_again(deadline):
                    break
                # Only once: whatever comes after this is late.
                events, deadline = self._queue.iterate(deadline, is_loop=False), None
                continue
            raise self._ended()
        raise self._timeout(f"delivered no event within {timeout:g} s")

    def _items(self, is_loop: bool = True) -> Iterator[Any]:
        items = self._queue.iterate(is_loop=is_loop)
        return _then_closed(items) if self._owner.is_closed else items

    def _take_over(self, with_notices: bool) -> None:
        """Become the consumer of the events; again if notices are included or excluded."""
        self._owner.check_may_wait()
        self._check_no_callback()
        if not self._is_attached or with_notices != self._has_notices:
            warn_in_loop(stacklevel=3)
            self._owner.attach_consumer(self._route, with_notices)
            # Only now: another thread must not iterate before the events are in the queue.
            self._is_attached = True
            self._has_notices = with_notices

    def _wait(self, timeout: float | None, text: str) -> None:
        """Block until it is confirmed; ``text`` says what it was not in time."""
        self._owner.check_may_wait()
        deadline = None if timeout is None else time.monotonic() + timeout
        known = self._state.timeout
        is_settled = self._state.wait(deadline, known)
        if not is_settled and deadline is not None and self._owner.should_wait_again(deadline):
            is_settled = self._state.wait(deadline, known)
        if not is_settled:
            raise self._timeout(f"{text} within {timeout:g} s")
        self._check_confirmed()


def _then_closed(items: Iterator[Any]) -> Iterator[Any]:
    """Yield what still waits, then raise ClientClosed."""
    yield from items
    raise client_closed()
