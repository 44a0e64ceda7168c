"""One connection as the session sees it: its streams, requests and frames. It opens no socket."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Self

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import (
    Request,
    RequestIds,
    first_batch,
    query_for_answer,
    result_of,
)
from binance_streams_runtime.session.base_connection import BaseConnection, Frame
from binance_streams_runtime.session.rejections import Rejections

# Margin below the venue's limit for what a proxy or a later version might add.
_FRAME_MARGIN = 96


class Connection(BaseConnection):
    """The streams of one connection, and the requests that make them what is desired."""

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
        limits = venue.limits
        super().__init__(
            *(number, url, max_message, limits.messages_per_second, request_timeout),
            *(on_settled, on_interrupted),
        )
        self._venue = venue
        # Whether the server can list its subscriptions.
        self._can_list = venue.has_method("LIST_SUBSCRIPTIONS")
        # Size limit of a request in bytes.
        self.frame_bytes = limits.frame_bytes - _FRAME_MARGIN
        # A stream is in one of three states: settled, pending change (a request must be made), or
        # in flight (a request was made; the answer settles it or makes it a pending change again).
        self._in_flight: dict[str, Request] = {}
        self._pending_change: dict[str, None] = {}
        # After a timeout it is unknown whether the server has the stream. Such a stream is a
        # pending change, and the server must list its subscriptions before the next request for it.
        self._unknown: set[str] = set()
        self._must_list = False
        self._is_listing = False
        self.rejections = Rejections()
        # Streams that are desired or that the server may have: computing the union costs too much.
        self._counted: set[str] = set()
        self._queue: deque[Request] = deque()
        self._pending: dict[object, Request] = {}
        self._ids = ids

    @property
    def load(self) -> int:
        """How many streams the server counts, or will count, on this connection."""
        return len(self._counted)

    @property
    def is_complete(self) -> bool:
        """Whether it is open, and its desired and confirmed streams are the same."""
        waiting = self._pending_change or self._in_flight or self._unknown or self.rejections
        return self.state == "open" and not waiting

    @property
    def is_used(self) -> bool:
        """Whether it has desired streams or queued queries."""
        return bool(self.desired) or any(not request.streams for request in self._queue)

    def carries(self, name: str) -> bool:
        """Return whether the server has the stream on this connection, or may have it."""
        return name in self.confirmed or name in self._in_flight or name in self._unknown

    def is_settled(self, name: str) -> bool:
        """Return whether the server has confirmed the stream and no request for it is due."""
        return (
            name in self.confirmed
            and name not in self._in_flight
            and name not in self._pending_change
        )

    def is_postponed(self, name: str) -> bool:
        return name in self.rejections

    def is_certain_of(self, name: str) -> bool:
        """Return whether the server has the stream, and no request might have changed that."""
        is_doubtful = name in self._in_flight or name in self._unknown
        return name in self.confirmed and not is_doubtful

    def add_desired(self, name: str, request: Request | None = None) -> None:
        """Add a desired stream; ``request`` is its SUBSCRIBE if the user chose an id."""
        self.desired[name] = None
        if request is not None:
            self.enqueue(request)
        self._update_pending_change(name)

    def remove_desired(self, name: str, request: Request | None = None) -> None:
        """Remove a desired stream; ``request`` is its UNSUBSCRIBE if the user chose an id."""
        self.desired.pop(name, None)
        self.rejections.forget(name)
        if self.state != "open":
            self._cancel_unsent(name)
            if request is not None:
                request.settle(None, None)
        elif request is not None:
            self.enqueue(request)
        self._update_pending_change(name)

    def _cancel_unsent(self, name: str) -> None:
        """Cancel the requests for a stream: none has been sent on a connection that is not open."""
        self._in_flight.pop(name, None)
        for request in [request for request in self._queue if request.streams == [name]]:
            self._queue.remove(request)
            request.settle(None, None)

    def adopt_desired(self, other: Self) -> None:
        """Desire what ``other`` desires."""
        for name in other.desired:
            self.add_desired(name)
        self.rejections.inherit(other.rejections)

    def take_over(self, other: Self) -> None:
        """Queue the requests that ``other``, which is gone, has not sent yet."""
        queue, other._queue = other._queue, deque()
        for request in queue:
            names = request.streams
            if names and (request.method == "UNSUBSCRIBE" or not self.desired.keys() >= set(names)):
                # On a new connection there is nothing to unsubscribe from.
                request.settle(None, None)
            else:
                self.enqueue(request)

    def resubscribe(self, name: str) -> None:
        """Unsubscribe from a stream that is confirmed, and subscribe to it again."""
        if self.is_settled(name) and name in self.desired:
            self.enqueue(Request("UNSUBSCRIBE", [name]))

    def fail_queries(self, error: BaseException) -> None:
        """Fail the queued queries, which would have to wait for the next connection."""
        kept = [request for request in self._queue if request.streams]
        failed = [request for request in self._queue if not request.streams]
        self._queue = deque(kept)
        for request in failed:
            request.settle(None, error)

    def enqueue(self, request: Request) -> None:
        """Queue a request, with its own id or else the next unused one."""
        self._queue.append(request)
        self._mark_in_flight(request)

    def is_id_in_use(self, id: object) -> bool:
        """Return whether a pending or queued request has this id."""
        return id in self._pending or any(request.id == id for request in self._queue)

    def mark_end(self, now: float, on_answer: Callable[[BaseException | None], None]) -> None:
        query = query_for_answer(self._venue, self._ids)
        query.on_result.append(lambda result, error: on_answer(error))
        self.enqueue(query)

    def due(self, now: float) -> Frame | None:
        if self.state == "open":
            for name in self.rejections.take_due(now):
                self._update_pending_change(name)
        return super().due(now)

    def _due_request(self, now: float) -> Frame | None:
        request = self._next_request()
        if request is None:
            return None
        self.rate_limiter.request()
        request.deadline = now + self._request_timeout
        self._pending[request.id] = request
        return "text", request.text().encode()

    def next_time(self, now: float, is_paused: bool = False) -> float | None:
        """Return when to call ``due`` or, unless ``is_paused``, ``expire`` next; None for never."""
        times = [] if is_paused else [request.deadline for request in self._pending.values()]
        if self.state == "open":
            times += self.rejections.times()
            if self._pong is not None:
                times.append(self._pong_at(now))
            if self.pings or self._requestable() or self._may_send_queued() or self._may_list():
                times.append(self.rate_limiter.request_at(now))
        return min(times, default=None)

    def answer(self, now: float, reply: Reply) -> Request | None:
        """Settle and return the request that ``reply`` answers; None if there is none.

        An error without an id is attributed to the oldest pending request.
        """
        if reply.id in self._pending:
            request = self._pending.pop(reply.id)
        elif reply.id is None and reply.is_error and self._pending:
            request = self._pending.pop(next(iter(self._pending)))
        else:
            return None
        self.rate_limiter.arrive(now)
        self.consecutive_timeouts = 0
        result, error = result_of(reply)
        self.counters.ended(request.method, error, is_answered=True)
        self._settle(request, result, error)
        return request

    def postpone(self, now: float) -> None:
        """Restart the timeouts of pending requests, because nothing was read for a while."""
        for request in self._pending.values():
            request.deadline = max(request.deadline, now + self._request_timeout)

    def expire(self, now: float, read_until: float) -> None:
        """Fail the requests whose deadline is at or before ``read_until``."""
        for id, request in list(self._pending.items()):
            if request.deadline <= read_until:
                del self._pending[id]
                self.rate_limiter.arrive(now)
                self.consecutive_timeouts += 1
                text = f"{request.method} (id {id!r}) was not answered within"
                error = RequestTimeout(f"{text} {self._request_timeout} s")
                self.counters.ended(request.method, error, is_answered=False)
                self._settle(request, None, error)

    def end(self, error: BaseException) -> None:
        """Close the connection, and fail all pending and queued requests with ``error``."""
        self.state = "closed"
        for request in self._pending.values():
            self.counters.ended(request.method, error, is_answered=False)
        waiting = [*self._pending.values(), *self._queue]
        self._pending.clear()
        self._queue.clear()
        for request in waiting:
            request.settle(None, error)

    def _update_pending_change(self, name: str) -> None:
        """Update whether a request must be made for ``name``; one in flight comes first."""
        if name in self.desired or self.carries(name):
            self._counted.add(name)
        else:
            self._counted.discard(name)
        if name in self._in_flight or name in self.rejections:
            return
        if (name in self.desired) == (name in self.confirmed) and name not in self._unknown:
            self._pending_change.pop(name, None)
        else:
            self._pending_change[name] = None

    def _mark_in_flight(self, request: Request) -> None:
        for name in request.streams:
            if name in self._in_flight:
                # If this request is rejected, the outcome of the previous one is unknown.
                self._unknown.add(name)
            self._in_flight[name] = request
            self._counted.add(name)
            self._pending_change.pop(name, None)

    def _settle(self, request: Request, result: Any, error: BaseException | None) -> None:
        if request.method == "UNSUBSCRIBE" and (error is None or isinstance(error, RequestTimeout)):
            for name in request.streams:
                if name in self.desired:
                    # It became desired again meanwhile, so events may have been missed.
                    self.on_interrupted(name)
        # If several requests for a stream are in flight, the latest one decides.
        names = [name for name in request.streams if self._in_flight.get(name) is request]
        is_rejected = error is not None and not isinstance(error, RequestTimeout)
        is_subscribing = request.method == "SUBSCRIBE"
        is_splittable = is_rejected and is_subscribing and len(names) > 1 and not request.on_result
        for name in names:
            del self._in_flight[name]
            if isinstance(error, RequestTimeout):
                self._unknown.add(name)
                self._must_list = self._can_list
            elif is_rejected and not is_subscribing and name in self.confirmed:
                self.rejections.postpone(name)
            elif not is_subscribing:
                self.confirmed.discard(name)
                self._unknown.discard(name)
            elif error is None:
                self.confirmed.add(name)
                self.rejections.mark_confirmed(name)
                self._unknown.discard(name)
            elif name not in self.confirmed and not is_splittable:
                self._reject(name)
            self._update_pending_change(name)
        if is_splittable:
            self.rejections.split(names)
        request.settle(result, error)
        if names:
            self.on_settled(names, error)

    def _reject(self, name: str) -> None:
        """Handle the rejection of a SUBSCRIBE for this stream."""
        if self.rejections.was_confirmed(name) and name in self.desired:
            self.rejections.postpone(name)
        else:
            # Another request would be rejected, too.
            self.desired.pop(name, None)

    def _next_request(self) -> Request | None:
        # Streams first: a query that was made after a change is answered after it.
        names = self._requestable()
        if self._may_list():
            request = Request("LIST_SUBSCRIPTIONS", (), self._ids.internal(), [self._reconcile])
            self._must_list = False
            self._is_listing = True
        elif names:
            leaving = [name for name in names if name not in self.desired]
            method = "UNSUBSCRIBE" if leaving else "SUBSCRIBE"
            names = leaving or self.rejections.next_group(names) or names
            request = Request(method, first_batch(names, self.frame_bytes))
            self._mark_in_flight(request)
        elif self._may_send_queued():
            request = self._queue.popleft()
        else:
            return None
        if request.id is None:
            request.id = self._unused_id()
        return request

    def _requestable(self) -> list[str]:
        """Return the streams for which a request must and may be made now."""
        if self._must_list or self._is_listing:
            return [name for name in self._pending_change if name not in self._unknown]
        return list(self._pending_change)

    def _may_list(self) -> bool:
        return self._must_list and not self._is_listing

    def _reconcile(self, result: Any, error: BaseException | None) -> None:
        """Settle the unknown streams by the server's list of its subscriptions."""
        self._is_listing = False
        if not isinstance(result, list):
            return
        names = [name for name in self._unknown if name not in self._in_flight]
        for name in names:
            self._unknown.discard(name)
            if name in result:
                self.confirmed.add(name)
                self.rejections.settle(name)
            else:
                self.confirmed.discard(name)
            self._update_pending_change(name)
        self.on_settled(names, None)

    def _may_send_queued(self) -> bool:
        """Return whether the next queued request may be sent; not while its id is pending."""
        return bool(self._queue) and self._queue[0].id not in self._pending

    def _unused_id(self) -> int:
        while self.is_id_in_use(id := self._ids.next()):
            pass
        return id
