"""The connections of one client: which there are, which follows which, and what time does to them.

What is wanted is kept by stream: ``home`` says which connection is to carry it. A connection that
ends hands all that it wanted to a new one (``_succeed``) in the same call, so no stream is ever
without a home as long as somebody wants it.
"""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.core.actions import (
    Action,
    Drop,
    End,
    Leave,
    Open,
    Send,
    Suspend,
    Tell,
)
from binance_streams_runtime.core.handover import Handover
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.retry import Retry, least_pause
from binance_streams_runtime.core.timing import Timing
from binance_streams_runtime.errors import ConnectionLost, client_closed
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.events.sequence import Interruption, Overlap
from binance_streams_runtime.notices import Connected, Disconnected, Recovered
from binance_streams_runtime.wire.frames import NO_STATUS, NORMAL_CLOSURE

# The share of a connection's life after which it is replaced is drawn from here, so that the
# connections of one client, and of many, are not all replaced at the same moment.
_OLD_FROM, _OLD_TO = 0.95, 0.99

# Seconds for which a connection must have been open for its success to count: a server that takes
# every connection, and drops it, would use up the attempts that the venue allows.
_STABLE_AFTER = 5.0

# A connection on which so many requests in a row go unanswered is replaced.
_MOST_UNANSWERED = 4


class Fleet:
    """All connections of one client."""

    def __init__(
        self,
        limits: Limits,
        router: Router,
        url: str,
        timing: Timing,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        on_settled: Callable[[Link, list[str], BaseException | None], None],
    ) -> None:
        self.links: dict[int, Link] = {}
        self.home: dict[str, Link] = {}
        # By either connection's number.
        self.handovers: dict[int, Handover] = {}
        self.actions: list[Action] = []
        self.is_closed = False
        # Whether there is to be a connection even where nothing is wanted of one.
        self.keeps_open = False
        self.reconnects = 0
        self._limits = limits
        self._router = router
        self._url = url
        self._timing = timing
        self._retry = retry
        self._max_message = max_message
        self._label = label
        self._on_settled = on_settled
        self._deadlines: dict[int, float] = {}
        self._opened = 0
        self._is_paused = False

    # Connections that last

    def link_for(self, now: float, name: str) -> Link:
        """The connection that still carries ``name``, else one with room, else a new one."""
        links = self.lasting()
        for link in links:
            if link.carries(name):
                return link
        for link in links:
            if link.load < self._limits.streams_per_connection:
                return link
        return self.new_link(now)

    def lasting(self) -> list[Link]:
        """The connections that are not about to be left."""
        leaving = {handover.old.number for handover in self.handovers.values()}
        return [link for link in self.links.values() if link.number not in leaving]

    def new_link(self, now: float, pause: float = 0.0) -> Link:
        self._opened += 1
        number = self._opened
        link = Link(
            number,
            self._limits,
            self._max_message,
            self._timing.request,
            on_settled=lambda names, error: self._on_settled(link, names, error),
            on_hole=lambda name: self._hole(link, name),
        )
        self.links[number] = link
        self._deadlines[number] = now + pause
        if pause == 0:
            self._run_out(now, link)
        return link

    def _hole(self, link: Link, name: str) -> None:
        """The stream was not subscribed for a moment."""
        mark = Interruption("it was unsubscribed for a moment")
        handover = self.handovers.get(link.number)
        if handover is not None and handover.new is link:
            handover.hold(self._router.mark_apart(name, mark))
        else:
            self._router.mark(name, mark)

    def opened(self, now: float, link: Link) -> None:
        link.state = "open"
        link.opened_at = now
        share = _OLD_FROM + (_OLD_TO - _OLD_FROM) * self._retry.random()
        link.old_at = now + share * self._timing.lifetime
        self.heard(now, link)
        notice = Connected(link.number, self._url)
        self.actions.append(Tell(notice))
        if all(other is link or other.state != "open" for other in self.links.values()):
            self._router.overhear(notice)

    # Ends

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """The connection ended, or could not be opened; what it carried gets another one."""
        link = self.links.pop(number, None)
        if link is None:
            return
        self._deadlines.pop(number, None)
        link.fail_questions(self._worded(number, error))
        handover = self.handovers.pop(number, None)
        if handover is not None and handover.old is link:
            self._lost_old(now, handover, error)
            return
        names = list(link.wanted)
        pause = self._pause(now, link, error)
        is_covered = handover is not None and pause is not None
        notice = self._tell_end(number, error, [] if is_covered else names, pause)
        error = self._worded(number, error)
        if pause is None:
            self._end(link, handover, names, error)
            return
        if not is_covered:
            self._suspend(now, link, names)
            for name in names:
                self._router.mark(name, notice)
        successor = self._succeed(now, link, pause)
        link.end(error)
        if handover is not None:
            handover.restart(successor)
            self.handovers[successor.number] = handover
        self.tend(now, successor)

    def _lost_old(self, now: float, handover: Handover, error: ConnectionLost) -> None:
        """The old connection ended before its time: what it had still to say is lost."""
        old, new = handover.old, handover.new
        del self.handovers[new.number]
        names = [name for name in new.wanted if name not in new.confirmed]
        notice = self._tell_end(old.number, error, names, 0.0 if names else None)
        self._suspend(now, new, names)
        old.end(error)
        handover.release(self._router, notice)

    def _succeed(self, now: float, link: Link, pause: float) -> Link:
        """A new connection that is to carry what ``link`` should."""
        successor = self.new_link(now, pause)
        successor.pauses = link.pauses
        successor.interrupted_at, successor.interrupted = link.interrupted_at, link.interrupted
        for name in link.wanted:
            self.home[name] = successor
        successor.take_over(link)
        self.reconnects += 1
        return successor

    def _suspend(self, now: float, link: Link, names: list[str]) -> None:
        """Nothing comes of these streams until they are confirmed again."""
        if names and link.interrupted_at is None:
            link.interrupted_at = now
        link.interrupted.update(dict.fromkeys(names))
        self.actions.extend(Suspend(name) for name in names)

    def _end(
        self, link: Link, handover: Handover | None, names: list[str], error: ConnectionLost
    ) -> None:
        """Nobody wants another attempt: everything on the connection is over."""
        if names or not self.lasting():
            self._router.overhear(error)
        for name in names:
            self.home.pop(name, None)
        link.end(error)
        if handover is not None:
            self._leave(handover.old, error)
        self.actions.extend(End(name, error) for name in names)

    def hang_up(self, link: Link, code: int) -> None:
        if link.state == "open":
            # 1005 stands for a close frame without a code, and must not be sent.
            payload = b"" if code == NO_STATUS else code.to_bytes(2, "big")
            self.actions.append(Leave(link.number, payload))
        else:
            self.actions.append(Drop(link.number))

    def _leave(self, link: Link, error: ConnectionLost) -> None:
        """The connection is not needed any more."""
        self.links.pop(link.number, None)
        self._deadlines.pop(link.number, None)
        self.handovers.pop(link.number, None)
        self.hang_up(link, NORMAL_CLOSURE)
        link.end(error)

    def recovered(self, now: float, link: Link) -> None:
        assert link.interrupted_at is not None
        since, link.interrupted_at = link.interrupted_at, None
        streams = tuple(self._label(name) for name in link.interrupted if name in link.wanted)
        link.interrupted = {}
        if streams:
            self.actions.append(Tell(Recovered(link.number, streams, now - since)))

    def _tell_end(
        self, number: int, error: ConnectionLost, names: list[str], pause: float | None
    ) -> Disconnected:
        labels = tuple(self._label(name) for name in names)
        notice = Disconnected(number, error.code, error.status, error.reason, labels, pause)
        self.actions.append(Tell(notice))
        return notice

    def _worded(self, number: int, lost: ConnectionLost) -> ConnectionLost:
        """The error for users, who see it apart from its notice."""
        reason = f"connection {number} to {self._url} ended: {lost.reason}"
        return ConnectionLost(reason, lost.code, lost.status, lost.retry_after)

    # Make before break

    def replace(self, now: float, link: Link, reason: str) -> None:
        """Open the connection that is to follow ``link``, which goes on until it is left."""
        handover = self.handovers.get(link.number)
        is_followed = handover is not None and handover.old is link
        if link.state != "open" or is_followed or not self._is_needed(link):
            return
        pause = self._pause(now, link, ConnectionLost(reason))
        if pause is None:
            return
        successor = self._succeed(now, link, pause)
        if handover is None:
            handover = self.handovers[link.number] = Handover(link, successor, reason)
            for name in link.wanted:
                self._router.mark(name, Overlap.BEGINS)
        else:
            # It was itself to follow another one, which still delivers.
            self._leave(link, ConnectionLost(reason))
            handover.restart(successor)
        self.handovers[successor.number] = handover
        self.tend(now, successor)

    def advance(self, now: float, handover: Handover) -> None:
        """Leave the old connection where it has nothing more to give."""
        if self.handovers.get(handover.old.number) is not handover:
            return
        if not handover.is_due():
            self.pump(now, handover.old)
            return
        old, new = handover.old, handover.new
        reason = f"{handover.reason}; connection {new.number} has taken over"
        error = ConnectionLost(reason)
        self._leave(old, error)
        notice = self._tell_end(old.number, error, [], None)
        del self.handovers[new.number]
        handover.release(self._router, None if handover.is_seamless else notice)

    # Time

    def heard(self, now: float, link: Link) -> None:
        link.last_received = now
        self._deadlines[link.number] = now + self._timing.silence

    def _pause(self, now: float, link: Link, error: ConnectionLost) -> float | None:
        """How long to wait before the next attempt, or None where there is to be none."""
        if self.is_closed or not self._is_needed(link) or not self._retry.is_wanted(error):
            return None
        is_stable = link.opened_at is not None and now - link.opened_at >= _STABLE_AFTER
        if link.pauses is None or (is_stable and link.has_spoken):
            link.pauses = iter(self._retry.backoff())
        pause = next(link.pauses, None)
        if pause is None:
            return None
        least = least_pause(error)
        return max(pause, least * (1 + self._retry.random() / 4), 0.0)

    def _is_needed(self, link: Link) -> bool:
        """Whether there must be a connection in its place."""
        is_last = self.keeps_open and all(other is link for other in self.lasting())
        return link.is_used or is_last

    def tend(self, now: float, link: Link) -> None:
        """Whatever time or an answer may have made due on a connection."""
        if not self._is_paused:
            link.expire(now)
        self.pump(now, link)
        handover = self.handovers.get(link.number)
        if handover is not None:
            self.advance(now, handover)
        if link.number not in self.links or (handover is not None and handover.old is link):
            return
        if link.state == "open" and link.unanswered >= _MOST_UNANSWERED:
            link.unanswered = 0
            self.replace(now, link, f"{_MOST_UNANSWERED} requests in a row were not answered")
        elif link.old_at is not None and link.old_at <= now:
            link.old_at = None
            self.replace(now, link, f"open for nearly {self._timing.lifetime:g} s")
        elif link.state == "open" and not link.load and not link.is_used and handover is None:
            self._retire_idle(link)

    def _run_out(self, now: float, link: Link) -> None:
        """The time that a connection had in its state is over."""
        if link.state == "waiting":
            at = self._retry.reserve(now) if link.reserved_at is None else link.reserved_at
            if at > now:
                link.reserved_at = self._deadlines[link.number] = at
                return
            link.state = "connecting"
            self._deadlines[link.number] = now + self._timing.connect
            self.actions.append(Open(link.number))
            return
        if link.state == "connecting":
            reason = f"not open within {self._timing.connect} s"
        elif self._is_paused:
            self.heard(now, link)
            return
        else:
            reason = f"no byte from the server for {self._timing.silence} s"
        self.actions.append(Drop(link.number))
        self.lost(now, link.number, ConnectionLost(reason))

    def _retire_idle(self, link: Link) -> None:
        """Close a connection that carries nothing, where another one does."""
        if any(other.load for other in self.lasting()):
            error = ConnectionLost("nothing is subscribed on it any more")
            self._leave(link, error)
            self._tell_end(link.number, error, [], None)

    def pump(self, now: float, link: Link) -> None:
        while (frame := link.due(now)) is not None:
            self.actions.append(Send(link.number, *frame))

    def pause(self) -> None:
        """Nothing is read from now on: silence is no sign of death."""
        self._is_paused = True

    def resume(self, now: float) -> None:
        """Reading goes on."""
        self._is_paused = False
        for link in self.links.values():
            if link.state == "open":
                self.heard(now, link)
                link.postpone(now)

    def close(self, now: float) -> None:
        """The client is closing: say goodbye on every connection."""
        self.is_closed = True
        for link in self.links.values():
            self.hang_up(link, NORMAL_CLOSURE)
            link.end(client_closed())
        self.links.clear()
        self.home.clear()
        self._deadlines.clear()
        self.handovers.clear()

    def tick(self, now: float) -> None:
        """Time has passed."""
        for number, deadline in list(self._deadlines.items()):
            if deadline <= now and number in self.links:
                self._run_out(now, self.links[number])
        for link in list(self.links.values()):
            if link.number in self.links:
                self.tend(now, link)

    def next_time(self, now: float) -> float | None:
        """When ``tick`` should be called next, or None where nothing is awaited."""
        times = list(self._deadlines.values())
        for link in self.links.values():
            due = link.next_time(now, self._is_paused)
            if due is not None:
                times.append(due)
            if link.old_at is not None and link.number not in self.handovers:
                times.append(link.old_at)
        return min(times, default=None)
