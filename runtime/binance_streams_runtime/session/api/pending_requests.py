"""The requests of one connection to the WebSocket API, from the queue to the answer."""

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
from binance_streams_runtime.protocol.requests import UNKNOWN_OUTCOME, RequestIds

OnAnswer = Callable[[float, ApiMessage | None, BaseException | None], None]
"""Gets the time and the answer, or the time and an error if there will be none."""


@dataclass(eq=False)
class PendingRequest:
    """One request, whoever makes it. ``on_answer`` is called once."""

    method: ApiMethod
    on_answer: OnAnswer
    params: Mapping[str, object] = field(default_factory=dict)
    key: SigningKey | None = field(default=None, repr=False)
    """Whose request it is; None if anybody may make it."""
    recv_window: float | None = None
    account: str | None = None
    """The account that it subscribes to or unsubscribes from."""
    user_request: ApiRequest | None = None
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
        return self.user_request is not None and self.user_request.is_cancelled


class PendingRequests:
    """The requests of one connection that wait, are being prepared, or wait for their answer."""

    def __init__(
        self,
        connection: int,
        timeout: float,
        ids: RequestIds,
        weights: Weights,
        prepare: Callable[[Call], None],
        on_ended: Callable[[str, BaseException | None, bool], None],
    ) -> None:
        """Have none.

        ``on_ended`` is called with the method of each that was sent, its error if there is one,
        and whether the server has answered.
        """
        self._connection = connection
        self._timeout = timeout
        self._ids = ids
        self._weights = weights
        self._prepare = prepare
        self._on_ended = on_ended
        self.queue: list[PendingRequest] = []
        """Those that are not begun yet, in order."""
        self.begun: dict[int | str, PendingRequest] = {}
        """Those that are begun, by their ids, in the order in which they were begun."""
        self._texts: list[tuple[PendingRequest, str]] = []

    def of_users(self) -> Iterator[PendingRequest]:
        """Yield the requests of users that are not answered."""
        yield from (
            pending
            for pending in (*self.queue, *self.begun.values())
            if pending.user_request is not None
        )

    def add(self, now: float, pending: PendingRequest) -> None:
        """Queue a request."""
        pending.deadline = now + self._timeout
        self.queue.append(pending)

    def adopt(self, other: PendingRequests) -> None:
        """Queue the requests of users that ``other`` has not sent, with their own deadlines."""
        for pending in list(other.of_users()):
            if not pending.is_sent:
                other.discard(pending)
                pending.call = None
                self.queue.append(pending)

    def begin(
        self, now: float, pending: PendingRequest, offset: float, key: SigningKey | None
    ) -> None:
        """Have a request prepared; ``key`` signs it, if it is not None."""
        if pending in self.queue:
            self.queue.remove(pending)
        else:
            pending.deadline = now + self._timeout
        pending.uses_session = pending.key is not None and key is None
        pending.call = Call(
            self._connection,
            self._ids.next(),
            pending.method,
            pending.params,
            pending.method.weight(pending.params),
            key,
            # Subscribing after a logon takes no parameter at all.
            pending.key is not None and not (pending.uses_session and pending.account is not None),
            pending.recv_window,
            offset,
        )
        self.begun[pending.call.id] = pending
        self._prepare(pending.call)

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Take the text of a request, or end it with the error."""
        pending = self.begun.get(call.id)
        if pending is None or pending.call is not call or pending.is_sent:
            self._forget_weight(call)
        elif pending.is_cancelled:
            self.discard(pending)
        elif prepared.error is not None:
            self.discard(pending)
            self.finish(now, pending, None, prepared.error)
        else:
            self._texts.append((pending, prepared.text))

    def next_text(self, now: float) -> str | None:
        """Return the next text to send now, or None; its request counts as sent."""
        if not self._texts:
            return None
        pending, text = self._texts.pop(0)
        pending.sent_at = now
        pending.deadline = now + self._timeout
        return text

    def take(self, id: int | str | None) -> PendingRequest | None:
        """Remove and return the request that an answer names; None if none is waited for."""
        if id is None:
            return None
        pending = self.begun.get(id)
        if pending is None or not pending.is_sent:
            return None
        del self.begun[id]
        return pending

    def take_oldest(self, uses_session: bool) -> PendingRequest | None:
        """Remove and return the oldest request that was sent; None if there is none.

        ``uses_session`` for the oldest of those without a signature of their own, if there is any.
        """
        sent = [id for id, pending in self.begun.items() if pending.is_sent]
        if uses_session:
            sent = [id for id in sent if self.begun[id].uses_session] or sent
        return self.take(sent[0]) if sent else None

    def finish(
        self,
        now: float,
        pending: PendingRequest,
        message: ApiMessage | None,
        error: BaseException | None,
    ) -> None:
        """Settle a request that has been removed, with the answer or with an error."""
        if pending.is_sent:
            self._on_ended(pending.method.name, error, message is not None)
        pending.on_answer(now, message, error)

    def note_weight(
        self, pending: PendingRequest, message: ApiMessage, unix_now: float | None
    ) -> float | None:
        """Pass on what an answer says about limits; return the seconds to wait, or None."""
        assert pending.call is not None
        server_time = message.server_time or unix_now
        retry_after = None
        if message.retry_at is not None and server_time is not None:
            retry_after = max(0.0, message.retry_at - server_time)
        used, status = message.used_weight, message.http_status
        self._weights.answered(pending.call, used, server_time, status, retry_after)
        return retry_after

    def discard(self, pending: PendingRequest) -> None:
        """Remove a request that is not to be sent."""
        if pending in self.queue:
            self.queue.remove(pending)
        else:
            assert pending.call is not None
            del self.begun[pending.call.id]
            self._forget_weight(pending.call)

    def _forget_weight(self, call: Call) -> None:
        self._weights.answered(call, None, None, None, None)

    def expire(
        self, now: float, read_until: float, waits_for: Callable[[], str]
    ) -> list[PendingRequest]:
        """End the requests whose deadline is at or before ``read_until``; return them.

        ``waits_for`` says why a request could not be sent.
        """
        requests = [*self.queue, *self.begun.values()]
        expired = [pending for pending in requests if pending.deadline <= read_until]
        for pending in expired:
            self.discard(pending)
            name, seconds = pending.method.name, self._timeout
            if pending.is_sent:
                text = f"{name} was not answered within {seconds:g} s"
                if pending.user_request is not None and pending.method.security == "TRADE":
                    text += f": {UNKNOWN_OUTCOME}; ask for the order's status"
            else:
                text = f"{name} was not sent within {seconds:g} s"
                if pending.call is None:
                    text += f": {waits_for()}"
                elif pending.call.key is not None:
                    text += ": its key has not signed it yet, or there was no request weight for it"
            self.finish(now, pending, None, RequestTimeout(text))
        return expired

    def next_deadline(self) -> float | None:
        """Return when to call ``expire`` next, or None."""
        return min(
            (pending.deadline for pending in (*self.queue, *self.begun.values())),
            default=None,
        )

    def postpone(self, now: float) -> None:
        """Restart the timeouts, because nothing was read for a while."""
        for pending in self.begun.values():
            pending.deadline = max(pending.deadline, now + self._timeout)

    def end(self, now: float, error: BaseException) -> None:
        """End all requests, as their connection has ended."""
        requests = [*self.queue, *self.begun.values()]
        for pending in requests:
            self.discard(pending)
        for pending in requests:
            self.finish(now, pending, None, _lost(pending, error))


def _lost(pending: PendingRequest, error: BaseException) -> BaseException:
    """Return why a request is not answered, and whether it may have been done."""
    if not isinstance(error, ConnectionLost):
        return error
    name = pending.method.name
    fate = f"{name} was sent: {UNKNOWN_OUTCOME}" if pending.is_sent else f"{name} was not sent"
    lost = ConnectionLost(f"{error.reason}; {fate}", error.code, error.status, error.retry_after)
    lost.__cause__ = error.__cause__
    return lost
