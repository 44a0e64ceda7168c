"""What none of the collectors of a log had, from what they say about themselves.

Each collector has a stream from the moment at which it says that it is collecting it until it says
otherwise, or falls silent. What lies between is missing in the log only if no other one had it.
Times are Unix times in nanoseconds: in notices by the collectors' clocks, otherwise by the log's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    Interrupted,
    LogGap,
    LogNotice,
    NotStored,
    Refused,
    Stopped,
)

# A collector that has said nothing for so many of its intervals is gone, unless nobody has said
# anything for so many of the longest interval: then it is the log that is silent.
_MISSED_INTERVALS = 3
_QUIET_INTERVALS = 2

# How long it is remembered who had what, in nanoseconds: what is found to be missing later is not
# reported.
_REMEMBERED = 600 * 1_000_000_000

Span = tuple[float, float]
"""From when to when; the end is infinite as long as it has not come."""


class Missed(NamedTuple):
    """What no collector had of a stream."""

    stream: str
    since: int
    until: int
    reason: str


class _Collector:
    def __init__(self, session: str, begun: float) -> None:
        self.session = session
        self.number = 0
        # When it made its last notice, by its own clock.
        self.said = 0.0
        # Since when each stream has been collected without an interruption.
        self.begun: dict[str, float] = {}
        self.reasons: dict[str, str] = {}
        # Up to when it certainly had what it says; and when it is gone if it says nothing more.
        self.certain_until = begun
        self.gone_at = math.inf
        self.interval = 0.0


class Coverage:
    """Who has had which stream, and since when."""

    def __init__(self) -> None:
        self._collectors: dict[str, _Collector] = {}
        # By stream and collector: what it had, the last of which may not have ended.
        self._spans: dict[str, dict[str, list[Span]]] = {}
        self._reported: dict[str, list[Span]] = {}
        self._reasons: dict[str, str] = {}
        # Streams that may have been interrupted, and when that is reported whoever has not spoken.
        self._unsettled: dict[str, float] = {}
        # When anybody said something last.
        self._said_at = -math.inf

    def take(self, notice: LogNotice, time: float) -> list[Missed]:
        """Take a collector's notice, which came at ``time``; return what is known to be missing."""
        self._postpone(time)
        self._said_at = max(self._said_at, time)
        collector = self._collectors.get(notice.collector)
        changed: set[str] = set()
        if collector is None or collector.session != notice.session:
            if collector is not None:
                changed |= self._end_all(notice.collector, collector, "it was restarted")
            collector = self._collectors[notice.collector] = _Collector(notice.session, notice.at)
        elif notice.number > collector.number + 1:
            # What it said in between may have been that something was missing.
            changed |= self._end_all(notice.collector, collector, "it did not say what it had")
        elif notice.number <= collector.number:
            return []
        collector.number = notice.number
        collector.said = max(collector.said, notice.at)
        changed |= self._apply(notice, collector, time)
        return self._missed(changed, time)

    def next_time(self) -> float:
        """Return the time at which to call ``check``; infinite for never."""
        gone = (one.gone_at for one in self._collectors.values())
        return min(*self._unsettled.values(), *gone, math.inf, math.inf)

    def check(self, time: float) -> list[Missed]:
        """Return what is missing because collectors have fallen silent by ``time``."""
        self._postpone(time)
        changed: set[str] = set()
        for name, collector in self._collectors.items():
            if collector.gone_at <= time:
                collector.gone_at = math.inf
                changed |= self._end_all(name, collector, "it has fallen silent")
        return self._missed(changed, time)

    def _patience(self) -> float:
        """Return for how long collectors may be silent."""
        intervals = (one.interval for one in self._collectors.values())
        return _MISSED_INTERVALS * max(intervals, default=0.0)

    def _postpone(self, time: float) -> None:
        """Give everybody time to speak if the log has been silent: it may have been down."""
        collectors = self._collectors.values()
        quiet = _QUIET_INTERVALS * max((one.interval for one in collectors), default=0.0)
        if time - self._said_at > quiet:
            for one in collectors:
                if one.gone_at != math.inf:
                    one.gone_at = max(one.gone_at, time + _MISSED_INTERVALS * one.interval)
            for stream, due in self._unsettled.items():
                self._unsettled[stream] = max(due, time + self._patience())

    def _apply(self, notice: LogNotice, collector: _Collector, time: float) -> set[str]:
        name = notice.collector
        match notice:
            case Alive(streams=streams, interval=interval, stored_until=until):
                collector.certain_until = max(collector.certain_until, until)
                collector.interval = interval * 1e9
                collector.gone_at = time + _MISSED_INTERVALS * collector.interval
                has = set(streams)
                changed = {one for one in streams if one not in collector.begun}
                for stream in changed:
                    self._begin(name, collector, stream, notice.at)
                for stream in set(collector.begun) - has:
                    self._end(name, collector, stream, notice.at, "it was interrupted")
                    changed.add(stream)
                return changed
            case Collecting(streams=streams):
                for stream in streams:
                    self._begin(name, collector, stream, notice.at)
                return set(streams)
            case Interrupted(streams=streams, since=since, reason=reason):
                for stream in streams:
                    self._end(name, collector, stream, since, reason)
                return set(streams)
            case Stopped(streams=streams):
                for stream in streams:
                    self._end(name, collector, stream, notice.at, "it was not collected any more")
                return set(streams)
            case Refused(stream=stream, reason=reason):
                self._end(name, collector, stream, notice.at, reason)
                return {stream}
            case LogGap(stream=stream, since=since, until=until, reason=reason):
                if since is None or until is None:
                    return set()
                self._cut(name, stream, since, until, reason)
                return {stream}
            case NotStored(stream=stream, since=since, until=until, reason=reason):
                self._cut(name, stream, since, until, reason)
                return {stream}
            case Closed():
                collector.certain_until = notice.at
                collector.gone_at = math.inf
                return self._end_all(name, collector, "it was closed")
            case _:
                return set()

    def _spans_of(self, name: str, stream: str) -> list[Span]:
        return self._spans.setdefault(stream, {}).setdefault(name, [])

    def _begin(self, name: str, collector: _Collector, stream: str, at: float) -> None:
        if stream not in collector.begun:
            collector.begun[stream] = at
            self._spans_of(name, stream).append((at, math.inf))

    def _end(self, name: str, collector: _Collector, stream: str, at: float, reason: str) -> None:
        begun = collector.begun.pop(stream, None)
        if begun is None:
            return
        spans = self._spans_of(name, stream)
        spans.pop()
        if at > begun:
            spans.append((begun, at))
        self._reasons[stream] = f"{name}: {reason}"

    def _end_all(self, name: str, collector: _Collector, reason: str) -> set[str]:
        """End what a collector has at the moment from which on it is not certain.

        That may be before the end of what it said it had: it may not have stored that yet.
        """
        until = collector.certain_until
        streams = set(collector.begun)
        for stream in streams:
            self._end(name, collector, stream, until, reason)
        for stream, spans in self._spans.items():
            if any(end > until for _, end in spans.get(name, ())):
                streams.add(stream)
                self._cut(name, stream, until, math.inf, reason)
        return streams

    def _cut(self, name: str, stream: str, since: float, until: float, reason: str) -> None:
        """Note that a collector lacks what is between two times."""
        collector = self._collectors[name]
        kept: list[Span] = []
        for begin, end in self._spans_of(name, stream):
            kept += [
                one
                for one in ((begin, min(end, since)), (max(begin, until), end))
                if one[0] < one[1]
            ]
        self._spans[stream][name] = kept
        if stream in collector.begun:
            collector.begun[stream] = kept[-1][0]
        self._reasons[stream] = f"{name}: {reason}"

    def _missed(self, streams: Iterable[str], time: float) -> list[Missed]:
        """Return what is missing of streams that have changed, and of those before.

        It is settled once each collector has said something later: until then, a notice that is
        delayed may say that it had the stream after all.
        """
        for stream in streams:
            self._unsettled.setdefault(stream, time + self._patience())
        live = (one for one in self._collectors.values() if one.gone_at != math.inf)
        said = min((one.said for one in live), default=math.inf)
        found: list[Missed] = []
        for stream, due in sorted(self._unsettled.items()):
            settled_until = said if time < due else math.inf
            is_settled = True
            spans = sorted(span for spans in self._spans.get(stream, {}).values() for span in spans)
            reported = self._reported.setdefault(stream, [])
            for span in _between(spans):
                for since, until in _without(span, reported):
                    if until > settled_until:
                        is_settled = False
                        continue
                    is_known = any(begin == until for begin, _ in reported)
                    reported.append((since, until))
                    if is_known:
                        # It began a little earlier than it was thought to.
                        continue
                    reason = self._reasons.get(stream, "it was interrupted")
                    found.append(Missed(stream, round(since), round(until), reason))
            self._forget(stream, spans)
            if is_settled:
                del self._unsettled[stream]
        return found

    def _forget(self, stream: str, spans: list[Span]) -> None:
        """Forget what ended long before the newest."""
        if not spans:
            return
        newest = max(end if end != math.inf else begin for begin, end in spans)
        horizon = newest - _REMEMBERED
        for name, own in self._spans[stream].items():
            self._spans[stream][name] = [span for span in own if span[1] >= horizon]
        self._reported[stream] = [span for span in self._reported[stream] if span[1] >= horizon]


def _between(spans: list[Span]) -> list[Span]:
    """Return what lies between spans, which are sorted by their begin."""
    if not spans:
        return []
    between: list[Span] = []
    covered = spans[0][1]
    for begin, end in spans[1:]:
        if covered < begin:
            between.append((covered, begin))
        covered = max(covered, end)
    return between


def _without(span: Span, others: list[Span]) -> list[Span]:
    """Return what is left of a span without some others."""
    left = [span]
    for begin, end in others:
        left = [
            one
            for since, until in left
            for one in ((since, min(until, begin)), (max(since, end), until))
            if one[0] < one[1]
        ]
    return left
