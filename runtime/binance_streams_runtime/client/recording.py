"""A recording as its user sees it, without the waiting."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from binance_streams_runtime.notices import NotRecorded
from binance_streams_runtime.storage.pending import Pending
from binance_streams_runtime.storage.recorder import Recorder
from binance_streams_runtime.storage.writer import Writer
from binance_streams_runtime.storage.writer_thread import WriterThread

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine

CLOSE_TIMEOUT = 1.9
"""Seconds that closing waits for the disk."""


class RecordingStats(Struct, frozen=True):
    """The counts of a recording, from its beginning."""

    lines: int
    """Lines on disk: messages, notices, answers to REST requests, and what the session decided."""
    bytes: int
    """Bytes of these lines, before compression."""
    bytes_on_disk: int
    """Bytes of all parts together."""
    parts: int
    """Files that have been begun."""
    lost_lines: int
    """Lines that were not written, as the disk was too slow, full or broken."""
    lost_bytes: int
    """Bytes of these, about."""
    left_out: int
    """Messages and notices that were left out, as they are about an account."""
    bytes_pending: int
    """Bytes that wait to be written, at most the recording's ``max_pending_bytes``."""
    seconds_behind: float
    """For how long the oldest of them has waited; a tenth of a second is usual."""
    failure: str | None
    """Why nothing can be written at the moment; None if all is well."""


class RecordingBase:
    """A recording of everything that a client receives; it has begun, and lasts until closed."""

    def __init__(
        self,
        client: ClientEngine[Any, Any],
        path: Path,
        writer: Writer,
        pending: Pending,
        recorder: Recorder,
        thread: WriterThread,
    ) -> None:
        self._client = client
        self._path = path
        self._writer = writer
        self._pending = pending
        self._recorder = recorder
        self._thread = thread
        # Whether its end has begun.
        self._is_closed = False

    @property
    def path(self) -> Path:
        """The folder that was given; the parts are in a folder a server and a day under it."""
        return self._path

    @property
    def part(self) -> Path | None:
        """The file that is being written; None if there is none at the moment."""
        return self._writer.path

    def stats(self) -> RecordingStats:
        """Return the counts as of now; callable from any thread, also after the end."""
        writer, pending, failure = self._writer, self._pending, self._thread.failure
        since = pending.since
        return RecordingStats(
            lines=writer.lines,
            bytes=writer.bytes,
            bytes_on_disk=writer.written,
            parts=writer.parts,
            lost_lines=pending.lost_lines + writer.lost_lines,
            lost_bytes=pending.lost_bytes + writer.lost_bytes,
            left_out=writer.filter.left_out,
            bytes_pending=pending.bytes,
            seconds_behind=0.0 if since is None else max(0.0, time.monotonic() - since),
            failure=writer.failure if failure is None else f"writing it has failed: {failure!r}",
        )

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else f"{self._writer.parts} parts"
        return f"<{type(self).__name__} {self._path} {state}>"

    def _give_up(self) -> None:
        """Say what is not written, if it has not ended in time."""
        notice: NotRecorded | None = self._thread.abandon()
        if notice is not None:
            self._client._notifier.notify(notice)
