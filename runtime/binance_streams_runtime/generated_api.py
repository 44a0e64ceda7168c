"""Everything that generated code takes from the runtime.

Generated modules import this module and no other one of the runtime, so all others can be moved and
renamed without generating anything anew. The old connector's interface, which few import, has such
a module of its own: ``compat_api``.
"""

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Choice, ListenKey, Symbol
from binance_streams_runtime.catalog.streams import (
    Catalog,
    Lifecycle,
    Monotonic,
    Range,
    Step,
    StreamType,
    UpdateSpeed,
)
from binance_streams_runtime.catalog.venue import (
    ControlMethod,
    Elsewhere,
    Limits,
    Paths,
    Refusal,
    Server,
    Shutdown,
    TimeUnits,
    Unsupported,
    Venue,
)
from binance_streams_runtime.client.client import BaseClient
from binance_streams_runtime.client.options import (
    ClientOptions,
    SubscribeOptions,
    TimedClientOptions,
)
from binance_streams_runtime.client.stats import ConnectionStats, Stats, StreamStats
from binance_streams_runtime.client.subscription import Subscription
from binance_streams_runtime.decimals import OrEmpty, Unquoted
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
from binance_streams_runtime.events.decoding import decode as decode_with
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
from binance_streams_runtime.types import Count, Id, N, Numbers, OpenEnum, Timestamp
from binance_streams_runtime.version import version
from binance_streams_runtime.wire.requests import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    Action,
    RequestId,
)

# For generated code alone; the rest is what users import from the generated package as well.
INTERNAL = (
    "Action",
    "BaseClient",
    "Catalog",
    "Choice",
    "ClientOptions",
    "ControlMethod",
    "Count",
    "Elsewhere",
    "Example",
    "Id",
    "Lifecycle",
    "Limits",
    "ListenKey",
    "Monotonic",
    "N",
    "Numbers",
    "OpenEnum",
    "OrEmpty",
    "Paths",
    "Range",
    "Refusal",
    "RequestId",
    "Server",
    "Shutdown",
    "Step",
    "StreamType",
    "Symbol",
    "TimeUnits",
    "TimedClientOptions",
    "Timestamp",
    "Unquoted",
    "Unsupported",
    "UpdateSpeed",
    "Venue",
    "decode_with",
    "version",
)

__all__ = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "Action",
    "BaseClient",
    "BinanceStreamsError",
    "Catalog",
    "Choice",
    "ClientClosed",
    "ClientOptions",
    "Connected",
    "ConnectionLost",
    "ConnectionStats",
    "ControlMethod",
    "Count",
    "Disconnected",
    "Dropped",
    "Elsewhere",
    "Example",
    "Gap",
    "Id",
    "Late",
    "Lifecycle",
    "Limits",
    "ListenKey",
    "Message",
    "Monotonic",
    "N",
    "Notice",
    "Numbers",
    "OpenEnum",
    "OrEmpty",
    "ParameterError",
    "Paths",
    "QueueOverflow",
    "Range",
    "RateLimited",
    "Recovered",
    "Refusal",
    "Repeated",
    "RequestError",
    "RequestId",
    "RequestTimeout",
    "RetiredStreamWarning",
    "SchemaDrift",
    "Server",
    "ServerShutdown",
    "SetupError",
    "Shutdown",
    "Silent",
    "Stats",
    "Step",
    "StreamStats",
    "StreamType",
    "SubscribeOptions",
    "Subscription",
    "Symbol",
    "TimeUnits",
    "TimedClientOptions",
    "Timestamp",
    "Undecodable",
    "UndecodableError",
    "UnknownStreamError",
    "Unquoted",
    "Unread",
    "Unsupported",
    "UpdateSpeed",
    "Venue",
    "decode_with",
    "encode",
    "to_datetime",
    "version",
]
