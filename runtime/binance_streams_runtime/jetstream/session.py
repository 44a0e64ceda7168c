"""A session whose streams are read from a log instead of being sent by the venue.

It decides when to connect, puts what comes in order, and reports what happened in the words of any
other session. The thread behind ``Port`` does what it asks for, and gives it ``Input``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from binance_streams_runtime.catalog.streams import Range, Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, ParameterError, client_closed
from binance_streams_runtime.jetstream.inputs import (
    Arrived,
    Input,
    Lost,
    Noticed,
    Opened,
    Refused,
    Resumed,
    Skipped,
    Started,
    Waiting,
)
from binance_streams_runtime.jetstream.lifecycle import Lifecycle, LogConnection
from binance_streams_runtime.jetstream.missed import MissedByAll, describe
from binance_streams_runtime.jetstream.readings import Acknowledging, Port, Reading
from binance_streams_runtime.messaging.coverage import Missed
from binance_streams_runtime.messaging.reordering import Delivered
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.requests import Request, RequestIds
from binance_streams_runtime.session.actions import Confirm, Fail
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.session.timeouts import Timeouts


class LogSession(Session):
    """The streams of a client that are read from a log, and the connection to it."""

    keeps_time: ClassVar[bool] = True

    def __init__(
        self,
        venue: Venue,
        router: Router,
        url: str,
        timeouts: Timeouts,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        urls: Mapping[str, str] | None,
        port: Port,
        window: float,
        is_live: bool = True,
    ) -> None:
        """Have no connection; ``window`` is for how long messages wait for earlier ones.

        It ``is_live`` if what the log has from before is not read.
        """
        super().__init__(venue, router, url, timeouts, retry, max_message, label, urls)
        self._port = port
        self._window = window
        self._is_live = is_live
        self._readings: dict[str, Reading] = {}
        self._runs = 0
        self._is_closed = False
        self._log = Lifecycle(
            *(retry, label, self.counters, self._readings, self.actions),
            lambda number: LogConnection(
                *(number, url, venue, max_message, timeouts.request, RequestIds()),
                *(_ignore, _ignore),
            ),
            port.connect,
        )
        # The earliest time at which something waits no longer; None if it is to be found anew.
        self._due: float | None = math.inf
        self.missed: MissedByAll = MissedByAll()
        """What no collector had."""
        self.acknowledging: Acknowledging | None = None
        """Notes which message has become which event, if the client is durable."""

    # What the reading thread gives

    def take(self, now: float, item: Input) -> None:
        """Take what has come; events are left in the router's arrivals."""
        if self._is_closed:
            return
        match item:
            case Arrived(name, run, messages, size):
                reading = self._readings.get(name)
                self.received_bytes += size
                if reading is not None and reading.run == run and messages:
                    self._arrived(now, reading, item)
            case Opened(url):
                self._log.opened(now, url)
            case Lost(reason):
                for reading in self._readings.values():
                    reading.read_at = None
                self._log.lost(now, ConnectionLost(reason))
            case Noticed(notices, is_last):
                self._due = None
                self._report_missed(self.missed.take(now, notices, is_last))
            case _:
                self._of_stream(now, item)

    def _of_stream(self, now: float, item: Any) -> None:
        reading = self._readings.get(item.name)
        if reading is None or reading.run != item.run:
            return
        match item:
            case Started(name, _, is_empty):
                reading.reason = None
                reading.read_at = now if is_empty else None
                self._due = None
                if not reading.is_confirmed:
                    reading.is_confirmed = True
                    self.actions.append(Confirm(name))
                    self._log.confirmed(now, name)
            case Waiting(_, _, reason):
                reading.reason = reason
                reading.read_at = None
            case Resumed(_, _, following):
                reading.follow(following)
            case Skipped(name, _, reason):
                self._router.mark(name, Interruption(reason))
            case Refused(name, _, reason):
                del self._readings[name]
                self._log.remove(name)
                self.actions.append(Fail(name, ConnectionLost(reason)))

    def _arrived(self, now: float, reading: Reading, arrived: Arrived) -> None:
        push = reading.reordering.push
        delivered: list[Delivered] = []
        for message in arrived.messages:
            delivered += push(message)
        last = arrived.messages[-1]
        reading.log_time = max(reading.log_time, last.time)
        reading.read_at = now if arrived.is_last else None
        self._due = None
        connection = self._log.connection
        if connection is not None:
            connection.messages += len(arrived.messages)
            connection.bytes += arrived.size
            connection.last_received = now
        self._deliver(now, reading, delivered)

    def _deliver(self, now: float, reading: Reading, delivered: list[Delivered]) -> None:
        if not delivered:
            return
        head = reading.head
        frames: list[Any] = [b"%b%b}" % (head, message.item) for _, message in delivered]
        if self.recorder is not None and self._log.connection is not None:
            size = sum(map(len, frames))
            self.recorder.received(now, self._log.connection.number, [*frames], size)
        decode = partial(self._decode, reading, delivered, frames)
        if self.acknowledging is None:
            decode()
            return
        is_consecutive = reading.reordering.following is not None
        places = [
            (floor, message.last + 1 if is_consecutive and message.last is not None else None)
            for floor, message in delivered
        ]
        self.acknowledging.deliver(now, reading.stream.name, places, decode)

    def _decode(self, reading: Reading, delivered: list[Delivered], frames: list[Any]) -> None:
        """Decode messages, with a mark at each place at which no collector had the stream."""
        others: list[Any] = []
        begin = 0
        while reading.missed:
            until = reading.missed[0].until / 1e9
            end = next((at for at, one in enumerate(delivered) if one.message.time >= until), None)
            if end is None:
                break
            if end > begin:
                self._router.decode(frames[begin:end], others)
                begin = end
            self._mark(reading, reading.missed.pop(0))
        self._router.decode(frames[begin:], others)

    def _report_missed(self, found: list[Missed]) -> None:
        for missed in found:
            reading = self._readings.get(missed.stream)
            if reading is None or reading.is_numbered:
                continue
            if reading.log_time >= missed.until / 1e9:
                self._mark(reading, missed)
            else:
                reading.missed.append(missed)
                reading.missed.sort(key=lambda one: one.until)

    def _mark(self, reading: Reading, missed: Missed) -> None:
        self._router.mark(reading.stream.name, Interruption(describe(missed)))

    # What users ask for

    def observe(self, now: float, name: str) -> None:
        """Read a stream for the client itself; an order book begins at its newest snapshot."""
        reading = self._readings.get(name)
        if reading is None:
            self._start(now, name, is_observed=True)
        elif reading.is_confirmed:
            self.actions.append(Confirm(name, False))

    def subscribe(
        self, now: float, name: str, request: Request | None = None, *, is_of_user: bool = True
    ) -> None:
        """Read a stream; it is confirmed as soon as the log has the part that it belongs to."""
        if request is not None:
            request.settle(None, client_closed() if self._is_closed else None)
        if self._is_closed:
            return
        reading = self._readings.get(name)
        if reading is None:
            self._start(now, name, is_observed=False)
        elif reading.is_confirmed:
            self.actions.append(Confirm(name, is_of_user))

    def _start(self, now: float, name: str, is_observed: bool) -> None:
        route = self._router.get(name)
        if route is None or self._is_closed:
            return
        stream = route.stream
        self._runs += 1
        may_come = partial(self.missed.stored.may_come, name)
        reading = Reading(stream, self._runs, self._window, may_come, self._is_live)
        self._readings[name] = reading
        if not reading.is_numbered:
            reading.missed = self.missed.of(name)
        if self.recorder is not None:
            self.recorder.subscribed(name)
        is_book = is_observed and isinstance(stream.type.sequence, Range)
        self._port.start(stream, self._runs, is_book)
        self._log.add(now, name)

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Read a stream no more."""
        if request is not None:
            request.settle(None, None)
        if self._readings.pop(name, None) is not None:
            if self.recorder is not None:
                self.recorder.unsubscribed(name)
            self._log.remove(name)
            self._port.stop(name)

    def subscribe_many(self, now: float, names: Iterable[str], id: object) -> None:
        for name in names:
            self.subscribe(now, name)

    def unsubscribe_many(self, now: float, names: Iterable[str], id: object) -> None:
        for name in names:
            self.unsubscribe(now, name)

    def is_desired(self, name: str) -> bool:
        return name in self._readings

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        connection = self._log.connection
        failure = None if connection is None else connection.failure
        return self._log.reason_of(now, self._readings, name), failure

    def query(self, now: float, request: Request) -> None:
        """Answer a query, if it is about the subscriptions."""
        if request.method == "LIST_SUBSCRIPTIONS":
            request.settle(sorted(self._readings), None)
            return
        allowed = "LIST_SUBSCRIPTIONS, as a log answers no other"
        request.settle(None, ParameterError("method", request.method, allowed))

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        self.query(now, next(requests))

    def subscriptions(self) -> Iterator[tuple[str, bool]]:
        return ((name, one.is_confirmed) for name, one in self._readings.items())

    def connections(self) -> Iterable[Connection]:
        return () if self._log.connection is None else (self._log.connection,)

    def read_until(self) -> Iterator[tuple[Stream, float]]:
        """Yield each stream with the Unix time at which the log took its newest message read."""
        for reading in self._readings.values():
            if reading.log_time:
                yield reading.stream, reading.log_time

    # Time

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Connect again, and give up what has waited for long enough, as far as it is due."""
        self._log.tick(now)
        self._report_missed(self.missed.check(now))
        for reading in list(self._readings.values()):
            if reading.next_time() <= now:
                self._deliver(now, reading, reading.expire(now))
        self._due = None

    def next_time(self, now: float) -> float | None:
        if self._due is None:
            times = (reading.next_time() for reading in self._readings.values())
            self._due = min(times, default=math.inf)
        due = min(self._due, self._log.next_time(), self.missed.next_time(now))
        return None if due == math.inf else due

    def pause(self) -> None:
        """Do nothing: the log keeps what is not read."""

    def resume(self, now: float) -> None:
        """Do nothing: the log keeps what was not read."""

    def close(self, now: float) -> None:
        """End everything."""
        self._is_closed = True
        self._pool.is_closed = True
        self._readings.clear()
        self._log.connection = None

    # What only a session with the venue does

    def resubscribe(self, now: float, name: str) -> None:
        """Do nothing: the log has nothing else to send."""

    def rotate(self, now: float, name: str, reason: str) -> None:
        """Do nothing: another connection has nothing else to send."""

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        """Do nothing: the log has nothing else to send."""

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        """Do nothing: another connection has nothing else to send."""

    def keep_alive(self, now: float) -> None:
        """Connect, even if no stream is subscribed."""
        if self._log.connection is None and not self._is_closed:
            self._log.connect(now)

    def ping(self, now: float) -> None:
        """Send nothing: the connection is watched by another thread."""


def _ignore(*_: object) -> None:
    """Do nothing: nothing is requested on the connection itself."""
