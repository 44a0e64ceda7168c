"""Python client for the Binance Spot WebSocket streams.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import TYPE_CHECKING

from binance_streams._api import AccountState
from binance_streams._catalog import CATALOG
from binance_streams._client import Client
from binance_streams._decoding import decode
from binance_streams._structs import (
    AccountBalance,
    AccountEvent,
    AccountStatus,
    AccountSubscription,
    AccountTrade,
    AggTrade,
    AnyEvent,
    AvgPrice,
    Balance,
    BalanceUpdate,
    BlockTrade,
    BookTicker,
    CanceledOrder,
    CanceledOrderReport,
    CancelRestrictions,
    CommissionRates,
    ContingencyType,
    DepthUpdate,
    EventStreamTerminated,
    ExecutionReport,
    ExecutionType,
    ExpiryReason,
    ExternalLockUpdate,
    Kline,
    KlineEvent,
    KlineInterval,
    ListenKeyExpired,
    ListOrderStatus,
    ListStatus,
    ListStatusOrder,
    ListStatusType,
    MiniTicker,
    Order,
    OrderFill,
    OrderList,
    OrderListOrder,
    OrderRejectReason,
    OrderResponseType,
    OrderSide,
    OrderStatus,
    OrderType,
    OutboundAccountInfo,
    OutboundAccountPosition,
    PartialBookDepth,
    PegOffsetType,
    PegPriceType,
    PlacedOrder,
    PriceLevel,
    ReferencePrice,
    RollingWindowTicker,
    SelfTradePreventionMode,
    ServerTime,
    SessionStatus,
    SymbolStatus,
    Ticker,
    TickerType,
    TimeInForce,
    Trade,
    UserDataEvent,
    WindowSize,
    WorkingFloor,
)
from binance_streams._venue import VENUE, ServerName
from binance_streams_runtime.generated_api import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    BinanceStreamsError,
    BookChange,
    BookLevels,
    BookMismatch,
    BookOptions,
    BookResynced,
    BookSide,
    BookState,
    BookView,
    ClientClosed,
    ClockOffset,
    Connected,
    ConnectionLost,
    ConnectionStats,
    Depth,
    Disconnected,
    Dropped,
    Duplicates,
    Ed25519Key,
    Fill,
    Filled,
    FillOptions,
    Gap,
    HmacKey,
    Horizon,
    Late,
    Message,
    Notice,
    OrderBook,
    ParameterError,
    QueueOverflow,
    RateLimited,
    RequestError,
    RequestTimeout,
    Resubscribed,
    RetiredStreamWarning,
    RsaKey,
    SchemaDrift,
    ServerShutdown,
    SetupError,
    SigningError,
    SigningKey,
    Stale,
    Stats,
    StreamStats,
    SubscribeOptions,
    Subscription,
    Terminated,
    Undecodable,
    UndecodableError,
    UnknownStreamError,
    Unread,
    encode,
    to_datetime,
)

__version__: str
"""The version of the installed distribution."""

if TYPE_CHECKING:
    from binance_streams._account import Account
    from binance_streams._async_account import AsyncAccount
    from binance_streams._async_client import AsyncClient
    from binance_streams_runtime.async_api import AsyncOrderBook, AsyncSubscription
else:

    def __getattr__(name: str) -> object:
        # On demand only: these take longer than all other imports.
        if name == "AsyncClient":
            from binance_streams._async_client import AsyncClient

            return AsyncClient
        if name == "Account":
            from binance_streams._account import Account

            return Account
        if name == "AsyncAccount":
            from binance_streams._async_account import AsyncAccount

            return AsyncAccount
        if name == "AsyncOrderBook":
            from binance_streams_runtime.async_api import AsyncOrderBook

            return AsyncOrderBook
        if name == "AsyncSubscription":
            from binance_streams_runtime.async_api import AsyncSubscription

            return AsyncSubscription
        if name == "__version__":
            from binance_streams_runtime.generated_api import version

            return version()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, "__version__"})


__all__ = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "CATALOG",
    "VENUE",
    "Account",
    "AccountBalance",
    "AccountEvent",
    "AccountState",
    "AccountStatus",
    "AccountSubscription",
    "AccountTrade",
    "AggTrade",
    "AnyEvent",
    "AsyncAccount",
    "AsyncClient",
    "AsyncOrderBook",
    "AsyncSubscription",
    "AvgPrice",
    "Balance",
    "BalanceUpdate",
    "BinanceStreamsError",
    "BlockTrade",
    "BookChange",
    "BookLevels",
    "BookMismatch",
    "BookOptions",
    "BookResynced",
    "BookSide",
    "BookState",
    "BookTicker",
    "BookView",
    "CancelRestrictions",
    "CanceledOrder",
    "CanceledOrderReport",
    "Client",
    "ClientClosed",
    "ClockOffset",
    "CommissionRates",
    "Connected",
    "ConnectionLost",
    "ConnectionStats",
    "ContingencyType",
    "Depth",
    "DepthUpdate",
    "Disconnected",
    "Dropped",
    "Duplicates",
    "Ed25519Key",
    "EventStreamTerminated",
    "ExecutionReport",
    "ExecutionType",
    "ExpiryReason",
    "ExternalLockUpdate",
    "Fill",
    "FillOptions",
    "Filled",
    "Gap",
    "HmacKey",
    "Horizon",
    "Kline",
    "KlineEvent",
    "KlineInterval",
    "Late",
    "ListOrderStatus",
    "ListStatus",
    "ListStatusOrder",
    "ListStatusType",
    "ListenKeyExpired",
    "Message",
    "MiniTicker",
    "Notice",
    "Order",
    "OrderBook",
    "OrderFill",
    "OrderList",
    "OrderListOrder",
    "OrderRejectReason",
    "OrderResponseType",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "OutboundAccountInfo",
    "OutboundAccountPosition",
    "ParameterError",
    "PartialBookDepth",
    "PegOffsetType",
    "PegPriceType",
    "PlacedOrder",
    "PriceLevel",
    "QueueOverflow",
    "RateLimited",
    "ReferencePrice",
    "RequestError",
    "RequestTimeout",
    "Resubscribed",
    "RetiredStreamWarning",
    "RollingWindowTicker",
    "RsaKey",
    "SchemaDrift",
    "SelfTradePreventionMode",
    "ServerName",
    "ServerShutdown",
    "ServerTime",
    "SessionStatus",
    "SetupError",
    "SigningError",
    "SigningKey",
    "Stale",
    "Stats",
    "StreamStats",
    "SubscribeOptions",
    "Subscription",
    "SymbolStatus",
    "Terminated",
    "Ticker",
    "TickerType",
    "TimeInForce",
    "Trade",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "Unread",
    "UserDataEvent",
    "WindowSize",
    "WorkingFloor",
    "decode",
    "encode",
    "to_datetime",
]
