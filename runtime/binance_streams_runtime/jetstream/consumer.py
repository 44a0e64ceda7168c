"""Reading one subject of a log: a consumer that is made anew whenever its place may be lost.

It asks for messages in batches, several times before those of the last one are exhausted. The
server numbers what it sends to a consumer: a number that is left out, a heartbeat that does not
come, or an error means that another consumer continues behind the last message that has come.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from binance_streams_runtime.jetstream.connection import (
    STREAM_NOT_FOUND,
    LogFailure,
    NatsConnection,
)

# How many messages are asked for at once, and how few of them must be left to ask for more.
_BATCH = 500
_ASK_AT = 250

_EXPIRES = 30.0
# The server sends heartbeats so often if it has nothing else; after this silence it is gone.
_HEARTBEAT = 1.5
_SILENCE = 5.0
_NANOSECONDS = 1_000_000_000

# Seconds after which the server forgets a consumer that asks for nothing.
_INACTIVE = 300

# Seconds between two attempts to read what cannot be read at the moment.
_PAUSES = (0.1, 0.25, 0.5, 1.0, 2.0)

Found = tuple[int, int, bytes, bytes]
"""A message: its position, when the log took it in Unix nanoseconds, payload and headers."""


class Consumer:
    """The reading of one subject, over all connections. Runs in the loop of the reading thread."""

    def __init__(
        self,
        stream: str,
        subject: str,
        on_messages: Callable[[list[Found], bool], None],
        on_started: Callable[[bool], None],
        on_waiting: Callable[[str], None],
        on_skipped: Callable[[str], None],
        may_ask: Callable[[], bool],
    ) -> None:
        """Read nothing yet.

        Args:
            stream: The name of the part of the log.
            subject: What to read of it.
            on_messages: Gets what has come, and whether the log had no more at that moment.
            on_started: Called when reading begins, on each connection, with whether the log has
                nothing to read at the moment.
            on_waiting: Called with the reason if it cannot be read at the moment.
            on_skipped: Called with the reason if the log no longer has what should come next.
            may_ask: Whether there is room for more messages.
        """
        self.stream = stream
        self.subject = subject
        self.begin: dict[str, Any] = {"deliver_policy": "new"}
        """Where to begin, as JetStream has it, while ``last`` is None."""
        self.last: int | None = None
        """The position up to which it has been read."""
        self.is_missing: bool = False
        """Whether the log had no such part when that was looked for last."""
        self.name: bytes = b""
        """The name of the consumer, by which its messages are recognized."""
        self._on_messages = on_messages
        self._on_started = on_started
        self._on_waiting = on_waiting
        self._on_skipped = on_skipped
        self._may_ask = may_ask
        self._connection: NatsConnection | None = None
        self._inbox = ""
        self._found: list[Found] = []
        self._has_more = False
        self._sequence = 0
        self._asked = 0
        self._active_at = 0.0
        self._broken = asyncio.Event()
        self._is_asking = False
        self._asking: asyncio.Task[None] | None = None

    async def run(self, connection: NatsConnection, inbox: str) -> None:
        """Read on this connection until cancelled; what is sent to ``inbox`` is given back."""
        self._connection = connection
        attempt = 0
        while True:
            self._broken.clear()
            self.name = secrets.token_hex(8).encode()
            self._inbox = f"{inbox}.{self.name.decode()}"
            try:
                is_empty = await self._make(connection)
            except LogFailure as failure:
                self.is_missing = failure.code == STREAM_NOT_FOUND
                if self.is_missing:
                    # Once a collector has made it, all that is in it is new.
                    if self.last is None and self.begin == {"deliver_policy": "new"}:
                        self.begin = {"deliver_policy": "all"}
                    text = (
                        f"the log has no stream {self.stream} yet: no collector has written to it"
                    )
                    self._on_waiting(text)
                else:
                    self._on_waiting(failure.reason)
                await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1
                continue
            self._on_started(is_empty)
            self._ask()
            begun = time.monotonic()
            await self._broken.wait()
            if time.monotonic() - begun > 1.0:
                attempt = 0
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)] if attempt else 0)
            attempt += 1

    async def _make(self, connection: NatsConnection) -> bool:
        """Make a consumer that continues where the last one ended; raise LogFailure.

        Return whether there is nothing to read at the moment.
        """
        begin = self.begin
        if self.last is not None:
            begin = {"deliver_policy": "by_start_sequence", "opt_start_seq": self.last + 1}
        name = self.name.decode()
        config = {
            "name": name,
            **begin,
            "ack_policy": "none",
            "replay_policy": "instant",
            "filter_subject": self.subject,
            "inactive_threshold": _INACTIVE * _NANOSECONDS,
            "num_replicas": 1,
            "mem_storage": True,
        }
        self._found, self._sequence, self._asked = [], 0, 0
        self._active_at = time.monotonic()
        answer = await connection.ask(
            f"CONSUMER.CREATE.{self.stream}.{name}.{self.subject}",
            {"stream_name": self.stream, "config": config},
        )
        at = int(answer["delivered"]["stream_seq"])
        if self.last is not None and at > self.last:
            self._on_skipped("the log no longer has the messages that followed")
        if self.last is None:
            self.last = at
        return not answer.get("num_pending")

    # What comes

    def received(self, reply: list[bytes], payload: bytes, headers: bytes) -> bool:
        """Take a message whose reply has these parts; return whether it is the first of several."""
        # $JS.ACK.stream.consumer.deliveries.position.number.time.pending, or with two more parts
        # behind ACK for the domain and the account.
        base = 0 if len(reply) == 9 else 2
        self._asked -= 1
        number = int(reply[base + 6])
        self._sequence += 1
        if number != self._sequence:
            self._broken.set()
            return False
        position = int(reply[base + 5])
        self._has_more = reply[base + 8] != b"0"
        self.last = position
        self._found.append((position, int(reply[base + 7]), payload, headers))
        return len(self._found) == 1

    def status(self, headers: bytes) -> None:
        """Take what the server says instead of a message."""
        self._active_at = time.monotonic()
        code = headers[9:12]
        if code == b"100":
            return
        if code in (b"404", b"408"):
            left = header_of(headers, b"Nats-Pending-Messages")
            self._asked = max(0, self._asked - int(left or self._asked))
            self._ask()
            return
        self._broken.set()

    def flush(self) -> None:
        """Give back what has come, and ask for more."""
        self._active_at = time.monotonic()
        found, self._found = self._found, []
        if found:
            self._on_messages(found, not self._has_more)
        self._ask()

    def check(self, now: float) -> None:
        """Begin anew if the server has said nothing for too long."""
        if self._asked > 0 and now - self._active_at > _SILENCE:
            self._broken.set()

    def resume(self) -> None:
        """Ask for more, as there is room again."""
        self._ask()

    def _ask(self) -> None:
        if self._asked <= _ASK_AT and not self._is_asking and self._may_ask():
            self._is_asking = True
            self._asking = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        count = _BATCH - self._asked
        self._asked += count
        self._is_asking = False
        self._active_at = time.monotonic()
        body = {
            "batch": count,
            "expires": int(_EXPIRES * _NANOSECONDS),
            "idle_heartbeat": int(_HEARTBEAT * _NANOSECONDS),
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.name.decode()}"
        assert self._connection is not None
        try:
            await self._connection.publish(subject, json.dumps(body).encode(), self._inbox)
        except Exception:
            # The connection has ended, or will.
            self._broken.set()


def header_of(headers: bytes, name: bytes) -> bytes | None:
    """Return the value of a header; None if it is not there."""
    at = headers.find(b"\r\n" + name + b":")
    if at < 0:
        return None
    return headers[at + len(name) + 3 : headers.index(b"\r\n", at + 2)].strip()


def start_time(unix_ns: int) -> dict[str, Any]:
    """Return where to begin if that is a time."""
    seconds, rest = divmod(unix_ns, _NANOSECONDS)
    text = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    return {"deliver_policy": "by_start_time", "opt_start_time": text}
