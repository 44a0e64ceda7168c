"""The connections of one client: which there are, which follows which, and what time does to them.

What is wanted is kept by stream: ``home`` says which connection is to carry it. A connection that
ends hands all that it wanted to a new one (``_succeed``) in the same call, so no stream is ever
without a home as long as somebody wants it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.core.actions import Action, Drop, End, Leave, Open, Send, Tell
from binance_streams_runtime.core.handover import Handover
from binance_streams_runtime.core.link import Link
from binance_streams_runtime.core.reporter import Reporter, too_late
from binance_streams_runtime.core.retry import Retry
from binance_streams_runtime.core.timing import Timing
from binance_streams_runtime.errors import ConnectionLost, SetupError, client_closed
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.events.sequence import Interruption
from binance_streams_runtime.notices import Connected
from binance_streams_runtime.wire.frames import NO_STATUS, NORMAL_CLOSURE

# Seconds for which a connection must have been open for its success to count: a server that takes
# every connection, and drops it, would use up the attempts that the venue allows.
_STABLE_AFTER = 5.0

# Seconds that whoever opens a connection has to report that its time is over, so that what lies in
# the socket is read first. Only the look-up of a name cannot be stopped, and is given up then.
_REPORT = 1.0

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
        self.report = Reporter(url, limits, label, lambda action: self.actions.append(action))
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
        self._deadlines[number] = link.retry_at = now + pause
        if pause == 0:
            self._run_out(now, link)
        return link

    def _hole(self, link: Link, name: str) -> None:
        """The stream was not subscribed for a moment."""
        mark = Interruption("it was unsubscribed for a moment")
        handover = self.handovers.get(link.number)
        if handover is not None and handover.new is link:
            handover.interrupt(name, mark)
        else:
            self._router.mark(name, mark)

    def opened(self, now: float, link: Link) -> None:
        link.state = "open"
        link.opened_at = now
        link.old_at = now + self._timing.rotation(self._retry.random())
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
        link.fail_questions(self.report.worded(link, error))
        handover = self.handovers.pop(number, None)
        if handover is not None and handover.old is link:
            self._lost_old(now, handover, error)
            return
        pause = self._pause(now, link, error)
        names = [name for name in link.wanted if not (handover and handover.has_substitute(name))]
        notice = self.report.ended(number, error, names, pause)
        error = self.report.worded(link, error)
        if pause is not None or handover is not None:
            self.report.suspended(now, link, names)
            for name in names:
                self._router.mark(name, notice)
        if pause is None:
            self._end(link, handover, error)
            return
        successor = self._succeed(now, link, pause)
        successor.failure = error
        successor.take_over(link)
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
        pause = max(0.0, new.retry_at - now) if names else None
        notice = self.report.ended(old.number, error, names, pause)
        self.report.suspended(now, new, names)
        new.failure = new.failure or self.report.worded(old, error)
        handover.release(notice)
        old.end(error)
        self._replace_next(now, new)

    def _give_back(self, handover: Handover) -> None:
        """There is to be no new connection: the old one goes on to its own end."""
        old, new = handover.old, handover.new
        del self.handovers[old.number]
        for name in new.wanted:
            self.home[name] = old
            old.want(name)
        handover.take_back()
        handover.end_overlap()

    def _succeed(self, now: float, link: Link, pause: float) -> Link:
        """A new connection that is to carry what ``link`` should."""
        successor = self.new_link(now, pause)
        successor.pauses = link.pauses
        successor.interrupted_at, successor.interrupted = link.interrupted_at, link.interrupted
        link.interrupted_at, link.interrupted = None, {}
        for name in link.wanted:
            self.home[name] = successor
        successor.want_as(link)
        self.reconnects += 1
        return successor

    def _end(self, link: Link, handover: Handover | None, error: ConnectionLost) -> None:
        """Nobody wants another attempt: everything on the connection is over."""
        if handover is not None:
            self._give_back(handover)
            link.end(error)
            return
        names = list(link.wanted)
        if names or not self.lasting():
            self._router.overhear(error)
        for name in names:
            self.home.pop(name, None)
        link.end(error)
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

    # Make before break

    def replace(self, now: float, link: Link, reason: str) -> None:
        """Open the connection that is to follow ``link``, which goes on until it is left."""
        handover = self.handovers.get(link.number)
        if handover is not None and handover.new is link:
            # One after the other: it may already bring what no other connection does.
            link.replace_because = reason
        if link.state != "open" or handover is not None or not self._is_needed(link):
            return
        pause = self._pause(now, link, ConnectionLost(reason))
        if pause is None:
            return
        successor = self._succeed(now, link, pause)
        handover = Handover(link, successor, reason, self._timing.handover, self._router)
        self.handovers[link.number] = self.handovers[successor.number] = handover
        self.tend(now, successor)

    def _replace_next(self, now: float, link: Link) -> None:
        """A handover to ``link`` is over; it may be its own turn already."""
        reason, link.replace_because = link.replace_because, None
        if reason is not None:
            self.replace(now, link, reason)

    def advance(self, now: float, handover: Handover) -> None:
        """Leave the old connection where it has nothing more to give."""
        if self._is_paused or self.handovers.get(handover.old.number) is not handover:
            return
        handover.advance(now)
        if not handover.is_over:
            self.pump(now, handover.old)
            return
        old, new = handover.old, handover.new
        reason = f"{handover.reason}; connection {new.number} has taken over"
        error = ConnectionLost(reason)
        self._leave(old, error)
        self.report.ended(old.number, error, [], None)
        del self.handovers[new.number]
        self._replace_next(now, new)

    # Time

    def heard(self, now: float, link: Link, is_mid_message: bool = False) -> None:
        if not is_mid_message:
            link.mid_message_since = None
        elif link.mid_message_since is None or now - link.last_received > self._timing.silence:
            # It begins, or nobody has read for so long that the time was not the server's.
            link.mid_message_since = now
        link.last_received = now
        begun = link.mid_message_since
        # A message that trickles in is no better than none; a large one may take twice as long.
        longest = math.inf if begun is None else begun + 2 * self._timing.silence
        self._deadlines[link.number] = min(now + self._timing.silence, longest)

    def _pause(self, now: float, link: Link, error: ConnectionLost) -> float | None:
        """How long to wait before the next attempt, or None where there is to be none."""
        if isinstance(error, SetupError) or self.is_closed or not self._is_needed(link):
            return None
        if not self._retry.is_wanted(error):
            return None
        is_stable = link.opened_at is not None and now - link.opened_at >= _STABLE_AFTER
        if link.pauses is None or (is_stable and link.has_spoken):
            link.pauses = iter(self._retry.backoff())
        return self._retry.pause(link.pauses, error)

    def _is_needed(self, link: Link) -> bool:
        """Whether there must be a connection in its place."""
        is_last = self.keeps_open and all(other is link for other in self.lasting())
        return link.is_used or is_last

    def tend(self, now: float, link: Link) -> None:
        """Whatever time or an answer may have made due on a connection."""
        self.pump(now, link)
        handover = self.handovers.get(link.number)
        if handover is not None:
            self.advance(now, handover)
        if link.number not in self.links or (handover is not None and handover.old is link):
            return
        if link.state == "open" and link.unanswered >= _MOST_UNANSWERED:
            link.unanswered = 0
            reason = f"{_MOST_UNANSWERED} requests in a row were not answered"
            if handover is None:
                self.replace(now, link, reason)
            else:
                self.hang_up(link, NORMAL_CLOSURE)
                self.lost(now, link.number, ConnectionLost(reason))
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
                link.reserved_at = link.retry_at = self._deadlines[link.number] = at
                self.report.rate_limited(link.number, at - now)
                return
            link.state = "connecting"
            self._deadlines[link.number] = now + self._timing.connect
            self.actions.append(Open(link.number))
            return
        if link.state == "connecting" and not link.is_overdue:
            link.is_overdue = True
            self._deadlines[link.number] = now + _REPORT
            return
        if link.state == "open" and self._is_paused:
            self.heard(now, link)
            return
        error = too_late(link, self._deadlines[link.number], self._timing)
        self.actions.append(Drop(link.number))
        self.lost(now, link.number, error)

    def _retire_idle(self, link: Link) -> None:
        """Close a connection that carries nothing, where another one does."""
        if any(other.load for other in self.lasting()):
            error = ConnectionLost("nothing is subscribed on it any more")
            self._leave(link, error)
            self.report.ended(link.number, error, [], None)

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
        for handover in self.handovers.values():
            handover.postpone(now)

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

    def tick(self, now: float, read_until: float) -> None:
        """Do what is due; see Core."""
        for number, deadline in list(self._deadlines.items()):
            link = self.links.get(number)
            if link and deadline <= (now if link.state == "waiting" else read_until):
                self._run_out(now, link)
        for link in list(self.links.values()):
            if link.number in self.links:
                if not self._is_paused:
                    link.expire(now, read_until)
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
        if self.handovers and not self._is_paused:
            waiting = (handover.look_at for handover in self.handovers.values())
            times += [at for at in waiting if at is not None]
        return min(times, default=None)
