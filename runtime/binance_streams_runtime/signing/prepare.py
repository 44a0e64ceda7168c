"""A call as it is sent: with its time and its signature."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.errors import SigningError, masked
from binance_streams_runtime.protocol.api_requests import (
    Call,
    Prepared,
    SigningKey,
    request_text,
    signed_payload,
)
from binance_streams_runtime.signing.keys import is_plain

# Characters of a signature: those of the longest RSA key have 684.
_LONGEST = 1024


def prepared(call: Call, monotonic: Callable[[], float]) -> Prepared:
    """Return the text of a call, or why there is none; this may take as long as its key wants.

    ``monotonic`` is the clock of ``call.clock_offset``.
    """
    params = dict(call.params)
    if call.key is not None or call.has_timestamp:
        if call.recv_window is not None:
            params.setdefault("recvWindow", call.recv_window)
        params["timestamp"] = int((monotonic() + call.clock_offset) * 1000)
    if call.key is not None:
        error = _sign(call.method.name, call.key, params)
        if error is not None:
            return Prepared(error=error)
    return Prepared(request_text(call.id, call.method.name, params))


def _sign(method: str, key: SigningKey, params: dict[str, object]) -> SigningError | None:
    """Add the API key and the signature, or return why there is none."""
    what = f"{method} was not signed: {type(key).__name__}"
    try:
        params["apiKey"] = _exact(key.api_key)
        what += f" (API key {masked(key.api_key)})"
    except BaseException as failure:
        return _raised(what, failure)
    payload = signed_payload(params)
    try:
        signature: object = key.sign(payload)
        text = _exact(signature) if isinstance(signature, str) else ""
        if is_plain(text) and len(text) <= _LONGEST:
            params["signature"] = text
            return None
        if hasattr(signature, "__await__") and hasattr(signature, "close"):
            # A coroutine that is never awaited warns.
            signature.close()
    except BaseException as failure:
        return _raised(what, failure)
    returned = _described(signature)
    return SigningError(f"{what} returned {returned}, not hex or base64 text", is_final=True)


def _raised(what: str, failure: BaseException) -> SigningError:
    """Return the error of a key that raised; its text may have anything in it."""
    error = SigningError(f"{what} raised {type(failure).__name__}")
    # Without our frame, whose local variables would be shown as well.
    error.__cause__ = failure.with_traceback(
        failure.__traceback__ and failure.__traceback__.tb_next
    )
    return error


def _exact(text: str) -> str:
    """Return a text as such: an object of a subclass may not be what JSON can be made of."""
    return "".join(text)


def _described(value: object) -> str:
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"a text of {len(value):,} characters"
    if isinstance(value, str):
        return "a text with blanks or letters that are not ASCII" if value else "an empty text"
    return "None" if value is None else f"an object of type {type(value).__name__}"
