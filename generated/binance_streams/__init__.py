"""Python client for the Binance Spot WebSocket streams.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import TYPE_CHECKING

from binance_streams._catalog import CATALOG
from binance_streams._client import Client
from binance_streams._decoding import decode
from binance_streams._structs import (
    AggTrade,
    AnyEvent,
    AvgPrice,
    Balance,
    BalanceUpdate,
    BlockTrade,
    BookTicker,
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
    OrderRejectReason,
    OrderSide,
    OrderStatus,
    OrderType,
    OutboundAccountInfo,
    OutboundAccountPosition,
    PartialBookDepth,
    PriceLevel,
    ReferencePrice,
    RollingWindowTicker,
    SelfTradePreventionMode,
    Ticker,
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
    BookMismatch,
    BookResynced,
    ClientClosed,
    Connected,
    ConnectionLost,
    ConnectionStats,
    Disconnected,
    Dropped,
    Duplicates,
    Filled,
    FillOptions,
    Gap,
    Late,
    Message,
    Notice,
    ParameterError,
    QueueOverflow,
    RateLimited,
    RequestError,
    RequestTimeout,
    Resubscribed,
    RetiredStreamWarning,
    SchemaDrift,
    ServerShutdown,
    SetupError,
    Stale,
    Stats,
    StreamStats,
    SubscribeOptions,
    Subscription,
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
    from binance_streams._async_client import AsyncClient
    from binance_streams_runtime.async_api import AsyncSubscription
else:

    def __getattr__(name: str) -> object:
        # Both only on demand: asyncio, and the version, take longer than all other imports.
        if name in ("AsyncClient", "AsyncSubscription"):
            from binance_streams import _async_client

            return getattr(_async_client, name)
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
    "AggTrade",
    "AnyEvent",
    "AsyncClient",
    "AsyncSubscription",
    "AvgPrice",
    "Balance",
    "BalanceUpdate",
    "BinanceStreamsError",
    "BlockTrade",
    "BookMismatch",
    "BookResynced",
    "BookTicker",
    "Client",
    "ClientClosed",
    "Connected",
    "ConnectionLost",
    "ConnectionStats",
    "ContingencyType",
    "DepthUpdate",
    "Disconnected",
    "Dropped",
    "Duplicates",
    "EventStreamTerminated",
    "ExecutionReport",
    "ExecutionType",
    "ExpiryReason",
    "ExternalLockUpdate",
    "FillOptions",
    "Filled",
    "Gap",
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
    "OrderRejectReason",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "OutboundAccountInfo",
    "OutboundAccountPosition",
    "ParameterError",
    "PartialBookDepth",
    "PriceLevel",
    "QueueOverflow",
    "RateLimited",
    "ReferencePrice",
    "RequestError",
    "RequestTimeout",
    "Resubscribed",
    "RetiredStreamWarning",
    "RollingWindowTicker",
    "SchemaDrift",
    "SelfTradePreventionMode",
    "ServerName",
    "ServerShutdown",
    "SetupError",
    "Stale",
    "Stats",
    "StreamStats",
    "SubscribeOptions",
    "Subscription",
    "Ticker",
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
