"""What all commands that follow a client have in common: their limits, notices and end."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from binance_streams_cli import status
from binance_streams_cli.limits import Limits
from binance_streams_cli.notices import Notices
from binance_streams_cli.status import CommandError
from binance_streams_runtime.notices import Gap, Notice


class Following:
    """One run of a command that follows a client until something ends it."""

    def __init__(self, options: argparse.Namespace, notices: Notices) -> None:
        """``options`` are those of ``add_limits``."""
        self._options = options
        self._notices = notices
        self._limits = Limits(options.total, options.timeout)
        self._error: BaseException | None = None

    @property
    def events(self) -> int:
        """How many events have come."""
        raise NotImplementedError

    def reconnect(self) -> bool | Callable[[Any], bool]:
        """Return the client's ``reconnect``."""
        match self._options.reconnect:
            case "always":
                return True
            case "never":
                return False
            case _:
                return lambda lost: self.events > 0

    def on_notice(self, notice: Notice) -> None:
        """Pass on a notice; a gap may end it."""
        self._notices.on_notice(notice)
        if isinstance(notice, Gap) and self._options.fail_on_gap:
            self._limits.end("gap")

    def on_error(self, error: BaseException) -> None:
        """End with the error that ended a stream."""
        if self._error is None:
            self._error = error
        self._limits.end("error")

    def status(self) -> int:
        """Return the exit status, or raise what ended it."""
        if self._error is not None:
            raise self._error
        match self._limits.reason:
            case "gap":
                raise CommandError("events are missing (--fail-on-gap)", status.GAPS)
            case "silence":
                text = f"no event for {self._options.timeout:g} s (--timeout)"
                raise CommandError(text, status.TIMEOUT)
            case _:
                return status.DONE
