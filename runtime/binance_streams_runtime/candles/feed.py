"""One window of candles in the engine: what its stream delivers, and what REST has besides."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from binance_streams_runtime.candles.series import Candle, Series
from binance_streams_runtime.candles.values import CandleChange, WindowView
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of, from_text
from binance_streams_runtime.decoding.rows import RowDecoder
from binance_streams_runtime.errors import RequestError
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_runtime.pipeline.route import Route, Subscriber
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.types import Numbers

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0


class Wanted(NamedTuple):
    """Rows to ask for: the newest, from a candle on, or up to one; each by when it opens."""

    since: int | None = None
    until: int | None = None


class Windows(Protocol):
    """What a window needs of all windows of its client."""

    @property
    def now(self) -> float: ...

    def fetch(self, feed: WindowFeed, wanted: Wanted, limit: int) -> int: ...

    def cancel(self, number: int) -> None: ...

    def report(self, feed: WindowFeed, notice: Notice) -> None: ...

    def deliver(self, feed: WindowFeed, changes: list[CandleChange[Any]]) -> None: ...

    def advanced(self, feed: WindowFeed) -> None: ...

    def end(self, feed: WindowFeed, error: BaseException | None) -> None: ...


class WindowFeed:
    """Observes a stream of candles, and asks REST for those that it lacks.

    It is made in a user's thread; from the moment it is given to the engine, only the driver calls
    it. Any thread may read ``view``, which is replaced as a whole.
    """

    def __init__(
        self,
        stream: Stream,
        count: int,
        route: Route,
        numbers: Numbers,
        random: Callable[[], float],
        timeout: float,
    ) -> None:
        """Make a window that waits for its stream.

        Args:
            stream: The stream of candles, whose missed events can be fetched.
            count: How many candles are wanted.
            route: Where changes go, and who is notified whether the window is complete.
            numbers: The number type of the candles.
            random: Draws from 0 to 1.
            timeout: Seconds after which changes no longer wait for missing candles.
        """
        backfill = stream.type.backfill
        assert backfill is not None
        assert backfill.candle is not None
        self.stream: Stream = stream
        self.route: Route = route
        self.subscribed: Route | None = None
        """That of the subscription, as long as which the window lasts."""
        self.view: WindowView = WindowView()
        """The window as its readers see it."""
        self.has_ended: bool = False
        self.decode_rows: Callable[[bytes], list[Any]] = RowDecoder(
            backfill, stream, numbers
        ).decode
        path, _, self._is_closed = backfill.candle.is_closed.rpartition(".")
        self._opens: Callable[[Any], int] = attrgetter(backfill.number)
        self._closes: Callable[[Any], int] = attrgetter(backfill.candle.close_time)
        self._candle: Callable[[Any], Any] = attrgetter(path) if path else _same
        self._convert = partial(from_text, decoder_of(stream.type, numbers))
        self._numbers = numbers
        self._most = backfill.endpoint.max_limit
        self._random = random
        self._timeout = timeout
        self._windows: Windows
        self._series = Series(count, self._most, self._as_open)
        self.is_attached: bool = False
        """Whether something consumes changes."""
        self._is_confirmed = False
        # Whether REST has been asked at all, and since the stream was last interrupted.
        self._has_history = False
        self._is_fresh = False
        self._was_complete = False
        self._asked: tuple[int, Wanted, int] | None = None
        self._due = -math.inf
        # Until when the server wants to be left alone.
        self._not_before = -math.inf
        self._failures = 0
        self._why = ""
        # Since when changes wait for missing candles.
        self._held_since = math.inf

    @property
    def count(self) -> int:
        """How many candles are wanted."""
        return self._series.count

    @property
    def subscriber(self) -> Subscriber:
        """Who is notified whether the window is complete."""
        assert self.route.subscriber is not None
        return self.route.subscriber

    def open(self, windows: Windows) -> None:
        """Begin: the stream is observed from now on."""
        self._windows = windows

    def attach(self) -> None:
        """Deliver changes from now on."""
        if not self.is_attached and not self.has_ended:
            self.is_attached = True
            self._advance(self._windows.now)

    def is_text(self, event: Any) -> bool:
        """Return whether an event has texts as numbers."""
        return not _has_numbers(event)

    # The stream

    def received(self, items: list[Any]) -> None:
        for item in items:
            if not isinstance(item, Notice):
                self._update(item)
        self._advance(self._windows.now)

    def _update(self, text: Any) -> None:
        try:
            event = text if self._numbers is str else self._convert(text)
        except (msgspec.MsgspecError, ValueError, OverflowError):
            # It is reported where it is delivered.
            self._is_fresh = False
            return
        candle = self._candle(event)
        self._series.update(self._given(event), bool(getattr(candle, self._is_closed)))

    def _given(self, event: Any) -> Candle:
        return Candle(self._opens(event), self._closes(event) + 1, self._candle(event))

    def _as_open(self, candle: Any) -> Any:
        return replace(candle, **{self._is_closed: False})

    def missed(self, reason: str) -> None:
        now = self._windows.now
        self._is_fresh = False
        self._series.interrupt()
        # Not at once, as each of many events may be missed.
        self._due = max(self._due, now + _FIRST_PAUSE)
        self._advance(now)

    def confirmed(self) -> None:
        now = self._windows.now
        self._is_confirmed = True
        self._due = max(now, self._not_before)
        self._advance(now)

    def interrupted(self) -> None:
        self._is_confirmed = self._is_fresh = False
        self._why = ""
        # What is under way may be older than what is missed now.
        self._cancel()
        self._series.interrupt()
        self._advance(self._windows.now)

    def failed(self, error: BaseException) -> None:
        self._windows.end(self, error)

    # REST

    def _wanted(self) -> Wanted | None:
        """Return what to ask for; None if nothing is missing, or it cannot be asked for now."""
        series = self._series
        if not self._is_confirmed or self.has_ended:
            return None
        if not self._has_history:
            return Wanted()
        since = [gap[0] for gap in (series.gap(), series.untaken_gap()) if gap is not None]
        since = [opens for opens in since if series.has(opens)]
        if since:
            return Wanted(since=min(since))
        if not self._is_fresh:
            return Wanted(since=series.last_opens)
        older_than = series.older_than
        return None if older_than is None else Wanted(until=older_than - 1)

    def _ask(self, wanted: Wanted) -> None:
        limit = min(self.count, self._most) if wanted == Wanted() else self._most
        if wanted.until is not None:
            limit = min(self.count - len(self._series.candles), self._most)
        self._asked = self._windows.fetch(self, wanted, limit), wanted, limit

    def fetched(self, now: float, result: object) -> None:
        """Take the result of the request that is under way."""
        if self._asked is None:
            return
        _, wanted, limit = self._asked
        self._asked = None
        if isinstance(result, RestFailure):
            if self._failed(now, result):
                return
        else:
            assert isinstance(result, list)
            self._add(now, wanted, [self._given(event) for event in result], limit)
        self._advance(now)

    def _add(self, now: float, wanted: Wanted, rows: list[Candle], limit: int) -> None:
        series, is_full = self._series, len(rows) >= limit
        rows.sort(key=attrgetter("opens"))
        if wanted.until is not None:
            series.add_older(rows, is_full)
        elif not rows:
            # It is behind the stream, or the symbol is new.
            pass
        elif wanted.since is None:
            self._has_history = self._is_fresh = True
            series.add(rows, None)
            if not is_full:
                series.begin_here()
        elif is_full:
            # So many are missing that none of those before them is wanted.
            self._has_history = False
            series.clear()
        else:
            self._is_fresh = True
            series.add(rows, wanted.since)
        if self._wanted() == wanted:
            what = "the missing candles" if self._has_history else "candles"
            self._why = f"REST does not have {what} yet"
            self._pause(now)
        else:
            self._why, self._failures, self._due = "", 0, now

    def _failed(self, now: float, failure: RestFailure) -> bool:
        """Note that a request failed; return whether the window has ended by that."""
        self._why = failure.reason
        if failure.is_final and not self._has_history:
            symbol = ", ".join(map(str, self.stream.parameters.values()))
            reason = f"there are no candles of {symbol}: {failure.reason}"
            self._windows.end(self, RequestError(failure.code, reason))
            return True
        if failure.is_unsent:
            # In the queue, it gets weight earlier than after a pause.
            self._due = now
        else:
            self._pause(now, failure.retry_after or 0.0)
        return False

    def _pause(self, now: float, least: float = 0.0) -> None:
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        self._not_before = now + least
        self._due = now + max(least, longest * (0.5 + self._random() / 2))

    def _cancel(self) -> None:
        if self._asked is not None:
            self._windows.cancel(self._asked[0])
            self._asked = None

    # Time, and the end

    def next_time(self) -> float:
        """Return when ``check`` should be called; infinite for never."""
        due = math.inf
        if self._asked is None and self._wanted() is not None:
            due = self._due
        return min(due, self._held_since + self._timeout)

    def check(self, now: float) -> None:
        """Do what is due."""
        if now >= self._held_since + self._timeout:
            self._give_up(f"given up after {self._timeout:g} s")
        self._advance(now)

    def close(self) -> None:
        """Let the window be as it is, for good."""
        self.has_ended = True
        self._cancel()
        self.view = self.view._replace(is_complete=False, reason="the window is closed")

    # What comes of it

    def _advance(self, now: float) -> None:
        """Ask for what is missing, notify readers and whoever waits, and deliver what changed."""
        if self.has_ended:
            return
        wanted = self._wanted()
        if wanted is not None and self._asked is None and now >= self._due:
            self._ask(wanted)
        is_complete = self._is_confirmed and wanted is None and self._asked is None
        self.view = WindowView(
            self._series.candles, is_complete, "" if is_complete else self._reason(wanted)
        )
        self._take_changes(now, is_complete)
        if self.has_ended:
            # Its queue was full.
            return
        if is_complete != self._was_complete:
            self._was_complete = is_complete
            if is_complete:
                self.subscriber.confirmed()
            else:
                self.subscriber.interrupted()
        self._windows.advanced(self)

    def _reason(self, wanted: Wanted | None) -> str:
        if not self._is_confirmed:
            return "the stream is not confirmed"
        what = "candles are missing" if self._has_history else "there is no history yet"
        if wanted is not None and wanted.until is not None:
            what = "older candles are yet to come"
        return f"{what}: {self._why}" if self._why else what

    def _take_changes(self, now: float, is_complete: bool) -> None:
        if not self.is_attached:
            return
        series = self._series
        if not series.has_begun:
            if is_complete:
                series.begin_changes()
        elif is_complete and series.untaken_gap() is not None:
            self._give_up("more candles than are kept")
        self._deliver()
        is_held = not series.has_begun or series.untaken_gap() is not None
        self._held_since = min(self._held_since, now) if is_held else math.inf

    def _deliver(self) -> None:
        changes = list(self._series.changes())
        if changes:
            self._windows.deliver(self, changes)

    def _give_up(self, why: str) -> None:
        """Deliver changes of later candles although some before them are missing."""
        self._held_since = math.inf
        between = self._series.give_up()
        if between is not None:
            before, opens = between
            first = "" if before is None else f" after {before} and"
            reason = f"candles are missing that open{first} before {opens}: {why}"
            reason = f"{reason}; REST: {self._why}" if self._why else reason
            self._windows.report(self, Gap(self.stream.label, None, None, reason=reason))


def _same(event: Any) -> Any:
    return event


def _has_numbers(event: Any) -> bool:
    """Return whether a struct, or one in it, has numbers of a client's type."""
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if isinstance(value, msgspec.Struct):
            if _has_numbers(value):
                return True
        elif not isinstance(value, str | int | type(None)):
            return True
    return False
