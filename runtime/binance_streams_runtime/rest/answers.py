"""What an HTTP answer means: decoded rows, or why there are none."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from binance_streams_runtime.errors import redacted, shown
from binance_streams_runtime.protocol.http import explain_status
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest

# Codes of requests that are wrong in themselves: a symbol, an interval or a parameter is invalid.
_FINAL_CODES = (-1100, -1101, -1102, -1103, -1104, -1105, -1120, -1121, -1128, -1130)

# An API key is needed, there is no such path, or the venue does not serve this region. 403 is the
# firewall, which relents.
_FINAL_STATUSES = (401, 404, 405, 410, 451)

# How much of a text of the server is shown.
_MOST_SHOWN = 200


class Answer(msgspec.Struct, frozen=True):
    """A complete HTTP answer."""

    status: int
    phrase: str
    body: bytes
    retry_after: float | None = None
    """Seconds, from the header Retry-After."""
    used: int | None = None
    """The request weight that the server has counted."""
    server_time: float | None = None
    """The Unix time of the header Date, in whole seconds."""


class _Error(msgspec.Struct, frozen=True):
    code: int
    msg: str


def result_of(request: RestRequest, answer: Answer, retry_after: float | None) -> Any:
    """Return what the request's ``decode`` makes of the answer, or a ``RestFailure``.

    ``retry_after`` is for how many seconds the server wants to be left alone.
    """
    error = _error_in(answer.body)
    if answer.status == 200 and error is None:
        try:
            return request.decode(answer.body)
        except Exception as failure:
            # Not only what msgspec raises: the function is another layer's.
            return RestFailure(f"{named(request)}: {_misfit(answer.body, failure)}", answer.status)
    reason = f"{named(request)}: {explain_status(answer.status, answer.phrase)}"
    if error is not None:
        text = redacted("".join(one for one in error.msg if one.isprintable()))
        reason += f" (code {error.code}: {text[:_MOST_SHOWN]})"
    elif _is_html(answer.body):
        reason += " (with a page of HTML)"
    code = None if error is None else error.code
    is_final = answer.status in _FINAL_STATUSES or code in _FINAL_CODES
    return RestFailure(reason, answer.status, code, retry_after, is_final)


def named(request: RestRequest) -> str:
    """Return the host and the path of a request, as reasons begin."""
    return f"{urlsplit(request.url).netloc}{request.path}"


def _error_in(body: bytes) -> _Error | None:
    """Return the venue's own error, if the body is one."""
    if not body.lstrip().startswith(b"{") or len(body) > 64 * 1024:
        return None
    try:
        return msgspec.json.decode(body, type=_Error)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _misfit(body: bytes, failure: Exception) -> str:
    if _is_html(body):
        return "the answer is a page of HTML instead of JSON; is a proxy or a portal in between?"
    if not body:
        return "the answer is empty"
    return f"the answer does not fit the spec: {type(failure).__name__}: {shown_text(failure)}"


def shown_text(failure: Exception) -> str:
    """Return the text of an error, short and without secrets."""
    text = redacted(str(failure)).replace("\n", " ")
    return text if len(text) <= _MOST_SHOWN else shown(text, _MOST_SHOWN)


def _is_html(body: bytes) -> bool:
    return re.match(rb"\s*<(!doctype|html|head|body|\?xml)", body[:1024], re.IGNORECASE) is not None
