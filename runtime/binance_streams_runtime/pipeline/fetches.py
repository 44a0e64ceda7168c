"""The REST requests of an engine that are under way, by number."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from msgspec.structs import replace

from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest

Fetch = Callable[[int, RestRequest], None]
"""Begins a request of a number; its result is given to ``Engine.fetched`` later."""

OnDone = Callable[[float, object], None]
"""Gets the time and the result: what ``decode`` returned, or a ``RestFailure``."""


class Fetched(NamedTuple):
    """An answer."""

    body: bytes
    """As it came."""
    value: Any
    """What was decoded."""


class Fetches:
    """Numbers requests, and hands each result to whoever asked for it."""

    def __init__(
        self,
        fetch: Fetch | None,
        cancel: Callable[[int], None] | None,
        on_refused: Callable[[], None],
    ) -> None:
        """Have nothing under way.

        Args:
            fetch: Begins a request; None if there is no REST API, and every request fails.
            cancel: Gives up a request; its result is ignored if it comes nevertheless.
            on_refused: Called if ``next_time`` has come forward.
        """
        self._fetch = fetch
        self._cancel = cancel
        self._on_refused = on_refused
        self._numbers = count(1)
        self._pending: dict[int, tuple[RestRequest, OnDone]] = {}
        self.recorder: Recorder | None = None
        """Notified of each result, while the client is recorded."""
        self._refused: list[int] = []

    def start(self, request: RestRequest, on_done: OnDone) -> int:
        """Begin a request and return its number; ``on_done`` is called once, and never at once."""
        number = next(self._numbers)
        self._pending[number] = request, on_done
        if self._fetch is None:
            self._refused.append(number)
            self._on_refused()
        else:
            self._fetch(number, replace(request, decode=partial(_decode, request.decode)))
        return number

    def cancel(self, number: int) -> None:
        """Give up a request, whose ``on_done`` is not called; no-op if it is done."""
        if self._pending.pop(number, None) is not None and self._cancel is not None:
            self._cancel(number)

    def cancel_all(self) -> None:
        """Give up all requests."""
        for number in list(self._pending):
            self.cancel(number)

    def done(self, now: float, number: int, result: object) -> None:
        """Hand over a result; no-op if the request was cancelled."""
        pending = self._pending.pop(number, None)
        if pending is None:
            return
        request, on_done = pending
        if self.recorder is not None:
            self.recorder.fetched(now, request, result)
        on_done(now, result.value if isinstance(result, Fetched) else result)

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        return -math.inf if self._refused else None

    def check(self, now: float) -> None:
        """Fail the requests that could not begin."""
        refused, self._refused = self._refused, []
        for number in refused:
            self.done(now, number, RestFailure("there is no REST API", is_final=True))


def _decode(decode: Callable[[bytes], Any], body: bytes) -> Fetched:
    return Fetched(body, decode(body))
