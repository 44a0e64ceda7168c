"""What a shell is given: where to connect, and whom to serve."""

from __future__ import annotations

import ssl
from typing import Protocol

from msgspec import Struct

from binance_streams_runtime.core.actions import Confirm, End, Suspend, Tell, Unanswered
from binance_streams_runtime.transport.proxy import Proxy


class Target(Struct, frozen=True):
    """Where to connect, and how."""

    url: str
    timeout: float
    ssl_context: ssl.SSLContext | None
    proxy: Proxy | None


class Hooks(Protocol):
    """Whom the shell serves; all of it is called in the shell's thread."""

    def perform(self, action: Tell | Confirm | Suspend | Unanswered | End) -> None:
        """Do what is not about sockets."""

    def flush(self, now: float) -> None:
        """Events may have arrived."""

    def judge(self, read_until: float) -> None:
        """Everything that had arrived by ``read_until`` was flushed: what is late is late."""

    def next_time(self) -> float | None:
        """When ``flush`` and ``judge`` should be called although nothing has arrived."""

    def is_blocked(self) -> bool:
        """Whether nothing may be read for now."""

    def stopped(self, failure: BaseException | None) -> None:
        """The thread is over."""
