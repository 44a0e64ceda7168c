"""What a collector has of each stream, and since when. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.messaging.message_ids import Rule, rule_of
from binance_streams_runtime.messaging.subjects import LogStream, Subjects


class Collected(Struct):
    """A stream, and how its messages are published."""

    stream: Stream
    subject: str
    part: LogStream
    symbol: str | None
    rule: Rule
    is_confirmed: bool = False
    """Whether it is received without an interruption."""
    received: int = 0
    """When its last message came: Unix time in nanoseconds; before that, when it was confirmed."""
    since: int = 0
    """When its connection was last seen to be alive, if that is lost."""


class States:
    """All streams that a collector has had."""

    def __init__(self, subjects: Subjects, clock: Callable[[], int]) -> None:
        """``clock`` gives the Unix time in nanoseconds."""
        self._subjects = subjects
        self._clock = clock
        self._all: dict[str, Collected] = {}
        self._collecting: list[str] = []
        self._interrupted: dict[tuple[int, str], list[str]] = {}

    def of(self, stream: Stream) -> Collected:
        """Return what is known of a stream, which may be new."""
        found = self._all.get(stream.name)
        if found is None:
            found = self._all[stream.name] = Collected(
                stream,
                self._subjects.of(stream),
                self._subjects.log_stream(stream.type.key),
                self._subjects.symbol_of(stream),
                rule_of(stream.type),
            )
        return found

    @property
    def confirmed(self) -> frozenset[str]:
        """The streams that are received without an interruption at the moment."""
        return frozenset(name for name, found in self._all.items() if found.is_confirmed)

    def confirm(self, stream: Stream) -> None:
        """Note that the server has confirmed a stream."""
        found = self.of(stream)
        if not found.is_confirmed:
            found.is_confirmed = True
            found.received = max(found.received, self._clock())
            found.since = 0
            self._collecting.append(stream.name)

    def lose(self, names: Iterable[str]) -> None:
        """Note that the connection of these streams has ended.

        The last message of any of them shows until when it was alive.
        """
        lost = [self._all[name] for name in names if name in self._all]
        alive = max((found.received for found in lost), default=0)
        for found in lost:
            found.since = alive

    def interrupt(self, stream: Stream, reason: str) -> None:
        """Note that messages of a stream may be missing from now on."""
        found = self.of(stream)
        if not found.is_confirmed:
            return
        found.is_confirmed = False
        since = found.since or found.received
        self._interrupted.setdefault((since, reason), []).append(stream.name)
        if stream.name in self._collecting:
            self._collecting.remove(stream.name)

    def forget(self, names: Iterable[str]) -> list[str]:
        """Note that streams are not wanted any more; return those that were received."""
        had = []
        for name in names:
            found = self._all.get(name)
            if found is not None and found.is_confirmed:
                found.is_confirmed = False
                had.append(name)
            if name in self._collecting:
                self._collecting.remove(name)
        return had

    def take_changes(self) -> tuple[dict[tuple[int, str], list[str]], list[str]]:
        """Return the streams that were interrupted, by since when and why, and those confirmed."""
        interrupted, self._interrupted = self._interrupted, {}
        collecting, self._collecting = self._collecting, []
        return interrupted, collecting
