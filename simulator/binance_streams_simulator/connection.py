"""One connection: frames in, frames out, and the limits on what a client may send."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, cast
from urllib.parse import quote_from_bytes

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, Event

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_simulator.hub import text_frame
from binance_streams_simulator.protocol import Session

MOST_WAITING_BYTES = 64 * 2**20
"""How much may be buffered for a client that does not read, before it is disconnected."""
_FIRST_BYTES_TIMEOUT = 10.0
"""Seconds after which a connection without a request is closed."""
_MOST_LINE_BYTES = 16_384
_TLS_HANDSHAKE = b"\x16"
_ASCII = bytes(range(128))
_MESSAGES = (Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG)


class Owner(Protocol):
    """What a connection needs from its server."""

    @property
    def limits(self) -> Limits:
        """What a client may do; no messages per second is no limit."""

    @property
    def is_stalled(self) -> bool:
        """Whether nothing at all is sent, as a fault."""

    async def serve(self, connection: VenueConnection) -> None:
        """Serve an open connection until it is closed."""

    def on_request(self, connection: VenueConnection, text: bytes) -> None:
        """Handle a message."""

    def on_violation(self, text: str) -> None:
        """Note that a client exceeded a limit."""


class VenueConnection(ServerConnection):
    """A connection that counts messages as the venue does, including control frames."""

    def __init__(
        self,
        *args: Any,
        known: set[VenueConnection],
        takes_over: Callable[[asyncio.Transport, bytes], bool],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        # Every TCP connection, even without a handshake.
        self._known = known
        # Whether somebody else takes the connection that begins with these bytes; asked until
        # there is a whole line.
        self._takes_over = takes_over
        self._first_bytes: bytes | None = b""
        self._patience: asyncio.TimerHandle
        self.owner: Owner
        self.session: Session
        self.is_binary = False
        """Whether the message that was received last is binary."""
        self.opened = self.loop.time()
        self.next_ping = 0.0
        # By how many seconds its events are late, and until when it has the published ones.
        self.lag = 0.0
        self.fed_until = 0.0
        self._unanswered: dict[bytes, float] = {}
        # No list, which empty fragments would make longer without end.
        self._message = bytearray()
        self._received: deque[float] = deque()
        self.outbox: list[bytes] = []
        self._ending: asyncio.Task[None] | None = None

    def begin(self, owner: Owner, session: Session | None = None) -> None:
        """Start after a successful handshake; only connections for streams have a session."""
        self.owner = owner
        if session is not None:
            self.session = session
        self.next_ping = self.opened + owner.limits.ping_interval

    @property
    def is_open(self) -> bool:
        """Whether events may still be sent."""
        return self.protocol.state is OPEN and self._ending is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the new TCP connection; what it is for shows as soon as it speaks."""
        # Those of uvloop are of no class of asyncio.
        self.transport = cast("asyncio.Transport", transport)
        self._known.add(self)
        self._patience = self.loop.call_later(_FIRST_BYTES_TIMEOUT, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Handle what has arrived, unless it is a request of the REST API."""
        if self._first_bytes is None:
            super().data_received(data)
            return
        self._first_bytes += data
        if self._first_bytes.startswith(_TLS_HANDSHAKE):
            # It expects TLS where there is none, and is to see that at once.
            self.transport.abort()
            return
        if b"\n" not in self._first_bytes and len(self._first_bytes) < _MOST_LINE_BYTES:
            return
        first_bytes, self._first_bytes = self._first_bytes, None
        self._patience.cancel()
        if self._takes_over(self.transport, first_bytes):
            self._known.discard(self)
            return
        super().connection_made(self.transport)
        # Some clients send other characters of a URL as they are, which websockets refuses.
        line, newline, rest = first_bytes.partition(b"\n")
        super().data_received(quote_from_bytes(line, _ASCII).encode() + newline + rest)

    def eof_received(self) -> None:
        """Handle the end of what is received."""
        if self._first_bytes is None:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the TCP connection has ended."""
        self._known.discard(self)
        self._patience.cancel()
        if self._first_bytes is None:
            super().connection_lost(exc)

    # Incoming

    def process_event(self, event: Event) -> None:
        """Handle a frame as soon as it has arrived, without a queue or a task."""
        if isinstance(event, Request) or not isinstance(event, Frame):
            super().process_event(event)
            return
        if not self.is_open:
            return
        if event.opcode in _MESSAGES and not self._count():
            return
        if event.opcode is Opcode.PONG:
            self._on_pong(bytes(event.data))
        elif event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._message += event.data
            if event.opcode is not Opcode.CONT:
                self.is_binary = event.opcode is Opcode.BINARY
            if event.fin:
                text = bytes(self._message)
                self._message.clear()
                self._receive(text)

    def _count(self) -> bool:
        """Count a message; return False if it was one too many."""
        now = self.loop.time()
        while self._received and now - self._received[0] >= 1:
            self._received.popleft()
        self._received.append(now)
        allowed = self.owner.limits.messages_per_second
        if not allowed or len(self._received) <= allowed:
            return True
        self.owner.on_violation(
            f"{len(self._received)} messages in a second, {allowed} are allowed"
        )
        self.end(CloseCode.POLICY_VIOLATION, "Too many requests")
        return False

    def _receive(self, text: bytes) -> None:
        allowed = self.owner.limits.frame_bytes
        if allowed and len(text) > allowed:
            # The venue ignores it, too.
            self.owner.on_violation(f"a message of {len(text)} bytes, {allowed} are allowed")
            return
        self.owner.on_request(self, text)

    def _on_pong(self, payload: bytes) -> None:
        # A pong answers the earlier pings as well; an unsolicited one answers none.
        if payload in self._unanswered:
            sent = self._unanswered[payload]
            self._unanswered = {
                other: time for other, time in self._unanswered.items() if time > sent
            }

    # Outgoing

    def send_data(self) -> None:
        """Send what websockets itself has to send: pongs and close frames."""
        if getattr(self, "owner", None) is not None and self.owner.is_stalled:
            self.protocol.data_to_send()
            return
        super().send_data()

    def reply(self, text: bytes) -> None:
        """Send a text at once."""
        self.push(text_frame(text))
        self.flush()

    def push(self, frame: bytes) -> None:
        """Add a frame to the next write; a step of the market is written as a whole."""
        self.outbox.append(frame)

    def flush(self) -> None:
        """Write what was pushed."""
        if not self.outbox:
            return
        waiting = b"".join(self.outbox)
        self.outbox.clear()
        if not self.is_open or self.owner.is_stalled:
            return
        # The frames are complete and the server sends no fragments, so this is a clean boundary.
        self.transport.write(waiting)
        if self.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            self.owner.on_violation("a client that does not read what it subscribed to")
            self.reset()

    def watch(self, now: float, wall: int) -> None:
        """Send pings, and close the connection if a pong is missing or its lifetime is over."""
        if not self.is_open or self.owner.is_stalled:
            return
        limits = self.owner.limits
        oldest = next(iter(self._unanswered.values()), now)
        if now - oldest > limits.pong_timeout:
            self.owner.on_violation(f"no pong within {limits.pong_timeout} s")
            self.end(CloseCode.POLICY_VIOLATION, "Pong timeout")
        elif now - self.opened > limits.connection_lifetime:
            self.end(CloseCode.GOING_AWAY, "Connection lifetime is over")
        elif now >= self.next_ping:
            self.next_ping = now + limits.ping_interval
            payload = str(wall // 1_000).encode()
            self._unanswered.setdefault(payload, now)
            self.push(bytes(Frame(Opcode.PING, payload).serialize(mask=False)))
            self.flush()

    def end(self, code: int, reason: str) -> None:
        """Close with a code, after what has been sent before."""
        if self.is_open:
            self.flush()
            self._ending = self.loop.create_task(self.close(code, reason))

    def cut(self) -> None:
        """Close the TCP connection after what has been sent before, without a close frame."""
        self.flush()
        self.transport.close()

    def reset(self) -> None:
        """Reset the TCP connection, without a close frame."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            # It may be closing already.
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
