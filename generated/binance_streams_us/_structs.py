"""The events of every stream, one struct for each JSON object that the venue sends.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import Generic, Literal, TypeAlias, final

from msgspec import Struct, field

from binance_streams_runtime.catalog_api import Count, Id, N, OpenEnum, Timestamp
from binance_streams_runtime.catalog_api import PriceLevel as PriceLevel

KlineInterval: TypeAlias = Literal[
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"
]
"""Length of a candle: m minutes, h hours, d days, w weeks, M months."""

WindowSize: TypeAlias = Literal["1h", "4h", "1d"]
"""Length of a rolling window: h hours, d days."""


class OrderSide(OpenEnum):
    """Side of an order."""

    BUY = "BUY"
    """The order buys."""
    SELL = "SELL"
    """The order sells."""


class OrderType(OpenEnum):
    """Type of an order."""

    LIMIT = "LIMIT"
    """At the order's price or better."""
    MARKET = "MARKET"
    """At the best prices of the order book."""
    STOP_LOSS = "STOP_LOSS"
    """A market order once the stop price is reached."""
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    """A limit order once the stop price is reached."""
    TAKE_PROFIT = "TAKE_PROFIT"
    """A market order once the stop price is reached from the other side."""
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    """A limit order once the stop price is reached from the other side."""
    LIMIT_MAKER = "LIMIT_MAKER"
    """A limit order that is rejected if it would match at once."""


class TimeInForce(OpenEnum):
    """How long an order stays active."""

    GTC = "GTC"
    """Good til canceled. It is on the book until it is canceled."""
    IOC = "IOC"
    """Immediate or cancel. It fills what it can before it expires."""
    FOK = "FOK"
    """Fill or kill. It expires if it cannot be filled whole."""


class ExecutionType(OpenEnum):
    """What happened to an order."""

    NEW = "NEW"
    """The order has been accepted into the engine."""
    CANCELED = "CANCELED"
    """The order has been canceled by the user."""
    REPLACED = "REPLACED"
    """Currently unused."""
    REJECTED = "REJECTED"
    """The order has been rejected and was not processed."""
    TRADE = "TRADE"
    """A part or all of the order's quantity has filled."""
    EXPIRED = "EXPIRED"
    """The order was canceled by its type's rules or by the exchange."""
    TRADE_PREVENTION = "TRADE_PREVENTION"
    """The order has expired by self-trade prevention."""


class OrderStatus(OpenEnum):
    """Status of an order."""

    NEW = "NEW"
    """The order has been accepted by the engine."""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    """A part of the order has been filled."""
    FILLED = "FILLED"
    """The order has been completed."""
    CANCELED = "CANCELED"
    """The order has been canceled by the user."""
    PENDING_CANCEL = "PENDING_CANCEL"
    """Currently unused."""
    REJECTED = "REJECTED"
    """The order was not accepted by the engine and not processed."""
    EXPIRED = "EXPIRED"
    """The order was canceled by its type's rules or by the exchange."""
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"
    """The order was expired by self-trade prevention."""


class OrderRejectReason(OpenEnum):
    """Why an order was rejected."""

    NONE = "NONE"
    """The order was not rejected."""


class SelfTradePreventionMode(OpenEnum):
    """What happens if orders of one account would match."""

    NONE = "NONE"
    """Nothing is prevented."""
    EXPIRE_MAKER = "EXPIRE_MAKER"
    """The maker's order expires."""
    EXPIRE_TAKER = "EXPIRE_TAKER"
    """The taker's order expires."""
    EXPIRE_BOTH = "EXPIRE_BOTH"
    """Both orders expire."""


class ContingencyType(OpenEnum):
    """How the orders of a list depend on each other."""

    OCO = "OCO"
    """One cancels the other."""


class ListStatusType(OpenEnum):
    """What happened to an order list."""

    RESPONSE = "RESPONSE"
    """It answers an action that failed."""
    EXEC_STARTED = "EXEC_STARTED"
    """The list has been placed or its status changed."""
    UPDATED = "UPDATED"
    """The client order ID of an order in the list has changed."""
    ALL_DONE = "ALL_DONE"
    """The list has finished and is no longer active."""


class ListOrderStatus(OpenEnum):
    """Status of the orders of a list."""

    EXECUTING = "EXECUTING"
    """The list has been placed or its status changed."""
    ALL_DONE = "ALL_DONE"
    """The list has finished and is no longer active."""
    REJECT = "REJECT"
    """It answers an action that failed."""


@final
class Kline(Struct, Generic[N], frozen=True, gc=False):
    """A candle.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams
    (checked 2026-11-26).
    """

    open_time: Timestamp = field(name="t")
    """When the candle opened."""
    close_time: Timestamp = field(name="T")
    """When the candle closes."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    interval: KlineInterval = field(name="i")
    """Length of the candle."""
    first_trade_id: Id = field(name="f")
    """ID of its first trade, or -1."""
    last_trade_id: Id = field(name="L")
    """ID of its last trade, or -1."""
    open: N = field(name="o")
    """Price of its first trade."""
    close: N = field(name="c")
    """Price of its last trade so far."""
    high: N = field(name="h")
    """Highest price."""
    low: N = field(name="l")
    """Lowest price."""
    base_volume: N = field(name="v")
    """Volume in the base asset."""
    trade_count: Count = field(name="n")
    """Number of trades."""
    is_closed: bool = field(name="x")
    """Whether the candle is closed."""
    quote_volume: N = field(name="q")
    """Volume in the quote asset."""
    taker_buy_base_volume: N = field(name="V")
    """Base volume that takers bought."""
    taker_buy_quote_volume: N = field(name="Q")
    """Quote volume that takers bought."""


@final
class KlineEvent(Struct, Generic[N], frozen=True, gc=False):
    """An update of the current candle.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams
    (checked 2026-11-26).
    """

    event_type: Literal["kline"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    kline: Kline[N] = field(name="k")
    """The candle."""


@final
class MiniTicker(Struct, Generic[N], frozen=True, gc=False):
    """The last 24 hours of one symbol in a few numbers.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-mini-ticker-stream
    (checked 2026-11-26).
    """

    event_type: Literal["24hrMiniTicker"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    close: N = field(name="c")
    """Last price."""
    open: N = field(name="o")
    """Price 24 hours ago."""
    high: N = field(name="h")
    """Highest price."""
    low: N = field(name="l")
    """Lowest price."""
    base_volume: N = field(name="v")
    """Volume in the base asset."""
    quote_volume: N = field(name="q")
    """Volume in the quote asset."""


@final
class Ticker(Struct, Generic[N], frozen=True, gc=False):
    """Statistics of one symbol over the last 24 hours.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams
    (checked 2026-11-26).
    """

    event_type: Literal["24hrTicker"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    price_change: N = field(name="p")
    """Change of the price."""
    price_change_percent: N = field(name="P")
    """Change of the price in percent."""
    weighted_average_price: N = field(name="w")
    """Average price by quantity."""
    previous_close: N = field(name="x")
    """Price of the last trade before the window."""
    close: N = field(name="c")
    """Last price."""
    last_quantity: N = field(name="Q")
    """Quantity of the last trade."""
    best_bid_price: N = field(name="b")
    """Best bid price."""
    best_bid_quantity: N = field(name="B")
    """Quantity at the best bid price."""
    best_ask_price: N = field(name="a")
    """Best ask price."""
    best_ask_quantity: N = field(name="A")
    """Quantity at the best ask price."""
    open: N = field(name="o")
    """Price 24 hours ago."""
    high: N = field(name="h")
    """Highest price."""
    low: N = field(name="l")
    """Lowest price."""
    base_volume: N = field(name="v")
    """Volume in the base asset."""
    quote_volume: N = field(name="q")
    """Volume in the quote asset."""
    open_time: Timestamp = field(name="O")
    """When the window opened."""
    close_time: Timestamp = field(name="C")
    """When the window closed."""
    first_trade_id: Id = field(name="F")
    """ID of its first trade, or -1."""
    last_trade_id: Id = field(name="L")
    """ID of its last trade, or -1."""
    trade_count: Count = field(name="n")
    """Number of trades."""


@final
class RollingWindowTicker(Struct, Generic[N], frozen=True, gc=False):
    """Statistics of one symbol over a rolling window.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams
    (checked 2026-11-26).
    """

    event_type: Literal["1hTicker", "4hTicker", "1dTicker"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    price_change: N = field(name="p")
    """Change of the price."""
    price_change_percent: N = field(name="P")
    """Change of the price in percent."""
    open: N = field(name="o")
    """Price when the window opened."""
    high: N = field(name="h")
    """Highest price."""
    low: N = field(name="l")
    """Lowest price."""
    close: N = field(name="c")
    """Last price."""
    weighted_average_price: N = field(name="w")
    """Average price by quantity."""
    base_volume: N = field(name="v")
    """Volume in the base asset."""
    quote_volume: N = field(name="q")
    """Volume in the quote asset."""
    open_time: Timestamp = field(name="O")
    """When the window opened, on a whole minute."""
    close_time: Timestamp = field(name="C")
    """When the window closed."""
    first_trade_id: Id = field(name="F")
    """ID of its first trade, or -1."""
    last_trade_id: Id = field(name="L")
    """ID of its last trade, or -1."""
    trade_count: Count = field(name="n")
    """Number of trades."""


@final
class AggTrade(Struct, Generic[N], frozen=True, gc=False):
    """Trades that filled one taker order at one price, summed into one event.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#aggregate-trade-streams
    (checked 2026-11-26).
    """

    event_type: Literal["aggTrade"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    aggregate_trade_id: Id = field(name="a")
    """Aggregate trade ID."""
    price: N = field(name="p")
    """Price of every trade in it."""
    quantity: N = field(name="q")
    """Quantity of all trades together."""
    first_trade_id: Id = field(name="f")
    """ID of the first trade in it."""
    last_trade_id: Id = field(name="l")
    """ID of the last trade in it."""
    trade_time: Timestamp = field(name="T")
    """When the trades took place."""
    is_buyer_maker: bool = field(name="m")
    """Whether the buyer was the maker."""


@final
class BookTicker(Struct, Generic[N], frozen=True, gc=False):
    """The best bid and ask of one symbol. It carries neither an event type nor a time.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams
    (checked 2026-11-26).
    """

    update_id: Id = field(name="u")
    """ID of the order book's update."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    best_bid_price: N = field(name="b")
    """Best bid price."""
    best_bid_quantity: N = field(name="B")
    """Quantity at the best bid price."""
    best_ask_price: N = field(name="a")
    """Best ask price."""
    best_ask_quantity: N = field(name="A")
    """Quantity at the best ask price."""


@final
class DepthUpdate(Struct, Generic[N], frozen=True, gc=False):
    """The levels of an order book that changed; a quantity of zero removes a level.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#diff-depth-stream
    (checked 2026-11-26).
    """

    event_type: Literal["depthUpdate"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    first_update_id: Id = field(name="U")
    """ID of the first update in it."""
    last_update_id: Id = field(name="u")
    """ID of the last update in it."""
    bids: list[PriceLevel[N]] = field(name="b")
    """Bids that changed."""
    asks: list[PriceLevel[N]] = field(name="a")
    """Asks that changed."""


@final
class PartialBookDepth(Struct, Generic[N], frozen=True, gc=False):
    """The best levels of an order book. Only the stream's name says of which symbol.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams
    (checked 2026-11-26).
    """

    last_update_id: Id = field(name="lastUpdateId")
    """ID of the last update in it."""
    bids: list[PriceLevel[N]]
    """Bids, the highest price first."""
    asks: list[PriceLevel[N]]
    """Asks, the lowest price first."""


@final
class Trade(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """One trade between one buyer and one seller.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#trade-streams
    (checked 2026-11-26).
    """

    event_type: Literal["trade"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    trade_id: Id = field(name="t")
    """Trade ID."""
    price: N = field(name="p")
    """Price."""
    quantity: N = field(name="q")
    """Quantity."""
    buyer_order_id: Id | None = field(name="b", default=None)
    """Order ID of the buyer."""
    seller_order_id: Id | None = field(name="a", default=None)
    """Order ID of the seller."""
    trade_time: Timestamp = field(name="T")
    """When the trade took place."""
    is_buyer_maker: bool = field(name="m")
    """Whether the buyer was the maker."""


@final
class Balance(Struct, Generic[N], frozen=True, gc=False):
    """What an account holds of one asset.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    asset: str = field(name="a")
    """Asset."""
    free: N = field(name="f")
    """Quantity that can be used."""
    locked: N = field(name="l")
    """Quantity that open orders lock."""


@final
class OutboundAccountPosition(Struct, Generic[N], frozen=True, gc=False):
    """The balances that a change of the account possibly changed.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    event_type: Literal["outboundAccountPosition"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    account_update_time: Timestamp = field(name="u")
    """Time of the account's last update."""
    balances: list[Balance[N]] = field(name="B")
    """Balances that possibly changed."""


@final
class BalanceUpdate(Struct, Generic[N], frozen=True, gc=False):
    """A deposit, a withdrawal, or a transfer between two accounts.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    event_type: Literal["balanceUpdate"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    asset: str = field(name="a")
    """Asset."""
    balance_delta: N = field(name="d")
    """How much the balance changed, less than zero for a withdrawal."""
    clear_time: Timestamp = field(name="T")
    """When the change was cleared."""


@final
class ExecutionReport(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A change of one order. Many fields come only under conditions.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    event_type: Literal["executionReport"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    client_order_id: str = field(name="c")
    """The client's own ID of the order."""
    side: OrderSide = field(name="S")
    """Side of the order."""
    order_type: OrderType = field(name="o")
    """Type of the order."""
    time_in_force: TimeInForce = field(name="f")
    """How long the order stays active."""
    quantity: N = field(name="q")
    """Quantity of the order."""
    price: N = field(name="p")
    """Price of the order."""
    stop_price: N = field(name="P")
    """Stop price."""
    trailing_delta: Count | None = field(name="d", default=None)
    """Trailing delta in basis points; only for trailing stop orders."""
    iceberg_quantity: N = field(name="F")
    """Iceberg quantity."""
    order_list_id: Id = field(name="g")
    """ID of the order list, or -1."""
    original_client_order_id: str | None = field(name="C")
    """Client order ID of the order that is being canceled."""
    execution_type: ExecutionType = field(name="x")
    """What happened to the order."""
    order_status: OrderStatus = field(name="X")
    """Status of the order after it."""
    reject_reason: OrderRejectReason = field(name="r")
    """Why the order was rejected."""
    order_id: Id = field(name="i")
    """Order ID."""
    last_executed_quantity: N = field(name="l")
    """Quantity of this execution."""
    cumulative_filled_quantity: N = field(name="z")
    """Quantity filled so far."""
    last_executed_price: N = field(name="L")
    """Price of this execution."""
    commission_amount: N = field(name="n")
    """Commission."""
    commission_asset: str | None = field(name="N")
    """Asset of the commission, or null if there is none."""
    transaction_time: Timestamp = field(name="T")
    """When it happened."""
    trade_id: Id | None = field(name="t", default=None)
    """Trade ID, or -1."""
    prevented_match_id: Id | None = field(name="v", default=None)
    """Prevented match ID; only for orders that expired by self-trade prevention."""
    is_on_book: bool = field(name="w")
    """Whether the order is on the book."""
    is_maker: bool = field(name="m")
    """Whether this trade was on the maker side."""
    order_creation_time: Timestamp | None = field(name="O", default=None)
    """When the order was created."""
    cumulative_quote_quantity: N | None = field(name="Z", default=None)
    """Quote asset transacted so far."""
    last_quote_quantity: N | None = field(name="Y", default=None)
    """Quote asset of this execution: its price times its quantity."""
    quote_order_quantity: N | None = field(name="Q", default=None)
    """Quantity of the order in the quote asset."""
    trailing_time: Timestamp | None = field(name="D", default=None)
    """When trailing began; only for trailing stop orders."""
    working_time: Timestamp | None = field(name="W", default=None)
    """When the order went on the book."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    """Self-trade prevention mode."""
    trade_group_id: Id | None = field(name="u", default=None)
    """Trade group ID; only for orders that expired by self-trade prevention."""
    counter_order_id: Id | None = field(name="U", default=None)
    """Counter order ID; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="A", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    last_prevented_quantity: N | None = field(name="B", default=None)
    """Last prevented quantity; only for orders that expired by self-trade prevention."""


@final
class ListStatusOrder(Struct, frozen=True, gc=False):
    """One order of an order list.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    order_id: Id = field(name="i")
    """Order ID."""
    client_order_id: str = field(name="c")
    """The client's own ID of the order."""


@final
class ListStatus(Struct, frozen=True, gc=False):
    """A change of an order list; each of its orders also gets an execution report.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads
    (checked 2026-11-26).
    """

    event_type: Literal["listStatus"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    order_list_id: Id = field(name="g")
    """ID of the order list."""
    contingency_type: ContingencyType = field(name="c")
    """How its orders depend on each other."""
    list_status_type: ListStatusType = field(name="l")
    """What happened to the order list."""
    list_order_status: ListOrderStatus = field(name="L")
    """Status of its orders."""
    reject_reason: OrderRejectReason = field(name="r")
    """Why the order list was rejected."""
    list_client_order_id: str = field(name="C")
    """The client's own ID of the order list."""
    transaction_time: Timestamp = field(name="T")
    """When it happened."""
    orders: list[ListStatusOrder] = field(name="O")
    """Its orders."""


UserDataEvent: TypeAlias = (
    ExecutionReport[N] | OutboundAccountPosition[N] | BalanceUpdate[N] | ListStatus
)
"""Any event of User Data Streams."""

AnyEvent: TypeAlias = (
    AggTrade[N]
    | list[MiniTicker[N]]
    | list[Ticker[N]]
    | BookTicker[N]
    | DepthUpdate[N]
    | KlineEvent[N]
    | MiniTicker[N]
    | PartialBookDepth[N]
    | RollingWindowTicker[N]
    | list[RollingWindowTicker[N]]
    | Ticker[N]
    | Trade[N]
    | ExecutionReport[N]
    | OutboundAccountPosition[N]
    | BalanceUpdate[N]
    | ListStatus
)
"""Whatever the client may deliver."""
