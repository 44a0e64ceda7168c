"""A session whose streams are read from a log instead of being sent by the venue.

It decides when to connect, puts what comes in order, and reports what happened in the words of any
other session. The thread behind ``Port`` does what it asks for, and gives it ``Input``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol

from binance_streams_runtime.catalog.streams import Range, Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, ParameterError, client_closed
from binance_streams_runtime.jetstream.inputs import (
    Arrived,
    Input,
    Lost,
    Opened,
    Refused,
    Resumed,
    Skipped,
    Started,
    Waiting,
)
from binance_streams_runtime.messaging.reordering import Delivered, Reordering, reordering_for
from binance_streams_runtime.notices import Connected, Disconnected, Resubscribed
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.requests import Request, RequestIds
from binance_streams_runtime.session.actions import Confirm, Fail, Interrupt, Notify
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.session.timeouts import Timeouts

# Seconds that a connection must have been open before the backoff starts over.
_STABLE_AFTER = 5.0


class Port(Protocol):
    """What a session needs of the thread that reads. Nothing here waits."""

    def connect(self) -> None:
        """Open a connection; ``Opened`` or ``Lost`` follows."""

    def start(self, stream: Stream, run: int, is_observed: bool) -> None:
        """Read a stream from now on, over all connections.

        It ``is_observed`` if it begins where the newest snapshot of its order book is.
        """

    def stop(self, name: str) -> None:
        """Read a stream no more."""

    def close(self) -> None:
        """End everything."""


class _Reading:
    """A stream that is read."""

    def __init__(self, stream: Stream, run: int, window: float) -> None:
        self.stream = stream
        self.run = run
        self.window = window
        self.head = b'{"stream":"' + stream.name.encode() + b'","data":'
        self.reordering: Reordering = reordering_for(_sequence_of(stream), window)
        self.is_confirmed = False
        self.reason: str | None = None
        # The time of the log that belongs to a time of the engine, once all of it was read.
        self.log_time = 0.0
        self.read_at: float | None = None
        # What was missed at the end of what has been delivered.
        self.interruption: str | None = None

    def next_time(self) -> float:
        """Return when what waits is given up by the engine's clock."""
        due = self.reordering.next_time()
        if due == math.inf or self.read_at is None:
            return math.inf
        return self.read_at + max(0.0, due - self.log_time)

    def time_of_log(self, now: float) -> float:
        """Return the time of the log, given that it has nothing that was not read."""
        return self.log_time if self.read_at is None else self.log_time + now - self.read_at


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
    ) -> None:
        """Have no connection; ``window`` is for how long messages wait for earlier ones."""
        super().__init__(venue, router, url, timeouts, retry, max_message, label, urls)
        self._port = port
        self._retry = retry
        self._window = window
        self._label = label
        self._readings: dict[str, _Reading] = {}
        self._runs = 0
        self._is_closed = False
        self._make = lambda number: Connection(
            *(number, url, venue, max_message, timeouts.request, RequestIds()),
            *(_ignore, _ignore),
        )
        self._connection: Connection | None = None
        # The earliest time at which something waits no longer; None if it is to be found anew.
        self._due: float | None = math.inf
        self.delivered: list[tuple[str, int, int | None]] = []
        """Of each message that was delivered: its stream, up to which position everything was
        delivered with it, and the next id, if they are consecutive; if ``is_durable``."""
        self.is_durable: bool = False

    # What the reading thread gives

    def take(self, now: float, item: Input) -> None:
        """Take what has come; events are left in the router's arrivals."""
        if self._is_closed:
            return
        match item:
            case Arrived(name, run, messages, size, is_last):
                reading = self._readings.get(name)
                self.received_bytes += size
                if reading is not None and reading.run == run and messages:
                    self._arrived(now, reading, item)
            case Opened(url):
                self._opened(now, url)
            case Lost(reason):
                self._lost(now, ConnectionLost(reason))
            case _:
                self._of_stream(now, item)

    def _of_stream(self, now: float, item: Any) -> None:
        reading = self._readings.get(item.name)
        if reading is None or reading.run != item.run:
            return
        match item:
            case Started(name):
                reading.reason = None
                if not reading.is_confirmed:
                    reading.is_confirmed = True
                    self.actions.append(Confirm(name))
                    self._confirmed(now, name)
            case Waiting(name, _, reason):
                reading.reason = reason
            case Resumed(_, _, following):
                sequence = _sequence_of(reading.stream)
                reading.reordering = reordering_for(sequence, reading.window, following)
            case Skipped(name, _, reason):
                self._router.mark(name, Interruption(reason))
            case Refused(name, _, reason):
                del self._readings[name]
                self._forget_desired(name)
                self.actions.append(Fail(name, ConnectionLost(reason)))

    def _arrived(self, now: float, reading: _Reading, arrived: Arrived) -> None:
        push = reading.reordering.push
        delivered: list[Delivered] = []
        for message in arrived.messages:
            delivered += push(message)
        last = arrived.messages[-1]
        reading.log_time = max(reading.log_time, last.time)
        reading.read_at = now if arrived.is_last else None
        self._due = None
        connection = self._connection
        if connection is not None:
            connection.messages += len(arrived.messages)
            connection.bytes += arrived.size
            connection.last_received = now
        self._deliver(reading, delivered)

    def _deliver(self, reading: _Reading, delivered: list[Delivered]) -> None:
        if not delivered:
            return
        head = reading.head
        frames: list[Any] = [b"%b%b}" % (head, message.item) for _, message in delivered]
        others: list[Any] = []
        self._router.decode(frames, others)
        if self.is_durable:
            name, is_consecutive = reading.stream.name, reading.reordering.following is not None
            for floor, message in delivered:
                following = message.last + 1 if is_consecutive and message.last else None
                self.delivered.append((name, floor, following))

    # The connection

    def _connect(self, now: float, pause: float, failure: ConnectionLost | None) -> None:
        number = 1 if self._connection is None else self._connection.number + 1
        before, connection = self._connection, self._make(number)
        self._connection = connection
        connection.failure = failure
        connection.retry_at = now + pause
        if before is not None:
            connection.backoff = before.backoff
            connection.interrupted_at = before.interrupted_at
            connection.interrupted = before.interrupted
        connection.desired = dict.fromkeys(self._readings)
        if pause <= 0:
            self._open(connection)

    def _open(self, connection: Connection) -> None:
        connection.state = "connecting"
        self._port.connect()

    def _opened(self, now: float, url: str) -> None:
        connection = self._connection
        if connection is None or connection.state != "connecting":
            return
        connection.state, connection.opened_at, connection.last_received = "open", now, now
        connection.failure = None
        self.actions.append(Notify(Connected(connection.number, url)))

    def _lost(self, now: float, error: ConnectionLost) -> None:
        connection = self._connection
        if connection is None or connection.state not in ("connecting", "open"):
            return
        was_open = connection.state == "open"
        connection.state = "closed"
        pause = self._pause(now, connection, error)
        names = [name for name, reading in self._readings.items() if reading.is_confirmed]
        labels = tuple(map(self._label, names))
        self.actions.append(
            Notify(
                Disconnected(
                    connection.number, None, None, error.reason, labels, pause, connection.url
                )
            )
        )
        text = "ended" if was_open else "could not be opened"
        failure = ConnectionLost(f"the connection to {connection.url} {text}: {error.reason}")
        if pause is None:
            for name in list(self._readings):
                self.actions.append(Fail(name, failure))
            self._readings.clear()
            self._connection = None
            return
        if names and connection.interrupted_at is None:
            connection.interrupted_at = now
        for name in names:
            connection.interrupted[name] = None
            self._readings[name].is_confirmed = False
            self.actions.append(Interrupt(name))
        self.counters.replaced("lost" if was_open else "unreachable")
        self._connect(now, pause, failure)

    def _pause(self, now: float, connection: Connection, error: ConnectionLost) -> float | None:
        """Return the seconds until the next attempt; None for no attempt."""
        if not self._retry.should_retry(error):
            return None
        opened_at = connection.opened_at
        is_stable = opened_at is not None and now - opened_at >= _STABLE_AFTER
        if connection.backoff is None or is_stable:
            connection.backoff = iter(self._retry.backoff())
        return self._retry.pause(connection.backoff, error)

    def _confirmed(self, now: float, name: str) -> None:
        connection = self._connection
        if connection is None:
            return
        connection.confirmed.add(name)
        since = connection.interrupted_at
        if since is None or not all(one.is_confirmed for one in self._readings.values()):
            return
        labels = tuple(self._label(one) for one in connection.interrupted if one in self._readings)
        connection.interrupted_at, connection.interrupted = None, {}
        if labels:
            self.actions.append(Notify(Resubscribed(connection.number, labels, now - since)))

    def _forget_desired(self, name: str) -> None:
        if self._connection is not None:
            self._connection.desired.pop(name, None)
            self._connection.confirmed.discard(name)
            self._connection.interrupted.pop(name, None)

    # What users ask for

    def observe(self, now: float, name: str) -> None:
        """Read a stream for the client itself; an order book begins at its newest snapshot."""
        if name not in self._readings:
            self._start(now, name, is_observed=True)

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
        self._readings[name] = _Reading(stream, self._runs, self._window)
        if self.recorder is not None:
            self.recorder.subscribed(name)
        is_book = is_observed and isinstance(stream.type.sequence, Range)
        self._port.start(stream, self._runs, is_book)
        if self._connection is None:
            self._connect(now, 0.0, None)
        else:
            self._connection.desired[name] = None

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Read a stream no more."""
        if request is not None:
            request.settle(None, None)
        if self._readings.pop(name, None) is not None:
            if self.recorder is not None:
                self.recorder.unsubscribed(name)
            self._forget_desired(name)
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
        reading, connection = self._readings.get(name), self._connection
        if reading is None or connection is None:
            return "it is about to be subscribed to", None
        failure = connection.failure
        if connection.state == "open":
            return reading.reason or "the log has not answered yet", failure
        if connection.state == "waiting":
            seconds = max(0.0, connection.retry_at - now)
            text = f"there is no connection to {connection.url} at the moment"
            text += f"; the next attempt is in {seconds:.1f} s"
        else:
            text = f"a connection to {connection.url} is being opened"
        return text if failure is None else f"{text}; {failure}", failure

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
        return () if self._connection is None else (self._connection,)

    @property
    def log_times(self) -> Mapping[str, float]:
        """When the log took the newest message that was read of each stream, in Unix seconds."""
        return {name: one.log_time for name, one in self._readings.items() if one.log_time}

    # Time

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Connect again, and give up what has waited for long enough, as far as it is due."""
        connection = self._connection
        if connection is not None and connection.state == "waiting" and now >= connection.retry_at:
            self._open(connection)
        for reading in list(self._readings.values()):
            if reading.next_time() <= now:
                self._deliver(reading, reading.reordering.expire(reading.time_of_log(now)))
        self._due = None

    def next_time(self, now: float) -> float | None:
        if self._due is None:
            times = (reading.next_time() for reading in self._readings.values())
            self._due = min(times, default=math.inf)
        due, connection = self._due, self._connection
        if connection is not None and connection.state == "waiting":
            due = min(due, connection.retry_at)
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
        self._connection = None
        self._port.close()

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
        if self._connection is None and not self._is_closed:
            self._connect(now, 0.0, None)

    def ping(self, now: float) -> None:
        """Send nothing: the connection is watched by another thread."""


def _sequence_of(stream: Stream) -> Any:
    """Return the sequence of a stream's messages; None if a message has several events."""
    return None if stream.type.is_array else stream.type.sequence


def _ignore(*_: object) -> None:
    """Do nothing: nothing is requested on the connection itself."""
