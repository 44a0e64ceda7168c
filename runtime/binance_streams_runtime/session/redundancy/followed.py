"""Merging lines of a stream whose events have no consecutive ids: one line is followed at a time.

Nothing shows what such a stream lacks, and lines need not be in step. So the events of one line are
delivered as they come, and what the others deliver beyond them is kept. If the followed line is
interrupted, or falls behind, another one is followed: without what was delivered already, and with
what was kept. By the comparison of handovers, the numbers or the contents of events decide.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from binance_streams_runtime.catalog.streams import Sequence
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.pipeline.sequence import Interruption, Mark, Overlap
from binance_streams_runtime.session.redundancy.arbiter import Arbiter, LineState
from binance_streams_runtime.session.redundancy.delivered import Delivered, Pending

# Seconds for which the followed line may be behind another one.
_BEHIND = 1.0

# How many events of a line may wait; and after how many unknown ones in a row it is not expected to
# repeat anything of the history.
_MAX_PENDING = 4096
_MAX_UNKNOWN = 64

_BEHIND_FOR_LONG = "a connection did not deliver what another one has delivered"
_RESTARTED = "the numbers of the stream have restarted"
_TOO_LATE = "a connection delivered events that another one lacks, but too late"


class FollowedArbiter(Arbiter):
    """Follows one line, and keeps what others have beyond it."""

    def __init__(self, *args: Any, sequence: Sequence | None) -> None:
        super().__init__(*args)
        self._sequence = sequence
        self._followed: LineState | None = None
        self._followed_at = 0.0
        # What may have made the followed line miss something; its first event may show that it
        # has not.
        self._doubt: Disconnected | Interruption | None = None
        # Since when it has delivered only what is old; whether all lines were cut before it.
        self._old_since: float | None = None
        self._is_new = False
        self._delivered = Delivered(sequence)

    @property
    def is_holding(self) -> bool:
        return any(line.pending for line in self.lines)

    # What lines deliver

    def offer(self, now: float, number: int, message: bytes, hashed: int) -> bool:
        line = self.lines[number]
        place = line.place - self._base
        if 0 <= place < len(self._history) and self._history[place] == hashed:
            line.place += 1
            line.is_live = True
            self._join(line)
            return True
        if self._followed is line or self._followed is None:
            return False
        if place >= len(self._history) and not line.is_rewound:
            # It is ahead of the followed one, whose copy is expected.
            line.is_live = True
            self._keep(now, line, Pending(now, message, [], hashed))
            return True
        return False

    def add(self, now: float, number: int, item: Any, hashed: int | None) -> None:
        line = self.lines[number]
        line.is_live = True
        if self._followed is None:
            self._begin(now, line)
        is_behind = line.place < self._base and line is not self._followed
        if is_behind and hashed != self._history[0] and self._delivered.is_old(item):
            # It is far behind: to search all of the history for each event would take too long.
            line.is_joined = True
            return
        if line.place < self._end or line.is_rewound:
            if self._is_repeated(line, item, hashed) or self._is_before(now, line, item):
                return
            if line.is_rewound and any(
                one.is_copy(item, hashed, self._sequence, self._decode) for one in line.pending
            ):
                return
            if line is not self._followed and not line.is_joined:
                # Nothing is known yet of where it is.
                self._keep(now, line, Pending(now, None, [item], hashed))
                return
            is_next = (
                line.is_rewound or self._delivered.is_new(item) or len(line.pending) >= _MAX_UNKNOWN
            )
            if not is_next:
                # Something that was delivered may still follow.
                self._keep(now, line, Pending(now, None, [item], hashed))
                return
            line.is_rewound = False
            line.place = self._end
            self._is_new = self._is_new and line is not self._followed
            self._old_since = None
        if line is self._followed:
            self._deliver_pending(now, line)
            self._deliver(now, line, item, hashed)
        else:
            self._keep(now, line, Pending(now, None, [item], hashed))

    # What happens to lines

    def confirmed(self, now: float, number: int) -> None:
        super().confirmed(now, number)
        line = self.lines[number]
        if self._followed is None:
            self._begin(now, line)

    def interrupted(
        self, now: float, number: int, mark: Disconnected | Interruption, alive_at: float
    ) -> None:
        line = self.lines[number]
        line.is_live = line.is_live and not isinstance(mark, Disconnected)
        line.is_joined = line.is_matched = line.is_rewound = False
        line.confirmed_at = None
        line.place = self._base
        line.pending.clear()
        if line is not self._followed:
            return
        others = self._others(number)
        following = next((other for other in others if self._is_proven(alive_at, other)), None)
        if following is None:
            candidates = [*others, *([line] if line.is_live else [])]
            following = next(iter(candidates), None)
            self._doubt = self._doubt or mark
        self._followed = None
        if following is None:
            self._settle_doubt(self._doubt or mark)
            self._check_by(None)
            return
        if not following.is_joined:
            following.is_rewound = True
            self._drop_older(following)
        self._follow(now, following)

    def rewound(self, number: int) -> None:
        line = self.lines[number]
        line.place = self._base
        line.is_rewound = True

    def repeated(self, number: int, events: list[Any]) -> int:
        if not (line := self.lines[number]).is_rewound:
            return 0
        places = [self._delivered.find(event, self._end, line.place) for event in events]
        last = max((at for at, place in enumerate(places) if place is not None), default=None)
        if last is None:
            return 0
        line.place = max(place for place in places if place is not None) + 1
        # What it has kept came before one of these, or comes once more.
        line.pending.clear()
        is_late = line is self._followed and None in places[:last]
        if is_late and (places[0] is not None or line.is_matched):
            # They would be out of order now.
            self._mark(Interruption(_TOO_LATE))
        line.is_joined = line.is_matched = True
        return last + 1

    def check(self, now: float) -> None:
        followed = self._followed
        # Nothing is kept unless a line is followed.
        assert followed is not None
        if followed.pending and followed.pending[0].at + _BEHIND <= now:
            # It has not repeated what was delivered, so it never will, unless it begins again.
            place = followed.place
            self._deliver_pending(now, followed)
            followed.place = place if followed.is_rewound else self._end
        for line in self.lines:
            if line is followed or not line.pending or not line.is_live:
                continue
            self._prune(now, line)
            is_behind = self._delivered.is_ordered or self._followed_at + _BEHIND <= now
            if not is_behind or not line.pending or line.pending[0].at + _BEHIND > now:
                continue
            if self._is_located(line) or line.pending[0].at + self._patience <= now:
                if not line.is_joined:
                    self._doubt = self._doubt or Interruption(_BEHIND_FOR_LONG)
                self._follow(now, line)
                break
        self._plan(now)

    # Following

    def _begin(self, now: float, line: LineState) -> None:
        """Follow a line, as no other one delivers."""
        # It may repeat the last ones; if their numbers go back, they have restarted meanwhile.
        is_new = bool(self._history) and now < self._followed_at + self._patience
        line.place = self._base if is_new else self._end
        line.is_joined, line.is_rewound = True, is_new
        self._follow(now, line)
        self._is_new = is_new

    def _follow(self, now: float, line: LineState) -> None:
        """Deliver what comes on a line from now on, and what it has beyond what was delivered."""
        self._followed, self._old_since, self._is_new = line, None, False
        if self._history:
            # A tracker would take repetitions that differ a little for a restart of the numbers.
            self._mark(Overlap.BEGINS)
            self._mark(Overlap.ENDS)
        if line.place >= self._end:
            self._deliver_pending(now, line)
        self._plan(now)

    def _is_located(self, line: LineState) -> bool:
        """Return whether what a line has kept certainly follows what was delivered."""
        return line.is_joined if self._delivered.is_ordered else line.is_matched

    def _settle_doubt(self, doubt: Disconnected | Interruption) -> None:
        """Report that something may be missing before what is delivered next."""
        self._doubt = None
        self._mark(doubt)

    def _is_proven(self, alive_at: float, line: LineState) -> bool:
        """Return whether a line will deliver all that follows what was delivered."""
        return line.is_joined or self._is_quiet(alive_at, line)

    def _is_quiet(self, now: float, line: LineState) -> bool:
        """Return whether nothing can be on its way that precedes what comes next on a line.

        The followed line must have been alive at ``now``.
        """
        since = line.confirmed_at
        is_settled = since is not None and since + self._patience <= now
        is_quiet = is_settled and not line.pending and self._followed_at + self._patience <= now
        if is_quiet:
            line.place, line.is_joined = self._end, True
        return is_quiet

    def _deliver(self, now: float, line: LineState, event: Any, hashed: int | None) -> None:
        """Deliver an event of the followed line."""
        if self._doubt is not None:
            self._settle_doubt(self._doubt)
            line.is_joined = True
        for other in self.lines:
            if other is line or not other.is_live:
                continue
            if other.pending:
                self._match(now, line, other, event, hashed)
            elif not other.is_joined:
                self._is_quiet(now, other)
        self._emit(event)
        self._remember(hashed)
        self._delivered.add(event)
        line.place = self._end
        self._followed_at = now

    def _match(
        self, now: float, line: LineState, other: LineState, event: Any, hashed: int | None
    ) -> None:
        """Drop what another line has kept up to an event that is delivered now.

        What precedes it there was missed by the followed line, and is delivered before it.
        """
        pending = other.pending
        for at, one in enumerate(pending):
            if at > _MAX_UNKNOWN and not other.is_matched:
                return
            if one.is_copy(event, hashed, self._sequence, self._decode):
                break
        else:
            return
        missed = [pending.popleft() for _ in range(at + 1)][:-1]
        was_joined, other.is_joined = other.is_joined, True
        other.is_matched = True
        for one in missed if was_joined else ():
            for item in one.decoded(self._decode):
                delivered = self._delivered
                is_known = isinstance(item, Mark) or delivered.is_old(item)
                if not is_known and not delivered.is_newest(item):
                    self._deliver(now, line, item, one.hashed)
        if not other.is_rewound:
            other.place = self._end + 1

    def _deliver_pending(self, now: float, line: LineState) -> None:
        """Deliver what a line has kept, as far as it is beyond what was delivered."""
        pending, line.pending = line.pending, deque()
        for one in pending:
            for item in one.decoded(self._decode):
                if isinstance(item, Mark):
                    self._mark(item)
                elif self._delivered.is_old(item) or self._delivered.is_newest(item):
                    self._doubt = None
                elif not self._is_disordered(line, item):
                    self._deliver(now, line, item, one.hashed)

    # What is kept

    def _keep(self, now: float, line: LineState, one: Pending) -> None:
        line.pending.append(one)
        if len(line.pending) > _MAX_PENDING:
            self._prune(now, line)
            while len(line.pending) > _MAX_PENDING:
                line.pending.popleft()
        if self.check_at is None:
            self._check_by(now + _BEHIND)

    def _plan(self, now: float) -> None:
        ats = [
            line.pending[0].at + (_BEHIND if self._is_located(line) else self._patience)
            for line in self.lines
            if line.pending
        ]
        self._check_by(max(min(ats), now + _BEHIND / 4) if ats else None)

    def _prune(self, now: float, line: LineState) -> None:
        """Drop what a line has kept that the followed one has passed, or will not repeat."""
        pending = line.pending
        if self._delivered.has_numbers:
            while pending and any(
                self._delivered.is_old(item) for item in pending[0].decoded(self._decode)
            ):
                pending.popleft()
                line.is_joined = True
        # Nothing in common within that time, though the followed one delivers: they differ.
        while pending and pending[0].at + self._patience <= min(now, self._followed_at):
            pending.popleft()

    def _drop_older(self, line: LineState) -> None:
        """Drop what came before the followed line's last event, if nothing shows the order."""
        while (
            not self._delivered.has_numbers
            and line.pending
            and line.pending[0].at <= self._followed_at
        ):
            line.pending.popleft()
        line.place = self._end if line.pending else self._base

    def _join(self, line: LineState) -> None:
        """Note that a line has delivered something that is in the history."""
        if line.pending:
            # What it delivered before that is too late now, older than the history, or, if it
            # begins again, comes once more.
            line.pending.clear()
            if line.is_matched and not line.is_rewound:
                self._mark(Interruption(_TOO_LATE))
        line.is_joined = line.is_matched = True
        if line is self._followed:
            self._doubt = self._old_since = None

    def _is_repeated(self, line: LineState, event: Any, hashed: int | None) -> bool:
        """Return whether an event was delivered before; note where it was."""
        found = self._find(line, hashed)
        if found is None:
            found = self._delivered.find(event, self._end, line.place)
        if found is not None:
            line.place = found + 1
            self._join(line)
            return True
        return False

    def _is_before(self, now: float, line: LineState, event: Any) -> bool:
        """Return whether an event's number shows that it is too late to deliver it."""
        is_old = self._delivered.is_old(event)
        if is_old and self._is_new and line is self._followed:
            return False
        if not is_old and not self._is_disordered(line, event):
            return False
        if line is self._followed:
            since = self._old_since = now if self._old_since is None else self._old_since
            if since + self._patience <= now:
                # No line is so far behind.
                self._delivered.forget_numbers()
                self._doubt = Interruption(_RESTARTED)
                line.is_rewound = True
                return False
            if is_old:
                self._doubt = None
        line.is_joined = line.is_joined or is_old
        return True

    def _is_disordered(self, line: LineState, event: Any) -> bool:
        """Return whether an event may have preceded what was delivered.

        Times of one line may go back a little, but nothing shows yet that this one goes on where
        another one, or its own last connection, has ended.
        """
        is_unknown = self._is_new or (self._doubt is not None and not line.is_joined)
        is_unknown |= line.is_rewound and line.place <= self._base
        return line is self._followed and is_unknown and self._delivered.is_lower(event)

    # The history

    def add_mark(self, now: float, number: int, mark: Mark, hashed: int | None) -> None:
        line = self.lines[number]
        line.is_live = True
        if line is self._followed or self._followed is None:
            before = self._end
            self._add_mark(number, mark, hashed)
            if self._end > before:
                self._delivered.add(None)
        elif self._find(line, hashed) is None:
            self._keep(now, line, Pending(now, None, [mark], hashed))
