"""The WebSocket API as the spec describes it: methods, errors, and the events of accounts.

The entries are generated. Of the methods, only those that subscribe to accounts are known to the
client by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from binance_streams_runtime.catalog.streams import StreamType
    from binance_streams_runtime.catalog.venue import Limits

Security = Literal["NONE", "SIGNED", "TRADE", "USER_DATA", "USER_STREAM"]
"""Who may call a method: anybody, the holder of any key, or of a key with a permission."""

Remedy = Literal["end", "retry", "wait", "set_clock", "new_connection", "active"]
"""What a client does if a subscription is refused.

``end``: another attempt would be refused as well; ``retry``: later; ``wait``: not before the server
allows it; ``set_clock``: ask for the server's time and sign anew; ``new_connection``: on another
connection; ``active``: the server has the subscription already, but its id is unknown.
"""


class ApiParameter(Struct, frozen=True):
    """A parameter of a method, by the venue's own name."""

    name: str
    type: str
    """What it is: a text such as ``text``, ``decimal``, ``int``, ``bool``, ``list``."""
    is_required: bool = False
    values: tuple[str, ...] = ()
    """The allowed values; empty if there are others."""


class ApiWeight(Struct, frozen=True):
    """The request weight of a method if all of these parameters are given."""

    weight: int
    given: tuple[str, ...] = ()
    """Names of parameters; none for any request."""
    at_most: Mapping[str, int] = {}
    """Parameters, and the most that they may be: ``{"limit": 100}``; of a list, its length."""
    per: str = ""
    """The list for each of whose elements the request weighs that much."""

    def matches(self, params: Mapping[str, object]) -> bool:
        """Return whether it counts for a request with these parameters."""
        return all(name in params for name in self.given) and all(
            _is_at_most(params.get(name), most) for name, most in self.at_most.items()
        )


class ApiMethod(Struct, frozen=True, eq=False):
    """A method of the API."""

    name: str
    """Such as ``account.status``."""
    summary: str
    source: str
    """The page of the documentation."""
    security: Security
    parameters: tuple[ApiParameter, ...]
    """All but those of the signature: ``apiKey``, ``timestamp``, ``signature``, ``recvWindow``."""
    weights: tuple[ApiWeight, ...]
    """The first that matches a request counts; the last one always does."""
    result: Any = None
    """The type of the result, whose number type is not set yet; None if the spec has none."""
    is_session_only: bool = False
    """Whether it is not signed, but needs a connection that ``session.logon`` has authenticated."""
    is_by_client: bool = False
    """Whether only the client calls it, so that it knows what a connection is subscribed to."""

    @property
    def is_signed(self) -> bool:
        """Whether a request needs a key and a signature."""
        return self.security != "NONE" and not self.is_session_only

    def weight(self, params: Mapping[str, object]) -> int:
        """Return the request weight of a request with these parameters."""
        for rule in self.weights:
            if rule.matches(params):
                elements = params.get(rule.per)
                return rule.weight * (len(elements) if isinstance(elements, list | tuple) else 1)
        return self.weights[-1].weight


def _is_at_most(value: object, most: int) -> bool:
    if isinstance(value, list | tuple):
        return len(value) <= most
    return isinstance(value, int) and value <= most


class ApiError(Struct, frozen=True):
    """An error code of the API; ``%s`` in a message stands for what the server quotes."""

    code: int
    messages: tuple[str, ...]
    remedy: Remedy
    advice: str = ""
    """What a person can do about it: a sentence without a full stop; empty if nothing is known."""


class AccountRules(Struct, frozen=True, eq=False):
    """How the state of an account is asked for, and how it follows from the events.

    Attributes are those of the generated structs.
    """

    balances_method: str
    """The method that asks for the balances: ``account.status``."""
    orders_method: str
    """The method that asks for the open orders: ``openOrders.status``."""
    balances: str
    """The attribute of the first method's result with a list of balances."""
    update_time: str
    """The attribute of the first method's result with the time of the account's last update."""
    asset: str
    """The attribute of a balance with its asset, and of the events that say how one changed."""
    order_id: tuple[str, ...]
    """The attributes that identify an order, in a result and in a report alike."""
    order_time: str
    """The attribute of an order with the time of its last change."""
    status: str
    """The attribute of an order with its status."""
    open: frozenset[str]
    """The statuses of orders that are open."""
    closed: frozenset[str]
    """The statuses of orders that are no longer open."""
    position_event: type[Any]
    """The event with balances."""
    position_balances: str
    """Its attribute with the list of them."""
    position_time: str
    """Its attribute with the time of the change."""
    balance_of: Callable[[Any], Any]
    """Makes a balance, as the first method's result has it, of one of a position event."""
    report_event: type[Any]
    """The event about one order."""
    order_of: Callable[[Any], Any]
    """Makes an order of a report; the time of the report is that of the order's last change."""
    delta_events: Mapping[type[Any], str]
    """Events that say how a balance changed but not what it is, and their attribute with the time
    of the change."""


class Api(Struct, frozen=True, eq=False):
    """The WebSocket API of a market."""

    limits: Limits
    """Those of its connections. ``messages_per_second`` is 0, which is no limit: requests have a
    weight. ``streams_per_connection`` is the most subscriptions that are active at once."""
    path: str
    """The path under a server's URL, for a server that is given by URL: ``/ws-api/v3``."""
    processing_timeout: int
    """Seconds that the server may take to process a request."""
    connect_weight: int
    """The request weight of a connection."""
    recv_window: int
    """The default of ``recvWindow`` in milliseconds."""
    max_recv_window: int
    shutdown_event: str
    """The event type that announces a shutdown."""
    methods: Mapping[str, ApiMethod]
    errors: Mapping[int, ApiError]
    account: StreamType
    """The events of one account. Its name template is empty: an account has no name on the wire."""
    state: AccountRules | None = None

    def error(self, code: int | None) -> ApiError | None:
        """Return what is known about an error code, or None."""
        return None if code is None else self.errors.get(code)
