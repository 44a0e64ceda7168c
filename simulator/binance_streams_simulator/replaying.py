"""Sending a replay to whoever has subscribed to its streams, at its own pace."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Set
from typing import Protocol

from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.hub import Event
from binance_streams_simulator.replay import Recorded, Replay
from binance_streams_simulator.settings import ReplayEnd

_AT_ONCE = 200
"""Events that are sent before slow readers are waited for."""
_WAITING_BYTES = 1 << 20
_SHORTEST_PAUSE = 0.001
_END_CODE = 1001
_ENDED = "the recording has ended"
_BEGINS_ANEW = "the recording has ended, and begins anew"


class Receivers(Protocol):
    """The connections that a replay is sent to."""

    @property
    def listeners(self) -> Mapping[str, Set[VenueConnection]]:
        """The connections that have subscribed to each stream."""

    def deliver(self, event: Event, touched: set[VenueConnection]) -> None:
        """Put an event into the buffers of its listeners, and add these to ``touched``."""

    def schedule_late(self) -> None:
        """Send what lagging connections get later."""

    def end_all(self, code: int, reason: str) -> None:
        """Close every connection with a close frame."""

    def cut_all(self) -> None:
        """Reset every connection."""


class ReplaySender:
    """Sends one replay, from the first subscription to one of its streams on."""

    def __init__(
        self,
        replay: Replay,
        speed: float | None,
        after: frozenset[str],
        end: ReplayEnd,
        receivers: Receivers,
    ) -> None:
        """Wait for subscriptions.

        Args:
            replay: What is sent.
            speed: How many times faster than recorded; None for as fast as possible.
            after: Streams that must be subscribed to before it starts; any of its own if empty.
            end: What becomes of connections at its end.
            receivers: Who gets it.
        """
        self._replay = replay
        self._speed = speed
        self._after = after
        self._end: ReplayEnd = end
        self._receivers = receivers
        self._task: asyncio.Task[None] | None = None
        self.is_done: bool = False
        """Whether the last record has been sent."""

    @property
    def refusal(self) -> str | None:
        """Why no connection is accepted any more; None if one is."""
        return _ENDED if self.is_done and self._end == "close" else None

    def start(self) -> None:
        """Start, unless it has been started."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    def listened(self) -> None:
        """Start if those who are to get it have subscribed."""
        if self._task is None and self._is_due():
            self.start()

    async def stop(self) -> None:
        """Stop sending."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _is_due(self) -> bool:
        listeners = self._receivers.listeners
        if self._after:
            return self._after <= listeners.keys()
        return not self._replay.streams.isdisjoint(listeners)

    async def _send(self) -> None:
        await self._send_all()
        if self._end == "stay":
            self.is_done = True
        elif self._end == "close":
            self.is_done = True
            self._receivers.end_all(_END_CODE, _ENDED)
        else:
            # Those who come back begin it again.
            self._task = None
            self._receivers.end_all(_END_CODE, _BEGINS_ANEW)

    async def _send_all(self) -> None:
        loop = asyncio.get_running_loop()
        touched: set[VenueConnection] = set()
        due, last, waiting = loop.time(), None, 0
        batches = self._replay.batches()
        # Reading and decoding many records must not hold up what is sent.
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            for record in batch:
                if self._speed is not None and record.time is not None:
                    if last is not None:
                        due += max(0.0, record.time - last) / self._speed
                    last = max(record.time, last or record.time)
                pause = due - loop.time() if self._speed is not None else 0.0
                if pause > _SHORTEST_PAUSE or waiting >= _AT_ONCE:
                    await self._flush(touched)
                    waiting = 0
                if pause > _SHORTEST_PAUSE:
                    await asyncio.sleep(pause)
                waiting += self._send_one(record, touched)
        await self._flush(touched)

    def _send_one(self, record: Recorded, touched: set[VenueConnection]) -> int:
        self._replay.reach(record)
        if record.is_cut:
            for connection in touched:
                connection.flush()
            touched.clear()
            self._receivers.cut_all()
        if record.stream is None:
            return 0
        self._receivers.deliver(_event(record.stream, record.payload), touched)
        return 1

    async def _flush(self, touched: set[VenueConnection]) -> None:
        """Send what was pushed, and wait for slow readers."""
        self._receivers.schedule_late()
        for connection in touched:
            connection.flush()
        for connection in touched:
            while connection.is_open and (
                connection.transport.get_write_buffer_size() > _WAITING_BYTES
            ):
                await asyncio.sleep(0.005)
        touched.clear()
        await asyncio.sleep(0)


def _event(stream: str, payload: bytes) -> Event:
    """Make a recorded event, whose times stay unchanged, whatever the connection's unit."""
    return Event(stream, lambda divisor: payload)
