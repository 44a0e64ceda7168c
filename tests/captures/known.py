"""What is left of a recorded payload when only the keys that the spec knows are kept."""

from __future__ import annotations

from typing import Any

import msgspec


def known_part(payload: Any, event: Any) -> Any:
    """The part of ``payload`` that the struct ``event`` stands for, ignored keys left out."""
    if isinstance(event, list):
        return [known_part(*pair) for pair in zip(payload, event, strict=True)]
    if not isinstance(event, msgspec.Struct):
        return payload
    fields = msgspec.structs.fields(type(event))
    if event.__struct_config__.array_like:
        # Levels of old messages have a third element, an empty list.
        return [
            known_part(item, getattr(event, field.name))
            for item, field in zip(payload, fields, strict=False)
        ]
    return {
        field.encode_name: known_part(payload[field.encode_name], getattr(event, field.name))
        for field in fields
        if field.encode_name in payload
    }
