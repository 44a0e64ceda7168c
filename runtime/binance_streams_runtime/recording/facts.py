"""What a session decides, as the lines ``!session`` of a recording say it.

A replay decodes the frames and checks their sequence again, so it needs only what cannot be seen
from them: what the server confirmed, where a stream was interrupted, and which events of two
connections were delivered in a handover.
"""

from __future__ import annotations

from typing import Any

import msgspec

from binance_streams_runtime import errors
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.sequence import Confirmation, Interruption, Mark, Overlap
from binance_streams_runtime.recording.notices import notice_data, notice_from


class Fact(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """The base class of all facts."""


class State(Fact, frozen=True):
    """How things stood when a part began, or after lines were lost."""

    confirmed: tuple[str, ...]
    """The streams that the server had confirmed."""
    pending: tuple[str, ...]
    """The other subscribed streams."""
    held: dict[int, dict[str, int]] = {}
    """The connections in a handover, and how many items of each stream had come on them."""
    is_paused: bool = False


class Subscribed(Fact, frozen=True):
    """Streams were subscribed to."""

    streams: tuple[str, ...]


class Unsubscribed(Fact, frozen=True):
    """Streams were unsubscribed from."""

    streams: tuple[str, ...]


class Confirmed(Fact, frozen=True):
    """The server has confirmed streams."""

    streams: tuple[str, ...]


class Interrupted(Fact, frozen=True):
    """Streams were no longer confirmed; the session subscribes to them again."""

    streams: tuple[str, ...]


class Unanswered(Fact, frozen=True):
    """A request for a stream was not answered, or rejected for now; it is made again."""

    stream: str
    error: dict[str, Any]


class Failed(Fact, frozen=True):
    """A stream has ended with an error."""

    stream: str
    error: dict[str, Any]


class Held(Fact, frozen=True):
    """These connections, and no others, are in a handover from here on.

    What comes on them arrives only where ``Arrived`` says so.
    """

    connections: tuple[int, ...]


class Arrived(Fact, frozen=True):
    """What arrived at this place, in order: items of held connections, and marks.

    A run of items of one stream is ``[connection, stream, first, count]``: items are numbered from
    0 for each stream and connection since the connection was held. A mark is
    ``[mark, [stream, ...]]``.
    """

    items: tuple[Any, ...]


class Ticked(Fact, frozen=True):
    """Something was due, and was done here: ``due`` is when it was, in monotonic seconds.

    All that had come by ``until`` was known.
    """

    due: tuple[float, ...]
    until: float


class Paused(Fact, frozen=True):
    """Reading was paused for a slow consumer, or resumed."""

    is_paused: bool


class Clock(Fact, frozen=True):
    """From here on, the monotonic clock is this many nanoseconds behind Unix time."""

    offset: int


class Read(Fact, frozen=True):
    """What follows was read separately from what came before at the same time."""


AnyFact = (
    State
    | Subscribed
    | Unsubscribed
    | Confirmed
    | Interrupted
    | Unanswered
    | Failed
    | Held
    | Arrived
    | Ticked
    | Paused
    | Clock
    | Read
)


class _FactLine(msgspec.Struct):
    data: AnyFact


_decode = msgspec.json.Decoder(_FactLine).decode


def fact_of(line: bytes) -> Fact | None:
    """Return what a line says that a session decided; None if only a later version knows it."""
    try:
        return _decode(line).data
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


_MARKS: dict[str, Mark] = {
    "confirmed": Confirmation.CONFIRMED,
    "overlap begins": Overlap.BEGINS,
    "overlap ends": Overlap.ENDS,
}
_NAMES = {mark: name for name, mark in _MARKS.items() if not isinstance(mark, Notice)}
_INTERRUPTION = "Interruption"


def mark_data(mark: Mark) -> Any:
    """Return a mark as JSON has it."""
    if isinstance(mark, Notice):
        return notice_data(mark)
    if isinstance(mark, Interruption):
        return {"type": _INTERRUPTION, "reason": mark.reason}
    return _NAMES[mark]


def mark_from(data: Any) -> Mark:
    """Return the mark; raise ValueError if there is none like it."""
    if isinstance(data, str) and data in _MARKS:
        return _MARKS[data]
    if not isinstance(data, dict):
        raise ValueError(f"no mark of this version: {data!r}")
    if data.get("type") == _INTERRUPTION:
        return Interruption(str(data.get("reason")))
    return notice_from(data)


def error_data(error: BaseException) -> dict[str, Any]:
    """Return an error as JSON has it: its class, its text, and what it knows besides."""
    known = {
        name: value
        for name, value in vars(error).items()
        if value is None or isinstance(value, bool | int | float | str)
    }
    return {"type": type(error).__name__, "text": str(error), **known}


def error_from(data: dict[str, Any]) -> BinanceStreamsError:
    """Return an error like the one that was recorded."""
    known = dict(data)
    kind = getattr(errors, str(known.pop("type", "")), None)
    if not isinstance(kind, type) or not issubclass(kind, BinanceStreamsError):
        kind = BinanceStreamsError
    text = str(known.pop("text", ""))
    error: BinanceStreamsError = kind.__new__(kind, text)
    error.args = (text,)
    vars(error).update(known)
    return error
