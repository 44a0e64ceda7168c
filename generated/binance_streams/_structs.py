"""The events of every stream, one struct for each JSON object that the venue sends.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import Generic, Literal, TypeAlias, final

from msgspec import Struct, field

from binance_streams_runtime.catalog_api import Count, Id, N, OpenEnum, Timestamp
from binance_streams_runtime.catalog_api import PriceLevel as PriceLevel

KlineInterval: TypeAlias = Literal[
    "1s",
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
    "3d",
    "1w",
    "1M",
]
"""Length of a candle: s seconds, m minutes, h hours, d days, w weeks, M months."""

WindowSize: TypeAlias = Literal["1h", "4h", "1d"]
"""Length of a rolling window: h hours, d days."""

SymbolStatus: TypeAlias = Literal["TRADING", "HALT", "BREAK"]
"""Whether a symbol is traded."""

TickerType: TypeAlias = Literal["FULL", "MINI"]
"""How much a ticker says."""

OrderResponseType: TypeAlias = Literal["ACK", "RESULT", "FULL"]
"""How much the answer to a new order says: its IDs, its state, or its fills, too."""

CancelRestrictions: TypeAlias = Literal["ONLY_NEW", "ONLY_PARTIALLY_FILLED"]
"""Which status an order must have to be canceled."""

PegPriceType: TypeAlias = Literal["PRIMARY_PEG", "MARKET_PEG"]
"""What the price of a pegged order follows: the best price of its own side, or of the other one."""

PegOffsetType: TypeAlias = Literal["PRICE_LEVEL"]
"""What the offset of a pegged order is counted in."""


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
    """The order has been amended."""
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
    PENDING_NEW = "PENDING_NEW"
    """The order waits until the working order of its list has been filled."""
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
    INSUFFICIENT_BALANCES = "INSUFFICIENT_BALANCES"
    """The account's balance is too small."""
    STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY = "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
    """The order would trigger at once."""
    WOULD_MATCH_IMMEDIATELY = "WOULD_MATCH_IMMEDIATELY"
    """The order would match and take at once."""
    OCO_BAD_PRICES = "OCO_BAD_PRICES"
    """The prices of the orders do not fit together."""


class ExpiryReason(OpenEnum):
    """Why an order expired."""

    NONE = "NONE"
    """No reason is given."""
    REJECTED = "REJECTED"
    """A contingent order was rejected when it was to go on the book."""
    EXCHANGE_CANCELED = "EXCHANGE_CANCELED"
    """The exchange canceled the order."""
    OCO_TRIGGER = "OCO_TRIGGER"
    """The other order of the pair started working or the pair expired."""
    OTO_PHASE_ONE_EXPIRED = "OTO_PHASE_ONE_EXPIRED"
    """The working order of the list expired."""
    UNFILLED_IOC_QUANTITY_EXPIRED = "UNFILLED_IOC_QUANTITY_EXPIRED"
    """The IOC order was not filled whole."""
    UNFILLED_FOK_ORDER_EXPIRED = "UNFILLED_FOK_ORDER_EXPIRED"
    """The FOK order was not filled whole."""
    INSUFFICIENT_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
    """The book had not enough orders to match with."""
    EXECUTION_RULE_PRICE_RANGE_EXCEEDED = "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"
    """Its price would not meet the price range rule."""


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
    DECREMENT = "DECREMENT"
    """Both orders shrink by what would have matched."""
    TRANSFER = "TRANSFER"
    """As DECREMENT; between accounts of one trade group it is transferred, too."""


class WorkingFloor(OpenEnum):
    """Where an order works."""

    EXCHANGE = "EXCHANGE"
    """On the exchange's book."""
    SOR = "SOR"
    """In smart order routing."""


class ContingencyType(OpenEnum):
    """How the orders of a list depend on each other."""

    OCO = "OCO"
    """One cancels the other."""
    OTO = "OTO"
    """One triggers the other."""


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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-for-utc
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-for-utc
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-mini-ticker-stream
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams
    (checked 2026-07-21).
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
class Balance(Struct, Generic[N], frozen=True, gc=False):
    """What an account holds of one asset.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
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
class BalanceUpdate(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A deposit, a withdrawal, or a transfer between two accounts.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
    """

    event_type: Literal["balanceUpdate"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    asset: str = field(name="a")
    """Asset."""
    balance_delta: N = field(name="d")
    """How much the balance changed, less than zero for a withdrawal."""
    clear_time: Timestamp | None = field(name="T", default=None)
    """When the change was cleared."""


@final
class ExecutionReport(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A change of one order. Many fields come only under conditions.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
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
    execution_id: Id = field(name="I")
    """Execution ID."""
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
    strategy_id: Id | None = field(name="j", default=None)
    """Strategy ID given with the order."""
    strategy_type: Id | None = field(name="J", default=None)
    """Strategy type given with the order."""
    working_time: Timestamp | None = field(name="W", default=None)
    """When the order went on the book."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(name="V", default=None)
    """Self-trade prevention mode."""
    trade_group_id: Id | None = field(name="u", default=None)
    """Trade group ID; only for orders that expired by self-trade prevention."""
    counter_order_id: Id | None = field(name="U", default=None)
    """Counter order ID; only for orders that expired by self-trade prevention."""
    counter_symbol: str | None = field(name="Cs", default=None)
    """Counter symbol; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="A", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    last_prevented_quantity: N | None = field(name="B", default=None)
    """Last prevented quantity; only for orders that expired by self-trade prevention."""
    prevented_execution_quantity: N | None = field(name="pl", default=None)
    """Prevented execution quantity; only for orders that expired by self-trade prevention."""
    prevented_execution_price: N | None = field(name="pL", default=None)
    """Prevented execution price; only for orders that expired by self-trade prevention."""
    prevented_execution_quote_quantity: N | None = field(name="pY", default=None)
    """Prevented execution quote quantity; only for orders that expired by self-trade prevention."""
    match_type: str | None = field(name="b", default=None)
    """Match type; only for orders that have allocations."""
    allocation_id: Id | None = field(name="a", default=None)
    """Allocation ID; only for orders that have allocations."""
    working_floor: WorkingFloor | None = field(name="k", default=None)
    """Working floor; only for orders that potentially have allocations."""
    used_sor: bool | None = field(name="uS", default=None)
    """Whether smart order routing was used; only for orders that used it."""
    pegged_price_type: str | None = field(name="gP", default=None)
    """Pegged price type; only for pegged orders."""
    pegged_offset_type: str | None = field(name="gOT", default=None)
    """Pegged offset type; only for pegged orders."""
    pegged_offset_value: Count | None = field(name="gOV", default=None)
    """Pegged offset value; only for pegged orders."""
    pegged_price: N | None = field(name="gp", default=None)
    """Pegged price; only for pegged orders."""
    order_capacity: str | None = field(name="y", default=None)
    """Order capacity, such as PRINCIPAL or AGENCY."""
    expiry_reason: ExpiryReason | None = field(name="eR", default=None)
    """Why the order expired; only for expired orders."""


@final
class ListStatusOrder(Struct, frozen=True, gc=False):
    """One order of an order list.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
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


@final
class ExternalLockUpdate(Struct, Generic[N], frozen=True, gc=False):
    """An external system locked or unlocked a part of a balance, for example as collateral.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
    """

    event_type: Literal["externalLockUpdate"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    asset: str = field(name="a")
    """Asset."""
    locked_delta: N = field(name="d")
    """How much the locked quantity changed."""
    transaction_time: Timestamp = field(name="T")
    """When it happened."""


@final
class EventStreamTerminated(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """The stream of events has ended.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
    """

    event_type: Literal["eventStreamTerminated"] = field(name="e")
    """Event type."""
    event_time: Timestamp | None = field(name="E", default=None)
    """When the server sent the event."""


@final
class AggTrade(Struct, Generic[N], frozen=True, gc=False):
    """Trades that filled one taker order at one price, summed into one event.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#aggregate-trade-streams
    (checked 2026-07-21).
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
class AvgPrice(Struct, Generic[N], frozen=True, gc=False):
    """The average price of one symbol.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#average-price
    (checked 2026-07-21).
    """

    event_type: Literal["avgPrice"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    interval: str = field(name="i")
    """Time over which the price is averaged, such as 5m."""
    average_price: N = field(name="w")
    """Average price."""
    last_trade_time: Timestamp = field(name="T")
    """When the last trade took place."""


@final
class BlockTrade(Struct, Generic[N], frozen=True, gc=False):
    """One block trade.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#block-trade-streams
    (checked 2026-07-21).
    """

    event_type: Literal["blockTrade"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    block_trade_id: Id = field(name="t")
    """Block trade ID."""
    price: N = field(name="p")
    """Price."""
    quantity: N = field(name="q")
    """Quantity."""
    trade_time: Timestamp = field(name="T")
    """When the trade took place."""
    is_buyer_maker: bool = field(name="m")
    """Whether the buyer was the maker."""


@final
class BookTicker(Struct, Generic[N], frozen=True, gc=False):
    """The best bid and ask of one symbol. It carries neither an event type nor a time.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#diff-depth-stream
    (checked 2026-07-21).
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
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams
    (checked 2026-07-21).
    """

    last_update_id: Id = field(name="lastUpdateId")
    """ID of the last update in it."""
    bids: list[PriceLevel[N]]
    """Bids, the highest price first."""
    asks: list[PriceLevel[N]]
    """Asks, the lowest price first."""


@final
class ReferencePrice(Struct, Generic[N], frozen=True, gc=False):
    """The reference price of one symbol.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#reference-price-streams
    (checked 2026-07-21).
    """

    event_type: Literal["referencePrice"] = field(name="e")
    """Event type."""
    symbol: str = field(name="s")
    """The trading pair, in upper case."""
    reference_price: N | None = field(name="r")
    """Reference price, or null if the symbol has none."""
    reference_time: Timestamp = field(name="t")
    """Engine time at which the reference price was valid."""


@final
class Trade(Struct, Generic[N], frozen=True, gc=False):
    """One trade between one buyer and one seller.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#trade-streams
    (checked 2026-07-21).
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
    trade_time: Timestamp = field(name="T")
    """When the trade took place."""
    is_buyer_maker: bool = field(name="m")
    """Whether the buyer was the maker."""


@final
class ListenKeyExpired(Struct, frozen=True, gc=False):
    """The listen key has expired. Sent on the stream host only.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
    """

    event_type: Literal["listenKeyExpired"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    listen_key: str = field(name="listenKey")
    """The listen key that expired."""


@final
class OutboundAccountInfo(
    Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True
):
    """The whole account. Binance.com stopped sending it on 2021-01-01: OutboundAccountPosition came
    instead.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events
    (checked 2026-07-21).
    """

    event_type: Literal["outboundAccountInfo"] = field(name="e")
    """Event type."""
    event_time: Timestamp = field(name="E")
    """When the server sent the event."""
    maker_commission: Count = field(name="m")
    """Commission of a maker in basis points."""
    taker_commission: Count = field(name="t")
    """Commission of a taker in basis points."""
    buyer_commission: Count = field(name="b")
    """Commission of a buyer in basis points."""
    seller_commission: Count = field(name="s")
    """Commission of a seller in basis points."""
    can_trade: bool = field(name="T")
    """Whether the account may trade."""
    can_withdraw: bool = field(name="W")
    """Whether the account may withdraw."""
    can_deposit: bool = field(name="D")
    """Whether the account may deposit."""
    account_update_time: Timestamp | None = field(name="u", default=None)
    """Time of the account's last update."""
    balances: list[Balance[N]] = field(name="B")
    """Balances."""
    permissions: list[str] | None = field(name="P", default=None)
    """What the account may trade."""


@final
class ServerTime(Struct, frozen=True, gc=False):
    """The server's time.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#check-server-time
    (checked 2026-07-21).
    """

    server_time: Timestamp = field(name="serverTime")
    """The server's time."""


@final
class SessionStatus(Struct, frozen=True, gc=False):
    """What a connection to the WebSocket API is authenticated with.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#log-in-with-api-key-signed
    (checked 2026-07-21).
    """

    api_key: str | None = field(name="apiKey")
    """The API key, or null."""
    authorized_since: Timestamp | None = field(name="authorizedSince")
    """When the key was authenticated, or null."""
    connected_since: Timestamp = field(name="connectedSince")
    """When the connection was opened."""
    return_rate_limits: bool = field(name="returnRateLimits")
    """Whether answers contain the rate limits."""
    server_time: Timestamp = field(name="serverTime")
    """The server's time."""
    user_data_stream: bool | None = field(name="userDataStream")
    """Whether an account is subscribed to, or null if the server has no user data."""


@final
class AccountSubscription(Struct, frozen=True, gc=False):
    """A subscription to an account on one connection.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#listing-all-subscriptions
    (checked 2026-07-21).
    """

    subscription_id: Count = field(name="subscriptionId")
    """The number that its events have on the connection."""


@final
class CommissionRates(Struct, Generic[N], frozen=True, gc=False):
    """Commission rates of an account.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#account-information-user_data
    (checked 2026-07-21).
    """

    maker: N
    """Of a maker."""
    taker: N
    """Of a taker."""
    buyer: N
    """Of a buyer."""
    seller: N
    """Of a seller."""


@final
class AccountBalance(Struct, Generic[N], frozen=True, gc=False):
    """What an account holds of one asset.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#account-information-user_data
    (checked 2026-07-21).
    """

    asset: str
    """Asset."""
    free: N
    """Quantity that can be used."""
    locked: N
    """Quantity that open orders lock."""


@final
class AccountStatus(Struct, Generic[N], frozen=True, gc=False):
    """An account: its balances, permissions and commissions.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#account-information-user_data
    (checked 2026-07-21).
    """

    maker_commission: Count = field(name="makerCommission")
    """Commission of a maker in basis points."""
    taker_commission: Count = field(name="takerCommission")
    """Commission of a taker in basis points."""
    buyer_commission: Count = field(name="buyerCommission")
    """Commission of a buyer in basis points."""
    seller_commission: Count = field(name="sellerCommission")
    """Commission of a seller in basis points."""
    can_trade: bool = field(name="canTrade")
    """Whether the account may trade."""
    can_withdraw: bool = field(name="canWithdraw")
    """Whether the account may withdraw."""
    can_deposit: bool = field(name="canDeposit")
    """Whether the account may deposit."""
    commission_rates: CommissionRates[N] = field(name="commissionRates")
    """Commission rates."""
    is_brokered: bool = field(name="brokered")
    """Whether it is the account of a broker's client."""
    requires_self_trade_prevention: bool = field(name="requireSelfTradePrevention")
    """Whether orders must have a self-trade prevention mode."""
    prevents_sor: bool = field(name="preventSor")
    """Whether orders with smart order routing are refused."""
    account_update_time: Timestamp = field(name="updateTime")
    """Time of the account's last update."""
    account_type: str = field(name="accountType")
    """Type of the account, such as SPOT."""
    balances: list[AccountBalance[N]]
    """Balances."""
    permissions: list[str]
    """What the account may trade."""
    user_id: Id = field(name="uid")
    """The user's ID."""


@final
class Order(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """An order as it is now. Its attributes have the names of those of ExecutionReport.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#current-open-orders-user_data
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    order_id: Id = field(name="orderId")
    """Order ID. It is unique within the symbol."""
    order_list_id: Id = field(name="orderListId")
    """ID of the order list, or -1."""
    client_order_id: str = field(name="clientOrderId")
    """The client's own ID of the order."""
    price: N
    """Price of the order."""
    quantity: N = field(name="origQty")
    """Quantity of the order."""
    cumulative_filled_quantity: N = field(name="executedQty")
    """Quantity filled so far."""
    cumulative_quote_quantity: N | None = field(name="cummulativeQuoteQty", default=None)
    """Quote asset transacted so far, less than zero if it is not known."""
    order_status: OrderStatus = field(name="status")
    """Status of the order."""
    time_in_force: TimeInForce = field(name="timeInForce")
    """How long the order stays active."""
    order_type: OrderType = field(name="type")
    """Type of the order."""
    side: OrderSide
    """Side of the order."""
    stop_price: N | None = field(name="stopPrice", default=None)
    """Stop price; zero if it has none."""
    trailing_delta: Count | None = field(name="trailingDelta", default=None)
    """Trailing delta in basis points; only for trailing stop orders."""
    trailing_time: Timestamp | None = field(name="trailingTime", default=None)
    """When trailing began, or -1; only for trailing stop orders."""
    iceberg_quantity: N | None = field(name="icebergQty", default=None)
    """Iceberg quantity; zero if it has none."""
    order_creation_time: Timestamp | None = field(name="time", default=None)
    """When the order was created."""
    transaction_time: Timestamp = field(name="updateTime")
    """When the order last changed."""
    is_on_book: bool = field(name="isWorking")
    """Whether the order is on the book."""
    working_time: Timestamp | None = field(name="workingTime", default=None)
    """When the order went on the book, or -1."""
    quote_order_quantity: N | None = field(name="origQuoteOrderQty", default=None)
    """Quantity of the order in the quote asset; zero if it has none."""
    strategy_id: Id | None = field(name="strategyId", default=None)
    """Strategy ID given with the order."""
    strategy_type: Id | None = field(name="strategyType", default=None)
    """Strategy type given with the order."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(
        name="selfTradePreventionMode", default=None
    )
    """Self-trade prevention mode."""
    prevented_match_id: Id | None = field(name="preventedMatchId", default=None)
    """Prevented match ID; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="preventedQuantity", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    used_sor: bool | None = field(name="usedSor", default=None)
    """Whether smart order routing was used; only for orders that used it."""
    working_floor: WorkingFloor | None = field(name="workingFloor", default=None)
    """Where the order works; only for orders that potentially have allocations."""
    pegged_price_type: str | None = field(name="pegPriceType", default=None)
    """Pegged price type; only for pegged orders."""
    pegged_offset_type: str | None = field(name="pegOffsetType", default=None)
    """Pegged offset type; only for pegged orders."""
    pegged_offset_value: Count | None = field(name="pegOffsetValue", default=None)
    """Pegged offset value; only for pegged orders."""
    pegged_price: N | None = field(name="peggedPrice", default=None)
    """Pegged price; only for pegged orders."""
    expiry_reason: ExpiryReason | None = field(name="expiryReason", default=None)
    """Why the order expired; only for expired orders."""


@final
class OrderFill(Struct, Generic[N], frozen=True, gc=False):
    """A trade that filled a part of an order at once.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#place-new-order-trade
    (checked 2026-07-21).
    """

    price: N
    """Price."""
    quantity: N = field(name="qty")
    """Quantity."""
    commission_amount: N = field(name="commission")
    """Commission."""
    commission_asset: str | None = field(name="commissionAsset")
    """Asset of the commission, or null if there is none."""
    trade_id: Id = field(name="tradeId")
    """Trade ID."""


@final
class PlacedOrder(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """An order that was placed; with newOrderRespType ACK only its IDs and its time.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#place-new-order-trade
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    order_id: Id = field(name="orderId")
    """Order ID. It is unique within the symbol."""
    order_list_id: Id = field(name="orderListId")
    """ID of the order list, or -1."""
    client_order_id: str = field(name="clientOrderId")
    """The client's own ID of the order."""
    transaction_time: Timestamp = field(name="transactTime")
    """When it happened."""
    price: N | None = None
    """Price."""
    quantity: N | None = field(name="origQty", default=None)
    """Quantity of the order."""
    cumulative_filled_quantity: N | None = field(name="executedQty", default=None)
    """Quantity filled so far."""
    quote_order_quantity: N | None = field(name="origQuoteOrderQty", default=None)
    """Quantity of the order in the quote asset; zero if it has none."""
    cumulative_quote_quantity: N | None = field(name="cummulativeQuoteQty", default=None)
    """Quote asset transacted so far, less than zero if it is not known."""
    order_status: OrderStatus | None = field(name="status", default=None)
    """Status of the order."""
    time_in_force: TimeInForce | None = field(name="timeInForce", default=None)
    """How long the order stays active."""
    order_type: OrderType | None = field(name="type", default=None)
    """Type of the order."""
    side: OrderSide | None = None
    """Side of the order."""
    working_time: Timestamp | None = field(name="workingTime", default=None)
    """When the order went on the book, or -1."""
    stop_price: N | None = field(name="stopPrice", default=None)
    """Stop price; zero if it has none."""
    trailing_delta: Count | None = field(name="trailingDelta", default=None)
    """Trailing delta in basis points; only for trailing stop orders."""
    trailing_time: Timestamp | None = field(name="trailingTime", default=None)
    """When trailing began, or -1; only for trailing stop orders."""
    iceberg_quantity: N | None = field(name="icebergQty", default=None)
    """Iceberg quantity; zero if it has none."""
    strategy_id: Id | None = field(name="strategyId", default=None)
    """Strategy ID given with the order."""
    strategy_type: Id | None = field(name="strategyType", default=None)
    """Strategy type given with the order."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(
        name="selfTradePreventionMode", default=None
    )
    """Self-trade prevention mode."""
    prevented_match_id: Id | None = field(name="preventedMatchId", default=None)
    """Prevented match ID; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="preventedQuantity", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    used_sor: bool | None = field(name="usedSor", default=None)
    """Whether smart order routing was used; only for orders that used it."""
    working_floor: WorkingFloor | None = field(name="workingFloor", default=None)
    """Where the order works; only for orders that potentially have allocations."""
    pegged_price_type: str | None = field(name="pegPriceType", default=None)
    """Pegged price type; only for pegged orders."""
    pegged_offset_type: str | None = field(name="pegOffsetType", default=None)
    """Pegged offset type; only for pegged orders."""
    pegged_offset_value: Count | None = field(name="pegOffsetValue", default=None)
    """Pegged offset value; only for pegged orders."""
    pegged_price: N | None = field(name="peggedPrice", default=None)
    """Pegged price; only for pegged orders."""
    expiry_reason: ExpiryReason | None = field(name="expiryReason", default=None)
    """Why the order expired; only for expired orders."""
    fills: list[OrderFill[N]] | None = None
    """Trades that filled it at once; only with newOrderRespType FULL."""


@final
class OrderListOrder(Struct, frozen=True, gc=False):
    """One order of an order list.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#query-order-list-user_data
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    order_id: Id = field(name="orderId")
    """Order ID. It is unique within the symbol."""
    client_order_id: str = field(name="clientOrderId")
    """The client's own ID of the order."""


@final
class OrderList(Struct, frozen=True, gc=False):
    """An order list.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#query-order-list-user_data
    (checked 2026-07-21).
    """

    order_list_id: Id = field(name="orderListId")
    """ID of the order list."""
    contingency_type: ContingencyType = field(name="contingencyType")
    """How its orders depend on each other."""
    list_status_type: ListStatusType = field(name="listStatusType")
    """What happened to the order list."""
    list_order_status: ListOrderStatus = field(name="listOrderStatus")
    """Status of its orders."""
    list_client_order_id: str = field(name="listClientOrderId")
    """The client's own ID of the order list."""
    transaction_time: Timestamp = field(name="transactionTime")
    """When it happened."""
    symbol: str
    """The trading pair, in upper case."""
    orders: list[OrderListOrder]
    """Its orders."""


@final
class CanceledOrderReport(
    Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True
):
    """One order of an order list that was canceled.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#cancel-order-trade
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    original_client_order_id: str = field(name="origClientOrderId")
    """Client order ID of the order that was canceled."""
    order_id: Id = field(name="orderId")
    """Order ID. It is unique within the symbol."""
    order_list_id: Id = field(name="orderListId")
    """ID of the order list, or -1."""
    client_order_id: str = field(name="clientOrderId")
    """The client's own ID of the order."""
    transaction_time: Timestamp = field(name="transactTime")
    """When it happened."""
    price: N
    """Price."""
    quantity: N = field(name="origQty")
    """Quantity of the order."""
    cumulative_filled_quantity: N = field(name="executedQty")
    """Quantity filled so far."""
    quote_order_quantity: N | None = field(name="origQuoteOrderQty", default=None)
    """Quantity of the order in the quote asset; zero if it has none."""
    cumulative_quote_quantity: N | None = field(name="cummulativeQuoteQty", default=None)
    """Quote asset transacted so far, less than zero if it is not known."""
    order_status: OrderStatus = field(name="status")
    """Status of the order."""
    time_in_force: TimeInForce = field(name="timeInForce")
    """How long the order stays active."""
    order_type: OrderType = field(name="type")
    """Type of the order."""
    side: OrderSide
    """Side of the order."""
    working_time: Timestamp | None = field(name="workingTime", default=None)
    """When the order went on the book, or -1."""
    stop_price: N | None = field(name="stopPrice", default=None)
    """Stop price; zero if it has none."""
    trailing_delta: Count | None = field(name="trailingDelta", default=None)
    """Trailing delta in basis points; only for trailing stop orders."""
    trailing_time: Timestamp | None = field(name="trailingTime", default=None)
    """When trailing began, or -1; only for trailing stop orders."""
    iceberg_quantity: N | None = field(name="icebergQty", default=None)
    """Iceberg quantity; zero if it has none."""
    strategy_id: Id | None = field(name="strategyId", default=None)
    """Strategy ID given with the order."""
    strategy_type: Id | None = field(name="strategyType", default=None)
    """Strategy type given with the order."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(
        name="selfTradePreventionMode", default=None
    )
    """Self-trade prevention mode."""
    prevented_match_id: Id | None = field(name="preventedMatchId", default=None)
    """Prevented match ID; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="preventedQuantity", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    used_sor: bool | None = field(name="usedSor", default=None)
    """Whether smart order routing was used; only for orders that used it."""
    working_floor: WorkingFloor | None = field(name="workingFloor", default=None)
    """Where the order works; only for orders that potentially have allocations."""
    pegged_price_type: str | None = field(name="pegPriceType", default=None)
    """Pegged price type; only for pegged orders."""
    pegged_offset_type: str | None = field(name="pegOffsetType", default=None)
    """Pegged offset type; only for pegged orders."""
    pegged_offset_value: Count | None = field(name="pegOffsetValue", default=None)
    """Pegged offset value; only for pegged orders."""
    pegged_price: N | None = field(name="peggedPrice", default=None)
    """Pegged price; only for pegged orders."""
    expiry_reason: ExpiryReason | None = field(name="expiryReason", default=None)
    """Why the order expired; only for expired orders."""


@final
class CanceledOrder(Struct, Generic[N], frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """An order that was canceled, or the order list that it was in. Both have the symbol and the ID
    of the order list.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#cancel-order-trade
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    order_list_id: Id = field(name="orderListId")
    """ID of the order list, or -1."""
    original_client_order_id: str | None = field(name="origClientOrderId", default=None)
    """Client order ID of the order that was canceled."""
    order_id: Id | None = field(name="orderId", default=None)
    """Order ID. It is unique within the symbol."""
    client_order_id: str | None = field(name="clientOrderId", default=None)
    """The client's own ID of the order."""
    transaction_time: Timestamp | None = field(name="transactTime", default=None)
    """When it happened."""
    price: N | None = None
    """Price."""
    quantity: N | None = field(name="origQty", default=None)
    """Quantity of the order."""
    cumulative_filled_quantity: N | None = field(name="executedQty", default=None)
    """Quantity filled so far."""
    quote_order_quantity: N | None = field(name="origQuoteOrderQty", default=None)
    """Quantity of the order in the quote asset; zero if it has none."""
    cumulative_quote_quantity: N | None = field(name="cummulativeQuoteQty", default=None)
    """Quote asset transacted so far, less than zero if it is not known."""
    order_status: OrderStatus | None = field(name="status", default=None)
    """Status of the order."""
    time_in_force: TimeInForce | None = field(name="timeInForce", default=None)
    """How long the order stays active."""
    order_type: OrderType | None = field(name="type", default=None)
    """Type of the order."""
    side: OrderSide | None = None
    """Side of the order."""
    working_time: Timestamp | None = field(name="workingTime", default=None)
    """When the order went on the book, or -1."""
    stop_price: N | None = field(name="stopPrice", default=None)
    """Stop price; zero if it has none."""
    trailing_delta: Count | None = field(name="trailingDelta", default=None)
    """Trailing delta in basis points; only for trailing stop orders."""
    trailing_time: Timestamp | None = field(name="trailingTime", default=None)
    """When trailing began, or -1; only for trailing stop orders."""
    iceberg_quantity: N | None = field(name="icebergQty", default=None)
    """Iceberg quantity; zero if it has none."""
    strategy_id: Id | None = field(name="strategyId", default=None)
    """Strategy ID given with the order."""
    strategy_type: Id | None = field(name="strategyType", default=None)
    """Strategy type given with the order."""
    self_trade_prevention_mode: SelfTradePreventionMode | None = field(
        name="selfTradePreventionMode", default=None
    )
    """Self-trade prevention mode."""
    prevented_match_id: Id | None = field(name="preventedMatchId", default=None)
    """Prevented match ID; only for orders that expired by self-trade prevention."""
    prevented_quantity: N | None = field(name="preventedQuantity", default=None)
    """Prevented quantity; only for orders that expired by self-trade prevention."""
    used_sor: bool | None = field(name="usedSor", default=None)
    """Whether smart order routing was used; only for orders that used it."""
    working_floor: WorkingFloor | None = field(name="workingFloor", default=None)
    """Where the order works; only for orders that potentially have allocations."""
    pegged_price_type: str | None = field(name="pegPriceType", default=None)
    """Pegged price type; only for pegged orders."""
    pegged_offset_type: str | None = field(name="pegOffsetType", default=None)
    """Pegged offset type; only for pegged orders."""
    pegged_offset_value: Count | None = field(name="pegOffsetValue", default=None)
    """Pegged offset value; only for pegged orders."""
    pegged_price: N | None = field(name="peggedPrice", default=None)
    """Pegged price; only for pegged orders."""
    expiry_reason: ExpiryReason | None = field(name="expiryReason", default=None)
    """Why the order expired; only for expired orders."""
    contingency_type: ContingencyType | None = field(name="contingencyType", default=None)
    """How its orders depend on each other."""
    list_status_type: ListStatusType | None = field(name="listStatusType", default=None)
    """What happened to the order list."""
    list_order_status: ListOrderStatus | None = field(name="listOrderStatus", default=None)
    """Status of its orders."""
    list_client_order_id: str | None = field(name="listClientOrderId", default=None)
    """The client's own ID of the order list."""
    list_transaction_time: Timestamp | None = field(name="transactionTime", default=None)
    """When the order list was canceled."""
    orders: list[OrderListOrder] | None = None
    """The orders of the list."""
    order_reports: list[CanceledOrderReport[N]] | None = field(name="orderReports", default=None)
    """What became of each order of the list."""


@final
class AccountTrade(Struct, Generic[N], frozen=True, gc=False):
    """A trade of the account.

    Source:
    https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#account-trade-history-user_data
    (checked 2026-07-21).
    """

    symbol: str
    """The trading pair, in upper case."""
    trade_id: Id = field(name="id")
    """Trade ID."""
    order_id: Id = field(name="orderId")
    """Order ID. It is unique within the symbol."""
    order_list_id: Id = field(name="orderListId")
    """ID of the order list, or -1."""
    price: N
    """Price."""
    quantity: N = field(name="qty")
    """Quantity."""
    quote_quantity: N = field(name="quoteQty")
    """Quote asset transacted: price times quantity."""
    commission_amount: N = field(name="commission")
    """Commission."""
    commission_asset: str | None = field(name="commissionAsset")
    """Asset of the commission, or null if there is none."""
    trade_time: Timestamp = field(name="time")
    """When the trade took place."""
    is_buyer: bool = field(name="isBuyer")
    """Whether the account bought."""
    is_maker: bool = field(name="isMaker")
    """Whether the account was the maker."""
    is_best_match: bool = field(name="isBestMatch")
    """Whether it was the best price at that time."""


UserDataEvent: TypeAlias = (
    ExecutionReport[N]
    | OutboundAccountPosition[N]
    | BalanceUpdate[N]
    | ListStatus
    | ExternalLockUpdate[N]
    | EventStreamTerminated
    | ListenKeyExpired
    | OutboundAccountInfo[N]
)
"""Any event of User Data Streams."""

AccountEvent: TypeAlias = (
    ExecutionReport[N]
    | OutboundAccountPosition[N]
    | BalanceUpdate[N]
    | ListStatus
    | ExternalLockUpdate[N]
    | EventStreamTerminated
)
"""Any event of Account."""

AnyEvent: TypeAlias = (
    AggTrade[N]
    | list[MiniTicker[N]]
    | list[Ticker[N]]
    | AvgPrice[N]
    | BlockTrade[N]
    | BookTicker[N]
    | DepthUpdate[N]
    | KlineEvent[N]
    | MiniTicker[N]
    | PartialBookDepth[N]
    | ReferencePrice[N]
    | RollingWindowTicker[N]
    | list[RollingWindowTicker[N]]
    | Ticker[N]
    | Trade[N]
    | ExecutionReport[N]
    | OutboundAccountPosition[N]
    | BalanceUpdate[N]
    | ListStatus
    | ExternalLockUpdate[N]
    | EventStreamTerminated
    | ListenKeyExpired
    | OutboundAccountInfo[N]
)
"""Whatever the client may deliver."""
