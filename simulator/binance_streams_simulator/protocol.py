"""The control protocol of one connection, without I/O: a request in, a response out.

The error messages are the venue's own, from the generated description of the venue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from binance_streams_runtime.catalog.venue import ControlMethod, Paths, Shutdown, TimeUnits, Venue

RefusalShape = Literal["documented", "nested"]
_TOO_MANY_SUBSCRIPTIONS = 4
_LARGEST_ID = 2**63 - 1
_SMALLEST_ID = -(2**63)
_ABSENT: Any = object()


class TargetError(ValueError):
    """The path or the query of a handshake is invalid."""


@dataclass(frozen=True)
class Target:
    """What the URL of a handshake requests."""

    paths: Paths
    """The paths of the streams that the connection can carry."""
    is_combined: bool
    is_microseconds: bool
    streams: tuple[str, ...]

    @classmethod
    def parse(cls, target: str, venue: Venue) -> Target | None:
        """Parse the target of a request line; return None if the venue has no such path."""
        path, _, query = target.partition("?")
        arguments: dict[str, str] = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            # Not parse_qs: it would read the plus of "@+08:00" as a space.
            arguments[unquote(name)] = unquote(value)
        path = unquote(path)
        streams: list[str] = []
        for paths in dict.fromkeys((venue.paths, *venue.categories.values())):
            if paths.combined is not None and path.rstrip("/") == paths.combined:
                is_combined = True
                streams = arguments.get("streams", "").split("/")
                break
            if paths.raw is not None and f"{path}/".startswith(f"{paths.raw}/"):
                is_combined = False
                streams = path[len(paths.raw) :].split("/")
                break
        else:
            return None
        return cls(
            paths,
            is_combined,
            _is_microseconds(venue.time_units, arguments),
            tuple(dict.fromkeys(name for name in streams if name)),
        )


def _is_microseconds(units: TimeUnits | None, arguments: Mapping[str, str]) -> bool:
    if units is None:
        return False
    unit = arguments.get(units.parameter, units.values[0])
    if unit not in {form for known in units.values for form in (known, known.lower())}:
        raise TargetError(f"unknown {units.parameter}: {unit!r}")
    return unit.lower().startswith("micro")


@dataclass(frozen=True)
class Answer:
    """The outcome of a request: the reply, and the streams that were added and removed."""

    reply: bytes
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    violation: str | None = None


class RefusedError(Exception):
    """A request that the venue rejects, by the code and an excerpt of the error message."""

    def __init__(self, code: int, excerpt: str, *quoted: object) -> None:
        super().__init__(code, excerpt)
        self.code = code
        self.excerpt = excerpt
        self.quoted = quoted


class Session:
    """The state of one connection: its subscriptions and properties."""

    def __init__(
        self,
        venue: Venue,
        target: Target,
        streams_limit: int,
        refusal_shape: RefusalShape = "documented",
    ) -> None:
        self._venue = venue
        self._methods = {method.name: method for method in venue.methods}
        self._streams_limit = streams_limit
        self._shape = refusal_shape
        self.paths = target.paths
        self.is_combined = target.is_combined
        self.is_microseconds = target.is_microseconds
        self.subscriptions: dict[str, None] = dict.fromkeys(target.streams)

    def carries(self, category: str | None) -> bool:
        """Whether streams of the category come on the connection's path; elsewhere they do not."""
        return category is None or self._venue.paths_of(category) == self.paths

    def answer(self, text: bytes) -> Answer:
        """Execute a control message."""
        try:
            request = _parsed(text)
        except RefusedError as refused:
            return Answer(self._refusal(refused, _ABSENT))
        id = request.get("id", _ABSENT)
        try:
            return self._execute(request, id)
        except RefusedError as refused:
            known_id = id if self._is_id(id) else _ABSENT
            return Answer(self._refusal(refused, known_id))

    def _execute(self, request: dict[str, Any], id: Any) -> Answer:
        if "method" not in request:
            raise RefusedError(2, "missing field")
        method = self._methods.get(str(request["method"]))
        if method is None:
            raise RefusedError(2, "unknown variant", f"`{request['method']}`")
        if not self._is_id(id):
            raise RefusedError(2, "request ID")
        params = request.get("params")
        params = [] if params is None else params
        if not isinstance(params, list):
            raise RefusedError(2, "property name must be")
        if method.params == "streams":
            return self._change(method, params, id)
        if method.params == "none":
            if params:
                raise RefusedError(2, "too many parameters")
            result: object = list(self.subscriptions)
        else:
            result = self._property(method, params)
        return Answer(_encoded({"result": result, "id": id}))

    def _change(self, method: ControlMethod, names: list[Any], id: Any) -> Answer:
        if not all(isinstance(name, str) for name in names):
            raise RefusedError(2, "property name must be")
        reply = _encoded({"result": None, "id": id})
        if method.name.startswith("UN"):
            removed = tuple(name for name in dict.fromkeys(names) if name in self.subscriptions)
            for name in removed:
                del self.subscriptions[name]
            return Answer(reply, removed=removed)
        added = tuple(name for name in dict.fromkeys(names) if name not in self.subscriptions)
        total = len(self.subscriptions) + len(added)
        if total > self._streams_limit:
            # Observed at the venue in this shape only, and not documented.
            error = {"code": _TOO_MANY_SUBSCRIPTIONS, "msg": "Too many subscriptions"}
            return Answer(
                _encoded({"error": error, "id": id}),
                violation=f"{total} streams on a connection, {self._streams_limit} are allowed",
            )
        self.subscriptions.update(dict.fromkeys(added))
        return Answer(reply, added=added)

    def _property(self, method: ControlMethod, params: list[Any]) -> object:
        sets = method.returns == "null"
        if len(params) > (2 if sets else 1):
            raise RefusedError(2, "too many parameters")
        if not params or not isinstance(params[0], str):
            raise RefusedError(2, "property name must be")
        if params[0] != "combined":
            raise RefusedError(0, "Unknown property")
        if not sets:
            return self.is_combined
        if len(params) != 2 or not isinstance(params[1], bool):
            raise RefusedError(1, "Invalid value type")
        self.is_combined = params[1]
        return None

    def _is_id(self, id: Any) -> bool:
        if self._venue.limits.request_ids == "unsigned":
            is_int = isinstance(id, int) and not isinstance(id, bool)
            return is_int and 0 <= id <= _LARGEST_ID
        if id is None:
            return True
        if isinstance(id, bool):
            return False
        if isinstance(id, int):
            return _SMALLEST_ID <= id <= _LARGEST_ID
        if isinstance(id, str):
            length = self._venue.limits.request_id_length
            # Documented are letters and digits; the venue's own clients send UUIDs with hyphens.
            return re.fullmatch(rf"[A-Za-z0-9-]{{1,{length}}}", id) is not None
        return False

    def _refusal(self, refused: RefusedError, id: Any) -> bytes:
        message = _message(self._venue, refused)
        if self._shape == "nested":
            error = {"code": refused.code, "msg": message}
            return _encoded({"error": error, "id": None if id is _ABSENT else id})
        refusal = {"code": refused.code, "msg": message}
        return _encoded(refusal if id is _ABSENT else {**refusal, "id": id})


def read(text: bytes) -> Mapping[str, Any] | None:
    """Parse a control message without executing it; return None if it is not a JSON object."""
    try:
        return _parsed(text)
    except RefusedError:
        return None


def _message(venue: Venue, refused: RefusedError) -> str:
    for refusal in venue.refusals:
        if refusal.code == refused.code and refused.excerpt in refusal.message:
            message = refusal.message
            for quoted in refused.quoted:
                message = message.replace("%s", str(quoted), 1)
            return message
    return refused.excerpt


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        request = json.loads(text.decode(), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise RefusedError(3, "Invalid JSON", error.lineno, error.colno) from None
    except (ValueError, RecursionError):
        raise RefusedError(3, "Invalid JSON", 1, 1) from None
    if not isinstance(request, dict):
        raise RefusedError(2, "missing field")
    return request


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _encoded(reply: Mapping[str, object]) -> bytes:
    return json.dumps(reply, separators=(",", ":"), ensure_ascii=False).encode(
        errors="backslashreplace"
    )


def shutdown_notice(shutdown: Shutdown, time: int, is_combined: bool) -> bytes:
    """Return the shutdown notice; ``time`` is in the connection's unit."""
    event = {"e": shutdown.event, "E": time}
    if not is_combined:
        return _encoded(event)
    return _encoded({"stream": shutdown.stream, "data": event})


def wrapped(name: str, payload: bytes) -> bytes:
    """Wrap a payload in the envelope of combined connections."""
    return b'{"stream":%b,"data":%b}' % (
        json.dumps(name, ensure_ascii=False).encode(),
        payload,
    )
