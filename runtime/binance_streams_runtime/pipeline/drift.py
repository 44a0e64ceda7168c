"""Detecting fields that the venue sends but the spec does not have.

Decoding skips them at no cost, so one message per stream and minute is checked for them.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter, OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.decoding.drift import unknown_fields
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.notices import SchemaDrift
from binance_streams_runtime.pipeline.route import Route

# Seconds between two samples of a stream, and of how many streams they are due at a time.
_SAMPLE_EVERY = 60.0
_MOST_AT_ONCE = 16
# Seconds between two groups of streams that are due, so that those of many streams are spread out.
_GROUP_EVERY = 0.1

# A server that invents fields must not fill memory with their names.
_MOST_REPORTED = 1024


class SchemaMonitor:
    """Samples one message of each route now and then, and reports each new field once."""

    def __init__(self, notify: Callable[[SchemaDrift], None]) -> None:
        self._notify = notify
        self._reported: set[tuple[StreamType, str]] = set()
        # When each route was last sampled, the one that is due first at the head.
        self._sampled_at: OrderedDict[Route, float] = OrderedDict()
        self._check_at = math.inf

    def count_fields(self) -> Counter[StreamType]:
        """Return how many new fields each type of stream has."""
        return Counter(type for type, _ in self._reported)

    def start(self, now: float, route: Route) -> None:
        """Sample the next message of the route, and another one every minute from then on."""
        self.sample_next(route)
        self._sampled_at[route] = now
        self._sampled_at.move_to_end(route)
        self._check_at = min(self._check_at, now + _SAMPLE_EVERY)

    def stop(self, route: Route) -> None:
        """Stop sampling the route."""
        self._sampled_at.pop(route, None)

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        return self._check_at if self._sampled_at else None

    def check(self, now: float) -> None:
        """Sample the routes that are due, a few at each call."""
        if now < self._check_at:
            return
        self._check_at = math.inf
        due = [
            route
            for route, at in islice(self._sampled_at.items(), _MOST_AT_ONCE)
            if at + _SAMPLE_EVERY <= now
        ]
        for route in due:
            self.start(now, route)
        if self._sampled_at:
            first = next(iter(self._sampled_at.values()))
            self._check_at = max(first + _SAMPLE_EVERY, now + _GROUP_EVERY)

    def sample_next(self, route: Route) -> None:
        """Check the next message of the route."""
        plain = route.decoder.wrapped

        def decode(message: bytes) -> Any:
            if route.decode is not decode:
                # A later message of the batch in which the sample was taken.
                return plain(message)
            envelope = plain(message)
            route.decode = plain
            # Values that no field of the spec covers are parsed here first; they may be anything.
            with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError):
                event = envelope.data
                if isinstance(event, RawMessage):
                    event = decoder_of(route.stream.type, str).wrapped(message).data
                self._report_new(route, event, msgspec.json.decode(message)["data"])
            return envelope

        route.decode = decode

    def _report_new(self, route: Route, event: Any, payload: Any) -> None:
        type = route.stream.type
        found = dict.fromkeys(unknown_fields(event, payload))
        fields = tuple(
            path
            for path in found
            if path not in type.ignored and (type, path) not in self._reported
        )
        if fields and len(self._reported) < _MOST_REPORTED:
            self._reported.update((type, path) for path in fields)
            self._notify(SchemaDrift(route.label, fields))
