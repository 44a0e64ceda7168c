"""Which request is sent next, and when: the most urgent one that its server has weight for.

Calls of the WebSocket API wait with the REST requests, as both are counted together. They have
connections of their own, so as many as have weight may be under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.rest import Need, RestFailure
from binance_streams_runtime.rest.ledger import WeightLedger

# Up to how many seconds a request is put off at random: many books become wrong at the same moment,
# and other programs at this address are cut off by the same loss. A fill asks for page after page.
_JITTER = {Need.CALL: 0.0, Need.BOOK: 0.1, Need.FILL: 0.0, Need.DEPTH: 0.3}

# The same for the first request in a new window, which others wait for, too.
_WINDOW_JITTER = 0.5

# How many requests one server may have at a time, as its answers take a while on their way. All of
# them may be refused together, and a server that refuses often bans: so there is only one unless
# the server has just said that less than half of the weight is used.
MOST_AT_ONCE = 3


@dataclass(eq=False)
class Job:
    """A request or a call that somebody waits for; times are of a monotonic clock."""

    name: str
    """As reasons begin."""
    host: str
    """The server that counts its weight."""
    limits: RestLimits
    need: Need
    weight: int
    reserve: int
    """The request weight a window that is left for others."""
    begun_at: float
    timeout: float
    on_done: Callable[[Any], None]
    """Called once, unless it is cancelled: with the result, or for a call with None when it may be
    sent or a ``RestFailure``."""
    is_cancelled: bool = False
    not_before: float = 0.0

    @property
    def deadline(self) -> float:
        """Return until when it must have its result."""
        return self.begun_at + self.timeout

    @property
    def is_call(self) -> bool:
        """Whether it is a call of the WebSocket API."""
        return self.need is Need.CALL

    @property
    def order(self) -> tuple[int, float]:
        """Return what decides which request goes first: the lowest one."""
        return self.need, self.not_before


@dataclass(eq=False)
class Host:
    """What is known about a server."""

    ledger: WeightLedger
    resume_at: float = 0.0
    """When to go on, if there was no weight left."""
    has_failed: bool = False
    """Whether the last request got no answer."""
    pending: dict[Job, int] = field(default_factory=dict)
    """The requests and calls that were sent, and their numbers in the ledger."""
    most_at_once: int = 1
    """How many may be under way: one until it has answered, and again after each failure."""
    has_room: bool = False
    """Whether the last answer said that much weight is left."""

    def is_busy(self) -> bool:
        """Whether as many requests are under way as may be; calls do not count."""
        return sum(not job.is_call for job in self.pending) >= self.most_at_once


class Schedule:
    """The requests that wait, by server. The time and random numbers are handed in."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._waiting: list[Job] = []
        self._hosts: dict[str, Host] = {}

    def add(self, job: Job) -> None:
        """Send a request as soon as its turn has come."""
        job.not_before = job.begun_at + self._random() * _JITTER[job.need]
        self._waiting.append(job)

    def add_call(self, now: float, call: Job) -> bool:
        """Send a call now and return True, or as soon as its turn has come."""
        call.not_before = call.begun_at
        has_turn = not any(job.host == call.host and job.is_call for job in self._waiting)
        if has_turn and self.host(call).ledger.delay(now, call.weight, call.reserve) == 0:
            self.sent(now, call)
            return True
        self._waiting.append(call)
        return False

    def remove(self, job: Job) -> None:
        """Drop a request; no-op if it does not wait any more."""
        if job in self._waiting:
            self._waiting.remove(job)

    def is_waiting(self) -> bool:
        """Whether anything waits for its turn."""
        return bool(self._waiting)

    def next_job(self, now: float) -> tuple[Job | None, float | None]:
        """Return the request to send now, or None and when to ask again, which may be never.

        It waits no more. The time may be earlier than needed.
        """
        heads: dict[str, Job] = {}
        times: list[float] = []
        for job in sorted(self._waiting, key=lambda job: job.order):
            times.append(job.deadline)
            if job.not_before > now:
                times.append(job.not_before)
            else:
                # A light request must not go before a heavy one again and again.
                heads.setdefault(job.host, job)
        # A server that does not answer holds up the others, so these come first.
        for job in sorted(heads.values(), key=lambda job: (self.host(job).has_failed, job.order)):
            host = self.host(job)
            if host.is_busy() and not job.is_call:
                continue
            resume_at = self._resume_time(job, host, now)
            if resume_at <= now:
                self._waiting.remove(job)
                return job, now
            times.append(resume_at)
        return None, min(times, default=None)

    def take_late(self, now: float) -> list[tuple[Job, RestFailure]]:
        """Return the requests that cannot be answered in time, and why; they wait no more."""
        late = []
        for job in self._waiting:
            failure = self._lateness(job, now)
            if failure is not None:
                late.append((job, failure))
        for job, _ in late:
            self._waiting.remove(job)
        return late

    def sent(self, now: float, job: Job) -> None:
        """Note that a request is sent."""
        host = self.host(job)
        host.pending[job] = host.ledger.sent(now, job.weight)

    def answered(self, now: float, job: Job, used: int | None, server_time: float | None) -> None:
        """Note an answer, or with None for both that there will be none."""
        host = self.host(job)
        number = host.pending.pop(job, None)
        # A call may have been sent before the process was forked.
        if number is None:
            return
        host.ledger.answered(now, number, used, server_time)
        if used is not None or not job.is_call:
            host.has_room = used is not None and used < host.ledger.limit / 2

    def withdraw(self, call: Job) -> None:
        """Drop a call that waits, or that was to be sent now but was not."""
        self.remove(call)
        host = self.host(call)
        if call in host.pending:
            host.ledger.dropped(host.pending.pop(call))

    def judge(
        self, now: float, job: Job, status: int | None, retry_after: float | None
    ) -> float | None:
        """Note how a server has answered, None if not at all.

        Returns for how many seconds it wants to be left alone, or None.
        """
        host = self.host(job)
        if not job.is_call:
            host.has_failed = status is None
        if status in (429, 418):
            host.most_at_once = 1
            return host.ledger.refused(now, status, retry_after)
        if status is not None:
            host.ledger.accepted()
        if job.is_call:
            return retry_after
        if status is None or status >= 500 or not host.has_room:
            host.most_at_once = 1
        else:
            host.most_at_once = min(host.most_at_once + 1, MOST_AT_ONCE)
        return retry_after

    def used(self, now: float, name: str) -> int:
        """Return the weight that a server has counted, as far as it is known."""
        host = self._hosts.get(name)
        return 0 if host is None else host.ledger.used(now)

    def host(self, job: Job) -> Host:
        """Return what is known about the server of a request."""
        host = self._hosts.get(job.host)
        if host is None:
            host = Host(WeightLedger(job.limits.weight, job.limits.window))
            self._hosts[job.host] = host
        return host

    def _resume_time(self, job: Job, host: Host, now: float) -> float:
        """Return when the server may be sent a request again, ``now`` or before if at once."""
        delay = host.ledger.delay(now, job.weight, job.reserve)
        ready_at = now + delay
        # Drawn once, unless an answer or another request has changed when there is weight.
        if not ready_at <= host.resume_at <= ready_at + _WINDOW_JITTER:
            host.resume_at = ready_at + (self._random() * _WINDOW_JITTER if delay else 0.0)
        return host.resume_at

    def _lateness(self, job: Job, now: float) -> RestFailure | None:
        """Return why a request that waits can no longer be answered in time."""
        ledger = self.host(job).ledger
        if ledger.blocked_until > job.deadline:
            wait = ledger.blocked_until - now
            return RestFailure(
                f"{job.name}: not sent, as {job.host} wants no request from this IP "
                f"address for {wait:.0f} s",
                retry_after=wait,
            )
        if now < job.deadline:
            return None
        delay = ledger.delay(now, job.weight, job.reserve)
        reason = f"{job.name}: not sent within {job.timeout:g} s, "
        if delay == 0:
            return RestFailure(reason + "as other requests went first", is_unsent=True)
        used, kept = ledger.used(now), f", {job.reserve} are kept free" if job.reserve else ""
        reason += f"as {used} of {ledger.limit} request weight are used{kept}"
        return RestFailure(reason, retry_after=delay, is_unsent=True)
