"""What the core tells about the ends of connections, and about what they interrupt."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.core.actions import Action, Suspend, Tell
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.timing import Timing
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Disconnected, Recovered


class Reporter:
    """Makes actions of what happened to the connections of one client."""

    def __init__(
        self, url: str, label: Callable[[str], str], act: Callable[[Action], None]
    ) -> None:
        self._url = url
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

    def worded(self, number: int, lost: ConnectionLost) -> ConnectionLost:
        """The error for users, who see it apart from its notice."""
        reason = f"connection {number} to {self._url} ended: {lost.reason}"
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
