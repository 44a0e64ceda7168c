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
    SigningKey,
    Weights,
)
from binance_streams_runtime.protocol.requests import RequestIds
from binance_streams_runtime.session.api.account import Account
from binance_streams_runtime.session.api.account_connection import AccountConnection
from binance_streams_runtime.session.api.bindings import Early
from binance_streams_runtime.session.api.jobs import Job, Jobs
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
        accounts: Mapping[str, Account],
        ids: RequestIds,
        weights: Weights,
        prepare: Callable[[Call], None],
        reason: Callable[[float, BaseConnection], str],
        on_settled: Callable[[list[str], BaseException | None], None],
        on_interrupted: Callable[[str], None],
        on_bound: Callable[[float, str, list[Early]], None],
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
        self.jobs = Jobs(number, request_timeout, ids, weights, prepare)
        self.left_alone_until = -math.inf
        """Until when the server wants to be left alone."""
        self._asks_time = False

    @property
    def is_used(self) -> bool:
        return bool(self.desired) or any(not job.is_sent for job in self.jobs.users())

    @property
    def has_queries(self) -> bool:
        return any(True for _ in self.jobs.users())

    # Requests

    def take_over(self, other: Self) -> None:
        self.jobs.adopt(other.jobs)

    def fail_queries(self, error: BaseException) -> None:
        """Keep them: a request waits for the next connection, as long as its timeout allows."""

    def mark_end(self, now: float, on_answer: Callable[[BaseException | None], None]) -> None:
        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            on_answer(error)

        self.jobs.add(now, Job(self._api.methods[TIME], answered))

    def ask(self, now: float, request: ApiRequest) -> None:
        """Queue a request of a user."""

        def answered(now: float, message: ApiMessage | None, error: BaseException | None) -> None:
            self._on_user_answer(request, message, error)

        job = Job(request.method, answered, request.params, request.key, request.recv_window)
        job.request = request
        self.jobs.add(now, job)

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
        self.jobs.prepared(now, call, prepared)

    def _due_request(self, now: float) -> Frame | None:
        self._begin_due(now)
        text = self.jobs.next_text(now)
        return None if text is None else ("text", text.encode())

    def _begin_due(self, now: float) -> None:
        """Have everything prepared that may be sent now."""
        if self.clock.ask_at <= now and not self._asks_time:
            self._ask_time(now)
        is_trusted = self.clock.is_trusted
        if is_trusted:
            self._request_changes(now)
        for job in list(self.jobs.queue):
            if job.is_cancelled:
                self.jobs.discard(job)
            elif is_trusted or not job.method.is_signed:
                self._begin(now, job)

    def _begin(self, now: float, job: Job, key: SigningKey | None = None) -> None:
        """Have one request prepared: signed, unless its key is logged on."""
        if job.key is not None and job.key is not self.logged_on:
            key = job.key
        self.jobs.begin(now, job, self.clock.offset or 0.0, key)

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
            assert job.sent_at is not None
            self.clock.set(job.sent_at, now, server_time)

        job = Job(self._api.methods[TIME], answered)
        self._begin(now, job)

    def _distrust_clock_after(self, error: BaseException | None) -> None:
        if isinstance(error, RequestError) and remedy_of(self._api, error, True) == "set_clock":
            self.clock.distrust()

    # Answers

    def answer(self, now: float, message: ApiMessage) -> bool:
        """Settle the request that ``message`` answers; return False if there is none."""
        id = message.request_id
        is_failure = message.is_failure
        job = self.jobs.take(id)
        is_revoked = message.http_status == UNAUTHORIZED and self.logged_on is not None
        if job is None and id is None and is_failure:
            job = self.jobs.take_oldest(uses_session=is_revoked)
        elif job is not None and not job.uses_session:
            is_revoked = False
        revoked = self._revoke() if is_revoked and (job is not None or id is None) else None
        if job is not None:
            self._settle(now, job, message)
        if revoked is not None:
            self._on_revoked(now, revoked, message.text)
        return job is not None or revoked is not None or self._answer_late(now, message)

    def _settle(self, now: float, job: Job, message: ApiMessage) -> None:
        self.consecutive_timeouts = 0
        offset = self.clock.offset
        retry_after = self.jobs.note_weight(job, message, None if offset is None else now + offset)
        error = message.request_error(self._api, retry_after) if message.is_failure else None
        if retry_after is not None:
            self.left_alone_until = now + retry_after
        job.on_answer(now, message, error)

    # Time

    def next_time(self, now: float, is_paused: bool = False) -> float | None:
        deadline = None if is_paused else self.jobs.next_deadline()
        times = [] if deadline is None else [deadline]
        if self.state == "open":
            if self._pong is not None:
                times.append(self._pong_at(now))
            if not self._asks_time:
                times.append(self.clock.ask_at)
            times += self._change_times()
        return min(times, default=None)

    def postpone(self, now: float) -> None:
        self.jobs.postpone(now)

    def expire(self, now: float, read_until: float) -> None:
        for job in self.jobs.expire(now, read_until, lambda: self._reason(now, self)):
            self.consecutive_timeouts += job.is_sent

    def end(self, error: BaseException) -> None:
        self.state = "closed"
        self.jobs.end(self.last_received, error)
