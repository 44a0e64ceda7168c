"""Payloads as JSON, with the digits of every number as the spec has them."""

from __future__ import annotations

import json
import re
from typing import Any

from codegen.read.yaml_source import Fraction

_PIECE = 76


def compact(payload: Any) -> bytes:
    """Return the payload as the server sends it."""
    return _json(payload, ",", ":").encode()


def pretty(payload: Any) -> str:
    """Return the payload in one line, for reading."""
    return _json(payload, ", ", ": ")


def pieces(content: bytes) -> tuple[bytes, ...]:
    """Cut at commas, so that each piece fits on a line."""
    cut = [b""]
    for part in re.findall(rb"[^,]*,|[^,]+", content):
        if cut[-1] and len(repr(cut[-1] + part)) > _PIECE:
            cut.append(b"")
        cut[-1] += part
    return tuple(cut)


def _json(value: Any, comma: str, colon: str) -> str:
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(str(key), ensure_ascii=False)}{colon}{_json(item, comma, colon)}"
            for key, item in value.items()
        )
        return "{" + comma.join(pairs) + "}"
    if isinstance(value, list):
        return "[" + comma.join(_json(item, comma, colon) for item in value) + "]"
    return value.text if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False)
