"""A session that carries each stream by several lines, of which each is a session by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from binance_streams_runtime.catalog.streams import Range, Step
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Mark
from binance_streams_runtime.protocol.requests import Request, RequestId
from binance_streams_runtime.session.actions import Abort, Confirm
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.redundancy.arbiter import Arbiter
from binance_streams_runtime.session.redundancy.coverage import Coverage
from binance_streams_runtime.session.redundancy.followed import FollowedArbiter
from binance_streams_runtime.session.redundancy.line import LineRecorder, LineRouter
from binance_streams_runtime.session.redundancy.numbered import NumberedArbiter
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.session.timeouts import Timeouts


class RedundantSession(Session):
    """The subscriptions and queries of a client, with several connections for each stream."""

    def __init__(
        self,
        redundancy: int,
        venue: Venue,
        router: Router,
        url: str,
        timeouts: Timeouts,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        urls: Mapping[str, str] | None = None,
    ) -> None:
        """``redundancy`` is how many connections carry each stream."""
        numbers = count(1)
        args = (url, timeouts, retry, max_message, label, urls)
        super().__init__(venue, router, *args, numbers=numbers)
        self._label = label
        self._timeouts = timeouts
        self.lines: list[Session] = []
        self.coverage = Coverage(self.lines, label, self._forget_stream, self.actions)
        self._arbiters = self.coverage.arbiters
        self._routers: list[LineRouter] = []
        for number in range(redundancy):
            line_router = LineRouter(number, router, self._arbiters, self.coverage.describe)
            line = Session(venue, line_router, *args, numbers=numbers)
            line.counters = self.counters
            self._routers.append(line_router)
            self.lines.append(line)
            self.coverage.reduced.append({})
        # Arbiters that may have something to do later, and whether one has been added.
        self._waiting: dict[str, Arbiter] = {}
        self._has_waited = False
        self._is_paused = False
        # Connections on which something came that may still wait.
        self._held: set[int] = set()

    # Subscriptions

    def subscribe(
        self, now: float, name: str, request: Request | None = None, *, is_of_user: bool = True
    ) -> None:
        self._at(now)
        is_new = name not in self._arbiters
        if is_new and not self._pool.is_closed:
            if self.recorder is not None:
                self.recorder.subscribed(name)
            self._arbiters[name] = self._arbiter_of(name)
        chosen = self._line_with(name)
        self.coverage.repeated = None if is_new else name
        for number, line in enumerate(self.lines):
            own = request if number == chosen else None
            line.subscribe(now, name, own, is_of_user=is_of_user)
            self.coverage.collect(now, number)
        if self.coverage.repeated == name and self._arbiters[name].is_confirmed:
            # No line confirms at once what it is about to request again.
            self.actions.append(Confirm(name, is_of_user))
        self.coverage.repeated = None

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        self._at(now)
        if name not in self._arbiters:
            if request is not None:
                self.query(now, request)
            return
        chosen = self._line_with(name)
        self._forget_stream(name)
        for number, line in enumerate(self.lines):
            line.unsubscribe(now, name, request if number == chosen else None)
            self.coverage.collect(now, number)

    def subscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        if self._pool.is_closed or not names:
            return
        self._at(now)
        for name in names:
            if name not in self._arbiters:
                if self.recorder is not None:
                    self.recorder.subscribed(name)
                self._arbiters[name] = self._arbiter_of(name)
        chosen = self._line_with(names[0])
        for number, line in enumerate(self.lines):
            line.subscribe_many(now, names, id if number == chosen else None)
            self.coverage.collect(now, number)

    def unsubscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        self._at(now)
        known = [name for name in names if name in self._arbiters]
        if not known:
            self.query(now, Request("UNSUBSCRIBE", list(names), id))
            return
        chosen = self._line_with(known[0])
        for name in known:
            self._forget_stream(name)
        for number, line in enumerate(self.lines):
            line.unsubscribe_many(now, known, id if number == chosen else None)
            self.coverage.collect(now, number)

    def _forget_stream(self, name: str) -> None:
        if self.recorder is not None:
            self.recorder.unsubscribed(name)
        self.coverage.forget(name)
        self._waiting.pop(name, None)

    def _arbiter_of(self, name: str) -> Arbiter:
        """Make what merges the lines of a stream."""
        router, waiting = self._router, self._waiting

        def emit(event: Any) -> None:
            route = router.get(name)
            if route is not None:
                if router.recorder is not None:
                    router.recorder.arrived(route, event)
                arrivals = router.arrivals
                arrivals.routes.append(route)
                arrivals.items.append(event)

        def mark(mark: Mark) -> None:
            router.mark(name, mark)

        def decode(message: bytes) -> list[Any]:
            batch = Batch()
            router.decode([message], [], batch)
            return batch.items

        def wait() -> None:
            waiting[name] = arbiter
            self._has_waited = True

        route = router.get(name)
        sequence = None if route is None else route.stream.type.sequence
        args = (len(self.lines), self._timeouts.handover, emit, mark, decode, wait)
        arbiter: Arbiter
        if isinstance(sequence, Step | Range):
            arbiter = NumberedArbiter(*args, sequence=sequence)
        else:
            arbiter = FollowedArbiter(*args, sequence=sequence)
        return arbiter

    def _line_with(self, name: str) -> int:
        """Return the line for a user's request about a stream: one that is open, if any is."""
        for number, line in enumerate(self.lines):
            connection = line.connection_of(name)
            if connection is not None and connection.state == "open":
                return number
        return 0

    # What all lines do

    def resubscribe(self, now: float, name: str) -> None:
        self._do(now, lambda line: line.resubscribe(now, name))

    def rotate(self, now: float, name: str, reason: str) -> None:
        self._do(now, lambda line: line.rotate(now, name, reason))

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        self._do(now, lambda line: line.resubscribe_stale(now, name, reason))

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        self._do(now, lambda line: line.rotate_stale(now, name, reason))

    def keep_alive(self, now: float) -> None:
        self._do(now, lambda line: line.keep_alive(now))

    def remember_property(self, name: str, value: object) -> None:
        for line in self.lines:
            line.remember_property(name, value)

    def pause(self) -> None:
        self._is_paused = True
        for line in self.lines:
            line.pause()

    def resume(self, now: float) -> None:
        self._is_paused = False
        for arbiter in self._arbiters.values():
            arbiter.resumed(now)
        self._do(now, lambda line: line.resume(now))

    def close(self, now: float) -> None:
        self._pool.is_closed = True
        self._do(now, lambda line: line.close(now))
        self._arbiters.clear()
        self._waiting.clear()
        self.coverage.refused.clear()

    def record(self, recorder: Recorder | None) -> None:
        super().record(recorder)
        for line in self.lines:
            line.record(None if recorder is None else LineRecorder(recorder))

    def _do(self, now: float, do: Callable[[Session], None]) -> None:
        self._at(now)
        for number, line in enumerate(self.lines):
            do(line)
            self.coverage.collect(now, number)

    def _at(self, now: float) -> None:
        for router in self._routers:
            router.now = now

    # Queries

    def query(self, now: float, request: Request) -> None:
        self._at(now)
        number = self._open_line()
        self.lines[number].query(now, request)
        self.coverage.collect(now, number)

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        self._at(now)
        used = [number for number, line in enumerate(self.lines) if line.connections()]
        for number in used or [0]:
            self.lines[number].query_all(now, requests)
            self.coverage.collect(now, number)

    def ping(self, now: float) -> None:
        number = self._open_line()
        self.lines[number].ping(now)
        self.coverage.collect(now, number)

    def _open_line(self) -> int:
        for number, line in enumerate(self.lines):
            if any(connection.state == "open" for connection in line.connections()):
                return number
        return 0

    # Inputs from sockets

    def opened(self, now: float, number: int) -> None:
        at = self._line_of(number)
        if at is None:
            self.actions.append(Abort(number))
            return
        self._at(now)
        self._forget_closed(at)
        self.lines[at].opened(now, number)
        connection = self.lines[at].connection(number)
        assert connection is not None
        self._stagger(at, connection)
        self.coverage.collect(now, at)

    def received(self, now: float, number: int, data: bytes) -> bool:
        self.received_bytes += len(data)
        at = self._line_of(number)
        if at is None:
            return True
        line, router = self.lines[at], self._routers[at]
        router.now, router.connection = now, number
        router.alive_at[number] = now
        self._has_waited = False
        is_plain = line.received(now, number, data)
        if line.actions:
            self._at(now)
            self.coverage.collect(now, at)
            return False
        return is_plain and not self._has_waited

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        at = self._line_of(number)
        if at is not None:
            self._at(now)
            self.lines[at].lost(now, number, error)
            self.coverage.collect(now, at)

    def _forget_closed(self, at: int) -> None:
        """Forget when something came on connections that a line no longer has."""
        alive_at = self._routers[at].alive_at
        for number in alive_at.keys() - {one.number for one in self.lines[at].connections()}:
            del alive_at[number]

    def _line_of(self, number: int) -> int | None:
        for at, line in enumerate(self.lines):
            if line.connection(number) is not None:
                return at
        return None

    def _stagger(self, at: int, connection: Connection) -> None:
        """Bring the replacement of a connection forward if another line's is due at that time."""
        others = [
            other.rotate_at
            for number, line in enumerate(self.lines)
            for other in line.connections()
            if number != at and other.rotate_at is not None
        ]
        apart = self._timeouts.lifetime / (4 * len(self.lines))
        for _ in range(2 * len(self.lines)):
            rotate_at = connection.rotate_at
            if rotate_at is None or all(abs(rotate_at - other) >= apart for other in others):
                return
            connection.rotate_at = rotate_at - apart

    # Time

    def tick(self, now: float, read_until: float | None = None) -> None:
        self._do(now, lambda line: line.tick(now, read_until))
        for name, arbiter in [] if self._is_paused else list(self._waiting.items()):
            if arbiter.check_at is not None and arbiter.check_at <= now:
                arbiter.check(now)
            if arbiter.check_at is None:
                self._waiting.pop(name, None)
        for (number, name), at in list(self.coverage.refused.items()):
            if at <= now:
                del self.coverage.refused[number, name]
                self.lines[number].subscribe(now, name)
                self.coverage.collect(now, number)

    def next_time(self, now: float) -> float | None:
        times = [line.next_time(now) for line in self.lines]
        if not self._is_paused:
            times += [arbiter.check_at for arbiter in self._waiting.values()]
        times += self.coverage.refused.values()
        return min((time for time in times if time is not None), default=None)

    # What a client and a recording show

    def is_desired(self, name: str) -> bool:
        return name in self._arbiters

    def is_handing_over(self) -> bool:
        return any(line.is_handing_over() for line in self.lines) or self._is_holding()

    def _is_holding(self) -> bool:
        return any(arbiter.is_holding for arbiter in self._arbiters.values())

    def connections(self) -> list[Connection]:
        return [connection for line in self.lines for connection in line.connections()]

    def connection(self, number: int) -> Connection | None:
        at = self._line_of(number)
        return None if at is None else self.lines[at].connection(number)

    def connection_of(self, name: str) -> Connection | None:
        return self.lines[self._line_with(name)].connection_of(name)

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        line = next((line for line in self.lines if line.is_desired(name)), self.lines[0])
        return line.reason_of(now, name)

    def carriers(self, name: str) -> int:
        arbiter = self._arbiters.get(name)
        return 0 if arbiter is None else arbiter.carriers

    def reduced(self) -> set[str]:
        return {label for labels in self.coverage.reduced for label in labels}

    def held_connections(self) -> Iterable[int]:
        numbers = {connection.number for connection in self.connections()}
        # What came on a connection that has ended may still wait.
        self._held = numbers | self._held if self._is_holding() else numbers
        return self._held

    def subscriptions(self) -> Iterator[tuple[str, bool]]:
        for name, arbiter in self._arbiters.items():
            yield name, arbiter.is_confirmed
