"""A recording of a ``Client``."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from binance_streams_runtime.client.recording import CLOSE_TIMEOUT, RecordingBase


class Recording(RecordingBase):
    """A recording of everything that a client receives; see ``Client.record``.

    It lasts until it or its client is closed; use it in a ``with`` statement to close it earlier.
    """

    def close(self) -> None:
        """End the recording, and wait until all is written; returns within 2 seconds.

        What the disk has not taken by then is reported by ``NotRecorded``. May be called from any
        thread, and more than once.
        """
        self._client.recordings.close(self)
        if not self._thread.join(CLOSE_TIMEOUT):
            self._give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
