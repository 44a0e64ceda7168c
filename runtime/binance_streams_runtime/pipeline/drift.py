"""Fields that the venue sends and the spec does not know.

Decoding passes over them at no cost, so they are looked for in one message of each stream a minute.
"""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.decoding.drift import unknown_fields
from binance_streams_runtime.notices import SchemaDrift
from binance_streams_runtime.pipeline.route import Route

# Seconds after which the next message of a stream is looked at, and of how many streams at a time.
_SAMPLE_EVERY = 60.0
_MOST_AT_ONCE = 16

# A server that makes up fields must not fill memory with their names.
_MOST_REPORTED = 1024


class SchemaMonitor:
    """Looks at one message of each route that is armed, and tells each new field once."""

    def __init__(self, notify: Callable[[SchemaDrift], None]) -> None:
        self._notify = notify
        self._reported: set[tuple[StreamType, str]] = set()
        # When each route was armed, the one that is due first at the head.
        self._armed_at: OrderedDict[Route, float] = OrderedDict()
        self._next_at = math.inf

    def start(self, now: float, route: Route) -> None:
        """Look at the next message of the route, and at another one every minute from then on."""
        self.sample_next(route)
        self._armed_at[route] = now
        self._armed_at.move_to_end(route)
        self._next_at = min(self._next_at, now + _SAMPLE_EVERY)

    def stop(self, route: Route) -> None:
        """Look at no message of the route any more."""
        self._armed_at.pop(route, None)

    def check(self, now: float) -> None:
        """Arm the routes whose minute is over, a few at each call."""
        if now < self._next_at:
            return
        self._next_at = math.inf
        due = [
            route
            for route, at in islice(self._armed_at.items(), _MOST_AT_ONCE)
            if at + _SAMPLE_EVERY <= now
        ]
        for route in due:
            self.start(now, route)
        if self._armed_at:
            self._next_at = next(iter(self._armed_at.values())) + _SAMPLE_EVERY

    def sample_next(self, route: Route) -> None:
        """Look at the next message of the route."""
        plain = route.decoder.wrapped

        def decode(message: bytes) -> Any:
            if route.decode is not decode:
                # Later in the batch in which the first message was looked at.
                return plain(message)
            envelope = plain(message)
            route.decode = plain
            # What no field of the spec holds is read here for the first time, and may be anything.
            with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError):
                self._look(route, envelope.data, msgspec.json.decode(message)["data"])
            return envelope

        route.decode = decode

    def _look(self, route: Route, event: Any, payload: Any) -> None:
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
