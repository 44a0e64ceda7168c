"""One connection: frames in, frames out, and the limits of what a client may send."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN, Event

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_simulator.faults import Faults
from binance_streams_simulator.hub import text_frame
from binance_streams_simulator.protocol import Session

MOST_WAITING_BYTES = 64 * 2**20
"""What may wait for a client that does not read, before it is cut off."""
_MESSAGES = (Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG)


class Owner(Protocol):
    """What a connection needs from its server."""

    limits: Limits
    faults: Faults

    def asked(self, connection: VenueConnection, text: bytes) -> None:
        """A control message came."""

    def violated(self, text: str) -> None:
        """A client broke a limit."""


class VenueConnection(ServerConnection):
    """A connection that counts what it gets, as the venue does: control frames as well."""

    def __init__(self, *args: Any, known: set[VenueConnection], **options: Any) -> None:
        super().__init__(*args, **options)
        # Every TCP connection, also one on which no handshake was ever heard.
        self._known = known
        self.owner: Owner
        self.session: Session
        self.opened = self.loop.time()
        self.next_ping = 0.0
        # By how many seconds its events are late, and up to when it got what was published.
        self.lag = 0.0
        self.fed_until = 0.0
        self._unanswered: dict[bytes, float] = {}
        self._message: list[bytes] = []
        self._received: deque[float] = deque()
        self._outbox: list[bytes] = []
        self._ending: asyncio.Task[None] | None = None

    def begin(self, owner: Owner, session: Session) -> None:
        """The handshake asked for something that exists."""
        self.owner = owner
        self.session = session
        self.next_ping = self.opened + owner.limits.ping_interval

    @property
    def is_open(self) -> bool:
        """Whether events may still be sent."""
        return self.protocol.state is OPEN and self._ending is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A TCP connection came up."""
        super().connection_made(transport)
        self._known.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        self._known.discard(self)
        super().connection_lost(exc)

    # What comes in

    def process_event(self, event: Event) -> None:
        """Take a frame as soon as it is there: no queue, no task."""
        if isinstance(event, Request) or not isinstance(event, Frame):
            super().process_event(event)
            return
        if not self.is_open:
            return
        if event.opcode in _MESSAGES and not self._count():
            return
        if event.opcode is Opcode.PONG:
            self._answered(bytes(event.data))
        elif event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._message.append(bytes(event.data))
            if event.fin:
                text = b"".join(self._message)
                self._message.clear()
                self._heard(text)

    def _count(self) -> bool:
        """Note a message; False if it was one too many."""
        now = self.loop.time()
        while self._received and now - self._received[0] >= 1:
            self._received.popleft()
        self._received.append(now)
        allowed = self.owner.limits.messages_per_second
        if len(self._received) <= allowed:
            return True
        self.owner.violated(f"{len(self._received)} messages in a second, {allowed} are allowed")
        self.end(CloseCode.POLICY_VIOLATION, "Too many requests")
        return False

    def _heard(self, text: bytes) -> None:
        allowed = self.owner.limits.frame_bytes
        if len(text) > allowed:
            # The venue says nothing either.
            self.owner.violated(f"a message of {len(text)} bytes, {allowed} are allowed")
            return
        self.owner.asked(self, text)

    def _answered(self, payload: bytes) -> None:
        # A pong answers the pings before it too; one that was not asked for answers none.
        if payload in self._unanswered:
            sent = self._unanswered[payload]
            self._unanswered = {
                other: time for other, time in self._unanswered.items() if time > sent
            }

    # What goes out

    def send_data(self) -> None:
        """Send what websockets itself has to say: pongs and close frames."""
        if getattr(self, "owner", None) is not None and self.owner.faults.is_stalled:
            self.protocol.data_to_send()
            return
        super().send_data()

    def reply(self, text: bytes) -> None:
        """Send a text at once."""
        self.push(text_frame(text))
        self.flush()

    def push(self, frame: bytes) -> None:
        """Put a frame into the next write; a step of the market is written at once."""
        self._outbox.append(frame)

    def flush(self) -> None:
        """Write what was pushed."""
        if not self._outbox:
            return
        waiting = b"".join(self._outbox)
        self._outbox.clear()
        if not self.is_open or self.owner.faults.is_stalled:
            return
        # The frames are complete and the server sends no fragments, so this is a clean boundary.
        self.transport.write(waiting)
        if self.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            self.owner.violated("a client that does not read what it subscribed to")
            self.reset()

    def watch(self, now: float, wall: int) -> None:
        """Ping when it is time, and end what has gone on for too long."""
        if not self.is_open or self.owner.faults.is_stalled:
            return
        limits = self.owner.limits
        oldest = next(iter(self._unanswered.values()), now)
        if now - oldest > limits.pong_timeout:
            self.owner.violated(f"no pong within {limits.pong_timeout} s")
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
        """Close with a code; what has been sent before arrives before."""
        if self.is_open:
            self.flush()
            self._ending = self.loop.create_task(self.close(code, reason))

    def reset(self) -> None:
        """Cut the TCP connection with a reset: the peer gets no farewell."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            # It may be closing already.
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
