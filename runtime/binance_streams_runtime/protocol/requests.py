"""Requests to the server: their text, ids and results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import msgspec

from binance_streams_runtime.catalog.venue import Limits, Venue
from binance_streams_runtime.errors import ParameterError, RequestError
from binance_streams_runtime.protocol.replies import Reply

RequestId = int | str | None
"""A request's id: a signed 64-bit int, a text of up to 36 letters and digits, or None to choose."""

Action = Literal["SUBSCRIBE", "UNSUBSCRIBE"] | None

ACTION_SUBSCRIBE: Literal["SUBSCRIBE"] = "SUBSCRIBE"
ACTION_UNSUBSCRIBE: Literal["UNSUBSCRIBE"] = "UNSUBSCRIBE"

INTERNAL_IDS = range(2**52, 2**53)
"""Ids of the package's own requests, so that their responses cannot be for anybody else."""

UNKNOWN_OUTCOME = "nobody knows whether it was done"
"""What errors say of a request that was sent and not answered."""

_MAX_ID = 2**63 - 1

# Above the ids that people choose, so that a late response to one of theirs matches no other.
_FIRST_ID = 2**40 + 1


def check_id(id: object, limits: Limits) -> RequestId:
    """Return ``id``; raise ParameterError if the server would not accept it."""
    is_unsigned = limits.request_ids == "unsigned"
    smallest, length = 0 if is_unsigned else -_MAX_ID - 1, limits.request_id_length
    is_int = isinstance(id, int) and not isinstance(id, bool) and smallest <= id <= _MAX_ID
    is_text = isinstance(id, str) and re.fullmatch(rf"[A-Za-z0-9]{{1,{length}}}", id)
    if id is None or is_int or (is_text and not is_unsigned):
        return id  # type: ignore[return-value]
    if is_unsigned:
        raise ParameterError("id", id, f"an int from 0 to {_MAX_ID}, or None, at this server")
    raise ParameterError(
        "id", id, f"a signed 64-bit int, 1 to {length} ASCII letters and digits, or None"
    )


def check_action(action: object) -> bool:
    """Return whether ``action`` subscribes; raise ParameterError if it is not an action."""
    if action not in (None, ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE):
        allowed = f"{ACTION_SUBSCRIBE!r}, {ACTION_UNSUBSCRIBE!r}, None (subscribe)"
        raise ParameterError("action", action, allowed)
    return action != ACTION_UNSUBSCRIBE


Result = Callable[[Any, BaseException | None], None]


class RequestIds:
    """One session's source of ids for requests whose caller has not chosen one."""

    def __init__(self) -> None:
        self._ids = count(_FIRST_ID)
        self._internal_ids = iter(INTERNAL_IDS)

    def next(self) -> int:
        """Return an id that no other request of the session has."""
        return next(self._ids)

    def internal(self) -> int:
        """Return the next of INTERNAL_IDS."""
        return next(self._internal_ids)


@dataclass(eq=False)
class Request:
    """One request. Each callback in ``on_result`` is called once, with a result or an error."""

    method: str
    params: Sequence[object] = ()
    id: RequestId = None
    on_result: list[Result] = field(default_factory=list)
    deadline: float = 0.0

    @property
    def streams(self) -> list[str]:
        """The streams that the request is about; none for queries and properties."""
        if self.method in (ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE):
            return [str(name) for name in self.params]
        return []

    def settle(self, result: Any, error: BaseException | None) -> None:
        """Pass the outcome to every callback."""
        for on_result in self.on_result:
            on_result(result, error)

    def text(self) -> str:
        """Return the request as JSON; ``params`` are left out if there are none."""
        body: dict[str, object] = {"method": self.method}
        if self.params:
            body["params"] = list(self.params)
        return msgspec.json.encode(body | {"id": self.id}).decode()


def query_for_answer(venue: Venue, ids: RequestIds) -> Request:
    """Make a request that changes nothing and serves as a marker.

    Whatever arrives before its response was sent before it. An error is as good a response as any,
    so there is one for every venue.
    """
    if venue.has_method("LIST_SUBSCRIPTIONS"):
        return Request("LIST_SUBSCRIPTIONS", (), ids.internal())
    if venue.has_method("GET_PROPERTY"):
        return Request("GET_PROPERTY", ["combined"], ids.internal())
    return Request(ACTION_SUBSCRIBE, (), ids.internal())


def result_of(reply: Reply) -> tuple[Any, BaseException | None]:
    """Return a reply's result, or a RequestError made from either shape of error."""
    error = reply.error
    if isinstance(error, dict):
        code, message = error.get("code"), error.get("msg")
    elif error is not None:
        code, message = None, error
    elif reply.code is not None:
        code, message = reply.code, reply.msg
    else:
        try:
            return msgspec.json.decode(bytes(reply.result)), None  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeError, RecursionError) as failure:
            code, message = None, f"its response cannot be decoded: {failure}"
    return None, RequestError(code if isinstance(code, int) else None, str(message), reply.id)


def first_batch(names: Iterable[str], frame_bytes: int) -> list[str]:
    """Return as many names as fit in a request of ``frame_bytes``; larger ones are ignored."""
    batch: list[str] = []
    size = _REQUEST_BYTES
    for name in names:
        size += len(msgspec.json.encode(name)) + 1
        if batch and size > frame_bytes:
            break
        batch.append(name)
    return batch


# The longest method and id.
_REQUEST_BYTES = len('{"method":"UNSUBSCRIBE","params":[],"id":""}') + 36
