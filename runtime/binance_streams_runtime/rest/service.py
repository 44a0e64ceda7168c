"""The thread that makes the REST requests of all clients of this process.

It starts with the first request and ends with the last client that made one. It opens connections
one after the other, and waits for the answers of several servers, or of one, together. Calls of the
WebSocket API, which others send, only wait here until there is request weight for them.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest
from binance_streams_runtime.rest.answers import Answer, named, result_of
from binance_streams_runtime.rest.http import HttpConnection, HttpTarget, StaleConnection
from binance_streams_runtime.rest.schedule import Job, Schedule
from binance_streams_runtime.rest.task import Task
from binance_streams_runtime.transport import forks
from binance_streams_runtime.transport.deadline_socket import Selector

# Seconds for one attempt: the venue gives up after 10, and others may wait behind it.
_ATTEMPT_TIMEOUT = 15.0

# Seconds for which the thread keeps connections open, and itself, though there is no request.
_IDLE = 60.0

# How many connections are kept open without a request.
_MOST_IDLE = 8


class RestService:
    """Makes requests in one thread. All methods may be called from any thread, and none waits."""

    def __init__(self) -> None:
        # Re-entrant: a signal's handler may come in between.
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._commands: SimpleQueue[Callable[[_Worker], None]] = SimpleQueue()
        self._alarm: socket.socket | None = None
        self.schedule: Schedule = Schedule(random.random)
        forks.watch(self)

    def submit(self, task: Task) -> None:
        """Make a request as soon as its turn has come."""
        failure = self._start(lambda worker: worker.add(task))
        if failure is not None:
            task.job.on_done(RestFailure(f"{task.job.name}: {failure}"))

    def reserve(self, call: Job, user: object) -> bool:
        """Note that a call is sent now, and return True, or have it wait for its turn.

        ``call.on_done`` is then called with None once it is noted, or with a ``RestFailure``.
        """
        with self._lock:
            if self.schedule.add_call(time.monotonic(), call):
                return True
            failure = self._start(lambda worker: worker.users.add(user))
            if failure is not None:
                self.schedule.remove(call)
        if failure is not None:
            call.on_done(RestFailure(f"{call.name}: {failure}"))
        return False

    def withdraw(self, call: Job) -> None:
        """Note that a call that was to be sent, or waits, is not sent after all."""
        with self._lock:
            self.schedule.withdraw(call)
            self._look_again()

    def answered(
        self,
        call: Job,
        used: int | None,
        server_time: float | None,
        status: int | None,
        retry_after: float | None,
    ) -> None:
        """Note the answer to a call, or with None for all that there will be none."""
        now = time.monotonic()
        with self._lock:
            self.schedule.answered(now, call, used, server_time)
            if status is not None:
                self.schedule.judge(now, call, status, retry_after)
            self._look_again()

    def cancel(self, task: Task) -> None:
        """Give up a request: its ``on_done`` is not called from now on."""
        task.cancel()
        self._post(lambda worker: worker.remove(task))

    def leave(self, user: object) -> None:
        """Note that ``user``, which has cancelled all of its requests, makes no more."""
        self._post(lambda worker: worker.users.discard(user))

    def used(self, host: str) -> int:
        """Return the weight that a server has counted, as far as it is known."""
        with self._lock:
            return self.schedule.used(time.monotonic(), host)

    def forked(self) -> None:
        """Start over in a forked child: neither the thread nor the sockets are there."""
        self._lock = threading.RLock()
        self._thread = self._alarm = None
        self._commands = SimpleQueue()
        self.schedule = Schedule(random.random)

    def _post(self, command: Callable[[_Worker], None]) -> None:
        """Have the thread call ``command``; no-op if there is none."""
        with self._lock:
            if self._alarm is None:
                return
            self._commands.put(command)
            # If it is full, the thread is about to look.
            with contextlib.suppress(OSError):
                self._alarm.send(b"!")

    def _look_again(self) -> None:
        """Have the thread see whether what waits may be sent earlier than it thought."""
        if self.schedule.is_waiting():
            self._post(lambda worker: None)

    def _start(self, command: Callable[[_Worker], None]) -> str | None:
        """Have the thread call ``command``; return why it cannot."""
        with self._lock:
            try:
                self._ensure_thread()
            except (RuntimeError, OSError) as error:
                # The system has no more threads or descriptors at the moment.
                return f"cannot start a thread: {error}"
            self._post(command)
            return None

    def _ensure_thread(self) -> None:
        if self._thread is not None:
            return
        with forks.lock():
            alarm, bell = (forks.own(end) for end in socket.socketpair())
        for end in (alarm, bell):
            end.setblocking(False)
        thread = threading.Thread(
            target=self._run, args=(bell,), name="binance-streams-rest", daemon=True
        )
        self._alarm, self._thread = alarm, thread
        try:
            thread.start()
        except BaseException:
            if thread.ident is None:
                self._end(bell)
            raise

    def _run(self, bell: socket.socket) -> None:
        worker = _Worker(self.schedule, self._lock, self._commands, bell)
        while True:
            worker.work()
            if worker.is_over:
                with self._lock:
                    # Whoever comes later starts another thread.
                    if self._commands.empty() and worker.is_over:
                        self._end(bell)
                        break
        worker.close()

    def _end(self, bell: socket.socket) -> None:
        alarm, self._alarm, self._thread = self._alarm, None, None
        for end in (alarm, bell):
            if end is not None:
                forks.close(end)


class _Worker:
    """What the thread does; all but the schedule is its own."""

    def __init__(
        self,
        schedule: Schedule,
        lock: threading.RLock,
        commands: SimpleQueue[Callable[[_Worker], None]],
        bell: socket.socket,
    ) -> None:
        self.users: set[object] = set()
        self._schedule = schedule
        self._lock = lock
        self._commands = commands
        self._bell = bell
        self._tasks: dict[Job, Task] = {}
        self._sent: list[Task] = []
        self._idle: list[tuple[float, HttpConnection]] = []
        self._last_used = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether nobody needs the thread."""
        if self._tasks:
            return False
        with self._lock:
            # Calls have no task.
            if self._schedule.is_waiting():
                return False
        return not self.users or time.monotonic() >= self._last_used + _IDLE

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop()[1].close()

    def add(self, task: Task) -> None:
        """Take over a request."""
        self.users.add(task.user)
        if not task.job.is_cancelled:
            self._tasks[task.job] = task
            with self._lock:
                self._schedule.add(task.job)

    def remove(self, task: Task) -> None:
        """Drop a request that was cancelled; what has been sent of it ends by itself."""
        with self._lock:
            self._schedule.remove(task.job)
        if task not in self._sent:
            self._tasks.pop(task.job, None)

    def work(self) -> None:
        """Do what is due, then wait until something is."""
        self._obey()
        wake_at = self._begin_all()
        if self.is_over or not self._commands.empty():
            return
        self._wait(wake_at)
        now = time.monotonic()
        for task in list(self._sent):
            if task.until <= now and task in self._sent:
                assert task.connection is not None
                self._fail(task, task.connection.expire())

    def _obey(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._commands.get_nowait()(self)

    def _begin_all(self) -> float | None:
        """Send what may be sent; return when there may be more, or None for never."""
        while True:
            now = time.monotonic()
            with self._lock:
                late = self._schedule.take_late(now)
                job, wake_at = self._schedule.next_job(now)
                if job is not None and job.is_call:
                    self._schedule.sent(now, job)
            for one, failure in late:
                self._settle(one, failure)
            if job is None:
                return wake_at
            if job.is_call:
                self._settle(job, None)
            else:
                self._send(self._tasks[job])
            self._obey()

    def _wait(self, wake_at: float | None) -> None:
        """Wait for answers and for commands, and read the answers."""
        times = [task.until for task in self._sent]
        if wake_at is not None:
            times.append(wake_at)
        lost: list[Task] = []
        with Selector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            for task in self._sent:
                assert task.connection is not None
                try:
                    selector.register(task.connection.socket, selectors.EVENT_READ, task)
                except ValueError:
                    # It is closed, as it was aborted after the server had ended it.
                    lost.append(task)
            until = min(times, default=self._last_used + _IDLE)
            ready = selector.select(0 if lost else max(0.0, until - time.monotonic()))
        for task in [*lost, *(key.data for key, _ in ready if key.data is not None)]:
            self._receive(task)
        with contextlib.suppress(BlockingIOError):
            while self._bell.recv(4096):
                pass

    # One request

    def _send(self, task: Task) -> None:
        job, request = task.job, task.request
        task.connection = connection = self._connection(task.target)
        if job.is_cancelled:
            # Before it had a connection to abort.
            connection.abort()
        now = time.monotonic()
        task.until = min(job.deadline, now + _ATTEMPT_TIMEOUT)
        with self._lock:
            self._schedule.sent(now, job)
        task.on_sent(request.weight)
        try:
            connection.send(request.target, request.headers, task.until)
        except ConnectionLost as lost:
            self._fail(task, lost)
        else:
            self._sent.append(task)

    def _receive(self, task: Task) -> None:
        assert task.connection is not None
        try:
            answer = task.connection.receive(task.job.limits.used_header)
        except ConnectionLost as lost:
            self._fail(task, lost)
            return
        now = time.monotonic()
        with self._lock:
            self._schedule.answered(now, task.job, answer.used, answer.server_time)
            wait = self._schedule.judge(now, task.job, answer.status, answer.retry_after)
        self._finish(task, _result(task.request, answer, wait))

    def _fail(self, task: Task, lost: ConnectionLost) -> None:
        with self._lock:
            self._schedule.answered(time.monotonic(), task.job, None, None)
        if isinstance(lost, StaleConnection) and not task.is_repeated:
            task.is_repeated = True
            self._release(task)
            self._send(task)
            return
        with self._lock:
            if not task.job.is_cancelled:
                self._schedule.judge(time.monotonic(), task.job, lost.status, lost.retry_after)
        reason = f"{task.job.name}: {lost.reason}"
        self._finish(task, RestFailure(reason, lost.status, retry_after=lost.retry_after))

    def _finish(self, task: Task, result: Any) -> None:
        self._release(task)
        self._settle(task.job, result)

    def _settle(self, job: Job, result: Any) -> None:
        """Pass on a result; nothing may be under way for it any more."""
        self._tasks.pop(job, None)
        self._last_used = time.monotonic()
        if not job.is_cancelled:
            # Whoever gets it may have ended; nothing may end the thread, which others need.
            with contextlib.suppress(Exception):
                job.on_done(result)

    # Connections

    def _connection(self, target: HttpTarget) -> HttpConnection:
        for place, (_, connection) in enumerate(self._idle):
            if connection.target.key == target.key:
                del self._idle[place]
                return connection
        return HttpConnection(target)

    def _release(self, task: Task) -> None:
        """Keep the connection of a task for the next one, or close it."""
        connection, task.connection = task.connection, None
        if task in self._sent:
            self._sent.remove(task)
        if connection is None:
            return
        if not connection.is_open:
            connection.close()
            return
        now = time.monotonic()
        # The one that was used last is found first.
        self._idle.insert(0, (now, connection))
        while len(self._idle) > _MOST_IDLE or self._idle[-1][0] < now - _IDLE:
            self._idle.pop()[1].close()


def _result(request: RestRequest, answer: Answer, wait: float | None) -> Any:
    """Return what was decoded, or why there is nothing and how long to wait before the next try."""
    try:
        return result_of(request, answer, wait)
    except Exception as error:
        # Whatever the server has answered.
        return RestFailure(f"{named(request)}: {type(error).__name__}: {error}")


SERVICE = RestService()
"""The one of this process, as servers count by address."""
