"""Whom the I/O thread serves."""

from __future__ import annotations

from typing import Protocol

from binance_streams_runtime.session.actions import Confirm, Fail, Interrupt, Notify, TimedOut


class SessionHandler(Protocol):
    """Whom the I/O thread serves; all of it is called in the I/O thread's thread."""

    def perform(self, action: Notify | Confirm | Interrupt | TimedOut | Fail) -> None:
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
