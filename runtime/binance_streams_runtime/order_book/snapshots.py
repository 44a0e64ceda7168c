"""When a book asks for a snapshot, and how deep: one request at a time, with growing pauses."""

from __future__ import annotations

import math
from collections.abc import Callable

from binance_streams_runtime.protocol.rest import Need, RestFailure

OnSnapshot = Callable[[float, object], None]
"""Gets the time and the snapshot, or a ``RestFailure``."""

FetchSnapshot = Callable[[int, Need, OnSnapshot], int]
"""Begins a request for a snapshot of so many levels, and returns its number."""

# Seconds of the first pause of a kind, doubled each time in a row; and of the longest one. Without
# levels a book is of no use, while one that is right can wait to become deeper.
_SHORTEST = 0.5
_LONGEST = {Need.BOOK: 15.0, Need.DEPTH: 60.0}

# The same after a book has started over although the last request was answered well. A shallow
# snapshot costs little, a deep one does not.
_LONGEST_RESTART = {Need.BOOK: 5.0, Need.DEPTH: 60.0}

# Up to how many seconds after the moment that a server has named a book asks again, so that books
# do not all ask at once. A ban may last for days, and must not last longer.
_LONGEST_DELAY = 5.0


class Snapshots:
    """The requests of one book."""

    def __init__(
        self,
        fetch: FetchSnapshot,
        cancel: Callable[[int], None],
        random: Callable[[], float],
        on_start: Callable[[Need], None],
        on_done: Callable[[float, int, Need, object], None],
    ) -> None:
        """Ask for nothing yet.

        Args:
            fetch: Begins a request.
            cancel: Gives up the request of this number.
            random: Draws from 0 to 1, so that books do not all ask again at the same moment.
            on_start: Called when a request begins.
            on_done: Gets the time, the number of levels, the need and the result.
        """
        self._fetch = fetch
        self._cancel = cancel
        self._random = random
        self._on_start = on_start
        self._on_done = on_done
        self._wanted: tuple[int, Need] | None = None
        self._number: int | None = None
        self._at = math.inf
        # How many requests in a row were of no use; how often the book has started over of late.
        self._failures = {Need.BOOK: 0, Need.DEPTH: 0}
        self._restarts = {Need.BOOK: 0, Need.DEPTH: 0}
        self._not_before = {Need.BOOK: -math.inf, Need.DEPTH: -math.inf}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked for, nor will be."""
        return self._wanted is None

    def ask(self, now: float, limit: int, need: Need) -> None:
        """Ask for a snapshot instead of what was asked for until now, after the pause if any."""
        self.stop()
        self._wanted = limit, need
        self._at = max(now, self._not_before[need])
        self.check(now)

    def failed(self, now: float, need: Need, least: float = 0.0) -> None:
        """Let none of these requests begin for a time, as one was of no use.

        The time grows from call to call, until ``worked``.
        """
        self._pause(now, need, self._failures, _LONGEST, least)

    def worked(self) -> None:
        """Note that there is a book of the last snapshot."""
        self._failures = dict.fromkeys(self._failures, 0)

    def restarted(self, now: float, is_interrupted: bool) -> None:
        """Let no request begin for a time that grows from call to call, until ``calm``.

        ``is_interrupted`` if the book was right, but its stream has been interrupted: the next
        connection was put off already, so only a deep snapshot is.
        """
        if not is_interrupted:
            self._pause(now, Need.BOOK, self._restarts, _LONGEST_RESTART)
        self._pause(now, Need.DEPTH, self._restarts, _LONGEST_RESTART)

    def calm(self) -> None:
        """Begin with short pauses again, as the book has been right for long."""
        self._restarts = dict.fromkeys(self._restarts, 0)

    def _pause(
        self,
        now: float,
        need: Need,
        counts: dict[Need, int],
        longest: dict[Need, float],
        least: float = 0.0,
    ) -> None:
        most = min(_SHORTEST * 2.0 ** counts[need], longest[need])
        counts[need] = min(counts[need] + 1, 16)
        jitter = self._random()
        pause = max(most * (1 + jitter) / 2, least + min(least / 4, _LONGEST_DELAY) * jitter)
        self._not_before[need] = max(self._not_before[need], now + pause)
        if self._wanted is not None and self._wanted[1] is need and self._number is None:
            self._at = max(self._at, self._not_before[need])

    def stop(self) -> None:
        """Ask for nothing."""
        if self._number is not None:
            number, self._number = self._number, None
            self._cancel(number)
        self._wanted, self._at = None, math.inf

    def next_time(self) -> float:
        """Return when ``check`` should be called; infinite for never."""
        return self._at

    def check(self, now: float) -> None:
        """Begin the request that is due."""
        if self._wanted is None or now < self._at:
            return
        limit, need = self._wanted
        self._at = math.inf
        self._on_start(need)
        self._number = self._fetch(limit, need, self._done)

    def _done(self, now: float, result: object) -> None:
        if self._wanted is None:
            return
        (limit, need), self._wanted, self._number = self._wanted, None, None
        self._on_done(now, limit, need, result)


def reason_of(failure: RestFailure) -> str:
    """Say why there is no snapshot."""
    return f"the snapshot failed: {failure.reason}"
