"""How the session reports that connections ended, and which streams that interrupted."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.errors import ConnectionLost, SetupError
from binance_streams_runtime.notices import Disconnected, RateLimited, Resubscribed
from binance_streams_runtime.session.actions import Action, Interrupt, Notify
from binance_streams_runtime.session.base_connection import BaseConnection


class Reporter:
    """Turns what happened to the connections of one client into actions and texts."""

    def __init__(
        self,
        limits: Limits,
        label: Callable[[str], str],
        act: Callable[[Action], None],
    ) -> None:
        count, window = limits.connection_attempts, limits.connection_attempts_window
        self._attempts = f"{count} attempts in {window} s by one process"
        self._label = label
        self._act = act

    def ended(
        self,
        connection: BaseConnection,
        error: ConnectionLost,
        names: list[str],
        pause: float | None,
    ) -> Disconnected:
        """Report that a connection ended, which interrupts the streams ``names``.

        ``pause`` is the seconds until the next attempt; None if there is none.
        """
        labels = tuple(self._label(name) for name in names)
        notice = Disconnected(
            *(connection.number, error.code, error.status, error.reason, labels, pause),
            connection.url,
        )
        self._act(Notify(notice))
        return notice

    def interrupted(self, now: float, connection: BaseConnection, names: list[str]) -> None:
        """Mark these streams as interrupted until the server confirms them again."""
        if names and connection.interrupted_at is None:
            connection.interrupted_at = now
        connection.interrupted.update(dict.fromkeys(names))
        for name in names:
            self._act(Interrupt(name))

    def resubscribed(self, now: float, connection: BaseConnection) -> None:
        """Report that every stream desired on ``connection`` is confirmed again."""
        assert connection.interrupted_at is not None
        since, connection.interrupted_at = connection.interrupted_at, None
        streams = tuple(
            self._label(name) for name in connection.interrupted if name in connection.desired
        )
        connection.interrupted = {}
        if streams:
            self._act(Notify(Resubscribed(connection.number, streams, now - since)))

    def rate_limited(self, connection: BaseConnection, seconds: float) -> None:
        """Report that the next attempt must wait because the process has made too many."""
        reason = f"no more than {self._attempts} are allowed"
        self._act(Notify(RateLimited(connection.number, seconds, reason, connection.url)))

    def reason_of(self, now: float, connection: BaseConnection) -> str:
        """Say what a stream assigned to ``connection`` is waiting for.

        This only reads, so any thread may call it.
        """
        if connection.state == "waiting":
            text = f"there is no connection to {connection.url} at the moment"
            if connection.attempt_at is not None:
                text += f", as no more than {self._attempts} are allowed"
            text += f"; the next attempt is in {max(0.0, connection.retry_at - now):.1f} s"
        elif connection.state == "connecting":
            text = f"a connection to {connection.url} is being opened"
        else:
            number = connection.number
            text = f"connection {number} to {connection.url} is open, and nothing is confirmed yet"
        return text if connection.failure is None else f"{text}; {connection.failure}"

    def user_error(self, connection: BaseConnection, lost: ConnectionLost) -> ConnectionLost:
        """Return ``lost`` with the connection's number and URL added to its reason."""
        if isinstance(lost, SetupError):
            return SetupError(lost.reason)
        reason = f"connection {connection.number} to {connection.url} ended: {lost.reason}"
        if connection.opened_at is None:
            reason = f"cannot connect to {connection.url}: {lost.reason}"
        return ConnectionLost(reason, lost.code, lost.status, lost.retry_after)
