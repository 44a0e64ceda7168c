"""One connection as the core sees it: its streams, its requests, its frames. Opens no socket."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.core.budget import Budget
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.wire.frames import FrameReader
from binance_streams_runtime.wire.reply import Reply
from binance_streams_runtime.wire.requests import Request, first_batch, result_of

LinkState = Literal["connecting", "open", "closed"]

# Room below the venue's limit for what a proxy or a later version might add.
_FRAME_MARGIN = 96

# A flood of pings must leave room for requests: pongs would take every free place of the budget.
_PONG_INTERVAL = 0.5


# The link's own ids begin above those that people choose, so that no late answer to one of
# theirs is taken for an answer to one of the link's.
_LAST_ID_OF_USERS = 2**40


class Link:
    """What one connection should carry, what it carries, and what must be sent to get there.

    The server's state is never assumed: a stream moves from wanted to confirmed by an answer. So
    whatever the order of calls and answers, wanted and confirmed meet in the end.
    """

    def __init__(
        self,
        number: int,
        limits: Limits,
        max_message: int,
        request_timeout: float,
        on_settled: Callable[[list[str], BaseException | None], None],
    ) -> None:
        self.number = number
        self.state: LinkState = "connecting"
        self.reader = FrameReader(max_message)
        self.budget = Budget(limits.messages_per_second)
        self.opened_at: float | None = None
        self.last_received = 0.0
        self.messages = 0
        self.bytes = 0
        self.on_settled = on_settled
        self._limits = limits
        self._request_timeout = request_timeout
        self.wanted: dict[str, None] = {}
        self.confirmed: set[str] = set()
        # A stream is in one of three places: settled, dirty (a request must be made), or in
        # flight (a request was made; the answer settles it or makes it dirty again).
        self._in_flight: dict[str, Request] = {}
        self._dirty: dict[str, None] = {}
        # Whether the server did what it did not answer is not known: such a stream is dirty.
        self._unsure: set[str] = set()
        # All streams that are in any of these places, kept because a union costs too much.
        self._counted: set[str] = set()
        self._queue: deque[Request] = deque()
        self._pending: dict[object, Request] = {}
        self._pong: bytes | None = None
        self._next_pong = 0.0
        self._last_id = _LAST_ID_OF_USERS

    @property
    def load(self) -> int:
        """How many streams the server counts, or will count, on this connection."""
        return len(self._counted)

    def carries(self, name: str) -> bool:
        """Whether the server has the stream on this connection, or may get it by what was sent."""
        return name in self.confirmed or name in self._in_flight or name in self._unsure

    def is_settled(self, name: str) -> bool:
        """Whether the server has confirmed the stream and nothing more is asked about it."""
        return name in self.confirmed and name not in self._in_flight and name not in self._dirty

    def want(self, name: str, request: Request | None = None) -> None:
        """The stream is to be confirmed, by a request of the caller's own where there is one."""
        self.wanted[name] = None
        if request is not None:
            self.ask(request)
        self._compare(name)

    def unwant(self, name: str, request: Request | None = None) -> None:
        """The stream is to go, by a request of the caller's own where there is one."""
        self.wanted.pop(name, None)
        if request is not None:
            self.ask(request)
        self._compare(name)

    def ask(self, request: Request) -> None:
        """Queue a request of its own, with the id that it brings or the next free one."""
        self._queue.append(request)
        self._depart(request)

    def is_id_taken(self, id: object) -> bool:
        return id in self._pending or any(request.id == id for request in self._queue)

    def ping(self, payload: bytes) -> None:
        """Owe the server a pong. Only the newest ping is answered, as RFC 6455 5.5.3 allows."""
        self._pong = payload

    def due(self, now: float) -> tuple[Literal["text", "pong"], bytes] | None:
        """The next frame to send now, or None. Each call spends from the budget."""
        if self.state != "open":
            return None
        if self._pong is not None and self._pong_at(now) <= now:
            payload, self._pong = self._pong, None
            self.budget.spend(now)
            self._next_pong = now + _PONG_INTERVAL
            return "pong", payload
        if self.budget.request_at(now) > now:
            return None
        request = self._next_request()
        if request is None:
            return None
        self.budget.spend(now)
        request.deadline = now + self._request_timeout
        self._pending[request.id] = request
        return "text", request.text().encode()

    def next_time(self, now: float) -> float | None:
        """When ``due`` or ``expire`` should be called next."""
        times = [request.deadline for request in self._pending.values()]
        if self.state == "open":
            if self._pong is not None:
                times.append(self._pong_at(now))
            if self._dirty or self._is_queue_free():
                times.append(self.budget.request_at(now))
        return min(times, default=None)

    def answer(self, reply: Reply) -> Request | None:
        """Settle the request that ``reply`` answers; None where there is none.

        A refusal without an id can only be for the one that has waited longest.
        """
        if reply.id in self._pending:
            request = self._pending.pop(reply.id)
        elif reply.id is None and self._pending:
            request = self._pending.pop(next(iter(self._pending)))
        else:
            return None
        result, error = result_of(reply)
        self._settle(request, result, error)
        return request

    def expire(self, now: float) -> None:
        """Fail the requests that the server has not answered in time."""
        for id, request in list(self._pending.items()):
            if request.deadline <= now:
                del self._pending[id]
                error = RequestTimeout(
                    f"{request.method} (id {id!r}) was not answered within "
                    f"{self._request_timeout} s"
                )
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
        if name in self.wanted or self.carries(name):
            self._counted.add(name)
        else:
            self._counted.discard(name)
        if name in self._in_flight:
            return
        if (name in self.wanted) == (name in self.confirmed) and name not in self._unsure:
            self._dirty.pop(name, None)
        else:
            self._dirty[name] = None

    def _depart(self, request: Request) -> None:
        for name in _streams_of(request):
            if name in self._in_flight:
                # Should this one be refused, nobody knows what became of the one before.
                self._unsure.add(name)
            self._in_flight[name] = request
            self._dirty.pop(name, None)

    def _settle(self, request: Request, result: Any, error: BaseException | None) -> None:
        # Where several requests about a stream are on their way, the newest one decides.
        names = [name for name in _streams_of(request) if self._in_flight.get(name) is request]
        for name in names:
            del self._in_flight[name]
            if isinstance(error, RequestTimeout):
                self._unsure.add(name)
            elif request.method == "UNSUBSCRIBE":
                self.confirmed.discard(name)
                self._unsure.discard(name)
            elif error is None:
                self.confirmed.add(name)
                self._unsure.discard(name)
            elif name not in self.confirmed:
                # Asking again would be refused again.
                self.wanted.pop(name, None)
            self._compare(name)
        request.settle(result, error)
        if names:
            self.on_settled(names, error)

    def _next_request(self) -> Request | None:
        # Streams first: a question that was asked after a change is answered after it.
        if self._dirty:
            leaving = [name for name in self._dirty if name not in self.wanted]
            method = "UNSUBSCRIBE" if leaving else "SUBSCRIBE"
            names = leaving or list(self._dirty)
            request = Request(method, first_batch(names, self._limits.frame_bytes - _FRAME_MARGIN))
            self._depart(request)
        elif self._is_queue_free():
            request = self._queue.popleft()
        else:
            return None
        if request.id is None:
            request.id = self._free_id()
        return request

    def _is_queue_free(self) -> bool:
        """Whether the next queued request may go: not while another one has its id."""
        return bool(self._queue) and self._queue[0].id not in self._pending

    def _pong_at(self, now: float) -> float:
        return max(self.budget.pong_at(now), self._next_pong)

    def _free_id(self) -> int:
        self._last_id += 1
        while self.is_id_taken(self._last_id):
            self._last_id += 1
        return self._last_id


def _streams_of(request: Request) -> list[str]:
    """The streams that the request is about; none for questions and properties."""
    if request.method in ("SUBSCRIBE", "UNSUBSCRIBE"):
        return [str(name) for name in request.params]
    return []
