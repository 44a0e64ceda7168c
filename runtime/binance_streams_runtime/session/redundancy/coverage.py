"""What becomes of streams that several lines carry: what one line decides is not the last word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import (
    Disconnected,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
)
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.session.actions import (
    Action,
    Confirm,
    Fail,
    Interrupt,
    Notify,
    Open,
    TimedOut,
)
from binance_streams_runtime.session.redundancy.arbiter import Arbiter
from binance_streams_runtime.session.session import Session

# Seconds after which a stream is requested again that the server has refused on one line only.
_REFUSED_AGAIN = 60.0


class Coverage:
    """Which lines carry each stream, and which notices users get of that."""

    def __init__(
        self,
        lines: Sequence[Session],
        label: Callable[[str], str],
        on_ended: Callable[[str], None],
        actions: list[Action],
    ) -> None:
        """Begin without streams.

        Args:
            lines: The sessions of the lines.
            label: Returns the name of a stream for notices.
            on_ended: Called with a stream that has ended on all lines.
            actions: Gets what is decided for all lines together.
        """
        self._lines = lines
        self._label = label
        self._on_ended = on_ended
        self._actions = actions
        self.arbiters: dict[str, Arbiter] = {}
        self.refused: dict[tuple[int, str], float] = {}
        """When to request a stream again on a line that has refused it."""
        self.reduced: list[dict[str, float]] = []
        """The streams that each line does not carry, though others do, and since when."""
        self.repeated: str | None = None
        """The stream that a user subscribes to, although it is carried already."""
        # The streams that no line carries, by their labels, and since when.
        self._interrupted: dict[str, float] = {}
        # A notice as it came, and as it is reported.
        self._described: tuple[Disconnected, Disconnected] | None = None

    def forget(self, name: str) -> None:
        """Forget a stream that has ended, or was unsubscribed."""
        del self.arbiters[name]
        label = self._label(name)
        self._interrupted.pop(label, None)
        for number, reduced in enumerate(self.reduced):
            self.refused.pop((number, name), None)
            reduced.pop(label, None)

    # What the lines decide

    def collect(self, now: float, number: int) -> None:
        """Turn what one line has decided into what becomes of the streams."""
        restored: dict[str, float] = {}
        resubscribed: dict[str, float] = {}
        for action in self._lines[number].take_actions():
            match action:
                case Open(connection, url):
                    self._actions.append(Open(connection, url, number))
                case Confirm(name, is_repeated):
                    self._confirmed(now, number, name, is_repeated, restored, resubscribed)
                case Interrupt(name):
                    self._interrupted_on(now, number, name)
                case TimedOut(name):
                    arbiter = self.arbiters.get(name)
                    if arbiter is not None and not arbiter.is_confirmed:
                        self._actions.append(action)
                case Fail(name, error):
                    self._failed(now, number, name, error)
                case Notify(Disconnected() as notice):
                    self._disconnected(now, number, notice)
                case Notify(Resubscribed()):
                    # It is reported when any line carries a stream again.
                    pass
                case _:
                    self._actions.append(action)
        if resubscribed:
            seconds = now - min(resubscribed.values())
            connection = max(one.number for one in self._lines[number].connections())
            self._actions.append(Notify(Resubscribed(connection, tuple(resubscribed), seconds)))
        if restored:
            carriers = self._carriers(restored)
            seconds = now - min(restored.values())
            self._actions.append(
                Notify(RedundancyRestored(tuple(restored), carriers, len(self._lines), seconds))
            )

    def _confirmed(
        self,
        now: float,
        number: int,
        name: str,
        is_repeated: bool,
        restored: dict[str, float],
        resubscribed: dict[str, float],
    ) -> None:
        arbiter = self.arbiters.get(name)
        if arbiter is None:
            return
        line = arbiter.lines[number]
        line.is_confirmed = True
        if line.confirmed_at is None or not line.is_live:
            arbiter.confirmed(now, number)
        if not arbiter.is_confirmed:
            arbiter.is_confirmed = True
            self._actions.append(Confirm(name, is_repeated))
        elif self.repeated == name:
            self.repeated = None
            self._actions.append(Confirm(name, is_repeated))
        label = self._label(name)
        since = self._interrupted.pop(label, None)
        if since is not None:
            resubscribed[label] = since
        since = self.reduced[number].pop(label, None)
        if since is not None:
            restored[label] = since

    def _interrupted_on(self, now: float, number: int, name: str) -> None:
        arbiter = self.arbiters.get(name)
        if arbiter is None:
            return
        line = arbiter.lines[number]
        line.is_confirmed = False
        if not arbiter.carriers and not self._is_expected(name, arbiter, number):
            arbiter.is_confirmed = False
            self._interrupted.setdefault(self._label(name), now)
            self._actions.append(Interrupt(name))

    def _failed(self, now: float, number: int, name: str, error: BaseException) -> None:
        """Handle a stream that has ended on one line; without any other, it has ended."""
        arbiter = self.arbiters.get(name)
        if arbiter is None:
            return
        line = arbiter.lines[number]
        line.is_live = False
        arbiter.interrupted(now, number, Interruption(str(error)), 0.0)
        if line.is_confirmed:
            self._interrupted_on(now, number, name)
        if not any(other.is_desired(name) for other in self._lines):
            self._on_ended(name)
            self._actions.append(Fail(name, error))
            return
        if not isinstance(error, ConnectionLost):
            self.refused[number, name] = now + _REFUSED_AGAIN
        self._reduce(now, number, 0, [self._label(name)], str(error))

    def describe(self, number: int, notice: Disconnected) -> Disconnected:
        """Return a notice about one line with the streams that it interrupts.

        These are neither carried by another line, nor about to be for the first time.
        """
        if self._described is None or self._described[0] is not notice:
            covered = {
                self._label(name)
                for name, arbiter in self.arbiters.items()
                if self._is_carried(arbiter, without=number)
                or self._is_expected(name, arbiter, number)
            }
            streams = tuple(label for label in notice.streams if label not in covered)
            self._described = notice, msgspec.structs.replace(notice, streams=streams)
        return self._described[1]

    def _disconnected(self, now: float, number: int, notice: Disconnected) -> None:
        described = self.describe(number, notice)
        self._described = None
        self._actions.append(Notify(described))
        carried = {
            self._label(name)
            for name, arbiter in self.arbiters.items()
            if self._is_carried(arbiter, without=number)
        }
        covered = [label for label in notice.streams if label in carried]
        self._reduce(now, number, notice.connection, covered, notice.reason)

    def _reduce(
        self, now: float, number: int, connection: int, labels: Iterable[str], reason: str
    ) -> None:
        """Report the streams that a line no longer carries, but others do, once each."""
        reduced = self.reduced[number]
        new = [label for label in labels if label not in reduced]
        if new:
            reduced.update(dict.fromkeys(new, now))
            carriers = self._carriers(new, without=number)
            notice = RedundancyReduced(connection, tuple(new), carriers, len(self._lines), reason)
            self._actions.append(Notify(notice))

    @staticmethod
    def _is_carried(arbiter: Arbiter, without: int) -> bool:
        """Return whether a line other than this one carries a stream."""
        return any(line.is_confirmed for at, line in enumerate(arbiter.lines) if at != without)

    def _is_expected(self, name: str, arbiter: Arbiter, without: int) -> bool:
        """Return whether no line has carried a stream yet, and another one is about to.

        Nothing has been interrupted if this line ends before the server has confirmed the stream.
        """
        if arbiter.is_confirmed or self._label(name) in self._interrupted:
            return False
        carrying = (
            line.connection_of(name) for number, line in enumerate(self._lines) if number != without
        )
        return any(one is not None and one.state == "open" for one in carrying)

    def _carriers(self, labels: Iterable[str], without: int | None = None) -> int:
        """Return how many lines carry each of these streams, at least."""
        wanted = set(labels)
        counts = [
            sum(line.is_confirmed for at, line in enumerate(arbiter.lines) if at != without)
            for name, arbiter in self.arbiters.items()
            if self._label(name) in wanted
        ]
        return min(counts, default=0)
