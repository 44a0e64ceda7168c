"""Which messages of a log the user of a durable client has finished with.

An event is finished when the next one is asked for, or when its callback has returned. Queues count
that; here is which place in the log belongs to which count.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.jetstream.inputs import Input
from binance_streams_runtime.jetstream.session import LogSession

Delivered = tuple[str, int, int | None]
"""A stream, up to which position of the log everything was delivered, and the id that follows."""


class FinishedQueue(Protocol):
    """A queue that counts what its consumer has finished with."""

    @property
    def added(self) -> int: ...

    @property
    def finished(self) -> int: ...


class Acknowledging:
    """The places of what was delivered and is not finished yet."""

    def __init__(self, engine: Engine, session: LogSession, client_queue: FinishedQueue) -> None:
        self._engine = engine
        self._session = session
        self._client_queue = client_queue
        # By queue: how many items it had got before some messages and after them, and these.
        self._open: dict[Any, deque[tuple[int, int, list[Delivered]]]] = {}
        session.is_durable = True

    @property
    def has_open(self) -> bool:
        """Whether anything is not finished yet."""
        return bool(self._open)

    def take(self, now: float, item: Input) -> None:
        """Give the session what has come, and note what follows from it."""
        engine, session = self._engine, self._session
        name = getattr(item, "name", None)
        route = None if name is None else engine.router.get(name)
        queue: Any = None
        if route is not None and route.consumer != "internal":
            queue = self._client_queue if route.consumer == "client" else route.sink
        before = 0 if queue is None else queue.added
        engine.command(now, lambda _: session.take(now, item))
        delivered, session.delivered = session.delivered, []
        if delivered and queue is not None:
            self._add(queue, before, queue.added, delivered)

    def _add(self, queue: Any, before: int, after: int, delivered: list[Delivered]) -> None:
        self._open.setdefault(queue, deque()).append((before, after, delivered))

    def finished(self) -> dict[str, tuple[int, int | None]]:
        """Return how far each stream has been finished since the last call."""
        positions: dict[str, tuple[int, int | None]] = {}
        for queue, places in list(self._open.items()):
            count = queue.finished
            while places:
                before, after, delivered = places[0]
                if count >= after:
                    done = delivered
                    places.popleft()
                elif after - before == len(delivered) and count > before:
                    # Each message has become one event.
                    done = delivered[: count - before]
                    places[0] = count, after, delivered[count - before :]
                else:
                    break
                for name, floor, following in done:
                    positions[name] = floor, following
            if not places:
                del self._open[queue]
        return positions
