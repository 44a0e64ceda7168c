"""The sockets of a client: what arrives goes into its engine, and what the engine decides is done.

One *turn* waits for the sockets or the engine's next deadline, reads once from each socket that
has something, and performs the engine's actions. Whoever drives calls ``turn`` again and again;
only one thread may do so at a time. No clock but the monotonic one matters.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import ClassVar

from binance_streams_runtime.driver.open_socket import OpenSocket
from binance_streams_runtime.driver.poller import READ, WRITE, make_poller
from binance_streams_runtime.driver.reading import Reading
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.frames import CLOSE, PING, PONG, TEXT
from binance_streams_runtime.session.actions import Abort, Close, Open, Send, SocketAction
from binance_streams_runtime.transport import forks, websocket_client
from binance_streams_runtime.transport.dialer import Dialed, Dialer
from binance_streams_runtime.transport.target import Target
from binance_streams_runtime.transport.tls import TLSCodec

_OPCODES = {"text": TEXT, "ping": PING, "pong": PONG}

# Ctrl-C just before a sleep takes effect only after it.
_MAX_SLEEP = 1.0

_BUSY_BYTES = 32 * 1024

# A server that does not read must not fill memory with unsent bytes.
_MAX_UNSENT = 1024 * 1024

# Seconds for the server to receive a close frame and close the connection. Closing the socket at
# once would discard the frame if the server had sent anything that was not read.
_CLOSE_TIMEOUT = 0.5


Post = Callable[[Callable[[float], None]], bool]
"""Has a command run by whoever drives; returns False if that cannot be."""


class Sockets:
    """The sockets of one client, and the commands for its engine."""

    is_replay: ClassVar[bool] = False
    """Whether a recording takes the place of sockets, so that there is always more to read."""

    def __init__(
        self,
        engine: Engine,
        target: Target,
        post: Post,
    ) -> None:
        """``post`` runs a command in the thread that drives; it returns False if it cannot."""
        self._engine = engine
        self._target = target
        self._post = post
        self.commands: deque[Callable[[float], None]] = deque()
        """What to call in the next turn, with the time."""
        with forks.lock():
            self._poller = forks.own(make_poller())
            self._wake_out, self._wake_in = map(forks.own, socket.socketpair())
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._poller.watch(self._wake_out.fileno(), 0, READ)
        self._sockets: dict[int, OpenSocket] = {}
        self._by_descriptor: dict[int, OpenSocket] = {}
        # The only socket, if it is just read: neither written to nor being closed.
        self._only: OpenSocket | None = None
        self._closing: set[OpenSocket] = set()
        self._failing: set[OpenSocket] = set()
        self.is_paused = False
        """Whether nothing is read, because a queue with the policy ``block`` is full."""
        self._dialers: dict[int, Dialer] = {}
        self.reading = Reading()
        self.is_busy = False
        """Whether much was read at once, so that more is likely waiting; the driver resets it."""

    def now(self) -> float:
        """Return the time by the clock of the engine."""
        return time.monotonic()

    def turn_of_keeper(self, is_waited_for: bool) -> float:
        """Do a turn in the keeper, whether somebody waits for that or not."""
        return self.turn()

    def fileno(self) -> int:
        """Return a descriptor that is readable if a turn would not sleep before its deadline.

        Raises OSError if the system has none.
        """
        return self._poller.fileno()

    def wake(self) -> None:
        """End the sleep of the turn that is under way, or of the next one; from any thread."""
        with contextlib.suppress(OSError):
            self._wake_in.send(b"\0")

    def add(self, number: int, opened: socket.socket, tls: TLSCodec | None = None) -> OpenSocket:
        """Read from an open socket from now on."""
        open_socket = self._sockets[number] = OpenSocket(number, opened, tls)
        self._watch(open_socket)
        return open_socket

    @property
    def is_closing(self) -> bool:
        """Whether a socket waits for the server to close its side."""
        return bool(self._closing)

    def turn(self, until: float | None = None) -> float:
        """Sleep until something comes or is due, read what has come, do what is due.

        Sleeps no longer than ``until``, if that is given. Returns the time of its end.
        """
        # One message that has come must cost few lines: at the market's pace, the process has slept
        # before each, and a line costs several times what it costs in a flood.
        begun = now = time.monotonic()
        due = at = self.next_time(begun)
        if until is not None and (at is None or until < at):
            at = until
        sleep = _MAX_SLEEP
        if at is not None:
            sleep = min(at - begun, _MAX_SLEEP) if at > begun else 0.0
        is_all_read = True
        ready = self._poller.poll(sleep)
        if self.commands:
            # First: what comes after a command was posted is treated as it says.
            self._run_commands()
        for descriptor, mask in ready:
            open_socket = self._by_descriptor.get(descriptor)
            if mask == READ and open_socket is not None and open_socket.close_by is None:
                now = self._read(open_socket)
                is_all_read = False
            else:
                is_all_read = self._serve(descriptor, open_socket, mask) and is_all_read
                now = time.monotonic()
        if is_all_read:
            now = time.monotonic()
        self.reading.on_turn(begun, is_all_read)
        if self.commands or self._closing or self._failing or self.reading.waiters:
            self._do_more()
        if self.is_paused or (due is not None and now >= due):
            # What was due before this turn began is judged now, the rest after the next turn.
            self._engine.tick(now, self.reading.until)
        self.perform()
        if self._engine.is_paused != self.is_paused:
            self._pace()
        return now

    def turn_now(self) -> float:
        """Do a turn that does not sleep, after something has come; return the time of its end.

        If there is one socket, it is read without asking first what is ready, and nothing that is
        due is done.
        """
        only = self._only
        if only is None or self.commands or self._failing or self.reading.waiters:
            return self.turn(0.0)
        try:
            data = only.receive()
        except OSError as error:
            self._lost(only, only.failure or f"{type(error).__name__}: {error}")
            return self.turn(0.0)
        now = time.monotonic()
        if data:
            if len(data) >= _BUSY_BYTES:
                self.is_busy = True
            self._engine.received(now, only.number, data)
        if only.unsent:
            self._flush(only)
        if not data or only.unsent:
            return self.turn(0.0)
        self.reading.on_turn(now, False)
        self.perform()
        if self._engine.is_paused != self.is_paused:
            self._pace()
        return now

    def _run_commands(self) -> None:
        while self.commands:
            self.commands.popleft()(time.monotonic())

    def _do_more(self) -> None:
        self._run_commands()
        if self._failing and not self.is_paused:
            for open_socket in self._failing & {*self._sockets.values()}:
                self._read(open_socket)
        self._close_expired(time.monotonic())
        self.reading.notify()

    def next_time(self, now: float) -> float | None:
        """Return when a turn is due even if nothing comes; None for never."""
        if self.commands or self.reading.waiters or (self._failing and not self.is_paused):
            return now
        at = self._engine.next_time(now)
        if not self._closing:
            return at
        for open_socket in self._closing:
            close_by = open_socket.close_by
            if close_by is not None and (at is None or close_by < at):
                at = close_by
        return at

    def is_due(self, now: float) -> bool:
        """Return whether a turn has something to do now."""
        at = self.next_time(now)
        return (at is not None and at <= now) or bool(self._poller.poll(0.0))

    def _serve(self, descriptor: int, open_socket: OpenSocket | None, mask: int) -> bool:
        """Do what is ready, if that is still of interest; return whether nothing was read."""
        if open_socket is None:
            # Or it is a socket that what came before it in this turn has closed.
            if descriptor == self._wake_out.fileno():
                with contextlib.suppress(BlockingIOError):
                    self._wake_out.recv(4096)
            return True
        if mask & WRITE & open_socket.mask:
            self._flush(open_socket)
        if not mask & READ & open_socket.mask:
            return True
        if open_socket in self._closing:
            self._await_close(open_socket)
        else:
            self._read(open_socket)
        return False

    def _read(self, open_socket: OpenSocket) -> float:
        """Read once, and pass on what has come; return the time."""
        try:
            data = open_socket.receive()
        except OSError as error:
            self._lost(open_socket, open_socket.failure or f"{type(error).__name__}: {error}")
            return time.monotonic()
        now = time.monotonic()
        if data:
            if len(data) >= _BUSY_BYTES:
                self.is_busy = True
            self._engine.received(now, open_socket.number, data)
        elif data is not None or open_socket.failure is not None:
            self._lost(
                open_socket, open_socket.failure or "the server closed it without a close frame"
            )
            return now
        if open_socket.unsent:
            self._flush(open_socket)
        return now

    def _lost(self, open_socket: OpenSocket, reason: str) -> None:
        if open_socket in self._closing:
            self._close(open_socket)
            return
        self._abort(open_socket.number)
        self._engine.lost(time.monotonic(), open_socket.number, ConnectionLost(reason))

    def perform(self) -> None:
        """Perform what the engine has decided."""
        while actions := self._engine.take_actions():
            for action in actions:
                self._do(action)

    def _do(self, action: SocketAction) -> None:
        match action:
            case Send(number, kind, payload):
                open_socket = self._sockets.get(number)
                if open_socket is not None:
                    self._send(open_socket, _OPCODES[kind], payload)
            case Open(number, url, line):
                self._open(number, url, line)
            case Close(number, payload):
                self._start_closing(number, payload)
            case Abort(number):
                self._abort(number)

    def _open(self, number: int, url: str, line: int) -> None:
        def done(dialed: Dialed | None, error: ConnectionLost | None) -> None:
            if not self._post(lambda now: self._opened(number, dialed, error)) and dialed:
                forks.close(dialed.socket)

        dialer = Dialer(url, *self._target.way_to(url), done, line)
        self._dialers[number] = dialer
        try:
            dialer.start()
        except RuntimeError as failure:
            # The system has no more threads at the moment.
            error = ConnectionLost(f"{failure}")
            self._post(lambda now: self._opened(number, None, error))

    def _opened(self, number: int, dialed: Dialed | None, error: ConnectionLost | None) -> None:
        is_awaited = self._dialers.pop(number, None) is not None
        if dialed is None:
            self._engine.lost(time.monotonic(), number, error or ConnectionLost("not opened"))
        elif not is_awaited:
            forks.close(dialed.socket)
        else:
            open_socket = self.add(number, *dialed)
            self._engine.opened(time.monotonic(), number)
            # TLS may hold what the server has sent right behind its handshake.
            self._read(open_socket)

    def _send(self, open_socket: OpenSocket, opcode: int, payload: bytes) -> None:
        open_socket.send(websocket_client.encode_frame(opcode, payload))
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
        """Set in the poller what is of interest on a socket now."""
        is_read = open_socket in self._closing or not self.is_paused
        mask = READ if is_read else 0
        if open_socket.unsent:
            mask |= WRITE
        if mask != open_socket.mask:
            self._register(open_socket, mask)

    def _register(self, open_socket: OpenSocket, mask: int) -> None:
        descriptor = open_socket.socket.fileno()
        self._poller.watch(descriptor, open_socket.mask, mask)
        open_socket.mask = mask
        if mask:
            self._by_descriptor[descriptor] = open_socket
        else:
            del self._by_descriptor[descriptor]
        self._find_only()

    def _find_only(self) -> None:
        """Note which socket is the only one, if it is just read."""
        self._only = None
        if len(self._by_descriptor) == 1:
            for open_socket in self._by_descriptor.values():
                if open_socket.mask == READ and open_socket.close_by is None:
                    self._only = open_socket

    def _pace(self) -> None:
        """Stop or resume reading, as the engine says."""
        self.is_paused = self._engine.is_paused
        for open_socket in list(self._sockets.values()):
            self._watch(open_socket)

    def _start_closing(self, number: int, payload: bytes) -> None:
        """Send a close frame, and close the socket once the server has closed its side."""
        open_socket = self._sockets.pop(number, None)
        if open_socket is None:
            self._abort(number)
            return
        open_socket.close_by = time.monotonic() + _CLOSE_TIMEOUT
        self._find_only()
        self._closing.add(open_socket)
        self._send(open_socket, CLOSE, payload)

    def _await_close(self, open_socket: OpenSocket) -> None:
        with contextlib.suppress(OSError):
            if open_socket.receive() != b"":
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
            self._register(open_socket, 0)
        forks.close(open_socket.socket)

    def close(self) -> None:
        """Close everything at once, without a close frame."""
        for number in [*self._sockets, *self._dialers]:
            self._abort(number)
        for open_socket in list(self._closing):
            self._close(open_socket)
        for opened in (self._poller, self._wake_in, self._wake_out):
            forks.close(opened)
