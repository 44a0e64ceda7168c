"""Requests to the WebSocket API: what is sent, what is signed, and who signs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import msgspec

from binance_streams_runtime.catalog.api import Api, ApiMethod
from binance_streams_runtime.errors import RequestTimeout, SigningError


@runtime_checkable
class SigningKey(Protocol):
    """What signs the requests of one account: a key, or whatever has access to one.

    ``sign`` may take its time, as a vault does: it is called in a thread of its own, one call at a
    time for each key. An attribute ``algorithm`` that is ``"Ed25519"`` is optional: such a key may
    log on to a connection, so that later requests need no signature.
    """

    @property
    def api_key(self) -> str:
        """The API key, as the venue shows it."""

    def sign(self, payload: bytes) -> str:
        """Return the signature of ``payload`` as the venue wants it: hex (HMAC) or base64."""


@dataclass(eq=False)
class ApiRequest:
    """A request that a user makes; it is sent once, or not at all."""

    method: ApiMethod
    params: Mapping[str, object]
    """Checked and as they are sent, without those of the signature."""
    decode: Callable[[bytes], Any]
    """Makes the result of its JSON; raises msgspec.DecodeError."""
    on_result: Callable[[Any, BaseException | None], None]
    """Called once, with the result or an error."""
    key: SigningKey | None = field(default=None, repr=False)
    """None for a method that is not signed."""
    recv_window: int | float | None = None
    is_cancelled: bool = False
    """Whether its user has given up: if it has not been sent yet, it is not sent any more. Any
    thread may set this."""


@dataclass(eq=False)
class Call:
    """One request of the API before it is signed.

    The engine gives it to the front end's ``prepare``, which waits until the server's limit allows
    its weight, signs it, and hands the text to ``Engine.prepared``.
    """

    connection: int
    """The connection that it goes to."""
    id: int | str
    method: ApiMethod
    params: Mapping[str, object]
    """Checked and as they are sent: texts, whole numbers, and lists of them."""
    weight: int
    key: SigningKey | None = field(default=None, repr=False)
    """Signs it; None if it is sent without a key, or if the connection is logged on by the key and
    ``has_timestamp`` is enough."""
    has_timestamp: bool = False
    """Whether it is signed, or would be if the connection were not logged on."""
    recv_window: int | float | None = None
    """Milliseconds; None for the server's default."""
    clock_offset: float = 0.0
    """The server's Unix time minus the monotonic clock, in seconds, for the timestamp."""


@dataclass(eq=False, frozen=True)
class Prepared:
    """What became of a ``Call``: its text, or why it cannot be sent."""

    text: str = field(default="", repr=False)
    error: SigningError | RequestTimeout | None = None
    """A timeout if there was no request weight for it in time."""


class Weights(Protocol):
    """What learns how a server has counted the weight of calls; it does not wait."""

    def answered(
        self,
        call: Call,
        used: int | None,
        server_time: float | None,
        status: int | None,
        retry_after: float | None,
    ) -> None:
        """Note an answer, or with None for all that there will be none.

        ``used`` is the weight that the server has counted in the current window, ``server_time`` in
        Unix seconds, ``retry_after`` the seconds that it wants to be left alone.
        """


@dataclass(frozen=True)
class ApiServer:
    """The WebSocket API of one server, and who prepares and counts what is sent to it."""

    api: Api
    url: str
    """With its path and parameters."""
    prepare: Callable[[Call], None]
    """Begins to prepare a call; the outcome is given to ``Engine.prepared``. It does not wait."""
    weights: Weights
    """Learns the fate of each call that was given to ``prepare``."""


def signed_payload(params: Mapping[str, object]) -> bytes:
    """Return what is signed: all parameters but the signature, as ``name=value`` joined by ``&``.

    They are sorted by code point, and nothing is percent-encoded.
    """
    names = sorted(name for name in params if name != "signature")
    return "&".join(f"{name}={_text(params[name])}" for name in names).encode()


def request_text(id: int | str, method: str, params: Mapping[str, object]) -> str:
    """Return a request as JSON; ``params`` are left out if there are none."""
    body: dict[str, object] = {"id": id, "method": method}
    if params:
        body["params"] = params
    return msgspec.json.encode(body).decode()


def _text(value: object) -> str:
    """Return the text that a server reads from a value in the JSON of ``request_text``."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
