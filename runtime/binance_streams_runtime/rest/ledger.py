"""The request weight that a server has counted for this address: wait rather than be refused.

The server counts in windows that begin at full minutes of its own clock, and it counts all requests
from this address, also those of other programs. Each answer says how much was used, and when by the
server's clock. Both are known only roughly: a request may be counted at any time between its
sending and its answer, and the clock has whole seconds. What is uncertain counts in every
window that it may belong to.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

# Seconds by which the clock of the machine that answers may differ from that of the counting one.
_SLACK = 1.0

# How fast two clocks may drift apart.
_DRIFT = 1e-4

# Seconds that a server may ask for: bans last up to three days.
_LONGEST_BLOCK = 3 * 24 * 3600.0

# Seconds to wait after a refusal that does not say for how long, doubled each time in a row. 429 is
# a limit that will be over soon, 418 a ban, which lasts at least two minutes.
_FIRST_BLOCK = {429: 5.0, 418: 120.0}

# How much of the reserve stays free although others have used all of it: they may go on.
_MARGIN = 1 / 8

# Into how many steps a window is divided if it is not known when it begins.
_STEPS = 100


@dataclass(eq=False)
class _Sent:
    """A request, which the server counts between ``sent_at`` and ``answered_at``."""

    number: int
    weight: int
    sent_at: float
    answered_at: float = math.inf


@dataclass(eq=False)
class _Report:
    """What an answer said about a window."""

    request: int
    window: int | None
    """The number of the window since the epoch; None if the server's clock is not known."""
    answered_at: float
    used: int
    """The weight that was used, that of its own request included."""
    others: int
    """How much of it was not this process's."""
    after: int
    """The weight of this process's requests that ``used`` may lack."""


class WeightLedger:
    """The ledger of one server, for all clients of a process. Times are of a monotonic clock."""

    def __init__(self, limit: int, window: float) -> None:
        """Have nothing used: ``limit`` is the most weight in a window of ``window`` seconds."""
        self.limit = limit
        self.blocked_until: float = -math.inf
        """Until when the server wants to be left alone."""
        self._window = window
        self._count = 0
        self._pending: dict[int, _Sent] = {}
        # In the order of their answers.
        self._answered: deque[_Sent] = deque()
        self._report: _Report | None = None
        # The bounds of the server's Unix time minus this clock, and when they were found.
        self._offset: tuple[float, float, float] | None = None
        self._refusals = 0

    def delay(self, now: float, weight: int, reserve: int) -> float:
        """Return for how many seconds to wait with a request of this weight; 0 to send it now.

        ``reserve`` is how much others may use in each window: what they have not used of it yet
        stays free for them.
        """
        self._forget(now)
        at = max(now, self.blocked_until)
        # Each step ends a window, or a hundredth of one: in the end, nothing counts any more.
        for _ in range(_STEPS + 3):
            if self._fits(at, weight, reserve):
                break
            at = self._next_change(at)
        return at - now

    def used(self, now: float) -> int:
        """Return the weight that counts now, as far as it is known."""
        self._forget(now)
        return self._total(now, self._windows(now)[0])

    def sent(self, now: float, weight: int) -> int:
        """Note that a request is sent, and return its number for ``answered``."""
        self._count += 1
        self._pending[self._count] = _Sent(self._count, weight, now)
        if self._report is not None:
            self._report.after += weight
        return self._count

    def answered(
        self, now: float, request: int, used: int | None, server_time: float | None
    ) -> None:
        """Note the answer of a request, or with None for both that there will be none.

        ``used`` is the weight that the answer says was used, ``server_time`` the Unix time that it
        says, in whole seconds.
        """
        sent = self._pending.pop(request)
        sent.answered_at = now
        if server_time is not None:
            self._learn_time(sent.sent_at, now, server_time)
        # The answer to an older request must not undo what a newer one says.
        if used is not None and (self._report is None or self._report.request < request):
            window = self._window_of(sent, used)
            missing = self._missing_in(sent)
            mine = self._own(now, window) + sent.weight - missing
            self._report = _Report(request, window, now, used, max(0, used - mine), missing)
        self._answered.append(sent)

    def dropped(self, request: int) -> None:
        """Note that a request was not sent after all."""
        sent = self._pending.pop(request)
        if self._report is not None:
            self._report.after -= sent.weight

    def refused(self, now: float, status: int, retry_after: float | None) -> float:
        """Note a status 429 or 418, and return for how many seconds nothing will be sent."""
        wait = retry_after
        if wait is None:
            wait = _FIRST_BLOCK[status] * 2.0 ** min(self._refusals, 16)
        # A server that wants to be asked again at once has just refused to answer.
        wait = min(max(wait, 1.0), _LONGEST_BLOCK)
        self._refusals += 1
        if now + wait < self.blocked_until:
            return self.blocked_until - now
        self.blocked_until = now + wait
        # Exactly: the difference may be a little more, which whole seconds would round up.
        return wait

    def accepted(self) -> None:
        """Note an answer that was no refusal: the next refusal begins with a short wait again."""
        self._refusals = 0

    # What counts

    def _fits(self, at: float, weight: int, reserve: int) -> bool:
        for window in self._windows(at):
            total = self._total(at, window)
            # What is too heavy for the limit at all is sent if nothing else counts.
            if total and total + weight > self.limit - self._kept_free(window, reserve):
                return False
        return True

    def _windows(self, at: float) -> tuple[int | None, ...]:
        """Return the windows in which a request that is sent at ``at`` may be counted.

        The last one is the window that comes next, as the request may arrive late. The only one is
        None, for the last ``window`` seconds, if nothing is known about the server's clock.
        """
        if self._offset is None:
            return (None,)
        return tuple(range(self._earliest(at), self._latest(at) + 2))

    def _total(self, at: float, window: int | None) -> int:
        """Return what may have been counted in a window, as seen at ``at``."""
        report = self._report
        is_over = report is None or (window is None and report.answered_at + self._window <= at)
        if report is None or is_over or report.window != window:
            return self._own(at, window)
        return report.used + report.after

    def _own(self, at: float, window: int | None) -> int:
        """Return the weight of this process's requests that may be counted in a window."""
        total = sum(sent.weight for sent in self._pending.values())
        for sent in reversed(self._answered):
            if window is None or self._offset is None:
                if sent.answered_at <= at - self._window:
                    break
                total += sent.weight
            elif self._latest(sent.answered_at) < window:
                break
            elif self._earliest(sent.sent_at) <= window:
                total += sent.weight
        return total

    def _kept_free(self, window: int | None, reserve: int) -> float:
        """Return what others may still use in a window."""
        report = self._report
        others = report.others if report is not None and report.window == window else 0
        return max(reserve - others, reserve * _MARGIN)

    def _missing_in(self, sent: _Sent) -> int:
        """Return the weight of all requests that may have been counted after this one."""
        missing = sum(one.weight for one in self._pending.values())
        for one in reversed(self._answered):
            if one.answered_at <= sent.sent_at:
                break
            missing += one.weight
        return missing

    def _window_of(self, sent: _Sent, used: int) -> int | None:
        """Return the window that the answer to a request is about."""
        if self._offset is None:
            return None
        first, last = self._earliest(sent.sent_at), self._latest(sent.answered_at)
        before = self._report
        if first == last or before is None or before.window is None or before.window >= last:
            return last
        # Near the boundary, the count itself says whether it has restarted.
        is_same = before.window == first and used >= before.used + sent.weight
        return first if is_same else last

    # Time

    def _earliest(self, at: float) -> int:
        """Return the window that it was at the server at least, at ``at``."""
        assert self._offset is not None
        low, _, found_at = self._offset
        return math.floor((at + low - abs(at - found_at) * _DRIFT) / self._window)

    def _latest(self, at: float) -> int:
        """Return the window that it was at the server at most, at ``at``."""
        assert self._offset is not None
        _, high, found_at = self._offset
        return math.floor((at + high + abs(at - found_at) * _DRIFT) / self._window)

    def _learn_time(self, sent_at: float, now: float, server_time: float) -> None:
        low, high = server_time - now - _SLACK, server_time + 1 - sent_at + _SLACK
        if self._offset is not None:
            earliest, latest, found_at = self._offset
            drift = (now - found_at) * _DRIFT
            # Otherwise one of the clocks was set, or this machine slept.
            if max(low, earliest - drift) < min(high, latest + drift):
                low, high = max(low, earliest - drift), min(high, latest + drift)
        self._offset = low, high, now

    def _next_change(self, at: float) -> float:
        """Return the next time after ``at`` at which something stops counting."""
        if self._offset is not None:
            low, _, found_at = self._offset
            ends_at = (self._earliest(at) + 1) * self._window - low
            # A little later, so that rounding cannot lead back into the same window.
            drift = abs(ends_at - found_at) * _DRIFT
            return max(at, ends_at + drift) + self._window * 1e-3
        ends = [sent.answered_at + self._window for sent in self._answered]
        if self._report is not None:
            ends.append(self._report.answered_at + self._window)
        soonest = at + self._window / _STEPS
        return min((end for end in ends if end > soonest), default=at + self._window)

    def _forget(self, now: float) -> None:
        """Drop what no window counts any more."""
        while self._answered and self._answered[0].answered_at < now - 2 * self._window:
            self._answered.popleft()
