"""The calls of one client: each waits for request weight, is signed, and is counted."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable

from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.errors import RequestTimeout, SigningError
from binance_streams_runtime.protocol.api_requests import Call, Prepared
from binance_streams_runtime.protocol.rest import Need, RestFailure
from binance_streams_runtime.rest.schedule import Job
from binance_streams_runtime.rest.service import SERVICE, RestService
from binance_streams_runtime.signing.prepare import prepared
from binance_streams_runtime.signing.threads import THREADS, SigningThreads
from binance_streams_runtime.transport import forks


class _Step(enum.Enum):
    WAITING = enum.auto()
    """For request weight."""
    SIGNING = enum.auto()
    PREPARED = enum.auto()
    """Its text was handed over."""


class _Pending:
    """A call that was given to ``prepare`` and has no answer yet."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.step = _Step.WAITING
        self.job: Job | None = None
        self.work: Callable[[], None] | None = None


class ApiCalls:
    """Prepares the calls of one client, and counts them with the REST requests of all clients.

    Any thread may call its methods, and none of them waits.
    """

    def __init__(
        self,
        api: Api,
        host: str,
        limits: RestLimits | None,
        timeout: float,
        on_prepared: Callable[[Call, Prepared], None],
        service: RestService = SERVICE,
        threads: SigningThreads = THREADS,
    ) -> None:
        """``host`` is the server of the ledger: that of the REST API, which counts them together.

        ``limits`` is None if there is no limit. A call waits for weight for up to ``timeout``
        seconds. ``on_prepared`` gets the outcome of each, in any thread, which it must not hold up.
        """
        self.host = host
        self._api = api
        self._limits = limits
        self._timeout = timeout
        self._on_prepared = on_prepared
        self._service = service
        self._threads = threads
        # Re-entrant: a signal's handler may come in between.
        self._lock = threading.RLock()
        self._pending: dict[Call, _Pending] = {}
        # Those whose weight is counted.
        self._connections: set[int] = set()
        self._sent = 0
        self._weight = 0
        forks.watch(self)

    def prepare(self, call: Call) -> None:
        """Begin to prepare a call; give it to ``on_prepared`` once it can be sent or cannot."""
        pending = _Pending(call)
        weight = call.weight
        with self._lock:
            self._pending[call] = pending
            if call.connection not in self._connections:
                self._connections.add(call.connection)
                weight += self._api.connect_weight
        limits = self._limits
        if limits is None:
            self._sign(pending)
            return
        pending.job = Job(
            name=call.method.name,
            host=self.host,
            limits=limits,
            need=Need.CALL,
            weight=weight,
            # What is left for others is for this.
            reserve=0,
            begun_at=time.monotonic(),
            timeout=self._timeout,
            on_done=lambda failure: self._on_turn(pending, failure),
        )
        if self._service.reserve(pending.job, self):
            self._sign(pending)

    def answered(
        self,
        call: Call,
        used: int | None,
        server_time: float | None,
        status: int | None,
        retry_after: float | None,
    ) -> None:
        """Note an answer, or with None for all that there will be none.

        A call that has not been prepared by then is given up. See ``Weights``.
        """
        with self._lock:
            pending = self._pending.pop(call, None)
        if pending is None:
            return
        if pending.work is not None:
            self._threads.cancel(call.key, pending.work)
        job = pending.job
        if job is None:
            return
        if pending.step is _Step.PREPARED:
            self._service.answered(job, used, server_time, status, retry_after)
        else:
            job.is_cancelled = True
            self._service.withdraw(job)

    def stats(self) -> tuple[int, int, int]:
        """Return how many were prepared, their request weight, and how many wait for that.

        The weight includes that of the connections.
        """
        with self._lock:
            waiting = sum(one.step is not _Step.PREPARED for one in self._pending.values())
            return self._sent, self._weight, waiting

    def used(self) -> int:
        """Return the request weight that the server has counted, as far as it is known."""
        return self._service.used(self.host)

    def close(self) -> None:
        """Give up all calls; there will be none any more."""
        for call in list(self._pending):
            self.answered(call, None, None, None, None)
        self._threads.leave(self)
        self._service.leave(self)

    def forked(self) -> None:
        """Forget all calls in a forked child, which has none of the threads."""
        self._lock = threading.RLock()
        self._pending = {}

    def _on_turn(self, pending: _Pending, failure: RestFailure | None) -> None:
        """There is weight for a call that has waited, or there will be none in time."""
        if failure is None:
            self._sign(pending)
            return
        reason = failure.reason
        if failure.is_unsent and failure.retry_after is not None:
            reason += f"; there is room in {failure.retry_after:.0f} s"
        self._finish(pending, Prepared(error=RequestTimeout(reason)))

    def _sign(self, pending: _Pending) -> None:
        call = pending.call
        with self._lock:
            is_given_up = call not in self._pending
            if not is_given_up:
                pending.step = _Step.SIGNING
                if call.key is not None:
                    pending.work = lambda: self._prepare(pending)
        if is_given_up:
            # Before there was anything to withdraw.
            if pending.job is not None:
                self._service.withdraw(pending.job)
            return
        if pending.work is None:
            self._prepare(pending)
            return
        try:
            self._threads.submit(call.key, self, pending.work)
        except RuntimeError as error:
            why = f"{call.method.name} was not signed: cannot start a thread: {error}"
            self._finish(pending, Prepared(error=SigningError(why)))

    def _prepare(self, pending: _Pending) -> None:
        try:
            outcome = prepared(pending.call, time.monotonic)
        except Exception as failure:
            # Whoever waits must hear of it; its text may quote parameters.
            why = f"{pending.call.method.name} cannot be sent: {type(failure).__name__}"
            outcome = Prepared(error=SigningError(why, is_final=True))
        self._finish(pending, outcome)

    def _finish(self, pending: _Pending, outcome: Prepared) -> None:
        call, job = pending.call, pending.job
        with self._lock:
            # It may have been given up.
            if self._pending.get(call) is not pending:
                return
            if outcome.error is None:
                pending.step = _Step.PREPARED
                self._sent += 1
                self._weight += call.weight if job is None else job.weight
            else:
                del self._pending[call]
        if outcome.error is not None and job is not None:
            self._service.withdraw(job)
        self._on_prepared(call, outcome)
