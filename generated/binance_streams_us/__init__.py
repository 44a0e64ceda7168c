"""Python client for the Binance.US WebSocket streams.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import TYPE_CHECKING

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
    NotRecorded,
    OrderBook,
    ParameterError,
    QueueOverflow,
    RateLimited,
    RecordingError,
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
from binance_streams_us._catalog import CATALOG
from binance_streams_us._client import Client
from binance_streams_us._decoding import decode
from binance_streams_us._structs import (
    AggTrade,
    AnyEvent,
    Balance,
    BalanceUpdate,
    BookTicker,
    ContingencyType,
    DepthUpdate,
    ExecutionReport,
    ExecutionType,
    Kline,
    KlineEvent,
    KlineInterval,
    ListOrderStatus,
    ListStatus,
    ListStatusOrder,
    ListStatusType,
    MiniTicker,
    OrderRejectReason,
    OrderSide,
    OrderStatus,
    OrderType,
    OutboundAccountPosition,
    PartialBookDepth,
    PriceLevel,
    RollingWindowTicker,
    SelfTradePreventionMode,
    Ticker,
    TimeInForce,
    Trade,
    UserDataEvent,
    WindowSize,
)
from binance_streams_us._venue import VENUE, ServerName

__version__: str
"""The version of the installed distribution."""

if TYPE_CHECKING:
    from binance_streams_runtime.async_api import AsyncOrderBook, AsyncSubscription
    from binance_streams_us._async_client import AsyncClient
else:

    def __getattr__(name: str) -> object:
        # On demand only: these take longer than all other imports.
        if name == "AsyncClient":
            from binance_streams_us._async_client import AsyncClient

            return AsyncClient
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
    "AggTrade",
    "AnyEvent",
    "AsyncClient",
    "AsyncOrderBook",
    "AsyncSubscription",
    "Balance",
    "BalanceUpdate",
    "BinanceStreamsError",
    "BookChange",
    "BookLevels",
    "BookMismatch",
    "BookOptions",
    "BookResynced",
    "BookSide",
    "BookState",
    "BookTicker",
    "BookView",
    "Client",
    "ClientClosed",
    "ClockOffset",
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
    "ExecutionReport",
    "ExecutionType",
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
    "Message",
    "MiniTicker",
    "NotRecorded",
    "Notice",
    "OrderBook",
    "OrderRejectReason",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "OutboundAccountPosition",
    "ParameterError",
    "PartialBookDepth",
    "PriceLevel",
    "QueueOverflow",
    "RateLimited",
    "RecordingError",
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
    "SetupError",
    "SigningError",
    "SigningKey",
    "Stale",
    "Stats",
    "StreamStats",
    "SubscribeOptions",
    "Subscription",
    "Terminated",
    "Ticker",
    "TimeInForce",
    "Trade",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "Unread",
    "UserDataEvent",
    "WindowSize",
    "decode",
    "encode",
    "to_datetime",
]
