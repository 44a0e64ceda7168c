"""Requests of the REST API, and what can be wrong with their answers: texts, no sockets."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct


class Need(enum.IntEnum):
    """How urgent a request is: of those that wait for request weight, the lowest goes first."""

    CALL = 0
    """A user's request to the WebSocket API, or what an account needs to receive its events."""
    BOOK = 1
    """An order book has no levels yet, or wrong ones."""
    FILL = 2
    """Events of a stream wait for the missing ones before them."""
    DEPTH = 3
    """An order book is right, and is to become deeper."""


class RestServer(Struct, frozen=True):
    """Where the requests of a client go, and what all of them say."""

    url: str
    """The URL of the REST API, without a path: ``https://api.binance.com``."""
    elsewhere: Mapping[str, str] = {}
    """Paths that this server lacks, and the URL of one that has the same data."""
    headers: Mapping[str, str] = {}
    """Headers of every request, such as the one that selects the unit of all times."""

    def url_of(self, path: str) -> str:
        """Return the URL, without a path, of the server that has ``path``."""
        return self.elsewhere.get(path, self.url)


class RestRequest(Struct, frozen=True, eq=False):
    """One GET request. It may wait for request weight, but not beyond ``timeout``."""

    url: str
    """The REST URL of the server, without a path: ``https://api.binance.com``."""
    path: str
    query: Mapping[str, str]
    weight: int
    need: Need
    timeout: float
    """Seconds from the call to the decoded answer, waiting included."""
    decode: Callable[[bytes], Any]
    """Decodes the body of a 200 answer, in the thread that received it."""
    headers: Mapping[str, str] = {}
    snapshot: str | None = None
    """The name of the snapshots that it asks for, as recordings have it; None if for none."""
    updates: str | None = None
    """The name of the stream whose events follow that snapshot; None if it is for none."""

    @property
    def target(self) -> str:
        """The path with the query, encoded."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class RestFailure(Struct, frozen=True):
    """Why a request got no answer that could be decoded.

    ``status`` is the HTTP status and ``code`` that of the venue, each None if there was none.
    ``retry_after`` is how many seconds the server wants to be left alone. ``is_final`` if the same
    request cannot succeed later: the symbol is invalid, or the server has no such path.
    """

    reason: str
    status: int | None = None
    code: int | None = None
    retry_after: float | None = None
    is_final: bool = False
    is_unsent: bool = False
    """Whether it timed out waiting for request weight, of which others needed more."""
