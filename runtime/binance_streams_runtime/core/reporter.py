"""What the core tells about the ends of connections, and about what they interrupt."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.core.actions import Action, Suspend, Tell
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.timing import Timing
from binance_streams_runtime.errors import ConnectionLost, SetupError
from binance_streams_runtime.notices import Disconnected, RateLimited, Recovered


class Reporter:
    """Makes actions of what happened to the connections of one client."""

    def __init__(
        self,
        url: str,
        limits: Limits,
        label: Callable[[str], str],
        act: Callable[[Action], None],
    ) -> None:
        self._url = url
        count, window = limits.connection_attempts, limits.connection_attempts_window
        self._attempts = f"{count} attempts in {window} s by one process"
        self._label = label
        self._act = act

    def ended(
        self, number: int, error: ConnectionLost, names: list[str], pause: float | None
    ) -> Disconnected:
        """A connection ended, and with it the streams ``names``; it is tried again in ``pause``."""
        labels = tuple(self._label(name) for name in names)
        notice = Disconnected(number, error.code, error.status, error.reason, labels, pause)
        self._act(Tell(notice))
        return notice

    def suspended(self, now: float, link: Link, names: list[str]) -> None:
        """Nothing comes of these streams until they are confirmed again."""
        if names and link.interrupted_at is None:
            link.interrupted_at = now
        link.interrupted.update(dict.fromkeys(names))
        for name in names:
            self._act(Suspend(name))

    def recovered(self, now: float, link: Link) -> None:
        """All that is wanted of ``link`` is confirmed."""
        assert link.interrupted_at is not None
        since, link.interrupted_at = link.interrupted_at, None
        streams = tuple(self._label(name) for name in link.interrupted if name in link.wanted)
        link.interrupted = {}
        if streams:
            self._act(Tell(Recovered(link.number, streams, now - since)))

    def rate_limited(self, number: int, seconds: float) -> None:
        """The next attempt has to wait, as too many were made."""
        reason = f"no more than {self._attempts} are allowed"
        self._act(Tell(RateLimited(number, seconds, reason)))

    def reason_of(self, now: float, link: Link) -> str:
        """What a stream that ``link`` is to carry waits for. Only reads: for any thread."""
        if link.state == "waiting":
            text = f"there is no connection to {self._url} just now"
            if link.reserved_at is not None:
                text += f", as no more than {self._attempts} are allowed"
            text += f"; the next attempt is in {max(0.0, link.retry_at - now):.1f} s"
        elif link.state == "connecting":
            text = f"a connection to {self._url} is being opened"
        else:
            text = f"connection {link.number} to {self._url} is open, and nothing is confirmed yet"
        return text if link.failure is None else f"{text}; {link.failure}"

    def worded(self, link: Link, lost: ConnectionLost) -> ConnectionLost:
        """The error for users, who see it apart from its notice."""
        if isinstance(lost, SetupError):
            return SetupError(lost.reason)
        reason = f"connection {link.number} to {self._url} ended: {lost.reason}"
        if link.opened_at is None:
            reason = f"cannot connect to {self._url}: {lost.reason}"
        return ConnectionLost(reason, lost.code, lost.status, lost.retry_after)


def too_late(link: Link, deadline: float, timing: Timing) -> ConnectionLost:
    """Why a connection is given up whose ``deadline`` is over."""
    if link.state == "connecting":
        text = f"not open within {timing.connect} s: looking up the address may hang"
    elif deadline < link.last_received + timing.silence:
        text = f"half a message from the server in {2 * timing.silence} s"
    else:
        text = f"no byte from the server for {timing.silence} s"
    return ConnectionLost(text)
