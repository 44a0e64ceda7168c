"""What takes the place of sockets if a log is read: a turn takes what a thread has read."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.driver.sockets import Post, Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.jetstream.acknowledging import FinishedPlaces
from binance_streams_runtime.jetstream.inputs import Answered, Arrived, Input
from binance_streams_runtime.jetstream.reader import LogReader
from binance_streams_runtime.jetstream.session import LogSession
from binance_streams_runtime.transport.target import Target

# Bytes to take in one turn, after which it is looked whether what is waited for is there.
_MOST_BYTES = 64 * 1024

_BUSY_BYTES = 32 * 1024

# Seconds between two acknowledgements, and for the thread to end.
_ACKNOWLEDGE_EVERY = 0.2
_CLOSE_TIMEOUT = 0.8


class LogSockets(Sockets):
    """What was read of a log, and the commands for the engine of its client."""

    def __init__(
        self,
        engine: Engine,
        target: Target,
        post: Post,
        reader: LogReader,
        acknowledging: FinishedPlaces | None,
        get_session: Callable[[], LogSession],
    ) -> None:
        """Have nothing read; ``acknowledging`` is that of a durable client."""
        super().__init__(engine, target, post)
        self._reader = reader
        self._acknowledging = acknowledging
        self._session = get_session()
        self._inbox: deque[Input] = deque()
        self._acknowledge_at = 0.0
        reader.deliver = self._put

    def _put(self, item: Input) -> None:
        """Take what was read, in the thread that reads."""
        self._inbox.append(item)
        self.wake()

    def turn(self, until: float | None = None) -> float:
        now = super().turn(until)
        if self._inbox and not self._engine.is_paused:
            now = self._take(now)
        if self._acknowledging is not None and now >= self._acknowledge_at:
            self._acknowledge_at = now + _ACKNOWLEDGE_EVERY
            self._acknowledge(self._acknowledging)
        return now

    def turn_now(self) -> float:
        return self.turn(0.0)

    def next_time(self, now: float) -> float | None:
        if self._inbox and not self._engine.is_paused:
            return now
        at = super().next_time(now)
        acknowledging = self._acknowledging
        if acknowledging is not None and acknowledging.has_open:
            at = self._acknowledge_at if at is None else min(at, self._acknowledge_at)
        return at

    def _take(self, now: float) -> float:
        engine, size = self._engine, 0
        while self._inbox and size < _MOST_BYTES and not engine.is_paused:
            item = self._inbox.popleft()
            if isinstance(item, Answered):
                engine.fetched(now, item.number, item.result)
            else:
                engine.command(now, self._taking(now, item))
            if isinstance(item, Arrived):
                size += item.size
                self._reader.took(item.size)
        self.is_busy = self.is_busy or size >= _BUSY_BYTES
        self.perform()
        if engine.is_paused != self.is_paused:
            self._pace()
        return time.monotonic()

    def _taking(self, now: float, item: Input) -> Callable[[object], None]:
        return lambda _: self._session.take(now, item)

    def _acknowledge(self, acknowledging: FinishedPlaces) -> None:
        positions = acknowledging.finished()
        if positions:
            self._reader.acknowledge(positions)

    def close(self) -> None:
        if self._acknowledging is not None:
            self._acknowledge(self._acknowledging)
        self._reader.close()
        self._reader.join(_CLOSE_TIMEOUT)
        super().close()
