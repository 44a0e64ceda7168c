"""What is asked of the server on one connection, from the queue to the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from binance_streams_runtime.catalog.api import ApiMethod
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.protocol.api_replies import ApiMessage
from binance_streams_runtime.protocol.api_requests import (
    ApiRequest,
    Call,
    Prepared,
    SigningKey,
    Weights,
)
from binance_streams_runtime.protocol.requests import RequestIds

OnAnswer = Callable[[float, ApiMessage | None, BaseException | None], None]
"""Gets the time and the answer, or the time and an error if there will be none."""

_UNKNOWN = "nobody knows whether it was done"


@dataclass(eq=False)
class Job:
    """One request. ``on_answer`` is called once."""

    method: ApiMethod
    on_answer: OnAnswer
    params: Mapping[str, object] = field(default_factory=dict)
    key: SigningKey | None = field(default=None, repr=False)
    """Whose request it is; None if anybody may make it."""
    recv_window: float | None = None
    account: str | None = None
    """The account that it subscribes to or unsubscribes from."""
    request: ApiRequest | None = None
    """The user's request, if it is one."""
    deadline: float = 0.0
    call: Call | None = None
    """What was given to be prepared."""
    sent_at: float | None = None
    uses_session: bool = False
    """Whether it was sent without a signature, as the connection is logged on by its key."""

    @property
    def is_sent(self) -> bool:
        """Whether the server may have received it."""
        return self.sent_at is not None

    @property
    def is_cancelled(self) -> bool:
        """Whether it must not be sent any more."""
        return self.request is not None and self.request.is_cancelled


class Jobs:
    """The requests of one connection that wait, are being prepared, or wait for their answer."""

    def __init__(
        self,
        connection: int,
        timeout: float,
        ids: RequestIds,
        weights: Weights,
        prepare: Callable[[Call], None],
    ) -> None:
        self._connection = connection
        self._timeout = timeout
        self._ids = ids
        self._weights = weights
        self._prepare = prepare
        self.queue: list[Job] = []
        """Those that are not begun yet, in order."""
        self.pending: dict[int | str, Job] = {}
        """Those that are begun, by their ids, in the order in which they were begun."""
        self._texts: list[tuple[Job, str]] = []

    def users(self) -> Iterator[Job]:
        """Yield the requests of users that are not answered."""
        yield from (job for job in (*self.queue, *self.pending.values()) if job.request is not None)

    def add(self, now: float, job: Job) -> None:
        """Queue a request."""
        job.deadline = now + self._timeout
        self.queue.append(job)

    def adopt(self, other: Jobs) -> None:
        """Queue the requests of users that ``other`` has not sent, with their own deadlines."""
        for job in list(other.users()):
            if not job.is_sent:
                other.discard(job)
                job.call = None
                self.queue.append(job)

    def begin(self, now: float, job: Job, offset: float, key: SigningKey | None) -> None:
        """Have a request prepared; ``key`` signs it, if it is not None."""
        if job in self.queue:
            self.queue.remove(job)
        else:
            job.deadline = now + self._timeout
        job.uses_session = job.key is not None and key is None
        job.call = Call(
            self._connection,
            self._ids.next(),
            job.method,
            job.params,
            job.method.weight(job.params),
            key,
            # Subscribing after a logon takes no parameter at all.
            job.key is not None and not (job.uses_session and job.account is not None),
            job.recv_window,
            offset,
        )
        self.pending[job.call.id] = job
        self._prepare(job.call)

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Take the text of a request, or end it with the error."""
        job = self.pending.get(call.id)
        if job is None or job.call is not call or job.is_sent:
            self._forget_weight(call)
        elif job.is_cancelled:
            self.discard(job)
        elif prepared.error is not None:
            self.discard(job)
            job.on_answer(now, None, prepared.error)
        else:
            self._texts.append((job, prepared.text))

    def next_text(self, now: float) -> str | None:
        """Return the next text to send now, or None; its request counts as sent."""
        if not self._texts:
            return None
        job, text = self._texts.pop(0)
        job.sent_at = now
        job.deadline = now + self._timeout
        return text

    def take(self, id: int | str | None) -> Job | None:
        """Remove and return the request that an answer names; None if none is waited for."""
        job = None if id is None else self.pending.get(id)
        if job is None or not job.is_sent or id is None:
            return None
        del self.pending[id]
        return job

    def take_oldest(self, uses_session: bool) -> Job | None:
        """Remove and return the oldest request that was sent; None if there is none.

        ``uses_session`` for the oldest of those without a signature of their own, if there is any.
        """
        sent = [id for id, job in self.pending.items() if job.is_sent]
        if uses_session:
            sent = [id for id in sent if self.pending[id].uses_session] or sent
        return self.take(sent[0]) if sent else None

    def note_weight(self, job: Job, message: ApiMessage, unix_now: float | None) -> float | None:
        """Pass on what an answer says about limits; return the seconds to wait, or None."""
        assert job.call is not None
        server_time = message.server_time or unix_now
        retry_after = None
        if message.retry_at is not None and server_time is not None:
            retry_after = max(0.0, message.retry_at - server_time)
        used, status = message.used_weight, message.http_status
        self._weights.answered(job.call, used, server_time, status, retry_after)
        return retry_after

    def discard(self, job: Job) -> None:
        """Remove a request that is not to be sent."""
        if job in self.queue:
            self.queue.remove(job)
        else:
            assert job.call is not None
            del self.pending[job.call.id]
            self._forget_weight(job.call)

    def _forget_weight(self, call: Call) -> None:
        self._weights.answered(call, None, None, None, None)

    def expire(self, now: float, read_until: float, waits_for: Callable[[], str]) -> list[Job]:
        """End the requests whose deadline is at or before ``read_until``; return them.

        ``waits_for`` says why a request could not be sent.
        """
        jobs = [*self.queue, *self.pending.values()]
        expired = [job for job in jobs if job.deadline <= read_until]
        for job in expired:
            self.discard(job)
            name, seconds = job.method.name, self._timeout
            if job.is_sent:
                text = f"{name} was not answered within {seconds:g} s"
                if job.request is not None and job.method.security == "TRADE":
                    text += f": {_UNKNOWN}; ask for the order's status"
            else:
                text = f"{name} was not sent within {seconds:g} s"
                if job.call is None:
                    text += f": {waits_for()}"
                elif job.call.key is not None:
                    text += ": its key has not signed it yet, or there was no request weight for it"
            job.on_answer(now, None, RequestTimeout(text))
        return expired

    def next_deadline(self) -> float | None:
        """Return when to call ``expire`` next, or None."""
        return min(
            (job.deadline for job in (*self.queue, *self.pending.values())),
            default=None,
        )

    def postpone(self, now: float) -> None:
        """Restart the timeouts, because nothing was read for a while."""
        for job in self.pending.values():
            job.deadline = max(job.deadline, now + self._timeout)

    def end(self, now: float, error: BaseException) -> None:
        """End all requests, as their connection has ended."""
        jobs = [*self.queue, *self.pending.values()]
        for job in jobs:
            self.discard(job)
        for job in jobs:
            job.on_answer(now, None, _lost(job, error))


def _lost(job: Job, error: BaseException) -> BaseException:
    """Return why a request is not answered, and whether it may have been done."""
    if not isinstance(error, ConnectionLost):
        return error
    name = job.method.name
    fate = f"{name} was sent: {_UNKNOWN}" if job.is_sent else f"{name} was not sent"
    lost = ConnectionLost(f"{error.reason}; {fate}", error.code, error.status, error.retry_after)
    lost.__cause__ = error.__cause__
    return lost
