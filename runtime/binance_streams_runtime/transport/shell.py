"""The thread that does what the core decides: one selector over all connections of a client.

Public methods post commands to it; a byte through a socket pair wakes it. All waiting happens in
the selector, whose timeout is the core's next deadline, so no clock but the monotonic one matters.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable

from binance_streams_runtime.core.actions import (
    Action,
    Confirm,
    Drop,
    End,
    Leave,
    Open,
    Send,
    Suspend,
    Tell,
    Unanswered,
)
from binance_streams_runtime.core.core import Core
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.transport import forks
from binance_streams_runtime.transport.connect import Attempt
from binance_streams_runtime.transport.hooks import Hooks, Target
from binance_streams_runtime.transport.open_socket import Wire
from binance_streams_runtime.transport.reading import Reading
from binance_streams_runtime.wire.frames import CLOSE, PING, PONG, TEXT

_RECEIVE_BYTES = 256 * 1024

# Where so much came at once, more is waiting already, and this thread would go on reading while
# events pile up and leave the cache: the moment's pause lets whoever takes them have a turn.
_BUSY_BYTES = 32 * 1024
_PAUSE = 1e-6
_OPCODES = {"text": TEXT, "ping": PING, "pong": PONG}

# Selectors take no more than 24 days.
_LONGEST_SLEEP = 3600.0

# A server that reads nothing must not fill memory with what should be sent to it.
_MAX_UNSENT = 1024 * 1024

# Seconds in which a server can take a close frame and end the connection. Closing the socket at
# once would throw the frame away where the server had sent anything that was not read.
_GOODBYE = 0.5


class Shell:
    """Runs a core."""

    def __init__(self, core: Core, target: Target, hooks: Hooks) -> None:
        self._core = core
        self._target = target
        self._hooks = hooks
        self._failure: BaseException | None = None
        self._commands: deque[Callable[[float], None]] = deque()
        # Re-entrant: a signal's handler may close the client in the midst of ``post``.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        self._is_stopped = False
        self._selector: selectors.BaseSelector
        self._wake_out: socket.socket
        self._wake_in: socket.socket
        self._wires: dict[int, Wire] = {}
        self._leaving: set[Wire] = set()
        self._failing: set[Wire] = set()
        self.is_paused = False
        self._attempts: dict[int, Attempt] = {}
        self._reading = Reading()

    def post(self, command: Callable[[float], None]) -> bool:
        """Have ``command(now)`` run in the thread; False where the shell has stopped.

        A forked child has no such thread: False as well.
        """
        if os.getpid() != self._process:
            return False
        with self._lock:
            if self._is_stopped:
                return False
            self._commands.append(command)
            if self._thread is None:
                self._open_wakeup()
                self._thread = threading.Thread(
                    target=self._run, name="binance-streams", daemon=True
                )
                self._thread.start()
        with contextlib.suppress(OSError):
            self._wake_in.send(b"\0")
        return True

    def stop(self, timeout: float) -> None:
        """Close every connection and end the thread; waits at most ``timeout`` seconds."""
        if os.getpid() != self._process:
            return
        with self._lock:
            thread = self._thread
            if thread is None and not self._is_stopped:
                self._is_stopped = self._is_stopping = True
                return
        if not self.post(self._stop):
            return
        if thread is not None and thread is not threading.current_thread():
            # A handler may have interrupted the very start of the thread.
            with contextlib.suppress(RuntimeError):
                thread.join(timeout)

    def look(self, timeout: float) -> bool:
        """Wait until all that had arrived at the call was read, ``timeout`` s at most; if it was.

        Whoever was stopped, or slow, calls this before it says that nothing has come in time.
        """
        looked = threading.Event()
        is_posted = self.post(lambda now: self._reading.look(now, looked))
        return not is_posted or looked.wait(timeout)

    @property
    def is_running(self) -> bool:
        """Whether it has a thread that must be stopped."""
        return self._thread is not None and not self._is_stopped

    def is_current(self) -> bool:
        """Whether the caller runs in the shell's own thread."""
        return self._thread is threading.current_thread()

    def _open_wakeup(self) -> None:
        """Only with the thread: a client that was never used holds no descriptor."""
        with forks.lock():
            self._selector = forks.own(selectors.DefaultSelector())
            self._wake_out, self._wake_in = map(forks.own, socket.socketpair())
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)

    def _run(self) -> None:
        try:
            while not self._is_stopping or self._leaving:
                self._turn()
        except BaseException as error:
            # Nothing is expected here; if it happens, users must see an end rather than silence.
            self._failure = error
        finally:
            with self._lock:
                self._is_stopped = True
            try:
                # What was asked too late is refused rather than left to wait.
                self._core.close(time.monotonic())
                self._run_commands()
                self._reading.answer(is_over=True)
                self._release()
            finally:
                self._hooks.stopped(self._failure)

    def _turn(self) -> None:
        """Sleep until something comes or is due, read what has come, do what is due."""
        looked_at = time.monotonic()
        due = self._next_time(looked_at)
        timeout = None if due is None else min(max(0.0, due - looked_at), _LONGEST_SLEEP)
        is_all_read = True
        for key, mask in self._selector.select(timeout):
            self._serve(key, mask)
            if key.data is not None and mask & selectors.EVENT_READ:
                is_all_read = False
        for wire in [] if self.is_paused else self._failing & {*self._wires.values()}:
            self._read(wire)
        self._reading.turned(looked_at, is_all_read)
        now = time.monotonic()
        if due is not None and now >= due:
            # What was due before this turn looked is judged now, the rest after the next look.
            self._core.tick(now, self._reading.until)
            self._hooks.judge(self._reading.until)
        self._hooks.flush(now)
        self._perform()
        self._end_goodbyes(now)
        self._pace(now)
        if self._reading.is_awaited:
            self._reading.answer()

    def _next_time(self, now: float) -> float | None:
        if self._reading.is_awaited or (self._failing and not self.is_paused):
            return now
        times = [self._core.next_time(now), self._hooks.next_time()]
        times += [wire.leaves_by for wire in self._leaving]
        return min((time for time in times if time is not None), default=None)

    def _serve(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.data is None:
            with contextlib.suppress(BlockingIOError):
                self._wake_out.recv(4096)
            self._run_commands()
            return
        wire: Wire = key.data
        if mask & selectors.EVENT_WRITE:
            self._flush(wire)
        if mask & selectors.EVENT_READ:
            if wire in self._leaving:
                self._discard(wire)
            elif wire.mask:
                self._read(wire)

    def _run_commands(self) -> None:
        while self._commands:
            self._commands.popleft()(time.monotonic())

    def _read(self, wire: Wire) -> None:
        while True:
            try:
                data = wire.receive(_RECEIVE_BYTES)
            except OSError as error:
                self._lose(wire, wire.failure or f"{type(error).__name__}: {error}")
                return
            if not data:
                if data is not None or wire.failure is not None:
                    self._lose(wire, wire.failure or "the server ended it without a close frame")
                return
            now = time.monotonic()
            self._core.received(now, wire.number, data)
            self._hooks.flush(now)
            if len(data) >= _BUSY_BYTES:
                time.sleep(_PAUSE)
            # TLS may hold decrypted bytes of which the selector knows nothing.
            if not (isinstance(wire.socket, ssl.SSLSocket) and wire.socket.pending()):
                return
            self._perform()
            if wire.number not in self._wires or self._hooks.is_blocked():
                return

    def _lose(self, wire: Wire, reason: str) -> None:
        if wire in self._leaving:
            self._close(wire)
            return
        self._drop(wire.number)
        self._core.lost(time.monotonic(), wire.number, ConnectionLost(reason))

    def _perform(self) -> None:
        while actions := self._core.take_actions():
            for action in actions:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Send(number, kind, payload):
                wire = self._wires.get(number)
                if wire is not None:
                    self._send(wire, _OPCODES[kind], payload)
            case Open(number):
                self._open(number)
            case Leave(number, payload):
                self._leave(number, payload)
            case Drop(number):
                self._drop(number)
            case Tell() | Confirm() | Suspend() | Unanswered() | End():
                self._hooks.perform(action)

    def _open(self, number: int) -> None:
        def done(opened: socket.socket | None, error: ConnectionLost | None) -> None:
            if not self.post(lambda now: self._opened(number, opened, error)) and opened:
                forks.close(opened)

        target = self._target
        attempt = Attempt(target.url, target.timeout, target.ssl_context, target.proxy, done)
        self._attempts[number] = attempt
        try:
            attempt.start()
        except RuntimeError as failure:
            # No more threads for the moment.
            error = ConnectionLost(f"{failure}")
            self.post(lambda now: self._opened(number, None, error))

    def _opened(
        self, number: int, opened: socket.socket | None, error: ConnectionLost | None
    ) -> None:
        is_awaited = self._attempts.pop(number, None) is not None
        if opened is None:
            self._core.lost(time.monotonic(), number, error or ConnectionLost("not opened"))
        elif not is_awaited:
            forks.close(opened)
        else:
            opened.setblocking(False)
            wire = self._wires[number] = Wire(number, opened)
            self._watch(wire)
            self._core.opened(time.monotonic(), number)
            # The server may have sent with its handshake what TLS has decrypted already.
            self._read(wire)

    def _send(self, wire: Wire, opcode: int, payload: bytes) -> None:
        # Imported by the handshake, and not before: see transport/connect.py.
        from websocket import ABNF

        wire.unsent += ABNF.create_frame(payload, opcode).format()
        self._flush(wire)

    def _flush(self, wire: Wire) -> None:
        wire.flush()
        if wire.failure is not None and wire not in self._leaving:
            # What has arrived is read before the connection is given up.
            self._failing.add(wire)
            self._watch(wire)
        elif wire.failure is not None or len(wire.unsent) > _MAX_UNSENT:
            self._lose(wire, "the server reads nothing")
        else:
            self._watch(wire)

    def _watch(self, wire: Wire) -> None:
        """Have the selector look at what matters of a socket now."""
        is_read = wire in self._leaving or not self.is_paused
        mask = selectors.EVENT_READ if is_read else 0
        if wire.unsent:
            mask |= selectors.EVENT_WRITE
        if mask == wire.mask:
            return
        if not wire.mask:
            self._selector.register(wire.socket, mask, wire)
        elif mask:
            self._selector.modify(wire.socket, mask, wire)
        else:
            self._selector.unregister(wire.socket)
        wire.mask = mask

    def _pace(self, now: float) -> None:
        """Stop reading while a queue with the policy ``block`` is full, and go on after that."""
        is_blocked = self._hooks.is_blocked()
        if is_blocked == self.is_paused:
            return
        self.is_paused = is_blocked
        if is_blocked:
            self._core.pause()
        else:
            self._core.resume(now)
        for wire in list(self._wires.values()):
            if wire.number not in self._wires:
                continue
            self._watch(wire)
            if not is_blocked and isinstance(wire.socket, ssl.SSLSocket):
                self._read(wire)
        # What that read has brought is performed before the next sleep.
        self._perform()

    def _leave(self, number: int, payload: bytes) -> None:
        """Say goodbye, and close the socket once the server has taken notice."""
        wire = self._wires.pop(number, None)
        if wire is None:
            self._drop(number)
            return
        wire.leaves_by = time.monotonic() + _GOODBYE
        self._leaving.add(wire)
        self._send(wire, CLOSE, payload)

    def _discard(self, wire: Wire) -> None:
        with contextlib.suppress(OSError):
            if wire.receive(_RECEIVE_BYTES) != b"":
                return
        self._close(wire)

    def _end_goodbyes(self, now: float) -> None:
        for wire in [wire for wire in self._leaving if (wire.leaves_by or 0.0) <= now]:
            self._close(wire)

    def _drop(self, number: int) -> None:
        attempt = self._attempts.pop(number, None)
        if attempt is not None:
            attempt.abort()
        wire = self._wires.pop(number, None)
        if wire is not None:
            self._close(wire)

    def _close(self, wire: Wire) -> None:
        self._leaving.discard(wire)
        self._failing.discard(wire)
        if wire.mask:
            self._selector.unregister(wire.socket)
            wire.mask = 0
        forks.close(wire.socket)

    def _stop(self, now: float) -> None:
        self._core.close(time.monotonic())
        self._perform()
        self._is_stopping = True

    def _release(self) -> None:
        for number in [*self._wires, *self._attempts]:
            self._drop(number)
        for wire in list(self._leaving):
            self._close(wire)
        for opened in (self._selector, self._wake_in, self._wake_out):
            forks.close(opened)
