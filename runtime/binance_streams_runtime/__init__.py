"""The hand-written runtime under the generated client. Import ``binance_streams`` instead."""

from binance_streams_runtime.client.options import SubscribeOptions
from binance_streams_runtime.client.stats import ConnectionStats, Stats, StreamStats
from binance_streams_runtime.client.subscription import Subscription
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    QueueOverflow,
    RequestError,
    RequestTimeout,
    RetiredStreamWarning,
    SetupError,
    UndecodableError,
    UnknownStreamError,
)
from binance_streams_runtime.events.decoding import encode
from binance_streams_runtime.events.message import Message
from binance_streams_runtime.notices import (
    Connected,
    Disconnected,
    Dropped,
    Gap,
    Late,
    Notice,
    RateLimited,
    Recovered,
    Repeated,
    SchemaDrift,
    ServerShutdown,
    Silent,
    Undecodable,
    Unread,
)
from binance_streams_runtime.times import to_datetime
from binance_streams_runtime.wire.requests import ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE

__all__ = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "BinanceStreamsError",
    "ClientClosed",
    "Connected",
    "ConnectionLost",
    "ConnectionStats",
    "Disconnected",
    "Dropped",
    "Gap",
    "Late",
    "Message",
    "Notice",
    "ParameterError",
    "QueueOverflow",
    "RateLimited",
    "Recovered",
    "Repeated",
    "RequestError",
    "RequestTimeout",
    "RetiredStreamWarning",
    "SchemaDrift",
    "ServerShutdown",
    "SetupError",
    "Silent",
    "Stats",
    "StreamStats",
    "SubscribeOptions",
    "Subscription",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "Unread",
    "encode",
    "to_datetime",
]
