"""The recordings of one client: what both front ends share, without the waiting."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.notices import NotRecorded

if TYPE_CHECKING:
    # Few clients record, so all that writes is loaded only then.
    from binance_streams_runtime.client.client_engine import ClientEngine
    from binance_streams_runtime.client.recording import RecordingBase
    from binance_streams_runtime.engine import Engine


_COUNTED = ("lines", "bytes", "bytes_on_disk", "lost_lines", "lost_bytes")


class ClientRecordings:
    """The recordings of a client."""

    def __init__(self, client: ClientEngine[Any, Any]) -> None:
        self._client = client
        # Re-entrant: a signal's handler may close the client.
        self._lock = threading.RLock()
        self._all: list[RecordingBase] = []
        # What was counted of those that are forgotten.
        self._ended: Counter[str] = Counter()
        self.lost_at: float | None = None
        """When it was last reported that something was not recorded."""

    @property
    def all(self) -> tuple[RecordingBase, ...]:
        """Every recording that has not been closed."""
        with self._lock:
            return tuple(one for one in self._all if not one._is_closed)

    def counts(self) -> Counter[str]:
        """Return the sums of what only increases, over all recordings that there have been."""
        with self._lock:
            return self._counts(self._all)

    def _counts(self, recordings: Iterable[RecordingBase]) -> Counter[str]:
        counts = self._ended.copy()
        for stats in (one.stats() for one in recordings):
            counts.update({name: getattr(stats, name) for name in _COUNTED})
        return counts

    def begin(self, recording: RecordingBase) -> None:
        """Begin a recording, whose first file exists."""
        client, recorder, thread = self._client, recording._recorder, recording._thread

        def begin(now: float, engine: Engine) -> None:
            engine.attach_tap(now, recorder)
            recorder.begin(now, engine.clock.offset)

        with self._lock:
            self._ended = self._counts(one for one in self._all if one._thread.is_done)
            self._all = [one for one in self._all if not one._thread.is_done] + [recording]
        thread.start()
        try:
            client.command(begin)
        except BaseException:
            # The client was closed meanwhile.
            recording._is_closed = True
            thread.finish()
            raise

    def close(self, recording: RecordingBase) -> None:
        """Have a recording end; no-op if it does so already."""
        with self._lock:
            if recording._is_closed:
                return
            recording._is_closed = True
        recorder, driver = recording._recorder, self._client._driver

        def end(now: float) -> None:
            self._client._engine.detach_tap(now, recorder)
            recorder.end(now)
            recording._thread.finish()

        # Not waited for: a signal's handler may have interrupted whoever drives.
        if driver.is_current() or not driver.post(end):
            driver.run(end)

    def close_all(self) -> None:
        """Have all end, as nothing drives the client any more."""
        for recording in self.all:
            self.close(recording)

    def closing(self) -> tuple[RecordingBase, ...]:
        """Return those that are not written to their end."""
        with self._lock:
            return tuple(one for one in self._all if not one._thread.is_done)

    def join(self, deadline: float) -> None:
        """Wait until all are written to their end, or ``deadline``; then say what is not."""
        for recording in self.closing():
            if not recording._thread.join(max(0.0, deadline - time.monotonic())):
                recording._give_up()

    def forked(self) -> None:
        """Forget all: they belong to the parent, and their files are closed here already."""
        self._lock = threading.RLock()
        for recording in self._all:
            recording._is_closed = True
            recording._thread.forked()
        self._all = []

    def notify(self, notice: NotRecorded) -> None:
        """Report a notice; called in the thread that writes."""
        client, self.lost_at = self._client, time.monotonic()
        if not client._driver.post(lambda now: client._engine.report(now, notice)):
            client._notifier.notify(notice)
