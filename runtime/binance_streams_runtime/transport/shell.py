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

from binance_streams_runtime.core.core import Confirm, Core, Drop, End, Open, Send, Tell, Unanswered
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.transport.connect import Attempt
from binance_streams_runtime.wire.frames import CLOSE, PONG, TEXT

_RECEIVE_BYTES = 256 * 1024

# Where so much came at once, more is waiting already, and this thread would go on reading while
# events pile up and leave the cache: the moment's pause lets whoever takes them have a turn.
_BUSY_BYTES = 32 * 1024
_PAUSE = 1e-6
_OPCODES = {"text": TEXT, "pong": PONG, "close": CLOSE}

# Selectors take no more than 24 days.
_LONGEST_SLEEP = 3600.0

# A server that reads nothing must not fill memory with what should be sent to it.
_MAX_UNSENT = 1024 * 1024


class _Wire:
    """An open socket and what could not be sent to it yet."""

    def __init__(self, number: int, open_socket: socket.socket) -> None:
        self.number = number
        self.socket = open_socket
        self.unsent = b""
        self.is_leaving = False


class Shell:
    """Runs a core. The functions that it is given are called in its thread."""

    def __init__(
        self,
        core: Core,
        url: str,
        connect_timeout: float,
        ssl_context: ssl.SSLContext | None,
        on_notice: Callable[[Notice], None],
        on_confirm: Callable[[str], None],
        on_unanswered: Callable[[str, BaseException], None],
        on_end: Callable[[str, BaseException], None],
        on_events: Callable[[float], None],
        next_time: Callable[[], float | None],
        on_stopped: Callable[[BaseException | None], None],
    ) -> None:
        self._core = core
        self._url = url
        self._connect_timeout = connect_timeout
        self._ssl_context = ssl_context
        self._on_notice = on_notice
        self._on_confirm = on_confirm
        self._on_unanswered = on_unanswered
        self._on_end = on_end
        self._on_events = on_events
        self._next_time = next_time
        self._on_stopped = on_stopped
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
        self._wires: dict[int, _Wire] = {}
        self._attempts: dict[int, Attempt] = {}

    def post(self, command: Callable[[float], None]) -> bool:
        """Have ``command(now)`` run in the thread; False where the shell has stopped.

        A forked child has no such thread and must not touch the parent's sockets: False as well.
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

    def is_current(self) -> bool:
        """Whether the caller runs in the shell's own thread."""
        return self._thread is threading.current_thread()

    def _open_wakeup(self) -> None:
        """Only with the thread: a client that was never used holds no descriptor."""
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                now = time.monotonic()
                due = self._core.next_time(now)
                late = self._next_time()
                due = late if due is None or (late is not None and late < due) else due
                timeout = None if due is None else min(max(0.0, due - now), _LONGEST_SLEEP)
                for key, mask in self._selector.select(timeout):
                    self._serve(key, mask)
                now = time.monotonic()
                if due is not None and now >= due:
                    self._core.tick(now)
                    self._on_events(now)
                self._perform()
        except Exception as error:
            # Nothing is expected here; if it happens, users must see an end rather than silence.
            self._failure = error
        finally:
            with self._lock:
                self._is_stopped = True
            # What was asked too late is refused rather than left to wait.
            self._core.close(time.monotonic())
            self._run_commands()
            self._release()
            self._on_stopped(self._failure)

    def _serve(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.data is None:
            with contextlib.suppress(BlockingIOError):
                self._wake_out.recv(4096)
            self._run_commands()
            return
        wire: _Wire = key.data
        if mask & selectors.EVENT_WRITE:
            self._flush(wire)
        if mask & selectors.EVENT_READ and not wire.is_leaving:
            self._read(wire)

    def _run_commands(self) -> None:
        while self._commands:
            self._commands.popleft()(time.monotonic())

    def _read(self, wire: _Wire) -> None:
        while True:
            try:
                data = wire.socket.recv(_RECEIVE_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, InterruptedError):
                return
            except OSError as error:
                self._lose(wire, f"{type(error).__name__}: {error}")
                return
            now = time.monotonic()
            if not data:
                self._lose(wire, "the server ended it without a close frame")
                return
            self._core.received(now, wire.number, data)
            self._on_events(now)
            if len(data) >= _BUSY_BYTES:
                time.sleep(_PAUSE)
            # TLS may hold decrypted bytes of which the selector knows nothing.
            if not (isinstance(wire.socket, ssl.SSLSocket) and wire.socket.pending()):
                return

    def _lose(self, wire: _Wire, reason: str) -> None:
        self._drop(wire.number)
        self._core.lost(time.monotonic(), wire.number, reason)

    def _perform(self) -> None:
        while actions := self._core.take_actions():
            for action in actions:
                match action:
                    case Send(number, kind, payload):
                        self._send(number, _OPCODES[kind], payload)
                    case Open(number):
                        self._open(number)
                    case Drop(number):
                        self._drop(number)
                    case Tell(notice):
                        self._on_notice(notice)
                    case Confirm(stream):
                        self._on_confirm(stream)
                    case Unanswered(stream, error):
                        self._on_unanswered(stream, error)
                    case End(stream, error):
                        self._on_end(stream, error)

    def _open(self, number: int) -> None:
        def done(opened: socket.socket | None, reason: str) -> None:
            if not self.post(lambda now: self._opened(now, number, opened, reason)) and opened:
                opened.close()

        attempt = Attempt(self._url, self._connect_timeout, self._ssl_context, done)
        self._attempts[number] = attempt
        attempt.start()

    def _opened(self, now: float, number: int, opened: socket.socket | None, reason: str) -> None:
        is_awaited = self._attempts.pop(number, None) is not None
        if opened is None:
            self._core.lost(time.monotonic(), number, reason)
        elif not is_awaited:
            opened.close()
        else:
            opened.setblocking(False)
            wire = self._wires[number] = _Wire(number, opened)
            self._selector.register(opened, selectors.EVENT_READ, wire)
            self._core.opened(now, number)
            # The server may have sent with its handshake what TLS has decrypted already.
            self._read(wire)

    def _send(self, number: int, opcode: int, payload: bytes) -> None:
        wire = self._wires.get(number)
        if wire is None:
            return
        # Imported by the handshake, and not before: see transport/connect.py.
        from websocket import ABNF

        wire.unsent += ABNF.create_frame(payload, opcode).format()
        self._flush(wire)

    def _flush(self, wire: _Wire) -> None:
        try:
            while wire.unsent:
                wire.unsent = wire.unsent[wire.socket.send(wire.unsent) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError, InterruptedError):
            pass
        except OSError as error:
            self._lose(wire, f"{type(error).__name__}: {error}")
            return
        if len(wire.unsent) > _MAX_UNSENT:
            self._lose(wire, "the server reads nothing")
            return
        mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if wire.unsent else 0)
        if self._selector.get_key(wire.socket).events != mask:
            self._selector.modify(wire.socket, mask, wire)

    def _drop(self, number: int) -> None:
        attempt = self._attempts.pop(number, None)
        if attempt is not None:
            attempt.abort()
        wire = self._wires.pop(number, None)
        if wire is not None and not wire.is_leaving:
            wire.is_leaving = True
            self._selector.unregister(wire.socket)
            wire.socket.close()

    def _stop(self, now: float) -> None:
        self._core.close(time.monotonic())
        self._perform()
        self._is_stopping = True

    def _release(self) -> None:
        for number in [*self._wires, *self._attempts]:
            self._drop(number)
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()
