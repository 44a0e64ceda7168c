"""The callbacks of the old client, called with the same arguments as there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.client.log import log_safely
from binance_streams_runtime.client.options import check_callback
from binance_streams_runtime.client.running import output_is_gone
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.errors import redacted

Callback = Callable[..., object] | None


class Callbacks:
    """The user's callbacks; each gets the client first, and no error in one ends the streams."""

    def __init__(self, client: object, log: logging.Logger, **given: Callback) -> None:
        for name, callback in given.items():
            check_callback(name, callback)
        self._client = client
        self._logger = log
        self._given = given
        self._thread: threading.Thread | None = None
        self._on_output_gone: Callable[[BaseException], None] | None = None

    def consumer(
        self, on_other: Callable[[Any], None], on_output_gone: Callable[[BaseException], None]
    ) -> Callable[[Message[Any]], None]:
        """Return a function that passes texts to ``on_message``, and other items to ``on_other``.

        From then on, if a callback prints and the reader of the output is gone, ``on_output_gone``
        gets the error.
        """
        client, on_message = self._client, self._given.get("on_message")
        self._on_output_gone = on_output_gone

        def take(message: Message[Any]) -> None:
            text = message.data
            if text.__class__ is not str:
                self._thread = threading.current_thread()
                on_other(text)
            elif on_message is not None:
                try:
                    on_message(client, text)
                except BaseException as error:
                    # Also SystemExit, which would end the thread silently.
                    self._failed("on_message", on_message, error, message.stream)

        return take

    def call(self, name: str, *arguments: object) -> None:
        """Call a callback, if it was given."""
        callback = self._given.get(name)
        if callback is not None:
            try:
                callback(self._client, *arguments)
            except BaseException as error:
                self._failed(name, callback, error)

    def report(self, error: BaseException) -> None:
        """Pass an error to ``on_error``."""
        on_error = self._given.get("on_error")
        if on_error is not None:
            try:
                on_error(self._client, error)
            except BaseException as failure:
                text = "on_error raised %r"
                self._log("on_error error", "", text, failure, failure=failure)

    def warn(self, kind: str, text: str, *values: object) -> None:
        """Log a warning; frequent lines of one ``kind`` are summarized."""
        log_safely(self._logger, logging.WARNING, kind, "", text, *values)

    def is_calling(self) -> bool:
        """Return whether the caller runs in the callback thread."""
        return threading.current_thread() is self._thread

    def _failed(
        self, name: str, callback: Callback, error: BaseException, stream: str | None = None
    ) -> None:
        label = name if not stream else f"{name} ({redacted(stream)})"
        text = "error from callback %r, called as %s: %r"
        self._log("callback error", label, text, callback, label, error, failure=error)
        is_end = isinstance(error, BrokenPipeError) and output_is_gone()
        if is_end and self._on_output_gone is not None:
            self._on_output_gone(error)
        else:
            self.report(error)

    def _log(
        self, kind: str, subject: str, text: str, *values: object, failure: BaseException
    ) -> None:
        log_safely(self._logger, logging.ERROR, kind, subject, text, *values, failure=failure)
