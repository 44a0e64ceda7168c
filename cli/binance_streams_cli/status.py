"""The exit statuses of the command, and the errors that end it with one of them."""

from __future__ import annotations

DONE = 0
ERROR = 1
USAGE = 2
STREAM = 3
"""A stream was refused, or no stream has that name."""
CONNECTION = 4
"""The connection was given up."""
GAPS = 5
"""Events are missing, and ``--fail-on-gap`` was given."""
TIMEOUT = 124
INTERRUPTED = 130
"""Ctrl-C."""


class CommandError(Exception):
    """What ends the command: one line that says what is wrong, and the exit status."""

    def __init__(self, message: str, status: int = ERROR) -> None:
        super().__init__(message)
        self.status = status


class Terminated(KeyboardInterrupt):
    """SIGTERM: everything ends as after Ctrl-C, but that is what its sender wanted."""


def status_of(error: BaseException) -> int:
    """Return the exit status for an error of the client or of the system."""
    # Imported late: most runs of the command end without an error.
    from binance_streams_runtime import errors

    match error:
        case CommandError():
            return error.status
        case errors.UnknownStreamError() | errors.RequestError():
            return STREAM
        case errors.ParameterError():
            return USAGE
        case errors.RequestTimeout():
            return TIMEOUT
        case errors.ConnectionLost():
            return CONNECTION
        case _:
            return ERROR
