"""What a refusal means, and how long to wait after it."""

from __future__ import annotations

from binance_streams_runtime.catalog.api import Api, Remedy
from binance_streams_runtime.errors import (
    ConnectionLost,
    RequestError,
    RequestTimeout,
    SigningError,
)

_FIRST_SERVER_ERROR = 500
_TOO_MANY = (418, 429)

PAUSE = 5.0
"""Seconds before a request of the client's own that the server refused is made again."""


def remedy_of(api: Api, error: BaseException) -> Remedy:
    """Return what to do if a subscription fails with ``error``."""
    if isinstance(error, RequestTimeout):
        return "retry"
    if isinstance(error, SigningError):
        # A vault may be back in a moment.
        return "end" if error.is_final else "retry"
    if not isinstance(error, RequestError):
        return "end"
    if error.status in _TOO_MANY or error.retry_after is not None:
        return "wait"
    known = api.error(error.code)
    if known is not None:
        return known.remedy
    return "retry" if (error.status or 0) >= _FIRST_SERVER_ERROR else "end"


def is_undocumented(api: Api, error: BaseException | None) -> bool:
    """Return whether a request was refused, for good, with a code that the venue does not list."""
    if not isinstance(error, RequestError) or api.error(error.code) is not None:
        return False
    return remedy_of(api, error) == "end"


def pause_after(error: BaseException | None, otherwise: float = PAUSE) -> float:
    """Return the seconds that the server wants to be left alone, at least ``otherwise``."""
    retry_after = error.retry_after if isinstance(error, RequestError | ConnectionLost) else None
    return max(otherwise, retry_after or 0.0)


def invalid_answer(text: str) -> RequestError:
    """Return the error for an invalid answer; another attempt may get a valid one."""
    return RequestError(None, text, None, status=_FIRST_SERVER_ERROR)


def already_subscribed(error: BaseException) -> BaseException:
    """Return the refusal of an account that this client has subscribed to with another key."""
    assert isinstance(error, RequestError)
    advice = "this client is subscribed to the same account with another key: use that one"
    return RequestError(error.code, error.message, error.id, status=error.status, advice=advice)
