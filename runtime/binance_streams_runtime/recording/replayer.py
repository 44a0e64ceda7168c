"""Replaying: the lines of a recording go into an engine, in virtual time.

What the recorded engine received and decided happens again at the same times and in the same order.
All that follows from it is computed again: decoded events, their sequence, gaps, fills, order
books, streams without events. Something that is due is done where the recording says that it was
done, or else at its time.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

import msgspec

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.notices import (
    BookMismatch,
    BookResynced,
    Dropped,
    Duplicates,
    Filled,
    Gap,
    Late,
    Notice,
    SchemaDrift,
    Stale,
    Undecodable,
    Unread,
)
from binance_streams_runtime.recording.answers import RecordedAnswers
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.recording.facts import (
    Clock,
    Fact,
    Paused,
    Read,
    State,
    Ticked,
    fact_of,
)
from binance_streams_runtime.recording.groups import Group, groups_in
from binance_streams_runtime.recording.header import Header, read_header
from binance_streams_runtime.recording.lines import LOST, NOTICE, REST, SESSION, lost_of, read_head
from binance_streams_runtime.recording.notices import notice_of
from binance_streams_runtime.recording.read_ahead import (
    FACTS,
    HEADER_MARK,
    ReadAhead,
    Section,
    last_time,
)
from binance_streams_runtime.recording.replay_session import ReplaySession

# What the pipeline finds, and finds again in a replay.
_COMPUTED = (
    *(BookMismatch, BookResynced, Dropped, Duplicates, Filled, Gap, Late),
    *(SchemaDrift, Stale, Unread),
)


_GENERATED = b'"generated":true'


class Replayer:
    """Feeds one engine, step by step. Only the driver may call it."""

    def __init__(
        self,
        sections: Iterable[Section],
        names: Collection[str] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> None:
        """Stand at the beginning.

        Args:
            sections: The parts of one or more sessions, which follow each other.
            names: The streams that they have; None if that is not known.
            since: Where to begin, in Unix nanoseconds; None for the beginning.
            until: Where to end; None for the end.
        """
        self.clock: UnixClock = UnixClock(lambda: 0)
        """For the engine."""
        self.clock.is_kept = True
        self.answers: RecordedAnswers = RecordedAnswers(names, self._fetched)
        """Answers the engine's requests."""
        self.now: float = 0.0
        """The time of what happened last: that of the recorded engine's clock, in seconds."""
        self.is_over: bool = False
        """Whether nothing is left."""
        self._engine: Engine
        self._session: ReplaySession
        self._since = since
        self._until = until
        # Nanoseconds from the monotonic clock to Unix time, and seconds from the recorded to the
        # virtual clock.
        self._offset = 0
        self._delta = 0.0
        self._header: Header | None = None
        self._needs_state = True
        self._has_begun = False
        self._ahead = ReadAhead(sections)
        self._groups = groups_in(self._ahead.blocks(self._is_past))
        self._group: Group | None = None
        first = self._ahead.first
        if first is not None:
            self._set_offset(first.header.offset)
            self.now = self._moment(first.begin if since is None else max(since, first.begin))

    def attach(self, engine: Engine, session: ReplaySession) -> None:
        """Feed this engine, whose session is ``session``."""
        self._engine, self._session = engine, session
        session.flush = lambda: engine.delivery.flush(self.now)
        self.answers.now = self.now

    def close(self) -> None:
        """End here: nothing more is read, and no file remains open."""
        self.is_over = True
        self._group = None
        self._ahead.close()

    # Steps

    def next_time(self) -> float | None:
        """Return when ``step`` has something to do; None at the end."""
        if self.is_over:
            return None
        if not self._has_begun:
            self._begin()
        if self.answers.has_refused or self._group is None:
            return self.now
        at = self._moment(self._group.time)
        due = self._due(at)
        return max(self.now, at if due is None else due)

    def step(self) -> bool:
        """Do what comes next; return whether anybody may have waited for that."""
        if not self._has_begun:
            self._begin()
        if self.answers.has_refused:
            self.answers.refuse(self.now)
            return True
        group = self._group
        if group is None:
            self.is_over = True
            return True
        at = self._moment(group.time)
        due = self._due(at)
        if due is not None:
            self._set_now(due)
            self._engine.tick(self.now)
            return True
        self._set_now(at)
        if self._until is not None and group.time > self._until:
            self.is_over = True
            return True
        is_wanted = True
        if group.connection:
            is_wanted = self._session.take(self.now, group.connection, group.messages)
            self._engine.advance(self.now)
        elif group.reason:
            reason = f"no line of a recording: {group.reason}"
            self._engine.report(self.now, Undecodable(None, reason, group.line))
        else:
            self._take_line(group.line)
        self._group = self._next_group()
        return is_wanted

    def _next_group(self) -> Group | None:
        """Return what comes next, and is not the beginning of a part."""
        for group in self._groups:
            header = _header_of(group)
            if header is None:
                return group
            self._begin_part(header)
        return None

    def _is_past(self, block: bytes) -> bool:
        """Return whether nothing in a block matters, as all of it is before the beginning."""
        since = self._since
        if since is None or FACTS in block or HEADER_MARK in block or self._session.has_held:
            return False
        return (last_time(block) or since) < since

    def _begin(self) -> None:
        """Find the place of the beginning, and take note of what was decided before it."""
        self._has_begun = True
        since, session = self._since, self._session
        group = self._next_group()
        while group is not None and since is not None and group.time < since:
            if session.has_held and group.connection:
                session.take(self.now, group.connection, group.messages)
                self._engine.router.collect()
            elif FACTS in group.line:
                self._look_back(group.line)
            group = self._next_group()
        if since is not None:
            self._needs_state = False
            self._engine.command(self.now, lambda _: session.begin())
        self._group = group

    def _look_back(self, line: bytes) -> None:
        fact = fact_of(line)
        if isinstance(fact, Clock):
            self._set_offset(fact.offset)
        elif fact is not None:
            self._session.look_back(fact)

    def _set_now(self, moment: float) -> None:
        self.now = self.answers.now = max(self.now, moment)

    def _moment(self, time: int) -> float:
        return (time - self._offset) / 1e9 + self._delta

    def _due(self, at: float) -> float | None:
        """Return when something is due that must be done before ``at``; None if nothing is."""
        due = self._engine.next_time(self.now)
        if due is None or due > at or self._was_done_later(due):
            return None
        return due

    def _was_done_later(self, due: float) -> bool:
        """Return whether the recording says where something was done that was due."""
        if due == -math.inf:
            return False
        return self._ahead.has_due(due, max(due, self.now))

    # Lines that are no frames

    def _take_line(self, line: bytes) -> None:
        try:
            self._take_named(read_head(line).stream, line)
        except (msgspec.MsgspecError, ValueError, LookupError):
            # A later version may say more than this one understands.
            return

    def _take_named(self, name: str | None, line: bytes) -> None:
        if name == SESSION:
            fact = fact_of(line)
            if fact is not None:
                self._take_fact(fact)
        elif name == NOTICE:
            self._take_notice(notice_of(line))
        elif name == REST:
            self.answers.take(self.now, line)
        elif name == LOST:
            lost = lost_of(line)
            self._lose(f"{lost.lines} lines were not recorded: {lost.reason}")
        elif _GENERATED in line:
            self.answers.take_snapshot(self.now, line)

    def _take_fact(self, fact: Fact) -> None:
        engine, now = self._engine, self.now
        match fact:
            case Ticked(due, until):
                self._ahead.forget_due(due, self._delta)
                engine.tick(now, until + self._delta)
            case Paused(is_paused):
                engine.suspend(now, is_paused)
            case Clock(offset):
                self._set_offset(offset)
            case Read():
                pass
            case State() if not self._needs_state:
                pass
            case _:
                self._needs_state &= not isinstance(fact, State)
                engine.command(now, lambda _: self._session.apply(now, fact))

    def _take_notice(self, notice: Notice) -> None:
        is_computed = isinstance(notice, _COMPUTED)
        if not (is_computed or (isinstance(notice, Undecodable) and notice.stream is not None)):
            self._engine.report(self.now, notice)

    def _lose(self, reason: str) -> None:
        self._needs_state = True
        self._engine.command(self.now, lambda _: self._session.lose(reason))

    def _begin_part(self, header: Header) -> None:
        last, self._header = self._header, header
        if last is None:
            self._set_offset(header.offset)
            self._engine.draws.seed = header.seed
            return
        if last.session != header.session:
            self._needs_state = True
            self._delta = self._ahead.delta_of(header.session)
            reason = "the recording ended, and another one began"
            self._engine.command(self.now, lambda _: self._session.forget(reason))
        elif header.part != last.part + 1:
            self._lose(f"parts {last.part + 1} to {header.part - 1} of the recording are missing")
        self._set_offset(header.offset)

    def _set_offset(self, offset: int) -> None:
        self._offset = offset
        self.clock.offset = self._ahead.base_offset = offset - round(self._delta * 1e9)

    def _fetched(self, now: float, number: int, result: object) -> None:
        self._engine.fetched(now, number, result)


def _header_of(group: Group) -> Header | None:
    if group.connection or HEADER_MARK not in group.line:
        return None
    try:
        return read_header(group.line)[1]
    except ValueError:
        return None
