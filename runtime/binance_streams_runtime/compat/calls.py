"""Converting the arguments of the old client's calls: names, ids, messages, proxies."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from binance_streams_runtime.catalog.parameters import Choice, ListenKey
from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType, UpdateSpeed
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.log import log_safely
from binance_streams_runtime.decoding.json import PayloadDecoder
from binance_streams_runtime.errors import ParameterError, UnknownStreamError, redacted
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    INTERNAL_IDS,
    Request,
    RequestId,
    check_id,
)

MAX_NAME_LENGTH = 256

# The keys of a SUBSCRIBE that is not sent verbatim.
_KEYS = {"method", "params", "id"}


@dataclass(eq=False)
class Verbatim(Request):
    """A request that is sent exactly as the user wrote it."""

    written: str = ""
    combines: bool | None = None
    """The value that it sets the property ``combined`` to; None if it does not."""

    def text(self) -> str:
        return self.written


def named_streams(stream: object) -> list[str]:
    """Return the names without duplicates.

    Raises ValueError, with the old client's text, for another type.
    """
    if isinstance(stream, str):
        return [stream]
    if not isinstance(stream, list) or not all(isinstance(name, str) for name in stream):
        raise ValueError("Invalid stream name, expect string or array")
    return list(dict.fromkeys(stream))


def request_id(id: object, venue: Venue) -> RequestId:
    """Return the id to send; None to let the session choose one, as for every false value.

    Raises ParameterError for an id that is not allowed or is reserved.
    """
    if not id:
        return None
    if isinstance(id, int) and id in INTERNAL_IDS:
        raise ParameterError(
            "id", id, f"an int outside of {INTERNAL_IDS.start} to {INTERNAL_IDS.stop - 1}"
        )
    return check_id(id, venue.limits)


def check_text(name: str) -> None:
    """Raise ParameterError for a stream name that is not safe to send."""
    is_plain = name.isprintable() and not {'"', "\\"} & set(name)
    if not is_plain or not 0 < len(name) <= MAX_NAME_LENGTH:
        allowed = f"1 to {MAX_NAME_LENGTH} printable characters, no quote, no backslash"
        raise ParameterError("stream", name, allowed)


def route_of(name: str, catalog: Catalog, decoder: PayloadDecoder, log: logging.Logger) -> Route:
    """Return a route for a stream's texts; log a warning if the catalog has no such stream."""
    check_text(name)
    try:
        stream = catalog.resolve(name)
    except (ParameterError, UnknownStreamError) as error:
        text = "subscribing anyway: %s"
        log_safely(log, logging.WARNING, "unknown name", redacted(name), text, error)
        # What looks like a listen key is treated as secret.
        segment = ListenKey("key") if redacted(name) != name else name
        stream = Stream(name, StreamType("unknown", "", "", "", (segment,), (), _UNKNOWN), {})
    lifecycle = stream.type.lifecycle
    if lifecycle.retired is not None:
        text = "%s was retired on %s: use %s"
        values = stream.type.key, lifecycle.retired, lifecycle.use
        log_safely(log, logging.WARNING, "retired stream", stream.type.key, text, *values)
    # Texts are not parsed, so they have no sequence numbers.
    plain = Stream(name, msgspec.structs.replace(stream.type, sequence=None), stream.parameters)
    route = Route(plain, decoder, EventQueue())
    route.consumer = "client"
    return route


_UNKNOWN = UpdateSpeed(None)


def with_choices(type: StreamType, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments with texts such as ``"5"`` converted to the numbers they stand for."""
    converted = dict(arguments)
    for parameter in type.parameters:
        given = converted.get(parameter.name)
        if isinstance(parameter, Choice) and isinstance(given, str):
            written = {str(value): value for value in parameter.values}
            converted[parameter.name] = written.get(given, given)
    return converted


def parse_message(text: str, venue: Venue) -> Request:
    """Return a control message as a request; one that does not change streams is sent verbatim."""
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        return Verbatim("a message", written=text)
    method: Any = message.get("method")
    params: Any = message.get("params")
    id: Any = message.get("id")
    is_change = method in (ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE) and message.keys() == _KEYS
    if is_change and _are_names(params) and _is_id(id, venue):
        return Request(method, params, id)
    known_id = request_id(id, venue) if _is_id(id, venue) else None
    if method == "SET_PROPERTY" and _sets_combined(params):
        # Without the wrapper a message does not name its stream.
        written = json.dumps(message | {"params": ["combined", True]})
        return Verbatim(method, (), known_id, written=written, combines=params[1])
    is_query = isinstance(method, str) and method not in (ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE)
    kind = method if is_query else "a message"
    return Verbatim(kind, (), known_id, written=text)


def _sets_combined(params: Any) -> bool:
    is_pair = isinstance(params, list) and len(params) == 2
    return is_pair and params[0] == "combined" and isinstance(params[1], bool)


def _are_names(params: object) -> bool:
    if not isinstance(params, list) or not params:
        return False
    try:
        for name in named_streams(params):
            check_text(name)
    except ValueError:
        return False
    return True


def _is_id(id: object, venue: Venue) -> bool:
    try:
        check_id(id, venue.limits)
    except ParameterError:
        return False
    return True


def proxy_of(proxies: Mapping[str, str] | None) -> str | None:
    """Return the proxy's URL from a dict in the format of requests; None if there is none.

    The old client spoke plain HTTP to a proxy whatever its scheme, so https means http here.
    """
    if proxies is None:
        return None
    if not isinstance(proxies, Mapping):
        raise ParameterError("proxies", type(proxies), "a dict such as {'http': 'http://host:1'}")
    url = proxies.get("http") or proxies.get("https")
    if not url:
        return None
    return f"http://{url[len('https://') :]}" if url.lower().startswith("https://") else url
