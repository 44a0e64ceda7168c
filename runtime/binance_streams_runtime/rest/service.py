"""The thread that makes the REST requests of all clients of this process, one after the other.

It starts with the first request and ends with the last client that made one. Of the requests that
wait for a server, the most urgent goes first, as soon as the server's ledger has weight for it.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest
from binance_streams_runtime.rest.answers import Answer, named, result_of
from binance_streams_runtime.rest.http import HttpConnection, HttpTarget, StaleConnection
from binance_streams_runtime.rest.ledger import WeightLedger
from binance_streams_runtime.transport import forks

# Up to how many seconds a request is put off at random: many books become wrong at the same moment,
# and other programs at this address are cut off by the same loss. A fill asks for page after page.
_JITTER = {Need.BOOK: 0.1, Need.FILL: 0.0, Need.DEPTH: 0.3}

# The same for the first request in a new window, which others wait for, too.
_WINDOW_JITTER = 0.5

# Seconds for one attempt: the venue gives up after 10, and others wait behind it.
_ATTEMPT_TIMEOUT = 15.0

# Seconds for which the thread keeps connections open, and itself, though there is no request.
_IDLE = 60.0

# How many connections are kept open.
_MOST_CONNECTIONS = 8


@dataclass(eq=False)
class Job:
    """A request that somebody waits for."""

    request: RestRequest
    target: HttpTarget
    limits: RestLimits
    reserve: int
    user: object
    on_sent: Callable[[int], None]
    """Called with the request weight whenever it is sent."""
    on_done: Callable[[Any], None]
    """Called once with the result, unless it is cancelled."""
    begun_at: float = field(default_factory=time.monotonic)
    is_cancelled: bool = False
    not_before: float = 0.0
    connection: HttpConnection | None = None
    """That on which it is under way."""

    def __post_init__(self) -> None:
        self.not_before = self.begun_at + random.random() * _JITTER[self.request.need]
        self.deadline: float = self.begun_at + self.request.timeout
        self.host: str = urlsplit(self.target.url).netloc
        self.order: tuple[int, float] = self.request.need, self.not_before


@dataclass(eq=False)
class _Host:
    """What is known about a server."""

    ledger: WeightLedger
    resume_at: float = 0.0
    """When to go on, if there was no weight left."""
    has_failed: bool = False
    """Whether the last request got no answer."""


class RestService:
    """Makes requests in one thread. All methods may be called from any thread, and none waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._users: set[object] = set()
        self._thread: threading.Thread | None = None
        self._hosts: dict[str, _Host] = {}
        self._connections: dict[tuple[object, ...], HttpConnection] = {}
        forks.watch(self)

    def submit(self, job: Job) -> None:
        """Make a request as soon as its turn has come."""
        with self._changed:
            self._users.add(job.user)
            self._waiting.append(job)
            if self._thread is not None:
                self._changed.notify()
                return
            thread = threading.Thread(target=self._run, name="binance-streams-rest", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                # The system has no more threads at the moment, or the interpreter ends.
                self._waiting.remove(job)
                failure = RestFailure(f"{named(job.request)}: cannot start a thread: {error}")
            else:
                self._thread = thread
                return
        job.on_done(failure)

    def cancel(self, job: Job) -> None:
        """Give up a request: its ``on_done`` is not called from now on."""
        with self._changed:
            job.is_cancelled = True
            if job in self._waiting:
                self._waiting.remove(job)
            if job.connection is not None:
                job.connection.abort()
            self._changed.notify()

    def leave(self, user: object) -> None:
        """Note that ``user``, which has cancelled all of its requests, makes no more."""
        with self._changed:
            self._users.discard(user)
            self._changed.notify()

    def used(self, url: str) -> int:
        """Return the weight that the server of ``url`` has counted, as far as it is known."""
        with self._changed:
            host = self._hosts.get(urlsplit(url).netloc)
            return 0 if host is None else host.ledger.used(time.monotonic())

    def forked(self) -> None:
        """Start over in a forked child: neither the thread nor the sockets are there."""
        self._changed = threading.Condition()
        self._waiting = []
        self._thread = None
        self._users = set()
        self._connections = {}

    # The thread

    def _run(self) -> None:
        while True:
            job, failure = self._take()
            if job is None:
                return
            result = self._result_of(job) if failure is None else failure
            if not job.is_cancelled:
                # Whoever gets it may have ended; nothing may end the thread, which others need.
                with contextlib.suppress(Exception):
                    job.on_done(result)
            # What it holds must not live on while nothing is to be done.
            del job, failure, result

    def _take(self) -> tuple[Job | None, RestFailure | None]:
        """Wait for the next request; return with it why it fails if it is too late to send it.

        Returns None if nobody needs the thread any more.
        """
        with self._changed:
            idle_until = time.monotonic() + _IDLE
            while True:
                now = time.monotonic()
                for job in self._waiting:
                    if (failure := self._too_late(job, now)) is not None:
                        self._waiting.remove(job)
                        return job, failure
                chosen, wake_at = self._choose(now)
                if chosen is not None:
                    self._waiting.remove(chosen)
                    chosen.connection = self._connection(chosen.target)
                    return chosen, None
                if not self._waiting:
                    wake_at = idle_until
                    if not self._users or now >= idle_until:
                        self._end()
                        return None, None
                self._changed.wait(max(0.0, wake_at - now))

    def _end(self) -> None:
        self._thread = None
        while self._connections:
            self._connections.popitem()[1].close()

    def _choose(self, now: float) -> tuple[Job | None, float]:
        """Return the request to send now, or None and when to look again."""
        heads: dict[str, Job] = {}
        wake_at = now + _IDLE
        for job in sorted(self._waiting, key=lambda job: job.order):
            wake_at = min(wake_at, job.deadline)
            if job.not_before > now:
                wake_at = min(wake_at, job.not_before)
            else:
                heads.setdefault(job.host, job)
        # A server that does not answer holds up the others, so these come first.
        for job in sorted(heads.values(), key=lambda job: (self._host(job).has_failed, job.order)):
            resume_at = self._resume_time(job, now)
            if resume_at <= now:
                return job, now
            wake_at = min(wake_at, resume_at)
        return None, wake_at

    def _resume_time(self, job: Job, now: float) -> float:
        """Return when the server may be sent a request again, ``now`` or before if at once."""
        host = self._host(job)
        delay = host.ledger.delay(now, job.request.weight, job.reserve)
        if delay > 0 and host.resume_at < now + delay:
            host.resume_at = now + delay + random.random() * _WINDOW_JITTER
        elif delay == 0 and host.resume_at > now + _WINDOW_JITTER:
            # Less weight is needed than when it was set.
            host.resume_at = now
        return host.resume_at

    def _too_late(self, job: Job, now: float) -> RestFailure | None:
        """Return why a request that waits can no longer be answered in time."""
        ledger = self._host(job).ledger
        if ledger.blocked_until > job.deadline:
            wait = ledger.blocked_until - now
            return RestFailure(
                f"{named(job.request)}: not sent, as {job.host} wants no request from this IP "
                f"address for {wait:.0f} s",
                retry_after=wait,
            )
        if now < job.deadline:
            return None
        delay = ledger.delay(now, job.request.weight, job.reserve)
        reason = f"{named(job.request)}: not sent within {job.request.timeout:g} s, "
        if delay == 0:
            return RestFailure(reason + "as other requests were more urgent", is_unsent=True)
        used, kept = ledger.used(now), f", {job.reserve} are kept free" if job.reserve else ""
        reason += f"as {used} of {ledger.limit} request weight are used{kept}"
        return RestFailure(reason, retry_after=delay, is_unsent=True)

    def _host(self, job: Job) -> _Host:
        host = self._hosts.get(job.host)
        if host is None:
            host = _Host(WeightLedger(job.limits.weight, job.limits.window))
            self._hosts[job.host] = host
        return host

    def _connection(self, target: HttpTarget) -> HttpConnection:
        connection = self._connections.pop(target.key, None)
        if connection is None or connection.is_aborted:
            if connection is not None:
                connection.close()
            connection = HttpConnection(target)
        self._connections[target.key] = connection
        if len(self._connections) > _MOST_CONNECTIONS:
            self._connections.pop(next(iter(self._connections))).close()
        return connection

    def _result_of(self, job: Job) -> Any:
        """Make a request; return what was decoded, or why there is none."""
        try:
            answer = self._exchange(job)
            result = result_of(job.request, answer)
        except ConnectionLost as lost:
            result = RestFailure(
                f"{named(job.request)}: {lost.reason}", lost.status, retry_after=lost.retry_after
            )
        except Exception as error:
            # Whatever the server has answered.
            result = RestFailure(f"{named(job.request)}: {type(error).__name__}: {error}")
        is_failure = isinstance(result, RestFailure)
        with self._changed:
            job.connection = None
            self._host(job).has_failed = is_failure and result.status is None
        return result

    def _exchange(self, job: Job) -> Answer:
        """Send a request, once more if the connection had ended, and return the answer."""
        try:
            return self._send(job)
        except StaleConnection:
            return self._send(job)

    def _send(self, job: Job) -> Answer:
        connection, ledger, request = job.connection, self._host(job).ledger, job.request
        assert connection is not None
        until = min(job.deadline, time.monotonic() + _ATTEMPT_TIMEOUT)
        with self._changed:
            number = ledger.sent(time.monotonic(), request.weight)
        job.on_sent(request.weight)
        answer: Answer | None = None
        try:
            answer = connection.get(request.target, request.headers, job.limits.used_header, until)
            return self._noted(ledger, answer)
        finally:
            used, server_time = (
                (None, None) if answer is None else (answer.used, answer.server_time)
            )
            with self._changed:
                ledger.answered(time.monotonic(), number, used, server_time)

    def _noted(self, ledger: WeightLedger, answer: Answer) -> Answer:
        """Note whether the server has refused; return the answer with how long to wait."""
        with self._changed:
            if answer.status not in (429, 418):
                ledger.accepted()
                return answer
            wait = ledger.refused(time.monotonic(), answer.status, answer.retry_after)
        return Answer(
            answer.status, answer.phrase, answer.body, wait, answer.used, answer.server_time
        )


SERVICE = RestService()
"""The one of this process, as servers count by address."""
