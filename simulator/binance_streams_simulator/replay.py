"""Replaying recorded messages, in order, to the subscribers of their streams."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

_NANOSECONDS_FROM = 1e15
"""Timestamps above this are nanoseconds, below it seconds."""

Source = str | Path | Iterable[Mapping[str, Any]]
"""A file of JSON lines (``.gz`` or plain), or the objects themselves."""


class _Wrapped(msgspec.Struct):
    stream: str
    data: msgspec.Raw


class _UserEvent(msgspec.Struct):
    event: msgspec.Raw


class _Snapshot(msgspec.Struct):
    lastUpdateId: int  # noqa: N815 - the wire's own key


@dataclass(frozen=True)
class Recorded:
    """One record: a message of ``stream``, or the snapshot of ``symbol``. ``time`` in seconds."""

    payload: bytes
    stream: str | None = None
    symbol: str | None = None
    time: float | None = None
    event: Any = None
    """What the message is decoded to, if order books are kept of it."""
    is_cut: bool = False
    """Whether it is the end of a connection instead."""


class Levels(NamedTuple):
    """An order book, the best levels first: prices and quantities as texts."""

    id: int
    bids: list[list[str]]
    asks: list[list[str]]


class Replay(Protocol):
    """What can be replayed."""

    @property
    def streams(self) -> frozenset[str]:
        """The streams that have messages in it."""

    @property
    def has_all(self) -> bool:
        """Whether there is nothing besides: other streams stay silent."""

    @property
    def skipped(self) -> int:
        """Records that cannot be replayed."""

    def batches(self) -> Iterator[list[Recorded]]:
        """Yield the records, in order, from the beginning."""

    def reach(self, record: Recorded) -> None:
        """Let snapshots be as they were at this record."""

    def snapshot(self, symbol: str) -> Levels | bytes | None:
        """Return the current snapshot of a symbol, or None; raise Refusal if it is not known."""


class Recording:
    """The records to replay. Records without a known stream are skipped and counted."""

    has_all: bool = False

    def __init__(self, source: Source) -> None:
        self.records: list[Recorded] = []
        self.skipped = 0
        for entry in _entries(source):
            record = _record(entry)
            if record is None:
                self.skipped += 1
            else:
                self.records.append(record)
        self.streams = frozenset(
            record.stream for record in self.records if record.stream is not None
        )
        self._snapshots: dict[str, bytes] = {}
        for record in reversed(self.records):
            # Until the first one is reached, the first one is served.
            self.reach(record)

    def reach(self, record: Recorded) -> None:
        """Serve this snapshot from now on."""
        if record.symbol is not None:
            self._snapshots[record.symbol] = record.payload

    def snapshot(self, symbol: str) -> bytes | None:
        """Return the current snapshot of a symbol, or None."""
        return self._snapshots.get(symbol)

    def batches(self) -> Iterator[list[Recorded]]:
        """Yield all records, in order."""
        yield self.records


def _entries(source: Source) -> Iterator[Mapping[str, Any]]:
    if not isinstance(source, (str, Path)):
        yield from source
        return
    path = Path(source)
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    for line in content.splitlines():
        if line.strip():
            yield json.loads(line)


def _record(entry: Mapping[str, Any]) -> Recorded | None:
    raw = str(entry["raw"]).encode()
    time = entry.get("ts")
    if isinstance(time, (int, float)):
        time = time / 1e9 if time > _NANOSECONDS_FROM else float(time)
    else:
        time = None
    if entry.get("type") == "rest":
        try:
            msgspec.json.decode(raw, type=_Snapshot)
        except msgspec.MsgspecError:
            return None
        return Recorded(raw, symbol=str(entry["symbol"]).upper(), time=time)
    stream = entry.get("stream")
    stream = None if stream is None else str(stream)
    if entry.get("wrapped", True):
        with contextlib.suppress(msgspec.MsgspecError):
            message = msgspec.json.decode(raw, type=_Wrapped)
            return Recorded(bytes(message.data), stream=message.stream, time=time)
        with contextlib.suppress(msgspec.MsgspecError):
            # The envelope of user data names no stream; the record may.
            raw = bytes(msgspec.json.decode(raw, type=_UserEvent).event)
    return None if stream is None else Recorded(raw, stream=stream, time=time)
