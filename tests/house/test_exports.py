"""What ``from binance_streams import ...`` offers, pinned: a change of it is a decision.

Types that come with a new stream need no entry here.
"""

from __future__ import annotations

import binance_streams

EXPORTS = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "CATALOG",
    "VENUE",
    "AggTrade",
    "AvgPrice",
    "Balance",
    "BalanceUpdate",
    "BinanceStreamsError",
    "BlockTrade",
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
    "EventStreamTerminated",
    "ExecutionReport",
    "ExecutionType",
    "ExpiryReason",
    "ExternalLockUpdate",
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
    "Recovered",
    "ReferencePrice",
    "Repeated",
    "RequestError",
    "RequestTimeout",
    "RetiredStreamWarning",
    "RollingWindowTicker",
    "SchemaDrift",
    "SelfTradePreventionMode",
    "ServerShutdown",
    "Silent",
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
    "UserDataEvent",
    "WindowSize",
    "WorkingFloor",
    "decode",
    "encode",
    "to_datetime",
]


def test_exports_are_these() -> None:
    """Nothing went unnoticed, and nothing came but types that the spec declares."""
    came = [name for name in binance_streams.__all__ if name not in EXPORTS]
    assert [name for name in EXPORTS if name not in binance_streams.__all__] == []
    assert [name for name in came if not _is_of_the_spec(name)] == []


def test_exports_are_sorted() -> None:
    """Constants, then classes, then functions, each in order and once."""
    assert sorted(set(binance_streams.__all__), key=_place) == binance_streams.__all__


def test_exports_are_there() -> None:
    """Each name can be imported."""
    assert [name for name in binance_streams.__all__ if not hasattr(binance_streams, name)] == []


def _is_of_the_spec(name: str) -> bool:
    return hasattr(binance_streams._structs, name)


def _place(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name
