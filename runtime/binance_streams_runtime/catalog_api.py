"""What the generated catalog and structs import from the runtime; see ``generated_api``.

Apart from it, so that whoever only wants to know which streams there are does not load a client.
"""

from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.catalog.api import (
    AccountRules,
    Api,
    ApiError,
    ApiMethod,
    ApiParameter,
    ApiWeight,
)
from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Choice, ListenKey, Symbol, Text
from binance_streams_runtime.catalog.rest import (
    Backfill,
    BestLevels,
    Candle,
    Endpoint,
    OrderBookRules,
    PublicRequest,
    RestLimits,
)
from binance_streams_runtime.catalog.streams import (
    Catalog,
    Identified,
    Lifecycle,
    Monotonic,
    PerKey,
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
from binance_streams_runtime.decimals import OrEmpty, Unquoted
from binance_streams_runtime.types import (
    Count,
    Id,
    N,
    OpenEnum,
    PriceLevel,
    Timestamp,
)

__all__ = [
    "AccountRules",
    "Api",
    "ApiError",
    "ApiMethod",
    "ApiParameter",
    "ApiWeight",
    "Backfill",
    "BaseAccountState",
    "BestLevels",
    "Candle",
    "Catalog",
    "Choice",
    "ControlMethod",
    "Count",
    "Elsewhere",
    "Endpoint",
    "Example",
    "Id",
    "Identified",
    "Lifecycle",
    "Limits",
    "ListenKey",
    "Monotonic",
    "N",
    "OpenEnum",
    "OrEmpty",
    "OrderBookRules",
    "Paths",
    "PerKey",
    "PriceLevel",
    "PublicRequest",
    "Range",
    "Refusal",
    "RestLimits",
    "Server",
    "Shutdown",
    "Step",
    "StreamType",
    "Symbol",
    "Text",
    "TimeUnits",
    "Timestamp",
    "Unquoted",
    "Unsupported",
    "UpdateSpeed",
    "Venue",
]
