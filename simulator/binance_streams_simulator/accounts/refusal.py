"""The refusal of a request."""

from __future__ import annotations


class ApiRefusal(ValueError):
    """A request that is refused."""

    def __init__(
        self,
        code: int,
        message: str,
        status: int = 400,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
        """Seconds."""
