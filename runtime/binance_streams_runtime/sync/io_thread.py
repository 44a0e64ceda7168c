"""The thread that drives an engine: one selector over all connections of a client.

Public methods post commands to it; a byte through a socket pair wakes it. All waiting happens in
the selector, whose timeout is the engine's next deadline: no clock but the monotonic one matters.
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

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.frames import CLOSE, PING, PONG, TEXT
from binance_streams_runtime.session.actions import Abort, Close, Open, Send, SocketAction
from binance_streams_runtime.sync.open_socket import OpenSocket
from binance_streams_runtime.sync.reading import Reading
from binance_streams_runtime.transport import forks, websocket_client
from binance_streams_runtime.transport.dialer import Dialer
from binance_streams_runtime.transport.target import Target

_RECEIVE_BYTES = 256 * 1024

# After a read this large, more data is likely waiting, and this thread would read on while events
# pile up and leave the cache. A short sleep yields the GIL so that consumers can drain the queues.
_BUSY_BYTES = 32 * 1024
_PAUSE = 1e-6
_OPCODES = {"text": TEXT, "ping": PING, "pong": PONG}

# Selectors accept no more than 24 days.
_MAX_SLEEP = 3600.0

# A server that does not read must not fill memory with unsent bytes.
_MAX_UNSENT = 1024 * 1024

# Seconds for the server to receive a close frame and close the connection. Closing the socket at
# once would discard the frame if the server had sent anything that was not read.
_CLOSE_TIMEOUT = 0.5


class IOThread:
    """Drives an engine."""

    def __init__(
        self, engine: Engine, target: Target, on_stopped: Callable[[BaseException | None], None]
    ) -> None:
        """``on_stopped`` is called when the thread ends, with its failure if there was one."""
        self._engine = engine
        self._target = target
        self._on_stopped = on_stopped
        self._failure: BaseException | None = None
        self._commands: deque[Callable[[float], None]] = deque()
        # Re-entrant: a signal handler may close the client in the middle of ``post``.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        self._is_stopped = False
        self._selector: selectors.BaseSelector
        self._wake_out: socket.socket
        self._wake_in: socket.socket
        self._sockets: dict[int, OpenSocket] = {}
        self._closing: set[OpenSocket] = set()
        self._failing: set[OpenSocket] = set()
        self.is_paused = False
        self._dialers: dict[int, Dialer] = {}
        self._reading = Reading()

    def post(self, command: Callable[[float], None]) -> bool:
        """Run ``command(now)`` in the I/O thread; return False if that thread has stopped.

        Returns False in a forked child as well, which has no such thread.
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
            # A signal handler may have interrupted the start of the thread.
            with contextlib.suppress(RuntimeError):
                thread.join(timeout)

    def catch_up(self, timeout: float) -> bool:
        """Wait until everything that had arrived is read; return False if it is not in time.

        Waits at most ``timeout`` seconds. A thread that was stopped, or slow, calls this before it
        reports that nothing has come in time.
        """
        is_read = threading.Event()
        is_posted = self.post(lambda now: self._reading.notify_when_read(now, is_read))
        return not is_posted or is_read.wait(timeout)

    @property
    def is_running(self) -> bool:
        """Whether it has a thread that must be stopped."""
        return self._thread is not None and not self._is_stopped

    def is_current(self) -> bool:
        """Return whether the caller runs in the I/O thread."""
        return self._thread is threading.current_thread()

    def check_may_wait(self) -> None:
        """Raise RuntimeError in the I/O thread, which must not wait for itself."""
        if self.is_current():
            raise RuntimeError(
                "this waits for the connection, in the thread that serves it: reconnect= and "
                "backoff= cannot do that"
            )

    def _open_wakeup(self) -> None:
        """Open the selector and the wake-up sockets; an unused client holds no descriptors."""
        with forks.lock():
            self._selector = forks.own(selectors.DefaultSelector())
            self._wake_out, self._wake_in = map(forks.own, socket.socketpair())
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)

    def _run(self) -> None:
        try:
            while not self._is_stopping or self._closing:
                self._turn()
        except BaseException as error:
            # No error is expected here. If there is one, subscriptions must end rather than hang.
            self._failure = error
        finally:
            with self._lock:
                self._is_stopped = True
            # Commands that came too late fail rather than hang.
            for command in (self._engine.close, *self._commands):
                try:
                    command(time.monotonic())
                except BaseException as error:
                    self._failure = self._failure or error
            self._commands.clear()
            try:
                self._reading.notify(is_over=True)
                self._release()
            finally:
                self._on_stopped(self._failure)

    def _turn(self) -> None:
        """Sleep until something comes or is due, read what has come, do what is due."""
        begun = time.monotonic()
        due = self._next_time(begun)
        timeout = None if due is None else min(max(0.0, due - begun), _MAX_SLEEP)
        is_all_read = True
        for key, mask in self._selector.select(timeout):
            self._serve(key, mask)
            if key.data is not None and mask & selectors.EVENT_READ:
                is_all_read = False
        for open_socket in [] if self.is_paused else self._failing & {*self._sockets.values()}:
            self._read(open_socket)
        self._reading.on_turn(begun, is_all_read)
        now = time.monotonic()
        if self.is_paused or (due is not None and now >= due):
            # What was due before this turn began is judged now, the rest after the next turn.
            self._engine.tick(now, self._reading.until)
        self._perform()
        self._close_expired(now)
        self._pace()
        if self._reading.is_awaited:
            self._reading.notify()

    def _next_time(self, now: float) -> float | None:
        if self._reading.is_awaited or (self._failing and not self.is_paused):
            return now
        times = [self._engine.next_time(now)]
        times += [open_socket.close_by for open_socket in self._closing]
        return min((time for time in times if time is not None), default=None)

    def _serve(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.data is None:
            with contextlib.suppress(BlockingIOError):
                self._wake_out.recv(4096)
            self._run_commands()
            return
        open_socket: OpenSocket = key.data
        if mask & selectors.EVENT_WRITE:
            self._flush(open_socket)
        if mask & selectors.EVENT_READ:
            if open_socket in self._closing:
                self._await_close(open_socket)
            elif open_socket.mask:
                self._read(open_socket)

    def _run_commands(self) -> None:
        while self._commands:
            self._commands.popleft()(time.monotonic())

    def _read(self, open_socket: OpenSocket) -> None:
        while True:
            try:
                data = open_socket.receive(_RECEIVE_BYTES)
            except OSError as error:
                self._lost(open_socket, open_socket.failure or f"{type(error).__name__}: {error}")
                return
            if not data:
                if data is not None or open_socket.failure is not None:
                    self._lost(
                        open_socket,
                        open_socket.failure or "the server closed it without a close frame",
                    )
                return
            now = time.monotonic()
            self._engine.received(now, open_socket.number, data)
            if len(data) >= _BUSY_BYTES:
                time.sleep(_PAUSE)
            # TLS may hold decrypted bytes that the selector does not see.
            if not (isinstance(open_socket.socket, ssl.SSLSocket) and open_socket.socket.pending()):
                return
            self._perform()
            if open_socket.number not in self._sockets or self._engine.is_paused:
                return

    def _lost(self, open_socket: OpenSocket, reason: str) -> None:
        if open_socket in self._closing:
            self._close(open_socket)
            return
        self._abort(open_socket.number)
        self._engine.lost(time.monotonic(), open_socket.number, ConnectionLost(reason))

    def _perform(self) -> None:
        while actions := self._engine.take_actions():
            for action in actions:
                self._do(action)

    def _do(self, action: SocketAction) -> None:
        match action:
            case Send(number, kind, payload):
                open_socket = self._sockets.get(number)
                if open_socket is not None:
                    self._send(open_socket, _OPCODES[kind], payload)
            case Open(number, url):
                self._open(number, url)
            case Close(number, payload):
                self._start_closing(number, payload)
            case Abort(number):
                self._abort(number)

    def _open(self, number: int, url: str) -> None:
        def done(opened: socket.socket | None, error: ConnectionLost | None) -> None:
            if not self.post(lambda now: self._opened(number, opened, error)) and opened:
                forks.close(opened)

        target = self._target
        dialer = Dialer(url, target.timeout, target.ssl_context, target.proxy, done)
        self._dialers[number] = dialer
        try:
            dialer.start()
        except RuntimeError as failure:
            # The system has no more threads at the moment.
            error = ConnectionLost(f"{failure}")
            self.post(lambda now: self._opened(number, None, error))

    def _opened(
        self, number: int, opened: socket.socket | None, error: ConnectionLost | None
    ) -> None:
        is_awaited = self._dialers.pop(number, None) is not None
        if opened is None:
            self._engine.lost(time.monotonic(), number, error or ConnectionLost("not opened"))
        elif not is_awaited:
            forks.close(opened)
        else:
            opened.setblocking(False)
            open_socket = self._sockets[number] = OpenSocket(number, opened)
            self._watch(open_socket)
            self._engine.opened(time.monotonic(), number)
            # The server may have sent with its handshake what TLS has decrypted already.
            self._read(open_socket)

    def _send(self, open_socket: OpenSocket, opcode: int, payload: bytes) -> None:
        open_socket.unsent += websocket_client.encode_frame(opcode, payload)
        self._flush(open_socket)

    def _flush(self, open_socket: OpenSocket) -> None:
        open_socket.flush()
        if open_socket.failure is not None and open_socket not in self._closing:
            # What has arrived is read before the connection is abandoned.
            self._failing.add(open_socket)
            self._watch(open_socket)
        elif open_socket.failure is not None or len(open_socket.unsent) > _MAX_UNSENT:
            self._lost(open_socket, "the server reads nothing")
        else:
            self._watch(open_socket)

    def _watch(self, open_socket: OpenSocket) -> None:
        """Register with the selector what is of interest on a socket now."""
        is_read = open_socket in self._closing or not self.is_paused
        mask = selectors.EVENT_READ if is_read else 0
        if open_socket.unsent:
            mask |= selectors.EVENT_WRITE
        if mask == open_socket.mask:
            return
        if not open_socket.mask:
            self._selector.register(open_socket.socket, mask, open_socket)
        elif mask:
            self._selector.modify(open_socket.socket, mask, open_socket)
        else:
            self._selector.unregister(open_socket.socket)
        open_socket.mask = mask

    def _pace(self) -> None:
        """Stop or resume reading, as the engine says."""
        if self._engine.is_paused == self.is_paused:
            return
        self.is_paused = self._engine.is_paused
        for open_socket in list(self._sockets.values()):
            if open_socket.number not in self._sockets:
                continue
            self._watch(open_socket)
            if not self.is_paused and isinstance(open_socket.socket, ssl.SSLSocket):
                self._read(open_socket)
        # What those reads led to is performed before the next sleep.
        self._perform()

    def _start_closing(self, number: int, payload: bytes) -> None:
        """Send a close frame, and close the socket once the server has closed its side."""
        open_socket = self._sockets.pop(number, None)
        if open_socket is None:
            self._abort(number)
            return
        open_socket.close_by = time.monotonic() + _CLOSE_TIMEOUT
        self._closing.add(open_socket)
        self._send(open_socket, CLOSE, payload)

    def _await_close(self, open_socket: OpenSocket) -> None:
        with contextlib.suppress(OSError):
            if open_socket.receive(_RECEIVE_BYTES) != b"":
                return
        self._close(open_socket)

    def _close_expired(self, now: float) -> None:
        for open_socket in [
            open_socket for open_socket in self._closing if (open_socket.close_by or 0.0) <= now
        ]:
            self._close(open_socket)

    def _abort(self, number: int) -> None:
        dialer = self._dialers.pop(number, None)
        if dialer is not None:
            dialer.abort()
        open_socket = self._sockets.pop(number, None)
        if open_socket is not None:
            self._close(open_socket)

    def _close(self, open_socket: OpenSocket) -> None:
        self._closing.discard(open_socket)
        self._failing.discard(open_socket)
        if open_socket.mask:
            self._selector.unregister(open_socket.socket)
            open_socket.mask = 0
        forks.close(open_socket.socket)

    def _stop(self, now: float) -> None:
        self._engine.close(time.monotonic())
        self._perform()
        self._is_stopping = True

    def _release(self) -> None:
        for number in [*self._sockets, *self._dialers]:
            self._abort(number)
        for open_socket in list(self._closing):
            self._close(open_socket)
        for opened in (self._selector, self._wake_in, self._wake_out):
            forks.close(opened)
