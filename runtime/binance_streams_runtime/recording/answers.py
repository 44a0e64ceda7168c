"""REST requests of a replay, which are answered by what was recorded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from binance_streams_runtime.protocol.rest import RestFailure, RestRequest
from binance_streams_runtime.recording.lines import REST

# Seconds after which a request takes the answer to a request for more levels of the same book.
_PATIENCE = 5.0

Give = Callable[[float, int, object], None]
"""Gets the time, the number of a request, and its result."""


class _Snapshot(msgspec.Struct):
    request: str
    data: msgspec.Raw


class _Answer(msgspec.Struct):
    request: str
    body: msgspec.Raw = msgspec.Raw()
    failure: RestFailure | None = None


class _AnswerLine(msgspec.Struct):
    data: _Answer


class RecordedAnswers:
    """Answers requests where the recording has their answers."""

    def __init__(self, names: Collection[str] | None, give: Give) -> None:
        """``names`` are the streams that the recording has; None if that is not known."""
        self._names = names
        self._give = give
        self._pending: dict[int, tuple[RestRequest, float]] = {}
        self._refused: deque[tuple[int, RestFailure]] = deque()
        self.now: float = 0.0
        """The time of what happens."""

    def fetch(self, number: int, request: RestRequest) -> None:
        """Begin a request."""
        self._pending[number] = request, self.now
        wanted = request.snapshot or REST
        if self._names is None or wanted in self._names:
            return
        what = "no answer to any REST request"
        if request.snapshot is not None:
            what = f"no snapshot of this order book (no line of {request.snapshot})"
        reason = f"the recording has {what}"
        self._refused.append((number, RestFailure(reason, is_final=True)))

    def cancel(self, number: int) -> None:
        """Give up a request."""
        self._pending.pop(number, None)

    @property
    def has_refused(self) -> bool:
        """Whether ``refuse`` has something to do."""
        return bool(self._refused)

    def refuse(self, now: float) -> None:
        """Fail the requests that will never be answered."""
        while self._refused:
            number, failure = self._refused.popleft()
            if self._pending.pop(number, None) is not None:
                self._give(now, number, failure)

    def take_snapshot(self, now: float, line: bytes) -> None:
        """Take the line of an order book."""
        found = msgspec.json.decode(line, type=_Snapshot)
        self._answer(now, found.request, bytes(found.data))

    def take(self, now: float, line: bytes) -> None:
        """Take the line of any other answer."""
        found = msgspec.json.decode(line, type=_AnswerLine).data
        if found.failure is None:
            body = bytes(found.body)
            # What is not JSON on one line was recorded as a text.
            body = msgspec.json.decode(body, type=str).encode() if body[:1] == b'"' else body
            self._answer(now, found.request, body)
            return
        number = self._find(now, found.request, is_exact=True)
        if number is not None:
            del self._pending[number]
            self._give(now, number, found.failure)

    def _answer(self, now: float, target: str, body: bytes) -> None:
        number = self._find(now, target, is_exact=False)
        if number is None:
            return
        request, _ = self._pending.pop(number)
        result: Any
        try:
            result = request.decode(body)
        except Exception as failure:
            # As for an answer of a server: the function is another layer's.
            result = RestFailure(f"the recorded answer to {target}: {failure}")
        self._give(now, number, result)

    def _find(self, now: float, target: str, is_exact: bool) -> int | None:
        """Return the number of the request that an answer is for; None if nobody asked."""
        for number, (request, _) in self._pending.items():
            if request.target == target:
                return number
        if is_exact:
            return None
        for number, (request, asked_at) in self._pending.items():
            if asked_at + _PATIENCE <= now and _has_more(target, request):
                return number
        return None


def _has_more(target: str, request: RestRequest) -> bool:
    """Return whether an answer has all that is asked for: a book of at least as many levels."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    limit, wanted = query.pop("limit", ""), dict(request.query)
    least = wanted.pop("limit", "")
    is_same = request.snapshot is not None and parts.path == request.path and query == wanted
    return is_same and limit.isdigit() and least.isdigit() and int(limit) >= int(least)
