"""What generated code imports from the runtime.

Generated modules import this module and its like, and no other one of the runtime, so all others
can be moved and renamed without regenerating anything. Its like are ``catalog_api``, for modules
that describe streams and load no client; ``async_api`` and ``compat_api``, which few users need;
and those of candles, metrics, recordings and tables, which are loaded on demand.
"""

from binance_streams_runtime.candles.values import CandleChange
from binance_streams_runtime.catalog.api import Api
from binance_streams_runtime.catalog.rest import (
    Backfill,
    BestLevels,
    Candle,
    Endpoint,
    OrderBookRules,
)
from binance_streams_runtime.catalog.streams import (
    Identified,
    Lifecycle,
    Monotonic,
    PerKey,
    Range,
    Step,
    StreamType,
    UpdateSpeed,
)
from binance_streams_runtime.client.health import Health
from binance_streams_runtime.client.options import (
    ClientOptions,
    FillOptions,
    SubscribeOptions,
    TimedClientOptions,
)
from binance_streams_runtime.client.order_book import BookOptions
from binance_streams_runtime.client.stats import ConnectionStats, Stats, StreamStats
from binance_streams_runtime.decimals import OrEmpty, Unquoted
from binance_streams_runtime.decoding.json import concrete, encode, json_decoder
from binance_streams_runtime.decoding.json import decode as decode_with
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.decoding.rows import RowDecoder
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    QueueOverflow,
    RecordingError,
    RequestError,
    RequestTimeout,
    RetiredStreamWarning,
    SetupError,
    SigningError,
    UndecodableError,
    UnknownStreamError,
)
from binance_streams_runtime.notices import (
    BookMismatch,
    BookResynced,
    ClockOffset,
    Connected,
    Disconnected,
    Dropped,
    Duplicates,
    Filled,
    Gap,
    Late,
    Notice,
    NotRecorded,
    RateLimited,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
    SchemaDrift,
    ServerShutdown,
    Stale,
    Terminated,
    Undecodable,
    Unread,
)
from binance_streams_runtime.order_book.reader import BookLevels
from binance_streams_runtime.order_book.values import (
    BookChange,
    BookSide,
    BookState,
    BookView,
    Depth,
    Fill,
    Horizon,
)
from binance_streams_runtime.protocol.api_params import checked_params
from binance_streams_runtime.protocol.api_requests import Call, SigningKey, signed_payload
from binance_streams_runtime.protocol.requests import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    Action,
    RequestId,
)
from binance_streams_runtime.signing.keys import Ed25519Key, HmacKey, RsaKey
from binance_streams_runtime.signing.prepare import prepared
from binance_streams_runtime.sync.account import BaseAccount
from binance_streams_runtime.sync.client import BaseClient
from binance_streams_runtime.sync.order_book import OrderBook
from binance_streams_runtime.sync.subscription import CandleSubscription, Subscription
from binance_streams_runtime.times import to_datetime
from binance_streams_runtime.types import (
    N,
    Numbers,
)
from binance_streams_runtime.version import version

# For generated code only; the rest is what users import from the generated package as well.
INTERNAL = (
    "N",
    "Action",
    "Backfill",
    "BaseAccount",
    "BaseClient",
    "BestLevels",
    "Call",
    "Candle",
    "ClientOptions",
    "Endpoint",
    "Lifecycle",
    "Monotonic",
    "Numbers",
    "OrEmpty",
    "OrderBookRules",
    "PerKey",
    "Range",
    "RequestId",
    "RowDecoder",
    "Step",
    "StreamType",
    "TimedClientOptions",
    "Unquoted",
    "UpdateSpeed",
    "checked_params",
    "concrete",
    "decode_with",
    "json_decoder",
    "prepared",
    "signed_payload",
    "version",
    "Api",
    "Identified",
)

__all__ = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "Action",
    "Api",
    "Backfill",
    "BaseAccount",
    "BaseClient",
    "BestLevels",
    "BinanceStreamsError",
    "BookChange",
    "BookLevels",
    "BookMismatch",
    "BookOptions",
    "BookResynced",
    "BookSide",
    "BookState",
    "BookView",
    "Call",
    "Candle",
    "CandleChange",
    "CandleSubscription",
    "ClientClosed",
    "ClientOptions",
    "ClockOffset",
    "Connected",
    "ConnectionLost",
    "ConnectionStats",
    "Depth",
    "Disconnected",
    "Dropped",
    "Duplicates",
    "Ed25519Key",
    "Endpoint",
    "Fill",
    "FillOptions",
    "Filled",
    "Gap",
    "Health",
    "HmacKey",
    "Horizon",
    "Identified",
    "Late",
    "Lifecycle",
    "Message",
    "Monotonic",
    "N",
    "NotRecorded",
    "Notice",
    "Numbers",
    "OrEmpty",
    "OrderBook",
    "OrderBookRules",
    "ParameterError",
    "PerKey",
    "QueueOverflow",
    "Range",
    "RateLimited",
    "RawMessage",
    "RecordingError",
    "RedundancyReduced",
    "RedundancyRestored",
    "RequestError",
    "RequestId",
    "RequestTimeout",
    "Resubscribed",
    "RetiredStreamWarning",
    "RowDecoder",
    "RsaKey",
    "SchemaDrift",
    "ServerShutdown",
    "SetupError",
    "SigningError",
    "SigningKey",
    "Stale",
    "Stats",
    "Step",
    "StreamStats",
    "StreamType",
    "SubscribeOptions",
    "Subscription",
    "Terminated",
    "TimedClientOptions",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "Unquoted",
    "Unread",
    "UpdateSpeed",
    "checked_params",
    "concrete",
    "decode_with",
    "encode",
    "json_decoder",
    "prepared",
    "signed_payload",
    "to_datetime",
    "version",
]
