"""Reporting notices, and errors that would otherwise be lost."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable

from binance_streams_runtime.client.log import NoticeLog, log_safely, logger
from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.pipeline.queues import EventQueue

# Bytes of messages in notices that wait for on_notice: each Undecodable holds a whole message.
MOST_RAW_BYTES = 16 * 1024 * 1024


class Notifier:
    """Passes notices to the log and to ``on_notice``, errors to the log and to ``on_error``."""

    def __init__(
        self,
        on_notice: Callable[[Notice], object] | None,
        on_error: Callable[[BaseException], object] | None,
        log: logging.Logger = logger,
        url: str = "the server",
        is_raised: Callable[[BaseException], bool] = lambda error: False,
    ) -> None:
        """``is_raised`` says whether an error is raised to the user anyway, and so not logged."""
        self._on_error = on_error
        self._is_raised = is_raised
        self._logger = log
        self._log = NoticeLog(log, url)
        self.queue: EventQueue | None = (
            None if on_notice is None else EventQueue(is_of_notices=True)
        )
        self.notices_dropped = 0
        # How many bytes of messages wait in notices, at most.
        self._raw_bytes = 0

    def notify(self, notice: Notice) -> None:
        """Pass on a notice; called by the driver."""
        self._log.write(notice)
        if self.queue is not None:
            dropped = self.queue.put([notice])
            if isinstance(notice, Undecodable):
                dropped += self._bound_raw_bytes(self.queue, len(notice.raw))
            if dropped:
                self.notices_dropped += dropped
                text = "a notice was dropped, as on_notice is too slow (%s until now)"
                self._write(logging.WARNING, "dropped notice", "", text, self.notices_dropped)

    def _bound_raw_bytes(self, queue: EventQueue, added: int) -> int:
        """Drop the oldest notices if they hold too many bytes; return how many were dropped."""
        self._raw_bytes += added
        if self._raw_bytes <= MOST_RAW_BYTES:
            return 0
        # Some may have been taken meanwhile. Keep half, so as not to check all of them each time.
        kept = size = 0
        for notice in reversed(tuple(queue.items)):
            raw = len(notice.raw) if isinstance(notice, Undecodable) else 0
            if kept and size + raw > MOST_RAW_BYTES // 2:
                break
            kept, size = kept + 1, size + raw
        self._raw_bytes = size
        return queue.discard(len(queue.items) - kept)

    def unanswered(self, label: str, error: BaseException) -> None:
        """Report that a request is sent again; called by the driver."""
        kind, text = "unanswered request", "%s; requesting %s again"
        self._write(logging.WARNING, kind, label, text, error, label)

    def failed(self, failure: BaseException) -> None:
        """Report that the driver failed, which should be impossible; called in that thread."""
        text = "the client failed; all streams end"
        self._write(logging.ERROR, "failure", "", text, failure=failure)

    def callback_failed(self, where: str, error: BaseException) -> object:
        """Report that a callback raised, where callbacks run; return what ``on_error`` returns."""
        kind, text = "callback error", "%s raised %r"
        if not self._is_raised(error):
            self._write(logging.ERROR, kind, where, text, where, error, failure=error)
        note = f"raised by {where}"
        # The same error may be raised again and again.
        with contextlib.suppress(Exception):
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
        return self._report(error)

    def ended(self, where: str, error: BaseException) -> object:
        """Report an error that ended a stream without a loop; return what ``on_error`` returns."""
        self._write(logging.ERROR, "ended stream", where, "%s ended: %s", where, error)
        return self._report(error)

    def on_error_failed(self, failure: BaseException) -> None:
        """Log that ``on_error`` raised."""
        if not self._is_raised(failure):
            text = "on_error raised %r"
            self._write(logging.ERROR, "on_error error", "", text, failure, failure=failure)

    def close(self) -> None:
        """Report nothing more."""
        if self.queue is not None:
            self.queue.close()

    def _report(self, error: BaseException) -> object:
        if self._on_error is None:
            return None
        try:
            return self._on_error(error)
        except BaseException as failure:
            self.on_error_failed(failure)
            return None

    def _write(
        self,
        level: int,
        kind: str,
        subject: str,
        text: str,
        *values: object,
        failure: BaseException | None = None,
    ) -> None:
        log_safely(self._logger, level, kind, subject, text, *values, failure=failure)
