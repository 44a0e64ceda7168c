"""Messages of the server that are not stream events."""

from __future__ import annotations

from typing import Any

import msgspec


class Reply(msgspec.Struct):
    """A message that is not a stream event: a response, an error in either shape, or bare data."""

    stream: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    id: int | str | None = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    code: int | None = None
    msg: str | None = None
    error: Any = None
    e: str | None = None
    E: Any = None
    s: str | None = None

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return self.result is not msgspec.UNSET or self.is_error

    @property
    def is_error(self) -> bool:
        """Whether it is an error message."""
        return self.code is not None or self.error is not None

    @property
    def event_time(self) -> int | None:
        """The event time, bare or in the envelope, or None."""
        time = self.E
        if time is None:
            try:
                time = msgspec.json.decode(bytes(self.data), type=_EventTime).E
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                return None
        return time if isinstance(time, int) else None


class _EventTime(msgspec.Struct):
    E: Any = None
