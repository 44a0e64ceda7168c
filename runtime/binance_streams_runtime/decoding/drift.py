"""What a payload has that the spec does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

# Of a long list so many items are looked at.
_MOST_ITEMS = 8


def unknown_fields(event: Any, payload: Any, before: str = "") -> Iterator[str]:
    """Yield the paths of what ``payload`` has and ``event``, made of it, does not."""
    if isinstance(event, list) and isinstance(payload, list):
        for item, part in zip(event[:_MOST_ITEMS], payload, strict=False):
            yield from unknown_fields(item, part, before)
    elif isinstance(event, msgspec.Struct):
        names = event.__struct_fields__
        keys = event.__struct_encode_fields__
        if isinstance(payload, list):
            yield from (f"{before}{place}" for place in range(len(keys), len(payload)))
        else:
            yield from (before + key for key in payload if key not in keys)
            for name, key in zip(names, keys, strict=True):
                if key in payload:
                    yield from unknown_fields(getattr(event, name), payload[key], f"{before}{key}.")
