"""What all arbiters have in common: which lines carry the stream, and what has been delivered.

What was delivered is remembered by hashes of whole messages. Copies of it are recognized by them
at the cost of a comparison, without being decoded. Only a message that is not the expected copy is
decoded and compared by its numbers or its contents.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.pipeline.sequence import Interruption, Mark

# How many delivered messages are remembered at least, for lines that come back, and at most, for
# those that are behind.
_MIN_HISTORY = 256
_MAX_HISTORY = 4096


class LineState:
    """One line of a stream: whether it delivers, and how far it is."""

    __slots__ = (
        "back",
        "confirmed_at",
        "is_confirmed",
        "is_ignored",
        "is_joined",
        "is_live",
        "is_matched",
        "is_rewound",
        "next",
        "pending",
        "place",
        "replays",
    )

    def __init__(self) -> None:
        self.is_confirmed: bool = False
        """Whether the server has confirmed the stream on it."""
        self.confirmed_at: float | None = None
        self.is_live: bool = False
        """Whether events may come on it."""
        self.place: int = 0
        """The place in the history of the message that is expected on it."""
        # By ids: the one that is due on it, None if no event has come since an interruption.
        self.next: int | None = None
        # Events that contradict its own ids, how many may be repeated, and whether the ids of
        # another line have restarted, but not yet its own.
        self.back: list[Any] = []
        self.replays: int = 0
        self.is_ignored: bool = False
        # By contents: whether it will deliver all that follows the history, whether it has
        # delivered something that is in the history, and what it has delivered beyond that.
        self.is_joined: bool = False
        self.is_matched: bool = False
        self.is_rewound: bool = False
        self.pending: deque[Any] = deque()


class Arbiter(ABC):
    """Merges what several lines deliver of one stream."""

    def __init__(
        self,
        count: int,
        patience: float,
        emit: Callable[[Any], None],
        mark: Callable[[Mark], None],
        decode: Callable[[bytes], list[Any]],
        wait: Callable[[], None],
    ) -> None:
        """Begin without any line that delivers.

        Args:
            count: How many lines there are.
            patience: The seconds by which one line may be behind another.
            emit: Delivers an event.
            mark: Delivers a mark.
            decode: Makes events and marks of a message.
            wait: Called if ``check_at`` is set, which was None before.
        """
        self.lines: list[LineState] = [LineState() for _ in range(count)]
        self.check_at: float | None = None
        """When to call ``check`` even if nothing comes."""
        self.is_confirmed: bool = False
        """Whether the user knows the stream as confirmed."""
        self._patience = patience
        self._emit = emit
        self._mark = mark
        self._decode = decode
        self._wait = wait
        self._history: deque[int | None] = deque()
        # The place of the first message of the history.
        self._base = 0
        self._trim_at = 2 * _MIN_HISTORY

    @property
    def carriers(self) -> int:
        """How many lines carry the stream."""
        return sum(line.is_confirmed for line in self.lines)

    @property
    @abstractmethod
    def is_holding(self) -> bool:
        """Whether events wait for a line that is behind."""

    # What lines deliver

    @abstractmethod
    def offer(self, now: float, number: int, message: bytes, hashed: int) -> bool:
        """Take a message of a line without decoding it; return whether that was possible."""

    @abstractmethod
    def add(self, now: float, number: int, item: Any, hashed: int | None) -> None:
        """Take an event of a line; ``hashed`` is the hash of its message, if it is known."""

    @abstractmethod
    def add_mark(self, now: float, number: int, mark: Mark, hashed: int | None) -> None:
        """Take a notice about a message of a line, in the place of its events."""

    # What happens to lines

    def confirmed(self, now: float, number: int) -> None:
        """Note that a line delivers from now on."""
        line = self.lines[number]
        line.is_live = True
        line.confirmed_at = now

    @abstractmethod
    def interrupted(
        self, now: float, number: int, mark: Disconnected | Interruption, alive_at: float
    ) -> None:
        """Note that a line may have missed something; emit ``mark`` unless another one has not.

        ``alive_at`` is until when it has certainly delivered all that there was.
        """

    @abstractmethod
    def rewound(self, number: int) -> None:
        """Note that a line begins again with something that it has delivered already."""

    def repeated(self, number: int, events: list[Any]) -> int:
        """Return how many of a rewound line's events are to be left out, as later ones came."""
        return 0

    def resumed(self, now: float) -> None:
        """Restart what time decides: nothing was read for a while, so silence proves nothing."""
        for line in self.lines:
            if line.confirmed_at is not None:
                line.confirmed_at = now
            for one in line.pending:
                one.at = now

    @abstractmethod
    def check(self, now: float) -> None:
        """Do what is due."""

    # The history

    @property
    def _end(self) -> int:
        return self._base + len(self._history)

    def _remember(self, hashed: int | None) -> None:
        """Add a message that is delivered, and forget those that no line can repeat."""
        self._history.append(hashed)
        if len(self._history) >= self._trim_at:
            self._trim()

    def _trim(self) -> None:
        history = self._history
        behind = min((line.place for line in self.lines if line.is_live), default=self._end)
        while len(history) > _MIN_HISTORY and (self._base < behind or len(history) > _MAX_HISTORY):
            history.popleft()
            self._base += 1
        self._trim_at = len(history) + _MIN_HISTORY

    def _find(self, line: LineState, hashed: int | None) -> int | None:
        """Return the place of a message from that of the line on; None if it is not there."""
        if hashed is None:
            return None
        start = max(line.place, self._base)
        try:
            return self._base + self._history.index(hashed, start - self._base)
        except ValueError:
            return None

    def _check_by(self, at: float | None) -> None:
        was_idle, self.check_at = self.check_at is None, at
        if was_idle and at is not None:
            self._wait()

    def _others(self, number: int) -> list[LineState]:
        """Return the other lines on which events may come."""
        return [line for at, line in enumerate(self.lines) if at != number and line.is_live]

    def _add_mark(self, number: int, mark: Mark, hashed: int | None) -> None:
        """Deliver a notice about a message, once."""
        line = self.lines[number]
        found = self._find(line, hashed)
        if found is not None:
            line.place = found + 1
            return
        self._mark(mark)
        if hashed is not None:
            self._remember(hashed)
            line.place = self._end
