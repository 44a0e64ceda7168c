"""What a client tells besides events: notices, and errors that nobody else would see."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from binance_streams_runtime.events.log import NoticeLog, log_safely, logger
from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.notices import Notice


class Teller:
    """Brings notices to the log and to ``on_notice``, errors to the log and to ``on_error``."""

    def __init__(
        self,
        on_notice: Callable[[Notice], object] | None,
        on_error: Callable[[BaseException], object] | None,
        log: logging.Logger = logger,
    ) -> None:
        self._on_error = on_error
        self._logger = log
        self._log = NoticeLog(log)
        self.mailbox: Mailbox | None = None if on_notice is None else Mailbox()

    def tell(self, notice: Notice) -> None:
        """Pass a notice on; in the I/O thread."""
        self._log.write(notice, time.monotonic())
        if self.mailbox is not None:
            self.mailbox.put([notice])

    def callback_failed(self, error: BaseException) -> None:
        """A callback raised; in the callback thread."""
        log_safely(self._logger, logging.ERROR, "a callback raised %r", error, failure=error)
        self.report(error)

    def report(self, error: BaseException) -> None:
        """Give an error that nobody iterates to see to ``on_error``; in the callback thread."""
        if self._on_error is None:
            return
        try:
            self._on_error(error)
        except BaseException as failure:
            log_safely(self._logger, logging.ERROR, "on_error raised %r", failure, failure=failure)

    def close(self) -> None:
        """Nothing more is told."""
        if self.mailbox is not None:
            self.mailbox.close()
