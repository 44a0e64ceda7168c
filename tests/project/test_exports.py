"""What ``from binance_streams import ...`` offers, pinned: a change of it is a decision.

Types that come with a new stream need no entry here.
"""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

import binance_streams
import binance_streams._structs
import binance_streams_us
from tests.project.paths import ROOT, python

EXPORTS = [
    "ACTION_SUBSCRIBE",
    "ACTION_UNSUBSCRIBE",
    "Account",
    "AccountBalance",
    "AccountEvent",
    "AccountState",
    "AccountStatus",
    "AggTrade",
    "AnyEvent",
    "AsyncAccount",
    "AsyncCandleSubscription",
    "AsyncCandleWindow",
    "AsyncClient",
    "AsyncOrderBook",
    "AsyncRecording",
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
    "CATALOG",
    "CandleChange",
    "CandleSubscription",
    "CandleWindow",
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
    "EventStreamTerminated",
    "ExecutionReport",
    "ExecutionType",
    "ExpiryReason",
    "ExternalLockUpdate",
    "Fill",
    "FillOptions",
    "Filled",
    "Gap",
    "Health",
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
    "NotRecorded",
    "Notice",
    "Order",
    "OrderBook",
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
    "RawMessage",
    "Recorded",
    "Recording",
    "RecordingError",
    "RecordingInfo",
    "RecordingReader",
    "RecordingStats",
    "RedundancyReduced",
    "RedundancyRestored",
    "Repair",
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
    "VENUE",
    "WindowSize",
    "WorkingFloor",
    "decode",
    "encode",
    "read_recording",
    "recording_info",
    "repair",
    "to_arrow",
    "to_datetime",
    "to_pandas",
    "to_polars",
]


def test_exports_are_these() -> None:
    """Nothing went unnoticed, and nothing came but types that the spec declares."""
    came = [name for name in binance_streams.__all__ if name not in EXPORTS]
    assert [name for name in EXPORTS if name not in binance_streams.__all__] == []
    assert [name for name in came if not _is_of_the_spec(name)] == []


def test_another_market_offers_the_same_but_for_what_it_lacks() -> None:
    """So a program changes its import, and has what it used."""
    missing = set(EXPORTS) - set(binance_streams_us.__all__)
    assert sorted(missing) == [
        *("Account", "AccountBalance", "AccountEvent", "AccountState", "AccountStatus"),
        *("AsyncAccount", "AvgPrice", "BlockTrade", "EventStreamTerminated", "ExpiryReason"),
        *("ExternalLockUpdate", "ListenKeyExpired", "Order", "OutboundAccountInfo"),
        *("ReferencePrice", "WorkingFloor"),
    ]
    assert set(binance_streams_us.__all__) <= set(EXPORTS)


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_exports_are_sorted(package: Any) -> None:
    """Constants, then classes, then functions, each in order and once."""
    assert sorted(set(package.__all__), key=_place) == package.__all__


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_exports_are_there(package: Any) -> None:
    """Each name can be imported."""
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


def _is_of_the_spec(name: str) -> bool:
    return hasattr(binance_streams._structs, name)


def _place(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name


def test_the_version_is_that_of_the_distribution() -> None:
    """It is in pyproject.toml alone, and every other name is an error as in any module."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert binance_streams.__version__ == project["version"]
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        binance_streams.nothing  # type: ignore[attr-defined] # noqa: B018


def test_the_version_costs_nothing_unless_it_is_asked_for() -> None:
    """What looks it up takes longer to import than the package itself."""
    code = "import sys, binance_streams; print('importlib.metadata' in sys.modules)"
    assert python("-c", code).stdout == "False\n"


def test_asyncio_costs_nothing_unless_it_is_asked_for() -> None:
    """It takes longer to import than the package itself."""
    code = "import sys, binance_streams; print('asyncio' in sys.modules)"
    assert python("-c", code).stdout == "False\n"


def test_tables_cost_nothing_unless_they_are_made() -> None:
    """Neither the modules that make them nor the libraries."""
    code = (
        "import sys, binance_streams; print('binance_streams_runtime.tables' in sys.modules); "
        "binance_streams.to_polars; found = {*sys.modules}; "
        "print(found & {'numpy', 'pandas', 'polars', 'pyarrow'})"
    )
    assert python("-c", code).stdout == "False\nset()\n"


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_the_names_for_asyncio_are_listed_before_they_are_imported(package: Any) -> None:
    """So editors and notebooks complete them."""
    code = f"import {package.__name__} as package; print(*dir(package))"
    assert set(package.__all__) <= set(python("-c", code).stdout.split())


@pytest.mark.parametrize("package", [binance_streams, binance_streams_us])
def test_the_clients_of_a_package_are_of_the_same_market(package: Any) -> None:
    assert package.AsyncClient.venue is package.Client.venue
    assert package.AsyncClient.catalog is package.Client.catalog
