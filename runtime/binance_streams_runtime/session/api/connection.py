"""One connection to the WebSocket API: the accounts that it carries, and requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Self

import msgspec

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.errors import RequestError
from binance_streams_runtime.protocol.api_replies import UNAUTHORIZED, ApiMessage, server_time_of
from binance_streams_runtime.protocol.api_requests import (
    ApiRequest,
    Call,
    Prepared,
    Weights,
)
from binance_streams_runtime.protocol.requests import RequestIds
from binance_streams_runtime.session.api.account_connection import AccountConnection
from binance_streams_runtime.session.api.bindings import EarlyEvent
from binance_streams_runtime.session.api.desired_account import DesiredAccount
from binance_streams_runtime.session.api.pending_requests import PendingRequest, PendingRequests
from binance_streams_runtime.session.api.refusals import PAUSE, pause_after, remedy_of
from binance_streams_runtime.session.base_connection import BaseConnection, Frame

TIME = "time"


class ApiConnection(AccountConnection):
    """One connection: it asks for the server's time first, as a signature needs it."""

    def __init__(
        self,
        number: int,
        url: str,
        max_message: int,
        request_timeout: float,
        api: Api,
        accounts: Mapping[str, DesiredAccount],
        ids: RequestIds,
        weights: Weights,
        prepare: Callable[[Call], None],
        reason: Callable[[float, BaseConnection], str],
        on_settled: Callable[[list[str], BaseException | None], None],
        on_interrupted: Callable[[str], None],
        on_bound: Callable[[float, str, list[EarlyEvent]], None],
        on_revoked: Callable[[float, list[str], str], None],
    ) -> None:
        """Carry nothing yet.

        Args:
            number: Its number, unique within the client.
            url: Its URL.
            max_message: Size limit of a message in bytes.
            request_timeout: Seconds within which a request must be sent, and then answered.
            api: What the spec says.
            accounts: All desired accounts of the client, by name.
            ids: Numbers the requests.
            weights: Learns the fate of what was prepared.
            prepare: Begins to prepare a request.
            reason: Says why a request could not be sent.
            on_settled: Called with the accounts of an answered request, and its error.
            on_interrupted: Called with an account whose subscription is made anew.
            on_bound: Called with a confirmed account, and the events that came before the answer.
            on_revoked: Called with the accounts of a revoked session, and the server's text.
        """
        super().__init__(
            *(number, url, max_message, api.limits.messages_per_second, request_timeout),
            *(on_settled, on_interrupted),
        )
        self._api = api
        self._accounts = accounts
        self._reason = reason
        self._on_bound = on_bound
        self._on_revoked = on_revoked
        self.requests = PendingRequests(
            *(number, request_timeout, ids, weights, prepare),
            lambda *ended: self.counters.ended(*ended),
        )
        self.left_alone_until = -math.inf
        """Until when the server wants to be left alone."""
        self._asks_time = False

    @property
    def is_used(self) -> bool:
        return bool(self.desired) or any(
            not pending.is_sent for pending in self.requests.of_users()
        )

    @property
    def has_queries(self) -> bool:
        return any(True for _ in self.requests.of_users())

    # Requests

    def take_over(self, other: Self) -> None:
        self.requests.adopt(other.requests)

    def fail_queries(self, error: BaseException) -> None:
        """Keep them: a request waits for the next connection, as long as its timeout allows."""

    def mark_end(self, now: float, on_answer: Callable[[BaseException | None], None]) -> None:
        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            on_answer(error)

        self.requests.add(now, PendingRequest(self._api.methods[TIME], answered))

    def ask(self, now: float, request: ApiRequest) -> None:
        """Queue a request of a user."""

        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            self._on_user_answer(request, message, error)

        pending = PendingRequest(
            request.method, answered, request.params, request.key, request.recv_window
        )
        pending.user_request = request
        self.requests.add(now, pending)

    def _on_user_answer(
        self, request: ApiRequest, message: ApiMessage | None, error: BaseException | None
    ) -> None:
        if request.is_cancelled:
            return
        if message is None or error is not None:
            self._distrust_clock_after(error)
            request.on_result(None, error)
            return
        try:
            result = request.decode(bytes(message.result))  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeError, RecursionError, TypeError) as failure:
            text = f"its answer cannot be decoded: {failure}"
            request.on_result(None, RequestError(None, text, message.request_id))
            return
        request.on_result(result, None)

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Send what was prepared, unless it is no longer waited for."""
        self.requests.prepared(now, call, prepared)

    def _due_request(self, now: float) -> Frame | None:
        self._begin_due(now)
        text = self.requests.next_text(now)
        return None if text is None else ("text", text.encode())

    def _begin_due(self, now: float) -> None:
        """Have everything prepared that may be sent now."""
        if self.clock.ask_at <= now and not self._asks_time:
            self._ask_time(now)
        is_trusted = self.clock.is_trusted
        if is_trusted:
            self._request_changes(now)
        for pending in list(self.requests.queue):
            if pending.is_cancelled:
                self.requests.discard(pending)
            elif is_trusted or not pending.method.is_signed:
                self._begin(now, pending)

    def _begin(self, now: float, pending: PendingRequest) -> None:
        key = None if pending.key is self.logged_on else pending.key
        self.requests.begin(now, pending, self.clock.offset or 0.0, key)

    # The server's time

    def _ask_time(self, now: float) -> None:
        self._asks_time = True

        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            self._asks_time = False
            if message is None or error is not None:
                self.clock.ask_later(now + pause_after(error))
                return
            try:
                server_time = server_time_of(bytes(message.result))  # type: ignore[arg-type]
            except (msgspec.DecodeError, UnicodeError, TypeError):
                self.clock.ask_later(now + PAUSE)
                return
            assert pending.sent_at is not None
            self.clock.set(pending.sent_at, now, server_time)

        pending = PendingRequest(self._api.methods[TIME], answered)
        self._begin(now, pending)

    def _distrust_clock_after(self, error: BaseException | None) -> None:
        if isinstance(error, RequestError) and remedy_of(self._api, error) == "set_clock":
            self.clock.distrust()

    # Answers

    def answer(self, now: float, message: ApiMessage) -> bool:
        """Settle the request that ``message`` answers; return False if there is none."""
        id = message.request_id
        is_failure = message.is_failure
        pending = self.requests.take(id)
        is_revoked = message.http_status == UNAUTHORIZED and self.logged_on is not None
        if pending is None and id is None and is_failure:
            pending = self.requests.take_oldest(uses_session=is_revoked)
        elif pending is not None and not pending.uses_session:
            is_revoked = False
        revoked = self._revoke() if is_revoked and (pending is not None or id is None) else None
        if pending is not None:
            self._settle(now, pending, message)
        if revoked is not None:
            self._on_revoked(now, revoked, message.text)
        return pending is not None or revoked is not None or self._answer_late(now, message)

    def _settle(self, now: float, pending: PendingRequest, message: ApiMessage) -> None:
        self.consecutive_timeouts = 0
        offset = self.clock.offset
        retry_after = self.requests.note_weight(
            pending, message, None if offset is None else now + offset
        )
        error = message.request_error(self._api, retry_after) if message.is_failure else None
        if retry_after is not None:
            self.left_alone_until = now + retry_after
        self.requests.finish(now, pending, message, error)

    # Time

    def next_time(self, now: float, is_paused: bool = False) -> float | None:
        deadline = None if is_paused else self.requests.next_deadline()
        times = [] if deadline is None else [deadline]
        if self.state == "open":
            if self._pong is not None:
                times.append(self._pong_at(now))
            if not self._asks_time:
                times.append(self.clock.ask_at)
            times += self._change_times()
        return min(times, default=None)

    def postpone(self, now: float) -> None:
        self.requests.postpone(now)

    def expire(self, now: float, read_until: float) -> None:
        for pending in self.requests.expire(now, read_until, lambda: self._reason(now, self)):
            self.consecutive_timeouts += pending.is_sent

    def end(self, error: BaseException) -> None:
        self.state = "closed"
        self.requests.end(self.last_received, error)
