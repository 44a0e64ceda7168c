"""The log message of each notice: one sentence of limited length, with units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from binance_streams_runtime.notices import (
    CLIENT,
    BookMismatch,
    BookResynced,
    ClockOffset,
    Connected,
    Disconnected,
    Dropped,
    Duplicates,
    Filled,
    Gap,
    Late,
    Notice,
    NotRecorded,
    RateLimited,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
    SchemaDrift,
    ServerShutdown,
    Stale,
    Terminated,
    Undecodable,
    Unread,
)

_MOST_CHARACTERS = 1000

# More names than these are only counted.
_MOST_NAMES = 5

_NEXT_IF_IDLE = {
    "resubscribe": "; resubscribing",
    "reconnect": "; opening a new connection in its place",
}


def sentence(notice: Notice, url: str = "the server", was_open: bool = True) -> str:
    """Describe ``notice`` in one line; ``was_open`` says whether a Disconnected one ever was."""
    text = _sentence(notice, url, was_open)
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    if len(text) <= _MOST_CHARACTERS:
        return text
    return f"{text[:_MOST_CHARACTERS]}... ({len(text):,} characters)"


def _sentence(notice: Notice, url: str, was_open: bool) -> str:
    match notice:
        case Connected(number, to):
            return f"connected to {to} (connection {number})"
        case Disconnected():
            return _disconnected(notice, url, was_open)
        case RateLimited(_, seconds, reason):
            return f"the next attempt to connect to {url} is in {_duration(seconds)}: {reason}"
        case Resubscribed(number, streams, seconds):
            verb = "is" if len(streams) == 1 else "are"
            back = f"{_streams(streams)} {verb} back after {_duration(seconds)}"
            return f"{back} (connection {number})"
        case RedundancyReduced(_, streams, carriers, redundancy, reason):
            verb = "is" if len(streams) == 1 else "are"
            which = f"{_streams(streams)} {verb} carried by {carriers} of {redundancy} connections"
            return f"{which}: {reason}"
        case RedundancyRestored(streams, carriers, redundancy, seconds):
            verb = "is" if len(streams) == 1 else "are"
            which = f"{_streams(streams)} {verb} carried by {carriers} of {redundancy} connections"
            return f"{which} after {_duration(seconds)}"
        case ServerShutdown(number):
            return f"the server of connection {number} is about to go down; opening a new one"
        case Gap():
            return _gap(notice)
        case Filled(stream, first, last, count, seconds):
            what = f"{_counted(count, 'event')} {_was(count)} missing ({first} to {last})"
            return f"{stream}: {what}: {notice.reason}; fetched within {_duration(seconds)}"
        case BookResynced(stream, number, seconds, reason):
            again = f"synced again after {_duration(seconds)}, at update {number}"
            return f"the order book of {stream} is {again}: {reason}"
        case BookMismatch(stream, number, book, server):
            differ = f"has {book} at update {number}, the server {server}"
            return f"the order book of {stream} {differ}; starting over"
        case Terminated(stream, reason):
            return f"the server ended the subscription of {stream}: {reason}; subscribing again"
        case ClockOffset(number, seconds):
            side = "behind" if seconds > 0 else "ahead of"
            off = f"{_duration(abs(seconds))} {side} the server's (connection {number})"
            return f"this machine's clock is {off}; requests are signed with the server's time"
        case Duplicates(stream, count):
            return f"{stream}: {_counted(count, 'event')} came again and {_was(count)} dropped"
        case Late(stream, first, _, is_delivered, was_missing, key) if not was_missing:
            end = "delivered now" if is_delivered else "dropped"
            late = f"an event with number {first} came behind later ones and was {end}"
            return f"{_keyed(stream, key)}: {late}"
        case Late(stream, first, last, is_delivered, _, key):
            ids = f"id {first}" if first == last else f"ids {first} to {last}"
            end = f"{_was(last - first + 1)} {'delivered now' if is_delivered else 'dropped'}"
            return f"{_keyed(stream, key)}: {ids}, reported as missing, came late and {end}"
        case Stale(stream, seconds, action, reason):
            what_next = _NEXT_IF_IDLE.get(action, "")
            return f"{stream}: no event for {_duration(seconds)}: {reason}{what_next}"
        case SchemaDrift(stream, fields):
            return f"{stream}: the venue sends what the spec does not know: {', '.join(fields)}"
        case Dropped(stream, count, overflow, limit):
            dropped = f"{_counted(count, 'event')} {_was(count)} dropped"
            full = "the queue was full"
            if limit == "max_unread_bytes":
                full = "all unread events take more memory than max_unread_bytes"
            return f"{_queue(stream)}: {dropped}, as {full} (overflow={overflow!r})"
        case Unread(stream, count, size, seconds):
            verb = "waits" if count == 1 else "wait"
            since = "yet" if seconds < 1 else f"for {_duration(seconds)}"
            return (
                f"{_queue(stream)}: no event has been read {since}; "
                f"{_counted(count, 'event')} {verb} in {size / 1e6:,.1f} MB of memory; iterate it, "
                "give it on_event=, or unsubscribe"
            )
        case NotRecorded(path, lines, size, reason):
            lost = f"{_counted(lines, 'line')} ({size / 1e6:,.1f} MB) {_was(lines)} not recorded"
            return f"{path}: {lost if lines else 'nothing is recorded at the moment'}: {reason}"
        case Undecodable(stream, reason):
            what = f"a message does not fit the spec: {reason}; it begins with {notice.excerpt!r}"
            return what if stream is None else f"{stream}: {what}"
        case _:
            return repr(notice)


def _disconnected(notice: Disconnected, url: str, was_open: bool) -> str:
    if was_open:
        text = f"connection {notice.connection} to {url} ended: {notice.reason}"
        if notice.code is not None:
            text += f" (close code {notice.code})"
        if notice.streams:
            verb = "is" if len(notice.streams) == 1 else "are"
            text += f"; {_streams(notice.streams)} {verb} interrupted"
    else:
        text = f"cannot connect to {url}: {notice.reason}"
        if notice.streams:
            verb = "waits" if len(notice.streams) == 1 else "wait"
            text += f"; {_streams(notice.streams)} {verb}"
    if notice.retry_in is None:
        return text + ("; not trying again" if notice.streams else "")
    if notice.retry_in == 0:
        return f"{text}; trying again at once"
    return f"{text}; trying again in {_duration(notice.retry_in)}"


def _gap(gap: Gap) -> str:
    if gap.missing is None:
        text = "events may be missing"
    elif gap.missing == 1:
        text = f"1 id is missing ({gap.first_missing})"
    else:
        # Ids rather than events: an event of some streams has several.
        text = f"{gap.missing:,} ids are missing ({gap.first_missing} to {gap.last_missing})"
    seconds = 0.0 if gap.since is None or gap.until is None else gap.until - gap.since
    if seconds >= 0.001:
        text += f" within {_duration(seconds)}"
    return f"{_keyed(gap.stream, gap.key)}: {text}: {gap.reason}"


def _keyed(stream: str, key: str | None) -> str:
    return stream if key is None else f"{stream} of {key}"


def _queue(stream: str) -> str:
    return "the client's queue" if stream == CLIENT else stream


def _streams(names: Sequence[str]) -> str:
    """Format how many streams there are, and the names of the first few."""
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{len(names):,} streams ({shown}{f' and {more:,} more' if more > 0 else ''})"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def about(notice: Notice) -> str:
    """Name what ``notice`` is about, for counting: its stream, if it is about one."""
    stream: Any = getattr(notice, "stream", None)
    return _queue(stream) if isinstance(stream, str) else ""
