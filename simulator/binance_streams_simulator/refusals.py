"""What the REST API and the WebSocket API refuse, in the venue's words."""

from __future__ import annotations

import json


class Refusal(ValueError):
    """A request that is refused."""

    def __init__(
        self, code: int, message: str, status: int = 400, retry_after: int | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
        """Seconds."""

    @property
    def body(self) -> bytes:
        """The error as JSON, as REST answers it."""
        error = {"code": self.code, "msg": self.message}
        return json.dumps(error, separators=(",", ":"), ensure_ascii=False).encode()


def illegal(name: str, pattern: str) -> Refusal:
    """Return the refusal for characters that a parameter may not have."""
    return Refusal(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def invalid(name: str) -> Refusal:
    """Return the refusal for a value that a parameter may not have."""
    return Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")


def missing(name: str) -> Refusal:
    """Return the refusal for a parameter that must be sent."""
    return Refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def invalid_unit() -> Refusal:
    """Return the refusal for a unit of times that does not exist."""
    return Refusal(
        -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."
    )
