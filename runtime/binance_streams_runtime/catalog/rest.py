"""The REST API as the spec describes it: what fills gaps, and what order books start from.

The entries are generated; nothing here knows an endpoint by its path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from binance_streams_runtime.catalog.streams import StreamType


class Endpoint(Struct, frozen=True):
    """A GET request, whose answer has at most so many rows or levels as it asks for."""

    path: str
    """The path under the server's REST URL, such as ``/api/v3/depth``."""
    source: str
    """The page of the documentation."""
    weights: tuple[tuple[int, int], ...]
    """Limits and weights, ascending: a request for at most that many has that request weight."""
    limit: str = "limit"
    """The query parameter that limits the answer."""

    @property
    def max_limit(self) -> int:
        """The most rows or levels that one answer has."""
        return self.weights[-1][0]

    def weight(self, limit: int) -> int:
        """Return the request weight of a request for ``limit`` rows or levels."""
        return next((weight for most, weight in self.weights if limit <= most), self.weights[-1][1])


class Candle(Struct, frozen=True):
    """The attributes of an event that describes a candle; a dot leads into a nested struct."""

    close_time: str
    is_closed: str


class Backfill(Struct, frozen=True, eq=False):
    """How to fetch events of a stream that were missed."""

    endpoint: Endpoint
    query: Mapping[str, str]
    """Query parameters, and the parameters of the stream whose values they have.

    A symbol is sent in upper case.
    """
    start: str
    """The query parameter of the first event to fetch, inclusive."""
    number: str
    """The attribute of an event that ``start`` is about: its id, or when its candle opens."""
    row: type[Any]
    """The struct of a row of the answer, whose number type is not set yet."""
    to_event: Callable[[Any, Mapping[str, object]], Any]
    """Makes an event of a row and the parameters of the stream."""
    end: str | None = None
    """The query parameter of the last event to fetch, inclusive; None if there is none."""
    constants: Mapping[str, str] = {}
    """Query parameters that are always the same."""
    candle: Candle | None = None
    """The attributes of a candle, if the events describe candles."""


class BestLevels(Struct, frozen=True, eq=False):
    """A stream of the best bid and ask, which a book is compared with: its attributes."""

    stream: StreamType
    update_id: str
    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


class OrderBookRules(Struct, frozen=True, eq=False):
    """How a local copy of an order book is kept; how its updates follow is their sequence."""

    updates: StreamType
    """The stream of changes; its sequence is a ``Range``."""
    bids: str
    """The attribute of an update with its bids: levels, each a price and a quantity."""
    asks: str
    snapshot: Endpoint
    query: Mapping[str, str]
    """Query parameters of the snapshot, and the parameters of the stream whose values they have.

    A symbol is sent in upper case.
    """
    snapshot_struct: type[Any]
    """The struct of a snapshot, whose number type is not set yet. Its sides have the same names."""
    snapshot_id: str
    """The attribute of a snapshot with the id of the last update in it."""
    event_time: str | None = None
    """The attribute of an update with the server's time."""
    constants: Mapping[str, str] = {}
    """Query parameters of the snapshot that are always the same."""
    best: BestLevels | None = None
    """The stream that verifies a book, if the market has one."""


class PublicRequest(Struct, frozen=True):
    """A GET request about the market that needs no key."""

    path: str
    """The path under the server's REST URL."""
    weight: int
    """The most request weight that it has, whatever its parameters are."""
    parameters: tuple[str, ...] = ()
    """The query parameters that it may have."""


class RestLimits(Struct, frozen=True):
    """The request weight that a server allows to one address, and what it says about its use."""

    weight: int
    """The most request weight in ``window``."""
    window: int
    """Seconds over which the weight is counted, from the start of each minute if it is 60."""
    used_header: str
    """The response header with the weight that was used in the current window."""
    time_unit_header: str | None = None
    """The request header that selects the unit of all times, with the values of the streams."""
    public: tuple[PublicRequest, ...] = ()
    """The requests that anybody may make."""
