"""Fields that the venue sends and the spec does not know.

Decoding passes over them at no cost, so they are looked for in one message now and then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.notices import SchemaDrift

# A server that makes up fields must not fill memory with their names.
_MOST_TOLD = 1024

# Of a long list so many items are looked at.
_MOST_ITEMS = 8


class DriftWatch:
    """Looks at one message of each route that is armed, and tells each new field once."""

    def __init__(self, tell: Callable[[SchemaDrift], None]) -> None:
        self._tell = tell
        self._told: set[tuple[StreamType, str]] = set()

    def arm(self, route: Route) -> None:
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
        found = dict.fromkeys(_unknown(event, payload))
        fields = tuple(
            path for path in found if path not in type.ignored and (type, path) not in self._told
        )
        if fields and len(self._told) < _MOST_TOLD:
            self._told.update((type, path) for path in fields)
            self._tell(SchemaDrift(route.label, fields))


def _unknown(event: Any, payload: Any, before: str = "") -> Iterator[str]:
    """The paths of what ``payload`` has and ``event``, made of it, does not."""
    if isinstance(event, list) and isinstance(payload, list):
        for item, part in zip(event[:_MOST_ITEMS], payload, strict=False):
            yield from _unknown(item, part, before)
    elif isinstance(event, msgspec.Struct):
        names = event.__struct_fields__
        keys = event.__struct_encode_fields__
        if isinstance(payload, list):
            yield from (f"{before}{place}" for place in range(len(keys), len(payload)))
        else:
            yield from (before + key for key in payload if key not in keys)
            for name, key in zip(names, keys, strict=True):
                if key in payload:
                    yield from _unknown(getattr(event, name), payload[key], f"{before}{key}.")
