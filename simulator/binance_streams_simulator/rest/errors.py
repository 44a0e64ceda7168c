"""What the REST API refuses, in the venue's words."""

from __future__ import annotations

import json


class RestError(Exception):
    """A request that is refused."""

    def __init__(
        self, code: int, message: str, status: int = 400, retry_after: int | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after

    @property
    def body(self) -> bytes:
        """The error as JSON."""
        error = {"code": self.code, "msg": self.message}
        return json.dumps(error, separators=(",", ":"), ensure_ascii=False).encode()


def illegal(name: str, pattern: str) -> RestError:
    """Return the error for characters that a parameter may not have."""
    return RestError(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def invalid(name: str) -> RestError:
    """Return the error for a value that a parameter may not have."""
    return RestError(-1130, f"Data sent for parameter '{name}' is not valid.")


def missing(name: str) -> RestError:
    """Return the error for a parameter that must be sent."""
    return RestError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )
