"""A frame of a client: what it requests, with numbers as they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from binance_streams_simulator.api.errors import DUPLICATE_PARAMETER, INVALID_JSON
from binance_streams_simulator.refusals import Refusal

_VERSION = "v3/"


class Number(str):
    """A number as its text in the frame, which is what was signed."""

    __slots__ = ()


@dataclass(frozen=True)
class ApiRequest:
    """A request that could be read."""

    id: str
    """As JSON: it is echoed, never read."""
    method: str
    """Without a version."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Texts, ``Number``, booleans, None, and lists or objects of them."""


def parse(frame: bytes) -> ApiRequest:
    """Parse a frame; raise Refusal if it is no request."""
    try:
        found = json.loads(
            frame.decode(),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
            object_pairs_hook=_Object,
        )
    except (ValueError, RecursionError):
        raise Refusal(*INVALID_JSON) from None
    if not isinstance(found, _Object):
        raise Refusal(*INVALID_JSON)
    id = found.get("id", found)
    params = found.get("params")
    params = _Object(()) if params is None else params
    method = found.get("method")
    if not _is_id(id) or type(method) is not str or not isinstance(params, _Object):
        raise Refusal(*INVALID_JSON)
    return ApiRequest(
        id if isinstance(id, Number) else json.dumps(id),
        method.removeprefix(_VERSION),
        params,
    )


def check_duplicates(request: ApiRequest) -> None:
    """Refuse a request that has a parameter twice."""
    if isinstance(request.params, _Object) and request.params.has_duplicates:
        raise Refusal(*DUPLICATE_PARAMETER)


def text_of(value: object) -> str:
    """Return the text of a parameter: what is signed."""
    if isinstance(value, str):
        return str(value)
    return _json(value)


def payload_of(params: Mapping[str, Any]) -> bytes:
    """Return what the signature of a request is for: all else, sorted by name."""
    names = sorted(name for name in params if name != "signature")
    text = "&".join(f"{name}={text_of(params[name])}" for name in names)
    return text.encode(errors="surrogatepass")


class _Object(dict[str, Any]):
    """A JSON object that knows whether a key came twice."""

    def __init__(self, pairs: Any) -> None:
        pairs = list(pairs)
        super().__init__(pairs)
        self.has_duplicates = len(self) != len(pairs)


def _is_id(id: object) -> bool:
    if isinstance(id, Number):
        return id.removeprefix("-").isdigit()
    return id is None or isinstance(id, str)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _json(value: object) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        pairs = (f"{_json(key)}:{_json(member)}" for key, member in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
