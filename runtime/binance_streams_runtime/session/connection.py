"""One connection as the session sees it: its streams, its requests, its frames. Opens no socket."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.protocol.frames import FrameReader
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import Request, RequestIds, first_batch, result_of
from binance_streams_runtime.session.rate_limit import RateLimiter
from binance_streams_runtime.session.rejections import Rejections

ConnectionState = Literal["waiting", "connecting", "open", "closed"]
"""``waiting`` for the time of the next attempt."""

# Room below the venue's limit for what a proxy or a later version might add.
_FRAME_MARGIN = 96

# A flood of pings must leave room for requests: pongs would take every free place of the budget.
_PONG_INTERVAL = 0.5


class Connection:
    """What one connection should carry, what it carries, and what must be sent to get there.

    The server's state is never assumed: a stream moves from wanted to confirmed by an answer. So
    whatever the order of calls and answers, wanted and confirmed meet in the end.
    """

    def __init__(
        self,
        number: int,
        url: str,
        venue: Venue,
        max_message: int,
        request_timeout: float,
        ids: RequestIds,
        on_settled: Callable[[list[str], BaseException | None], None],
        on_interrupted: Callable[[str], None],
    ) -> None:
        self.number = number
        self.url = url
        # Whether the server can say what it has.
        self._can_list = venue.has_method("LIST_SUBSCRIPTIONS")
        self.state: ConnectionState = "waiting"
        self.reader = FrameReader(max_message)
        self.budget = RateLimiter(venue.limits.messages_per_second)
        self.opened_at: float | None = None
        self.last_received = 0.0
        # When it should be replaced, because the server will end it soon after.
        self.rotate_at: float | None = None
        # The pauses before the next attempts; None where none has failed.
        self.backoff: Iterator[float] | None = None
        # Whether the server has sent data or an answer.
        self.has_traffic = False
        # When the next attempt may be made, once that is agreed on, and when it is to be made.
        self.attempt_at: float | None = None
        self.retry_at = 0.0
        # Why the one before it ended, or could not be opened.
        self.failure: ConnectionLost | None = None
        # Since when streams of it have been interrupted, and which.
        self.interrupted_at: float | None = None
        self.interrupted: dict[str, None] = {}
        # Why another one should follow it, once it has itself followed the one before.
        self.rotate_reason: str | None = None
        # How many requests in a row the server has not answered.
        self.unanswered = 0
        self.messages = 0
        self.bytes = 0
        self.on_settled = on_settled
        self.on_interrupted = on_interrupted
        # How many pings the caller wants to be sent.
        self.pings = 0
        # Bytes of the largest request.
        self.frame_bytes = venue.limits.frame_bytes - _FRAME_MARGIN
        self._request_timeout = request_timeout
        self.desired: dict[str, None] = {}
        self.confirmed: set[str] = set()
        # A stream is in one of three places: settled, dirty (a request must be made), or in
        # flight (a request was made; the answer settles it or makes it dirty again).
        self._in_flight: dict[str, Request] = {}
        self._pending_change: dict[str, None] = {}
        # Whether the server did what it did not answer is not known: such a stream is dirty, and
        # the server is asked what it has before it is asked for anything about it again.
        self._unknown: set[str] = set()
        self._must_list = False
        self._is_listing = False
        self.refusals = Rejections()
        # All streams that are in any of these places, kept because a union costs too much.
        self._counted: set[str] = set()
        self._queue: deque[Request] = deque()
        self._pending: dict[object, Request] = {}
        self._pong: bytes | None = None
        self._next_pong = 0.0
        self._ids = ids

    @property
    def load(self) -> int:
        """How many streams the server counts, or will count, on this connection."""
        return len(self._counted)

    @property
    def is_complete(self) -> bool:
        """Whether it is open, and the server has confirmed all that is wanted of it."""
        waiting = self._pending_change or self._in_flight or self._unknown or self.refusals
        return self.state == "open" and not waiting

    @property
    def is_used(self) -> bool:
        """Whether anybody wants something of it."""
        return bool(self.desired) or any(not request.streams for request in self._queue)

    def carries(self, name: str) -> bool:
        """Whether the server has the stream on this connection, or may get it by what was sent."""
        return name in self.confirmed or name in self._in_flight or name in self._unknown

    def is_settled(self, name: str) -> bool:
        """Whether the server has confirmed the stream and nothing more is asked about it."""
        return (
            name in self.confirmed
            and name not in self._in_flight
            and name not in self._pending_change
        )

    def is_certain_of(self, name: str) -> bool:
        """Whether the server has the stream, and no request might have changed that."""
        is_doubtful = name in self._in_flight or name in self._unknown
        return name in self.confirmed and not is_doubtful

    def add_desired(self, name: str, request: Request | None = None) -> None:
        """The stream is to be confirmed, by a request of the caller's own where there is one."""
        self.desired[name] = None
        if request is not None:
            self.enqueue(request)
        self._compare(name)

    def remove_desired(self, name: str, request: Request | None = None) -> None:
        """The stream is to go, by a request of the caller's own where there is one."""
        self.desired.pop(name, None)
        self.refusals.forget(name)
        if self.state != "open":
            self._take_back(name)
            if request is not None:
                request.settle(None, None)
        elif request is not None:
            self.enqueue(request)
        self._compare(name)

    def _take_back(self, name: str) -> None:
        """Nothing has been sent yet, and nothing stale will be."""
        self._in_flight.pop(name, None)
        for request in [request for request in self._queue if request.streams == [name]]:
            self._queue.remove(request)
            request.settle(None, None)

    def adopt_desired(self, other: Connection) -> None:
        """Want what ``other`` wants."""
        for name in other.desired:
            self.add_desired(name)
        self.refusals.inherit(other.refusals)

    def take_over(self, other: Connection) -> None:
        """Ask what ``other``, which is gone, has not asked yet."""
        queue, other._queue = other._queue, deque()
        for request in queue:
            names = request.streams
            if names and (request.method == "UNSUBSCRIBE" or not self.desired.keys() >= set(names)):
                # On a new connection there is nothing to take back.
                request.settle(None, None)
            else:
                self.enqueue(request)

    def resubscribe(self, name: str) -> None:
        """Unsubscribe from a stream that is confirmed, and subscribe to it again."""
        if self.is_settled(name) and name in self.desired:
            self.enqueue(Request("UNSUBSCRIBE", [name]))

    def fail_queries(self, error: BaseException) -> None:
        """Fail what waits to be asked: it would wait for the next connection."""
        kept = [request for request in self._queue if request.streams]
        failed = [request for request in self._queue if not request.streams]
        self._queue = deque(kept)
        for request in failed:
            request.settle(None, error)

    def enqueue(self, request: Request) -> None:
        """Queue a request of its own, with the id that it brings or the next free one."""
        self._queue.append(request)
        self._depart(request)

    def is_id_taken(self, id: object) -> bool:
        return id in self._pending or any(request.id == id for request in self._queue)

    def ping(self, payload: bytes) -> None:
        """Owe the server a pong. Only the newest ping is answered, as RFC 6455 5.5.3 allows."""
        self._pong = payload

    def due(self, now: float) -> tuple[Literal["text", "ping", "pong"], bytes] | None:
        """The next frame to send now, or None. Each call spends from the budget."""
        if self.state != "open":
            return None
        for name in self.refusals.take_due(now):
            self._compare(name)
        if self._pong is not None and self._pong_at(now) <= now:
            payload, self._pong = self._pong, None
            self.budget.spend(now)
            self._next_pong = now + _PONG_INTERVAL
            return "pong", payload
        if self.budget.request_at(now) > now:
            return None
        if self.pings:
            self.pings -= 1
            self.budget.spend(now)
            return "ping", b""
        request = self._next_request()
        if request is None:
            return None
        self.budget.request()
        request.deadline = now + self._request_timeout
        self._pending[request.id] = request
        return "text", request.text().encode()

    def next_time(self, now: float, is_paused: bool = False) -> float | None:
        """When ``due``, or ``expire`` unless nothing is read, should be called next."""
        times = [] if is_paused else [request.deadline for request in self._pending.values()]
        if self.state == "open":
            times += self.refusals.times()
            if self._pong is not None:
                times.append(self._pong_at(now))
            if self.pings or self._askable() or self._is_queue_free() or self._may_list():
                times.append(self.budget.request_at(now))
        return min(times, default=None)

    def answer(self, now: float, reply: Reply) -> Request | None:
        """Settle the request that ``reply`` answers; None where there is none.

        A refusal without an id can only be for the one that has waited longest.
        """
        if reply.id in self._pending:
            request = self._pending.pop(reply.id)
        elif reply.id is None and reply.is_error and self._pending:
            request = self._pending.pop(next(iter(self._pending)))
        else:
            return None
        self.budget.arrive(now)
        self.unanswered = 0
        result, error = result_of(reply)
        self._settle(request, result, error)
        return request

    def postpone(self, now: float) -> None:
        """Nothing was read for a while: what waits has its whole time again."""
        for request in self._pending.values():
            request.deadline = max(request.deadline, now + self._request_timeout)

    def expire(self, now: float, read_until: float) -> None:
        """Fail the requests whose answers, due by ``read_until``, have not come."""
        for id, request in list(self._pending.items()):
            if request.deadline <= read_until:
                del self._pending[id]
                self.budget.arrive(now)
                self.unanswered += 1
                text = f"{request.method} (id {id!r}) was not answered within"
                error = RequestTimeout(f"{text} {self._request_timeout} s")
                self._settle(request, None, error)

    def end(self, error: BaseException) -> None:
        """The connection is gone: nothing that waits will be answered."""
        self.state = "closed"
        waiting = [*self._pending.values(), *self._queue]
        self._pending.clear()
        self._queue.clear()
        for request in waiting:
            request.settle(None, error)

    def _compare(self, name: str) -> None:
        """Note whether a request must be made for ``name``; one in flight is waited for first."""
        if name in self.desired or self.carries(name):
            self._counted.add(name)
        else:
            self._counted.discard(name)
        if name in self._in_flight or name in self.refusals:
            return
        if (name in self.desired) == (name in self.confirmed) and name not in self._unknown:
            self._pending_change.pop(name, None)
        else:
            self._pending_change[name] = None

    def _depart(self, request: Request) -> None:
        for name in request.streams:
            if name in self._in_flight:
                # Should this one be refused, nobody knows what became of the one before.
                self._unknown.add(name)
            self._in_flight[name] = request
            self._pending_change.pop(name, None)

    def _settle(self, request: Request, result: Any, error: BaseException | None) -> None:
        if request.method == "UNSUBSCRIBE" and (error is None or isinstance(error, RequestTimeout)):
            for name in request.streams:
                if name in self.desired:
                    # It was wanted again meanwhile; what comes next may not be what follows.
                    self.on_interrupted(name)
        # Where several requests about a stream are on their way, the newest one decides.
        names = [name for name in request.streams if self._in_flight.get(name) is request]
        is_refused = error is not None and not isinstance(error, RequestTimeout)
        is_subscribing = request.method == "SUBSCRIBE"
        is_splittable = is_refused and is_subscribing and len(names) > 1 and not request.on_result
        for name in names:
            del self._in_flight[name]
            if isinstance(error, RequestTimeout):
                self._unknown.add(name)
                self._must_list = self._can_list
            elif is_refused and not is_subscribing and name in self.confirmed:
                self.refusals.postpone(name)
            elif not is_subscribing:
                self.confirmed.discard(name)
                self._unknown.discard(name)
            elif error is None:
                self.confirmed.add(name)
                self.refusals.mark_confirmed(name)
                self._unknown.discard(name)
            elif name not in self.confirmed and not is_splittable:
                self._refuse(name)
            self._compare(name)
        if is_splittable:
            self.refusals.split(names)
        request.settle(result, error)
        if names:
            self.on_settled(names, error)

    def _refuse(self, name: str) -> None:
        """The server does not want to send this stream."""
        if self.refusals.is_proven(name) and name in self.desired:
            self.refusals.postpone(name)
        else:
            # Asking again would be refused again.
            self.desired.pop(name, None)

    def _next_request(self) -> Request | None:
        # Streams first: a question that was asked after a change is answered after it.
        names = self._askable()
        if self._may_list():
            request = Request("LIST_SUBSCRIPTIONS", (), self._ids.internal(), [self._reconcile])
            self._must_list = False
            self._is_listing = True
        elif names:
            leaving = [name for name in names if name not in self.desired]
            method = "UNSUBSCRIBE" if leaving else "SUBSCRIBE"
            names = leaving or self.refusals.next_group(names) or names
            request = Request(method, first_batch(names, self.frame_bytes))
            self._depart(request)
        elif self._is_queue_free():
            request = self._queue.popleft()
        else:
            return None
        if request.id is None:
            request.id = self._free_id()
        return request

    def _askable(self) -> list[str]:
        """The streams about which something must be asked, and can be."""
        if self._must_list or self._is_listing:
            return [name for name in self._pending_change if name not in self._unknown]
        return list(self._pending_change)

    def _may_list(self) -> bool:
        return self._must_list and not self._is_listing

    def _reconcile(self, result: Any, error: BaseException | None) -> None:
        """The server has said what it has: believe it about the streams that are unsure."""
        self._is_listing = False
        if not isinstance(result, list):
            return
        names = [name for name in self._unknown if name not in self._in_flight]
        for name in names:
            self._unknown.discard(name)
            if name in result:
                self.confirmed.add(name)
                self.refusals.settle(name)
            else:
                self.confirmed.discard(name)
            self._compare(name)
        self.on_settled(names, None)

    def _is_queue_free(self) -> bool:
        """Whether the next queued request may go: not while another one has its id."""
        return bool(self._queue) and self._queue[0].id not in self._pending

    def _pong_at(self, now: float) -> float:
        return max(self.budget.pong_at(now), self._next_pong)

    def _free_id(self) -> int:
        while self.is_id_taken(id := self._ids.next()):
            pass
        return id
