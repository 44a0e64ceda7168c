"""Which messages of a log the user of a durable client has finished with.

An event is finished when the next one is asked for, or when its callback has returned. Queues count
that; here is which place in the log belongs to which count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from binance_streams_runtime.engine import Engine

Place = tuple[int, int | None]
"""Up to which position of the log everything was delivered, and the id that follows, if known."""


class FinishedQueue(Protocol):
    """A queue that counts what its consumer has finished with."""

    @property
    def added(self) -> int: ...

    @property
    def finished(self) -> int: ...


class FinishedPlaces:
    """The places of what was delivered and is not finished yet."""

    def __init__(self, engine: Engine, client_queue: Any) -> None:
        """``client_queue`` is the one of events that no subscription takes."""
        self._engine = engine
        self._client_queue = client_queue
        # By queue: a stream, how many items the queue had got before some messages and after them,
        # and the places of these.
        self._open: dict[FinishedQueue, deque[tuple[str, int, int, list[Place]]]] = {}

    @property
    def has_open(self) -> bool:
        """Whether anything is not finished yet."""
        return bool(self._open)

    def deliver(
        self, now: float, name: str, places: list[Place], decode: Callable[[], None]
    ) -> None:
        """Deliver messages at once, and note which event belongs to which of these places."""
        delivery = self._engine.delivery
        delivery.flush(now)
        route = self._engine.router.get(name)
        if route is None or route.consumer == "internal":
            decode()
            return
        queue: Any = self._client_queue if route.consumer == "client" else route.sink
        before = queue.added
        decode()
        delivery.flush(now)
        self._open.setdefault(queue, deque()).append((name, before, queue.added, places))

    def finished(self) -> dict[str, Place]:
        """Return how far each stream has been finished since the last call."""
        positions: dict[str, Place] = {}
        for queue, open_places in list(self._open.items()):
            count = queue.finished
            while open_places:
                name, before, after, places = open_places[0]
                if count >= after:
                    positions[name] = places[-1]
                    open_places.popleft()
                    continue
                if after - before == len(places) and count > before:
                    # Each message has become one event.
                    positions[name] = places[count - before - 1]
                    open_places[0] = name, count, after, places[count - before :]
                break
            if not open_places:
                del self._open[queue]
        return positions
