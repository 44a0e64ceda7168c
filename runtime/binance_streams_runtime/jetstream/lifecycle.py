"""The connection to a log as a session sees it: when it is opened, and what its end interrupts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.jetstream.readings import Reading
from binance_streams_runtime.notices import Connected, Disconnected, Resubscribed
from binance_streams_runtime.session.actions import Action, Fail, Interrupt, Notify
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.counters import SessionCounters
from binance_streams_runtime.session.retry import Retry

# Seconds that a connection must have been open before the backoff starts over.
_STABLE_AFTER = 5.0


class LogConnection(Connection):
    """The connection to a log, for statistics; nothing is sent on it."""

    @property
    def load(self) -> int:
        return len(self.desired)


class Lifecycle:
    """Opens the connection to a log, again and again, as long as streams are read."""

    def __init__(
        self,
        retry: Retry,
        label: Callable[[str], str],
        counters: SessionCounters,
        readings: dict[str, Reading],
        actions: list[Action],
        make_connection: Callable[[int], LogConnection],
        on_open: Callable[[], None],
    ) -> None:
        """Have no connection.

        Args:
            retry: Whether and when to connect again.
            label: Returns the name of a stream for notices.
            counters: Counts the connections.
            readings: The streams that are read; emptied if no other attempt is made.
            actions: Gets what is decided.
            make_connection: Makes a connection of a number.
            on_open: Called to begin an attempt.
        """
        self._retry = retry
        self._label = label
        self._counters = counters
        self._readings = readings
        self._actions = actions
        self._make_connection = make_connection
        self._on_open = on_open
        self.connection: LogConnection | None = None
        """The one that there is, or will be; None if nothing has been read yet."""
        self._number = 0

    def add(self, now: float, name: str) -> None:
        """Read a stream on the connection, which is opened if there is none."""
        if self.connection is None:
            self.connect(now)
        else:
            self.connection.desired[name] = None

    def remove(self, name: str) -> None:
        """Read a stream no more."""
        connection = self.connection
        if connection is not None:
            connection.desired.pop(name, None)
            connection.confirmed.discard(name)
            connection.interrupted.pop(name, None)

    def connect(
        self, now: float, pause: float = 0.0, failure: ConnectionLost | None = None
    ) -> None:
        """Open a connection after a pause; ``failure`` has ended the last one."""
        self._number += 1
        before, connection = self.connection, self._make_connection(self._number)
        self.connection = connection
        connection.failure = failure
        connection.retry_at = now + pause
        if before is not None:
            connection.backoff = before.backoff
            connection.interrupted_at = before.interrupted_at
            connection.interrupted = before.interrupted
        connection.desired = dict.fromkeys(self._readings)
        self.tick(now)

    def tick(self, now: float) -> None:
        """Begin an attempt that is due."""
        connection = self.connection
        if connection is not None and connection.state == "waiting" and now >= connection.retry_at:
            connection.state = "connecting"
            self._on_open()

    def next_time(self) -> float:
        """Return when to call ``tick``; infinite for never."""
        connection = self.connection
        is_waiting = connection is not None and connection.state == "waiting"
        return connection.retry_at if connection is not None and is_waiting else math.inf

    def opened(self, now: float, url: str) -> None:
        """Handle an opened connection."""
        connection = self.connection
        if connection is None or connection.state != "connecting":
            return
        connection.state, connection.opened_at, connection.last_received = "open", now, now
        connection.failure = None
        self._actions.append(Notify(Connected(connection.number, url)))

    def lost(self, now: float, error: ConnectionLost) -> None:
        """Handle the end of the connection, or of an attempt to open it."""
        connection = self.connection
        if connection is None or connection.state not in ("connecting", "open"):
            return
        was_open = connection.state == "open"
        connection.state = "closed"
        pause = self._pause(now, connection, error)
        names = [name for name, reading in self._readings.items() if reading.is_confirmed]
        labels = tuple(map(self._label, names))
        notice = Disconnected(
            connection.number, None, None, error.reason, labels, pause, connection.url
        )
        self._actions.append(Notify(notice))
        text = "ended" if was_open else "could not be opened"
        failure = ConnectionLost(f"the connection to {connection.url} {text}: {error.reason}")
        if pause is None:
            self._actions.extend(Fail(name, failure) for name in self._readings)
            self._readings.clear()
            self.connection = None
            return
        if names and connection.interrupted_at is None:
            connection.interrupted_at = now
        for name in names:
            connection.interrupted[name] = None
            self._readings[name].is_confirmed = False
            self._actions.append(Interrupt(name))
        self._counters.replaced("lost" if was_open else "unreachable")
        self.connect(now, pause, failure)

    def _pause(self, now: float, connection: Connection, error: ConnectionLost) -> float | None:
        """Return the seconds until the next attempt; None for no attempt."""
        if not self._retry.should_retry(error):
            return None
        opened_at = connection.opened_at
        is_stable = opened_at is not None and now - opened_at >= _STABLE_AFTER
        if connection.backoff is None or is_stable:
            connection.backoff = iter(self._retry.backoff())
        return self._retry.pause(connection.backoff, error)

    def confirmed(self, now: float, name: str) -> None:
        """Note that a stream is read; report it if it was the last one that was interrupted."""
        connection = self.connection
        if connection is None:
            return
        connection.confirmed.add(name)
        since, readings = connection.interrupted_at, self._readings
        if since is None or not all(one.is_confirmed for one in readings.values()):
            return
        labels = tuple(self._label(one) for one in connection.interrupted if one in readings)
        connection.interrupted_at, connection.interrupted = None, {}
        if labels:
            self._actions.append(Notify(Resubscribed(connection.number, labels, now - since)))

    def reason_of(self, now: float, readings: Mapping[str, Reading], name: str) -> str:
        """Say why a stream is not confirmed."""
        connection = self.connection
        if name not in readings or connection is None:
            return "it is about to be subscribed to"
        if connection.state == "open":
            return readings[name].reason or "the log has not answered yet"
        text = f"a connection to {connection.url} is being opened"
        if connection.state == "waiting":
            seconds = max(0.0, connection.retry_at - now)
            text = f"there is no connection to {connection.url} at the moment"
            text += f"; the next attempt is in {seconds:.1f} s"
        return text if connection.failure is None else f"{text}; {connection.failure}"
