"""The hand-written runtime under the generated client. Import ``binance_streams`` instead."""

from binance_streams_runtime.decoding import encode
from binance_streams_runtime.delivery import Message
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    QueueOverflow,
    RequestError,
    RequestTimeout,
    RetiredStreamWarning,
    UndecodableError,
    UnknownStreamError,
)
from binance_streams_runtime.notices import (
    Connected,
    Disconnected,
    Dropped,
    Gap,
    Notice,
    Repeated,
    ServerShutdown,
    Undecodable,
)
from binance_streams_runtime.options import SubscribeOptions
from binance_streams_runtime.requests import ACTION_SUBSCRIBE, ACTION_UNSUBSCRIBE
from binance_streams_runtime.stats import ConnectionStats, Stats, StreamStats
from binance_streams_runtime.subscription import Subscription
from binance_streams_runtime.times import to_datetime

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
    "Message",
    "Notice",
    "ParameterError",
    "QueueOverflow",
    "Repeated",
    "RequestError",
    "RequestTimeout",
    "RetiredStreamWarning",
    "ServerShutdown",
    "Stats",
    "StreamStats",
    "SubscribeOptions",
    "Subscription",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "encode",
    "to_datetime",
]
