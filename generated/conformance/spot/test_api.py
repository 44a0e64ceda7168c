"""Conformance of the WebSocket API: requests, signatures, results, and the events of accounts.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import binance_streams
from binance_streams._api import ACCOUNT, API
from binance_streams_runtime.generated_api import (
    Ed25519Key,
    HmacKey,
    Identified,
    ParameterError,
    checked_params,
)
from conformance._api_checks import (
    Events,
    Method,
    Results,
    Signed,
    check_event_in_its_envelope,
    check_hands_on,
    check_hands_on_account,
    check_method,
    check_order,
    check_payload,
    check_request,
)
from conformance._checks import (
    NUMBERS,
    OTHER,
    Case,
    Key,
    Number,
    Record,
    Word,
    check_answers,
    check_attribute,
    check_encodes,
    check_mutants,
    check_unknown_key,
)
from conformance._client_checks import EACH_CLIENT

RESULTS = Results(package=binance_streams, key="", method="", arguments={})
EVENTS = Events(package=binance_streams, key="", method="", arguments={})

METHODS = [
    Method(
        "ping",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "time",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "session.logon",
        security="SIGNED",
        is_signed=True,
        is_public=False,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "session.status",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "session.logout",
        security="NONE",
        is_signed=False,
        is_public=False,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "session.subscriptions",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "userDataStream.subscribe",
        security="USER_STREAM",
        is_signed=False,
        is_public=False,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "userDataStream.subscribe.signature",
        security="USER_STREAM",
        is_signed=True,
        is_public=False,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "userDataStream.unsubscribe",
        security="NONE",
        is_signed=False,
        is_public=False,
        good={"subscriptionId": 9007199254740993},
        sent={"subscriptionId": 9007199254740993},
        required=(),
        wrong={
            "subscriptionId": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "account.status",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={"omitZeroBalances": True},
        sent={"omitZeroBalances": "true"},
        required=(),
        wrong={
            "omitZeroBalances": ["true", 1, "True"],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "openOrders.status",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 6),
            ({}, 80),
        ],
    ),
    Method(
        "order.status",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "origClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 4),
        ],
    ),
    Method(
        "allOrders",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "orderList.status",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={"orderListId": 9007199254740993, "origClientOrderId": "币安人生USDT"},
        sent={"orderListId": 9007199254740993, "origClientOrderId": "币安人生USDT"},
        required=(),
        wrong={
            "orderListId": ["5", 5.0, True, 2**63],
            "origClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 4),
        ],
    ),
    Method(
        "openOrderLists.status",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 6),
        ],
    ),
    Method(
        "allOrderLists",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "fromId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "fromId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=(),
        wrong={
            "fromId": ["5", 5.0, True, 2**63],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "myTrades",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "fromId": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "fromId": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "fromId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({"orderId": 1}, 5),
            ({}, 20),
        ],
    ),
    Method(
        "account.rateLimits.orders",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={},
        sent={},
        required=(),
        wrong={},
        weights=[
            ({}, 40),
        ],
    ),
    Method(
        "myPreventedMatches",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "preventedMatchId": 9007199254740993,
            "orderId": 9007199254740993,
            "fromPreventedMatchId": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "preventedMatchId": 9007199254740993,
            "orderId": 9007199254740993,
            "fromPreventedMatchId": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "preventedMatchId": ["5", 5.0, True, 2**63],
            "orderId": ["5", 5.0, True, 2**63],
            "fromPreventedMatchId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({"preventedMatchId": 1}, 2),
            ({}, 20),
        ],
    ),
    Method(
        "myAllocations",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "fromAllocationId": 9007199254740993,
            "limit": 9007199254740993,
            "orderId": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "fromAllocationId": 9007199254740993,
            "limit": 9007199254740993,
            "orderId": 9007199254740993,
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "fromAllocationId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
            "orderId": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "account.commission",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "order.amendments",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "fromExecutionId": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "fromExecutionId": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=("symbol", "orderId"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "fromExecutionId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 4),
        ],
    ),
    Method(
        "myFilters",
        security="USER_DATA",
        is_signed=True,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 40),
        ],
    ),
    Method(
        "exchangeInfo",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "permissions": ("BTCUSDT", "币安人生USDT"),
            "showPermissionSets": True,
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "permissions": ["BTCUSDT", "币安人生USDT"],
            "showPermissionSets": "true",
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "permissions": ["BTCUSDT", [], [""], [5.0], 5],
            "showPermissionSets": ["true", 1, "True"],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({}, 20),
        ],
    ),
    Method(
        "executionRules",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 2),
            ({"symbols": ["BTCUSDT"] * 20}, 40),
            ({"symbols": ["BTCUSDT"] * 21}, 40),
            ({}, 40),
        ],
    ),
    Method(
        "depth",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT", "limit": 9007199254740993, "symbolStatus": "BREAK"},
        sent={"symbol": "币安人生USDT", "limit": 9007199254740993, "symbolStatus": "BREAK"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limit": ["5", 5.0, True, 2**63],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"limit": 100}, 5),
            ({"limit": 101}, 25),
            ({"limit": 500}, 25),
            ({"limit": 501}, 50),
            ({"limit": 1000}, 50),
            ({"limit": 1001}, 250),
            ({"limit": 1}, 5),
            ({}, 5),
        ],
    ),
    Method(
        "trades.recent",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT", "limit": 9007199254740993},
        sent={"symbol": "币安人生USDT", "limit": 9007199254740993},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 25),
        ],
    ),
    Method(
        "trades.historical",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT", "fromId": 9007199254740993, "limit": 9007199254740993},
        sent={"symbol": "币安人生USDT", "fromId": 9007199254740993, "limit": 9007199254740993},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "fromId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 25),
        ],
    ),
    Method(
        "blockTrades.historical",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT", "fromId": 9007199254740993, "limit": 9007199254740993},
        sent={"symbol": "币安人生USDT", "fromId": 9007199254740993, "limit": 9007199254740993},
        required=("symbol", "fromId"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "fromId": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 25),
        ],
    ),
    Method(
        "trades.aggregate",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "fromId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "fromId": 9007199254740993,
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "limit": 9007199254740993,
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "fromId": ["5", 5.0, True, 2**63],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 4),
        ],
    ),
    Method(
        "klines",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "interval": "1M",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "timeZone": "币安人生USDT",
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "interval": "1M",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "timeZone": "币安人生USDT",
            "limit": 9007199254740993,
        },
        required=("symbol", "interval"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "interval": ["", "nonsense", "1S", 5, True],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "timeZone": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "uiKlines",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "interval": "1M",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "timeZone": "币安人生USDT",
            "limit": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "interval": "1M",
            "startTime": 9007199254740993,
            "endTime": 9007199254740993,
            "timeZone": "币安人生USDT",
            "limit": 9007199254740993,
        },
        required=("symbol", "interval"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "interval": ["", "nonsense", "1S", 5, True],
            "startTime": ["5", 5.0, True, 2**63],
            "endTime": ["5", 5.0, True, 2**63],
            "timeZone": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limit": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "avgPrice",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "ticker.24hr",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "type": "MINI",
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "type": "MINI",
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "type": ["", "nonsense", "full", 5, True],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 2),
            ({"symbols": ["BTCUSDT"] * 20}, 2),
            ({"symbols": ["BTCUSDT"] * 21}, 40),
            ({"symbols": ["BTCUSDT"] * 100}, 40),
            ({"symbols": ["BTCUSDT"] * 101}, 80),
            ({}, 80),
        ],
    ),
    Method(
        "ticker.tradingDay",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "timeZone": "币安人生USDT",
            "type": "MINI",
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "timeZone": "币安人生USDT",
            "type": "MINI",
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "timeZone": ["", 5, True, 1.5, ["BTCUSDT"]],
            "type": ["", "nonsense", "full", 5, True],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 4),
            ({"symbols": ["BTCUSDT"] * 50}, 200),
            ({"symbols": ["BTCUSDT"] * 51}, 200),
            ({}, 200),
        ],
    ),
    Method(
        "ticker",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "type": "MINI",
            "windowSize": "币安人生USDT",
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "type": "MINI",
            "windowSize": "币安人生USDT",
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "type": ["", "nonsense", "full", 5, True],
            "windowSize": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 4),
            ({"symbols": ["BTCUSDT"] * 50}, 200),
            ({"symbols": ["BTCUSDT"] * 51}, 200),
            ({}, 200),
        ],
    ),
    Method(
        "ticker.price",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 2),
            ({}, 4),
        ],
    ),
    Method(
        "ticker.book",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "symbols": ("BTCUSDT", "币安人生USDT"),
            "symbolStatus": "BREAK",
        },
        sent={
            "symbol": "币安人生USDT",
            "symbols": ["BTCUSDT", "币安人生USDT"],
            "symbolStatus": "BREAK",
        },
        required=(),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbols": ["BTCUSDT", [], [""], [5.0], 5],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({"symbol": "币安人生USDT"}, 2),
            ({}, 4),
        ],
    ),
    Method(
        "referencePrice",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "referencePrice.calculation",
        security="NONE",
        is_signed=False,
        is_public=True,
        good={"symbol": "币安人生USDT", "symbolStatus": "BREAK"},
        sent={"symbol": "币安人生USDT", "symbolStatus": "BREAK"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "symbolStatus": ["", "nonsense", "trading", 5, True],
        },
        weights=[
            ({}, 2),
        ],
    ),
    Method(
        "order.place",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "quoteOrderQty": Decimal("0.00000100"),
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": Decimal("0.00000100"),
            "trailingDelta": 9007199254740993,
            "icebergQty": Decimal("0.00000100"),
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "quoteOrderQty": "0.00000100",
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": "0.00000100",
            "trailingDelta": 9007199254740993,
            "icebergQty": "0.00000100",
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
        },
        required=("symbol", "side", "type"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "side": ["", "nonsense", "buy", 5, True],
            "type": ["", "nonsense", "limit", 5, True],
            "timeInForce": ["", "nonsense", "gtc", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quoteOrderQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "stopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "trailingDelta": ["5", 5.0, True, 2**63],
            "icebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "strategyId": ["5", 5.0, True, 2**63],
            "strategyType": ["5", 5.0, True, 2**63],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "pegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "order.test",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "quoteOrderQty": Decimal("0.00000100"),
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": Decimal("0.00000100"),
            "trailingDelta": 9007199254740993,
            "icebergQty": Decimal("0.00000100"),
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
            "computeCommissionRates": True,
        },
        sent={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "quoteOrderQty": "0.00000100",
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": "0.00000100",
            "trailingDelta": 9007199254740993,
            "icebergQty": "0.00000100",
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
            "computeCommissionRates": "true",
        },
        required=("symbol", "side", "type"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "side": ["", "nonsense", "buy", 5, True],
            "type": ["", "nonsense", "limit", 5, True],
            "timeInForce": ["", "nonsense", "gtc", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quoteOrderQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "stopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "trailingDelta": ["5", 5.0, True, 2**63],
            "icebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "strategyId": ["5", 5.0, True, 2**63],
            "strategyType": ["5", 5.0, True, 2**63],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "pegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pegOffsetValue": ["5", 5.0, True, 2**63],
            "computeCommissionRates": ["true", 1, "True"],
        },
        weights=[
            ({"computeCommissionRates": "true"}, 20),
            ({}, 1),
        ],
    ),
    Method(
        "order.cancel",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
            "cancelRestrictions": "ONLY_PARTIALLY_FILLED",
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
            "cancelRestrictions": "ONLY_PARTIALLY_FILLED",
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "origClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "cancelRestrictions": ["", "nonsense", "only_new", 5, True],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "order.cancelReplace",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "cancelReplaceMode": "ALLOW_FAILURE",
            "cancelOrderId": 9007199254740993,
            "cancelOrigClientOrderId": "币安人生USDT",
            "cancelNewClientOrderId": "币安人生USDT",
            "cancelRestrictions": "ONLY_PARTIALLY_FILLED",
            "orderRateLimitExceededMode": "CANCEL_ONLY",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "quoteOrderQty": Decimal("0.00000100"),
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": Decimal("0.00000100"),
            "trailingDelta": 9007199254740993,
            "icebergQty": Decimal("0.00000100"),
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "cancelReplaceMode": "ALLOW_FAILURE",
            "cancelOrderId": 9007199254740993,
            "cancelOrigClientOrderId": "币安人生USDT",
            "cancelNewClientOrderId": "币安人生USDT",
            "cancelRestrictions": "ONLY_PARTIALLY_FILLED",
            "orderRateLimitExceededMode": "CANCEL_ONLY",
            "side": "SELL",
            "type": "LIMIT_MAKER",
            "timeInForce": "FOK",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "quoteOrderQty": "0.00000100",
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "stopPrice": "0.00000100",
            "trailingDelta": 9007199254740993,
            "icebergQty": "0.00000100",
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "pegPriceType": "MARKET_PEG",
            "pegOffsetType": "PRICE_LEVEL",
            "pegOffsetValue": 9007199254740993,
        },
        required=("symbol", "cancelReplaceMode", "side", "type"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "cancelReplaceMode": ["", "nonsense", "stop_on_failure", 5, True],
            "cancelOrderId": ["5", 5.0, True, 2**63],
            "cancelOrigClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "cancelNewClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "cancelRestrictions": ["", "nonsense", "only_new", 5, True],
            "orderRateLimitExceededMode": ["", "nonsense", "do_nothing", 5, True],
            "side": ["", "nonsense", "buy", 5, True],
            "type": ["", "nonsense", "limit", 5, True],
            "timeInForce": ["", "nonsense", "gtc", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quoteOrderQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "stopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "trailingDelta": ["5", 5.0, True, 2**63],
            "icebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "strategyId": ["5", 5.0, True, 2**63],
            "strategyType": ["5", 5.0, True, 2**63],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "pegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "order.amend.keepPriority",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
            "newQty": Decimal("0.00000100"),
        },
        sent={
            "symbol": "币安人生USDT",
            "orderId": 9007199254740993,
            "origClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
            "newQty": "0.00000100",
        },
        required=("symbol", "newQty"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderId": ["5", 5.0, True, 2**63],
            "origClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
        },
        weights=[
            ({}, 4),
        ],
    ),
    Method(
        "openOrders.cancelAll",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={"symbol": "币安人生USDT"},
        sent={"symbol": "币安人生USDT"},
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "listClientOrderId": "币安人生USDT",
            "limitClientOrderId": "币安人生USDT",
            "limitIcebergQty": Decimal("0.00000100"),
            "limitStrategyId": 9007199254740993,
            "limitStrategyType": 9007199254740993,
            "stopPrice": Decimal("0.00000100"),
            "trailingDelta": 9007199254740993,
            "stopClientOrderId": "币安人生USDT",
            "stopLimitPrice": Decimal("0.00000100"),
            "stopLimitTimeInForce": "FOK",
            "stopIcebergQty": Decimal("0.00000100"),
            "stopStrategyId": 9007199254740993,
            "stopStrategyType": 9007199254740993,
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
        },
        sent={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "listClientOrderId": "币安人生USDT",
            "limitClientOrderId": "币安人生USDT",
            "limitIcebergQty": "0.00000100",
            "limitStrategyId": 9007199254740993,
            "limitStrategyType": 9007199254740993,
            "stopPrice": "0.00000100",
            "trailingDelta": 9007199254740993,
            "stopClientOrderId": "币安人生USDT",
            "stopLimitPrice": "0.00000100",
            "stopLimitTimeInForce": "FOK",
            "stopIcebergQty": "0.00000100",
            "stopStrategyId": 9007199254740993,
            "stopStrategyType": 9007199254740993,
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
        },
        required=("symbol", "side", "price", "quantity"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "side": ["", "nonsense", "buy", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limitClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "limitIcebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "limitStrategyId": ["5", 5.0, True, 2**63],
            "limitStrategyType": ["5", 5.0, True, 2**63],
            "stopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "trailingDelta": ["5", 5.0, True, 2**63],
            "stopClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "stopLimitPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "stopLimitTimeInForce": ["", "nonsense", "gtc", 5, True],
            "stopIcebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "stopStrategyId": ["5", 5.0, True, 2**63],
            "stopStrategyType": ["5", 5.0, True, 2**63],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place.oco",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "side": "SELL",
            "quantity": Decimal("0.00000100"),
            "aboveType": "TAKE_PROFIT_LIMIT",
            "aboveClientOrderId": "币安人生USDT",
            "abovePrice": Decimal("0.00000100"),
            "aboveStopPrice": Decimal("0.00000100"),
            "aboveTrailingDelta": 9007199254740993,
            "aboveIcebergQty": Decimal("0.00000100"),
            "aboveTimeInForce": "FOK",
            "aboveStrategyId": 9007199254740993,
            "aboveStrategyType": 9007199254740993,
            "abovePegPriceType": "MARKET_PEG",
            "abovePegOffsetType": "PRICE_LEVEL",
            "abovePegOffsetValue": 9007199254740993,
            "belowType": "TAKE_PROFIT_LIMIT",
            "belowClientOrderId": "币安人生USDT",
            "belowPrice": Decimal("0.00000100"),
            "belowStopPrice": Decimal("0.00000100"),
            "belowTrailingDelta": 9007199254740993,
            "belowIcebergQty": Decimal("0.00000100"),
            "belowTimeInForce": "FOK",
            "belowStrategyId": 9007199254740993,
            "belowStrategyType": 9007199254740993,
            "belowPegPriceType": "MARKET_PEG",
            "belowPegOffsetType": "PRICE_LEVEL",
            "belowPegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "side": "SELL",
            "quantity": "0.00000100",
            "aboveType": "TAKE_PROFIT_LIMIT",
            "aboveClientOrderId": "币安人生USDT",
            "abovePrice": "0.00000100",
            "aboveStopPrice": "0.00000100",
            "aboveTrailingDelta": 9007199254740993,
            "aboveIcebergQty": "0.00000100",
            "aboveTimeInForce": "FOK",
            "aboveStrategyId": 9007199254740993,
            "aboveStrategyType": 9007199254740993,
            "abovePegPriceType": "MARKET_PEG",
            "abovePegOffsetType": "PRICE_LEVEL",
            "abovePegOffsetValue": 9007199254740993,
            "belowType": "TAKE_PROFIT_LIMIT",
            "belowClientOrderId": "币安人生USDT",
            "belowPrice": "0.00000100",
            "belowStopPrice": "0.00000100",
            "belowTrailingDelta": 9007199254740993,
            "belowIcebergQty": "0.00000100",
            "belowTimeInForce": "FOK",
            "belowStrategyId": 9007199254740993,
            "belowStrategyType": 9007199254740993,
            "belowPegPriceType": "MARKET_PEG",
            "belowPegOffsetType": "PRICE_LEVEL",
            "belowPegOffsetValue": 9007199254740993,
        },
        required=("symbol", "side", "quantity", "aboveType", "belowType"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "side": ["", "nonsense", "buy", 5, True],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "aboveType": ["", "nonsense", "stop_loss_limit", 5, True],
            "aboveClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "abovePrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "aboveStopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "aboveTrailingDelta": ["5", 5.0, True, 2**63],
            "aboveIcebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "aboveTimeInForce": ["", "nonsense", "gtc", 5, True],
            "aboveStrategyId": ["5", 5.0, True, 2**63],
            "aboveStrategyType": ["5", 5.0, True, 2**63],
            "abovePegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "abovePegOffsetType": ["", "nonsense", "price_level", 5, True],
            "abovePegOffsetValue": ["5", 5.0, True, 2**63],
            "belowType": ["", "nonsense", "stop_loss", 5, True],
            "belowClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "belowPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "belowStopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "belowTrailingDelta": ["5", 5.0, True, 2**63],
            "belowIcebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "belowTimeInForce": ["", "nonsense", "gtc", 5, True],
            "belowStrategyId": ["5", 5.0, True, 2**63],
            "belowStrategyType": ["5", 5.0, True, 2**63],
            "belowPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "belowPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "belowPegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place.oto",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": Decimal("0.00000100"),
            "workingQuantity": Decimal("0.00000100"),
            "workingIcebergQty": Decimal("0.00000100"),
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingType": "LIMIT_MAKER",
            "pendingSide": "SELL",
            "pendingClientOrderId": "币安人生USDT",
            "pendingPrice": Decimal("0.00000100"),
            "pendingStopPrice": Decimal("0.00000100"),
            "pendingTrailingDelta": 9007199254740993,
            "pendingQuantity": Decimal("0.00000100"),
            "pendingIcebergQty": Decimal("0.00000100"),
            "pendingTimeInForce": "FOK",
            "pendingStrategyId": 9007199254740993,
            "pendingStrategyType": 9007199254740993,
            "pendingPegPriceType": "MARKET_PEG",
            "pendingPegOffsetType": "PRICE_LEVEL",
            "pendingPegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": "0.00000100",
            "workingQuantity": "0.00000100",
            "workingIcebergQty": "0.00000100",
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingType": "LIMIT_MAKER",
            "pendingSide": "SELL",
            "pendingClientOrderId": "币安人生USDT",
            "pendingPrice": "0.00000100",
            "pendingStopPrice": "0.00000100",
            "pendingTrailingDelta": 9007199254740993,
            "pendingQuantity": "0.00000100",
            "pendingIcebergQty": "0.00000100",
            "pendingTimeInForce": "FOK",
            "pendingStrategyId": 9007199254740993,
            "pendingStrategyType": 9007199254740993,
            "pendingPegPriceType": "MARKET_PEG",
            "pendingPegOffsetType": "PRICE_LEVEL",
            "pendingPegOffsetValue": 9007199254740993,
        },
        required=(
            "symbol",
            "workingType",
            "workingSide",
            "workingPrice",
            "workingQuantity",
            "pendingType",
            "pendingSide",
            "pendingQuantity",
        ),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "workingType": ["", "nonsense", "limit", 5, True],
            "workingSide": ["", "nonsense", "buy", 5, True],
            "workingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "workingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "workingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "workingStrategyId": ["5", 5.0, True, 2**63],
            "workingStrategyType": ["5", 5.0, True, 2**63],
            "workingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "workingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "workingPegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingType": ["", "nonsense", "limit", 5, True],
            "pendingSide": ["", "nonsense", "buy", 5, True],
            "pendingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingStopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingStrategyId": ["5", 5.0, True, 2**63],
            "pendingStrategyType": ["5", 5.0, True, 2**63],
            "pendingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingPegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place.otoco",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": Decimal("0.00000100"),
            "workingQuantity": Decimal("0.00000100"),
            "workingIcebergQty": Decimal("0.00000100"),
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingSide": "SELL",
            "pendingQuantity": Decimal("0.00000100"),
            "pendingAboveType": "TAKE_PROFIT_LIMIT",
            "pendingAboveClientOrderId": "币安人生USDT",
            "pendingAbovePrice": Decimal("0.00000100"),
            "pendingAboveStopPrice": Decimal("0.00000100"),
            "pendingAboveTrailingDelta": 9007199254740993,
            "pendingAboveIcebergQty": Decimal("0.00000100"),
            "pendingAboveTimeInForce": "FOK",
            "pendingAboveStrategyId": 9007199254740993,
            "pendingAboveStrategyType": 9007199254740993,
            "pendingAbovePegPriceType": "MARKET_PEG",
            "pendingAbovePegOffsetType": "PRICE_LEVEL",
            "pendingAbovePegOffsetValue": 9007199254740993,
            "pendingBelowType": "TAKE_PROFIT_LIMIT",
            "pendingBelowClientOrderId": "币安人生USDT",
            "pendingBelowPrice": Decimal("0.00000100"),
            "pendingBelowStopPrice": Decimal("0.00000100"),
            "pendingBelowTrailingDelta": 9007199254740993,
            "pendingBelowIcebergQty": Decimal("0.00000100"),
            "pendingBelowTimeInForce": "FOK",
            "pendingBelowStrategyId": 9007199254740993,
            "pendingBelowStrategyType": 9007199254740993,
            "pendingBelowPegPriceType": "MARKET_PEG",
            "pendingBelowPegOffsetType": "PRICE_LEVEL",
            "pendingBelowPegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": "0.00000100",
            "workingQuantity": "0.00000100",
            "workingIcebergQty": "0.00000100",
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingSide": "SELL",
            "pendingQuantity": "0.00000100",
            "pendingAboveType": "TAKE_PROFIT_LIMIT",
            "pendingAboveClientOrderId": "币安人生USDT",
            "pendingAbovePrice": "0.00000100",
            "pendingAboveStopPrice": "0.00000100",
            "pendingAboveTrailingDelta": 9007199254740993,
            "pendingAboveIcebergQty": "0.00000100",
            "pendingAboveTimeInForce": "FOK",
            "pendingAboveStrategyId": 9007199254740993,
            "pendingAboveStrategyType": 9007199254740993,
            "pendingAbovePegPriceType": "MARKET_PEG",
            "pendingAbovePegOffsetType": "PRICE_LEVEL",
            "pendingAbovePegOffsetValue": 9007199254740993,
            "pendingBelowType": "TAKE_PROFIT_LIMIT",
            "pendingBelowClientOrderId": "币安人生USDT",
            "pendingBelowPrice": "0.00000100",
            "pendingBelowStopPrice": "0.00000100",
            "pendingBelowTrailingDelta": 9007199254740993,
            "pendingBelowIcebergQty": "0.00000100",
            "pendingBelowTimeInForce": "FOK",
            "pendingBelowStrategyId": 9007199254740993,
            "pendingBelowStrategyType": 9007199254740993,
            "pendingBelowPegPriceType": "MARKET_PEG",
            "pendingBelowPegOffsetType": "PRICE_LEVEL",
            "pendingBelowPegOffsetValue": 9007199254740993,
        },
        required=(
            "symbol",
            "workingType",
            "workingSide",
            "workingPrice",
            "workingQuantity",
            "pendingSide",
            "pendingQuantity",
            "pendingAboveType",
        ),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "workingType": ["", "nonsense", "limit", 5, True],
            "workingSide": ["", "nonsense", "buy", 5, True],
            "workingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "workingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "workingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "workingStrategyId": ["5", 5.0, True, 2**63],
            "workingStrategyType": ["5", 5.0, True, 2**63],
            "workingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "workingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "workingPegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingSide": ["", "nonsense", "buy", 5, True],
            "pendingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingAboveType": ["", "nonsense", "stop_loss_limit", 5, True],
            "pendingAboveClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingAbovePrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveStopPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingAboveIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingAboveStrategyId": ["5", 5.0, True, 2**63],
            "pendingAboveStrategyType": ["5", 5.0, True, 2**63],
            "pendingAbovePegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingAbovePegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingAbovePegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingBelowType": ["", "nonsense", "stop_loss", 5, True],
            "pendingBelowClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingBelowPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowStopPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingBelowIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingBelowStrategyId": ["5", 5.0, True, 2**63],
            "pendingBelowStrategyType": ["5", 5.0, True, 2**63],
            "pendingBelowPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingBelowPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingBelowPegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place.opo",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": Decimal("0.00000100"),
            "workingQuantity": Decimal("0.00000100"),
            "workingIcebergQty": Decimal("0.00000100"),
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingType": "LIMIT_MAKER",
            "pendingSide": "SELL",
            "pendingClientOrderId": "币安人生USDT",
            "pendingPrice": Decimal("0.00000100"),
            "pendingStopPrice": Decimal("0.00000100"),
            "pendingTrailingDelta": 9007199254740993,
            "pendingIcebergQty": Decimal("0.00000100"),
            "pendingTimeInForce": "FOK",
            "pendingStrategyId": 9007199254740993,
            "pendingStrategyType": 9007199254740993,
            "pendingPegPriceType": "MARKET_PEG",
            "pendingPegOffsetType": "PRICE_LEVEL",
            "pendingPegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": "0.00000100",
            "workingQuantity": "0.00000100",
            "workingIcebergQty": "0.00000100",
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingType": "LIMIT_MAKER",
            "pendingSide": "SELL",
            "pendingClientOrderId": "币安人生USDT",
            "pendingPrice": "0.00000100",
            "pendingStopPrice": "0.00000100",
            "pendingTrailingDelta": 9007199254740993,
            "pendingIcebergQty": "0.00000100",
            "pendingTimeInForce": "FOK",
            "pendingStrategyId": 9007199254740993,
            "pendingStrategyType": 9007199254740993,
            "pendingPegPriceType": "MARKET_PEG",
            "pendingPegOffsetType": "PRICE_LEVEL",
            "pendingPegOffsetValue": 9007199254740993,
        },
        required=(
            "symbol",
            "workingType",
            "workingSide",
            "workingPrice",
            "workingQuantity",
            "pendingType",
            "pendingSide",
        ),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "workingType": ["", "nonsense", "limit", 5, True],
            "workingSide": ["", "nonsense", "buy", 5, True],
            "workingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "workingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "workingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "workingStrategyId": ["5", 5.0, True, 2**63],
            "workingStrategyType": ["5", 5.0, True, 2**63],
            "workingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "workingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "workingPegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingType": ["", "nonsense", "limit", 5, True],
            "pendingSide": ["", "nonsense", "buy", 5, True],
            "pendingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingStopPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "pendingTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingStrategyId": ["5", 5.0, True, 2**63],
            "pendingStrategyType": ["5", 5.0, True, 2**63],
            "pendingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingPegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.place.opoco",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": Decimal("0.00000100"),
            "workingQuantity": Decimal("0.00000100"),
            "workingIcebergQty": Decimal("0.00000100"),
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingSide": "SELL",
            "pendingAboveType": "TAKE_PROFIT_LIMIT",
            "pendingAboveClientOrderId": "币安人生USDT",
            "pendingAbovePrice": Decimal("0.00000100"),
            "pendingAboveStopPrice": Decimal("0.00000100"),
            "pendingAboveTrailingDelta": 9007199254740993,
            "pendingAboveIcebergQty": Decimal("0.00000100"),
            "pendingAboveTimeInForce": "FOK",
            "pendingAboveStrategyId": 9007199254740993,
            "pendingAboveStrategyType": 9007199254740993,
            "pendingAbovePegPriceType": "MARKET_PEG",
            "pendingAbovePegOffsetType": "PRICE_LEVEL",
            "pendingAbovePegOffsetValue": 9007199254740993,
            "pendingBelowType": "TAKE_PROFIT_LIMIT",
            "pendingBelowClientOrderId": "币安人生USDT",
            "pendingBelowPrice": Decimal("0.00000100"),
            "pendingBelowStopPrice": Decimal("0.00000100"),
            "pendingBelowTrailingDelta": 9007199254740993,
            "pendingBelowIcebergQty": Decimal("0.00000100"),
            "pendingBelowTimeInForce": "FOK",
            "pendingBelowStrategyId": 9007199254740993,
            "pendingBelowStrategyType": 9007199254740993,
            "pendingBelowPegPriceType": "MARKET_PEG",
            "pendingBelowPegOffsetType": "PRICE_LEVEL",
            "pendingBelowPegOffsetValue": 9007199254740993,
        },
        sent={
            "symbol": "币安人生USDT",
            "listClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "selfTradePreventionMode": "TRANSFER",
            "workingType": "LIMIT_MAKER",
            "workingSide": "SELL",
            "workingClientOrderId": "币安人生USDT",
            "workingPrice": "0.00000100",
            "workingQuantity": "0.00000100",
            "workingIcebergQty": "0.00000100",
            "workingTimeInForce": "FOK",
            "workingStrategyId": 9007199254740993,
            "workingStrategyType": 9007199254740993,
            "workingPegPriceType": "MARKET_PEG",
            "workingPegOffsetType": "PRICE_LEVEL",
            "workingPegOffsetValue": 9007199254740993,
            "pendingSide": "SELL",
            "pendingAboveType": "TAKE_PROFIT_LIMIT",
            "pendingAboveClientOrderId": "币安人生USDT",
            "pendingAbovePrice": "0.00000100",
            "pendingAboveStopPrice": "0.00000100",
            "pendingAboveTrailingDelta": 9007199254740993,
            "pendingAboveIcebergQty": "0.00000100",
            "pendingAboveTimeInForce": "FOK",
            "pendingAboveStrategyId": 9007199254740993,
            "pendingAboveStrategyType": 9007199254740993,
            "pendingAbovePegPriceType": "MARKET_PEG",
            "pendingAbovePegOffsetType": "PRICE_LEVEL",
            "pendingAbovePegOffsetValue": 9007199254740993,
            "pendingBelowType": "TAKE_PROFIT_LIMIT",
            "pendingBelowClientOrderId": "币安人生USDT",
            "pendingBelowPrice": "0.00000100",
            "pendingBelowStopPrice": "0.00000100",
            "pendingBelowTrailingDelta": 9007199254740993,
            "pendingBelowIcebergQty": "0.00000100",
            "pendingBelowTimeInForce": "FOK",
            "pendingBelowStrategyId": 9007199254740993,
            "pendingBelowStrategyType": 9007199254740993,
            "pendingBelowPegPriceType": "MARKET_PEG",
            "pendingBelowPegOffsetType": "PRICE_LEVEL",
            "pendingBelowPegOffsetValue": 9007199254740993,
        },
        required=(
            "symbol",
            "workingType",
            "workingSide",
            "workingPrice",
            "workingQuantity",
            "pendingSide",
            "pendingAboveType",
        ),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "workingType": ["", "nonsense", "limit", 5, True],
            "workingSide": ["", "nonsense", "buy", 5, True],
            "workingClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "workingPrice": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingQuantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "workingIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "workingTimeInForce": ["", "nonsense", "gtc", 5, True],
            "workingStrategyId": ["5", 5.0, True, 2**63],
            "workingStrategyType": ["5", 5.0, True, 2**63],
            "workingPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "workingPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "workingPegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingSide": ["", "nonsense", "buy", 5, True],
            "pendingAboveType": ["", "nonsense", "stop_loss_limit", 5, True],
            "pendingAboveClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingAbovePrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveStopPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingAboveIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingAboveTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingAboveStrategyId": ["5", 5.0, True, 2**63],
            "pendingAboveStrategyType": ["5", 5.0, True, 2**63],
            "pendingAbovePegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingAbovePegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingAbovePegOffsetValue": ["5", 5.0, True, 2**63],
            "pendingBelowType": ["", "nonsense", "stop_loss", 5, True],
            "pendingBelowClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "pendingBelowPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowStopPrice": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowTrailingDelta": ["5", 5.0, True, 2**63],
            "pendingBelowIcebergQty": [
                0.1,
                "",
                "abc",
                "1e-6",
                True,
                Decimal("NaN"),
                Decimal("Infinity"),
            ],
            "pendingBelowTimeInForce": ["", "nonsense", "gtc", 5, True],
            "pendingBelowStrategyId": ["5", 5.0, True, 2**63],
            "pendingBelowStrategyType": ["5", 5.0, True, 2**63],
            "pendingBelowPegPriceType": ["", "nonsense", "primary_peg", 5, True],
            "pendingBelowPegOffsetType": ["", "nonsense", "price_level", 5, True],
            "pendingBelowPegOffsetValue": ["5", 5.0, True, 2**63],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "orderList.cancel",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "orderListId": 9007199254740993,
            "listClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
        },
        sent={
            "symbol": "币安人生USDT",
            "orderListId": 9007199254740993,
            "listClientOrderId": "币安人生USDT",
            "newClientOrderId": "币安人生USDT",
        },
        required=("symbol",),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "orderListId": ["5", 5.0, True, 2**63],
            "listClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "sor.order.place",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "MARKET",
            "timeInForce": "FOK",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "icebergQty": Decimal("0.00000100"),
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
        },
        sent={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "MARKET",
            "timeInForce": "FOK",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "icebergQty": "0.00000100",
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
        },
        required=("symbol", "side", "type", "quantity"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "side": ["", "nonsense", "buy", 5, True],
            "type": ["", "nonsense", "limit", 5, True],
            "timeInForce": ["", "nonsense", "gtc", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "icebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "strategyId": ["5", 5.0, True, 2**63],
            "strategyType": ["5", 5.0, True, 2**63],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
        },
        weights=[
            ({}, 1),
        ],
    ),
    Method(
        "sor.order.test",
        security="TRADE",
        is_signed=True,
        is_public=True,
        good={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "MARKET",
            "timeInForce": "FOK",
            "price": Decimal("0.00000100"),
            "quantity": Decimal("0.00000100"),
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "icebergQty": Decimal("0.00000100"),
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "computeCommissionRates": True,
        },
        sent={
            "symbol": "币安人生USDT",
            "side": "SELL",
            "type": "MARKET",
            "timeInForce": "FOK",
            "price": "0.00000100",
            "quantity": "0.00000100",
            "newClientOrderId": "币安人生USDT",
            "newOrderRespType": "FULL",
            "icebergQty": "0.00000100",
            "strategyId": 9007199254740993,
            "strategyType": 9007199254740993,
            "selfTradePreventionMode": "TRANSFER",
            "computeCommissionRates": "true",
        },
        required=("symbol", "side", "type", "quantity"),
        wrong={
            "symbol": ["", 5, True, 1.5, ["BTCUSDT"]],
            "side": ["", "nonsense", "buy", 5, True],
            "type": ["", "nonsense", "limit", 5, True],
            "timeInForce": ["", "nonsense", "gtc", 5, True],
            "price": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "quantity": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "newClientOrderId": ["", 5, True, 1.5, ["BTCUSDT"]],
            "newOrderRespType": ["", "nonsense", "ack", 5, True],
            "icebergQty": [0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")],
            "strategyId": ["5", 5.0, True, 2**63],
            "strategyType": ["5", 5.0, True, 2**63],
            "selfTradePreventionMode": ["", "nonsense", "none", 5, True],
            "computeCommissionRates": ["true", 1, "True"],
        },
        weights=[
            ({"computeCommissionRates": "true"}, 20),
            ({}, 1),
        ],
    ),
]

SIGNED = [
    Signed(
        "session_logon",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="session.logon",
        given={},
        timestamp=1649729878532,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"timestamp=1649729878532"
        ),
        signature="1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed",
        text=(
            b'{"id":1,"method":"session.logon","params":{"timestamp":1649729878532,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed"}}'
        ),
    ),
    Signed(
        "account_status",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="account.status",
        given={},
        timestamp=1660801839480,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"timestamp=1660801839480"
        ),
        signature="83303b4a136ac1371795f465808367242685a9e3a42b22edb4d977d0696eb45c",
        text=(
            b'{"id":1,"method":"account.status","params":{"timestamp":1660801839480,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"83303b4a136ac1371795f465808367242685a9e3a42b22edb4d977d0696eb45c"}}'
        ),
    ),
    Signed(
        "open_order_lists",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="openOrderLists.status",
        given={},
        timestamp=1660801713831,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"timestamp=1660801713831"
        ),
        signature="1bea8b157dd78c3da30359bddcd999e4049749fe50b828e620e12f64e8b433c9",
        text=(
            b'{"id":1,"method":"openOrderLists.status",'
            b'"params":{"timestamp":1660801713831,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"1bea8b157dd78c3da30359bddcd999e4049749fe50b828e620e12f64e8b433c9"}}'
        ),
    ),
    Signed(
        "open_orders",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="openOrders.status",
        given={"symbol": "BTCUSDT"},
        timestamp=1660813156812,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"symbol=BTCUSDT&"
            b"timestamp=1660813156812"
        ),
        signature="d632b3fdb8a81dd44f82c7c901833309dd714fe508772a89b0a35b0ee0c48b89",
        text=(
            b'{"id":1,"method":"openOrders.status","params":{"symbol":"BTCUSDT",'
            b'"timestamp":1660813156812,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"d632b3fdb8a81dd44f82c7c901833309dd714fe508772a89b0a35b0ee0c48b89"}}'
        ),
    ),
    Signed(
        "order",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="order.place",
        given={
            "symbol": "BTCUSDT",
            "side": "SELL",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "0.01000000",
            "price": "52000.00",
            "recvWindow": 100,
        },
        timestamp=1645423376532,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"price=52000.00&"
            b"quantity=0.01000000&"
            b"recvWindow=100&"
            b"side=SELL&"
            b"symbol=BTCUSDT&"
            b"timeInForce=GTC&"
            b"timestamp=1645423376532&"
            b"type=LIMIT"
        ),
        signature="aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24",
        text=(
            b'{"id":1,"method":"order.place","params":{"symbol":"BTCUSDT",'
            b'"side":"SELL","type":"LIMIT","timeInForce":"GTC","quantity":"0.01000000",'
            b'"price":"52000.00","recvWindow":100,"timestamp":1645423376532,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"}}'
        ),
    ),
    Signed(
        "order_of_a_symbol_that_is_not_ascii",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="order.place",
        given={
            "symbol": "１２３４５６",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "1.00000000",
            "price": "0.10000000",
            "recvWindow": 5000,
        },
        timestamp=1645423376532,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"price=0.10000000&"
            b"quantity=1.00000000&"
            b"recvWindow=5000&"
            b"side=BUY&"
            b"symbol=\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96&"
            b"timeInForce=GTC&"
            b"timestamp=1645423376532&"
            b"type=LIMIT"
        ),
        signature="b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd",
        text=(
            b'{"id":1,"method":"order.place",'
            b'"params":{"symbol":"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96",'
            b'"side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"1.00000000",'
            b'"price":"0.10000000","recvWindow":5000,"timestamp":1645423376532,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"}}'
        ),
    ),
    Signed(
        "subscription",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="userDataStream.subscribe.signature",
        given={"recvWindow": 5000},
        timestamp=1747385641636,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"recvWindow=5000&"
            b"timestamp=1747385641636"
        ),
        signature="49601ffc5b0122c3c7ee3ea85ef7d6cd76256f5191a57c976418faa32e917653",
        text=(
            b'{"id":1,"method":"userDataStream.subscribe.signature",'
            b'"params":{"recvWindow":5000,"timestamp":1747385641636,'
            b'"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"signature":"49601ffc5b0122c3c7ee3ea85ef7d6cd76256f5191a57c976418faa32e917653"}}'
        ),
    ),
    Signed(
        "subscription_in_microseconds",
        key=lambda: HmacKey(
            "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            ("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
        ),
        needs_cryptography=False,
        method="userDataStream.subscribe.signature",
        given={"recvWindow": "6000.346"},
        timestamp=1747385641636789,
        payload=(
            b"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
            b"recvWindow=6000.346&"
            b"timestamp=1747385641636789"
        ),
        signature="770a96ddf14d65a74368cd9229e31a3b14c4921b88f5724f8bc3045c29ee6ab1",
    ),
    Signed(
        "session_logon_by_ed25519",
        key=lambda: Ed25519Key(
            "4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",
            (
                "-----BEGIN PRIVATE KEY-----\u000a"
                "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\u000a"
                "-----END PRIVATE KEY-----\u000a"
            ),
        ),
        needs_cryptography=True,
        method="session.logon",
        given={},
        timestamp=1649729878532,
        payload=(
            b"apiKey=4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO&"
            b"timestamp=1649729878532"
        ),
        signature="NBJq5sX1RkU7ta3XDctruMgnrhyBcouMvvPIxxQSCUbVWxhp3ai6W7a0Iip/3nOwmJxkVIv6n20cekYCOa5qAg==",
        text=(
            b'{"id":1,"method":"session.logon","params":{"timestamp":1649729878532,'
            b'"apiKey":"4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",'
            b'"signature":"NBJq5sX1RkU7ta3XDctruMgnrhyBcouMvvPIxxQSCUbVWxhp3ai6W7a0Iip/3nOwmJxkVIv6n20cekYCOa5qAg=="}}'
        ),
    ),
    Signed(
        "subscription_by_ed25519",
        key=lambda: Ed25519Key(
            "4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",
            (
                "-----BEGIN PRIVATE KEY-----\u000a"
                "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\u000a"
                "-----END PRIVATE KEY-----\u000a"
            ),
        ),
        needs_cryptography=True,
        method="userDataStream.subscribe.signature",
        given={"recvWindow": 5000},
        timestamp=1747385641636,
        payload=(
            b"apiKey=4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO&"
            b"recvWindow=5000&"
            b"timestamp=1747385641636"
        ),
        signature="RjGeYLexchf9J1zH8XwmyA3+zqqOXKmDdLi24cIPPcpL+99z4ZRkSJirSO+lvruxeR06vFd461OvAV6v9n2HDA==",
        text=(
            b'{"id":1,"method":"userDataStream.subscribe.signature",'
            b'"params":{"recvWindow":5000,"timestamp":1747385641636,'
            b'"apiKey":"4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",'
            b'"signature":"RjGeYLexchf9J1zH8XwmyA3+zqqOXKmDdLi24cIPPcpL+99z4ZRkSJirSO+lvruxeR06vFd461OvAV6v9n2HDA=="}}'
        ),
    ),
    Signed(
        "order_of_a_symbol_that_is_not_ascii_by_ed25519",
        key=lambda: Ed25519Key(
            "4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",
            (
                "-----BEGIN PRIVATE KEY-----\u000a"
                "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\u000a"
                "-----END PRIVATE KEY-----\u000a"
            ),
        ),
        needs_cryptography=True,
        method="order.place",
        given={
            "symbol": "１２３４５６",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "1.00000000",
            "price": "0.10000000",
            "recvWindow": 5000,
        },
        timestamp=1645423376532,
        payload=(
            b"apiKey=4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO&"
            b"price=0.10000000&"
            b"quantity=1.00000000&"
            b"recvWindow=5000&"
            b"side=BUY&"
            b"symbol=\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96&"
            b"timeInForce=GTC&"
            b"timestamp=1645423376532&"
            b"type=LIMIT"
        ),
        signature="D9qsPwF4+5CtkHZSVBhuAMVox387CQQsJXplSDXUw3C2vnuMJnxjuengedC0IGpvJFxazfP45NwzN0eAQ8gaBg==",
        text=(
            b'{"id":1,"method":"order.place",'
            b'"params":{"symbol":"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96",'
            b'"side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"1.00000000",'
            b'"price":"0.10000000","recvWindow":5000,"timestamp":1645423376532,'
            b'"apiKey":"4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO",'
            b'"signature":"D9qsPwF4+5CtkHZSVBhuAMVox387CQQsJXplSDXUw3C2vnuMJnxjuengedC0IGpvJFxazfP45NwzN0eAQ8gaBg=="}}'
        ),
    ),
]

ERRORS: dict[int, tuple[str, str, tuple[str, ...]]] = {
    -1000: ("retry", "", ("An unknown error occurred while processing the request.",)),
    -1001: ("retry", "", ("Internal error; unable to process your request. Please try again.",)),
    -1002: (
        "end",
        (
            "the key lacks the permission that the request needs; give it that "
            "permission where keys are managed"
        ),
        ("You are not authorized to execute this request.",),
    ),
    -1003: (
        "wait",
        ("too many requests come from this address, by this program or others; send fewer"),
        (
            "Too many requests queued.",
            (
                "Too much request weight used; current limit is %s request weight per"
                " %s. Please use WebSocket Streams for live updates to avoid polling "
                "the API."
            ),
            (
                "Way too much request weight used; IP banned until %s. Please use "
                "WebSocket Streams for live updates to avoid bans."
            ),
        ),
    ),
    -1006: (
        "retry",
        "nobody knows whether it was done: ask before you repeat it",
        (("An unexpected response was received from the message bus. Execution status unknown."),),
    ),
    -1007: (
        "retry",
        "nobody knows whether it was done: ask before you repeat it",
        (
            (
                "Timeout waiting for response from backend server. Send status "
                "unknown; execution status unknown."
            ),
        ),
    ),
    -1008: (
        "retry",
        "",
        (
            (
                "Server is currently overloaded with other requests. Please try again"
                " in a few minutes."
            ),
        ),
    ),
    -1013: (
        "end",
        (
            "the order does not pass a filter of the symbol or the account; "
            "exchangeInfo and myFilters list them"
        ),
        ("Filter failure: %s",),
    ),
    -1014: ("end", "", ("Unsupported order combination.",)),
    -1015: (
        "end",
        ("wait before the next order: account.rateLimits.orders says how many count"),
        ("Too many new orders.", "Too many new orders; current limit is %s orders per %s."),
    ),
    -1016: (
        "end",
        ("the server no longer has this method; look for a newer version of this package"),
        ("This service is no longer available.",),
    ),
    -1020: ("end", "the server does not have this method", ("This operation is not supported.",)),
    -1021: (
        "set_clock",
        ("set the machine's clock, or give a larger recv_window if the connection is slow"),
        (
            "Timestamp for this request is outside of the recvWindow.",
            "Timestamp for this request was 1000ms ahead of the server's time.",
        ),
    ),
    -1022: (
        "end",
        (
            "check that the secret or private key belongs to the API key, and "
            "that nothing changes the parameters after they are signed"
        ),
        ("Signature for this request is not valid.",),
    ),
    -1034: (
        "wait",
        "",
        (
            "Too many concurrent connections; current limit is '%s'.",
            "Too many connection attempts for account; current limit is %s per '%s'.",
            "Too many connection attempts from IP; current limit is %s per '%s'.",
        ),
    ),
    -1100: (
        "end",
        "a parameter has characters that are not allowed",
        (
            "Illegal characters found in a parameter.",
            "Illegal characters found in parameter '%s'; legal range is '%s'.",
        ),
    ),
    -1101: (
        "end",
        "",
        (
            "Too many parameters sent for this endpoint.",
            "Too many parameters; expected '%s' and received '%s'.",
            "Duplicate values for a parameter detected.",
        ),
    ),
    -1102: (
        "end",
        "",
        (
            "A mandatory parameter was not sent, was empty/null, or malformed.",
            "Mandatory parameter '%s' was not sent, was empty/null, or malformed.",
            "Param '%s' or '%s' must be sent, but both were empty/null!",
            "Field value was empty or malformed.",
            "'%s' contains unexpected value. Cannot be greater than %s.",
        ),
    ),
    -1103: ("end", "", ("An unknown parameter was sent.",)),
    -1104: (
        "end",
        "",
        (
            "Not all sent parameters were read.",
            ("Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'."),
        ),
    ),
    -1105: ("end", "", ("A parameter was empty.", "Parameter '%s' was empty.")),
    -1106: (
        "end",
        "",
        ("A parameter was sent when not required.", "Parameter '%s' sent when not required."),
    ),
    -1108: ("end", "", ("Parameter '%s' overflowed.",)),
    -1111: (
        "end",
        "round to the digits that the filters of the symbol allow",
        ("Parameter '%s' has too much precision.",),
    ),
    -1121: ("end", "write the symbol in capital letters, such as BTCUSDT", ("Invalid symbol.",)),
    -1127: (
        "end",
        "",
        ("Lookup interval is too big.", "More than %s hours between startTime and endTime."),
    ),
    -1128: (
        "end",
        "",
        (
            "Combination of optional parameters invalid.",
            (
                "Combination of optional fields invalid. Recommendation: '%s' and "
                "'%s' must both be sent."
            ),
        ),
    ),
    -1130: (
        "end",
        "",
        ("Invalid data sent for a parameter.", "Data sent for parameter '%s' is not valid."),
    ),
    -1135: ("end", "", ("Invalid JSON Request", "JSON sent for parameter '%s' is not valid")),
    -1194: (
        "end",
        "",
        ("Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",),
    ),
    -2010: (
        "end",
        "the order was not accepted; the message says why",
        (
            "Account has insufficient balance for requested action.",
            "Duplicate order sent.",
            "Order would immediately match and take.",
            "Order would trigger immediately.",
            "Market is closed.",
        ),
    ),
    -2011: (
        "end",
        "the order cannot be canceled; it may be closed already",
        ("Unknown order sent.", "Order was not canceled due to cancel restrictions."),
    ),
    -2013: ("end", "", ("Order does not exist.",)),
    -2014: (
        "end",
        ("copy the API key again as it is shown where keys are managed, without blanks"),
        ("API-key format invalid.",),
    ),
    -2015: (
        "end",
        (
            "check that the key exists and belongs to this server, that it has "
            "the permission which the request needs, and that it is not bound to "
            "other IP addresses"
        ),
        ("Invalid API-key, IP, or permissions for action.",),
    ),
    -2021: (
        "end",
        "one of both was done; the error's data say which",
        ("Order cancel-replace partially failed.",),
    ),
    -2022: ("end", "neither was done", ("Order cancel-replace failed.",)),
    -2026: (
        "end",
        "",
        (
            (
                "Order was canceled or expired with no executed qty over 90 days ago "
                "and has been archived."
            ),
        ),
    ),
    -2035: ("active", "", ("User Data Stream subscription already active.",)),
    -2036: ("end", "", ("User Data Stream subscription not active.",)),
    -2038: (
        "end",
        "the order was not amended; the message says why",
        ("The requested action would change no state; rejecting",),
    ),
    -2039: ("end", "", ("Client order ID is not correct for this order ID.",)),
    -2042: ("new_connection", "", ("Maximum subscription ID reached for this connection.",)),
}

ANSWERS = [
    Case(
        id="time_documented",
        stream="time",
        payload=(b'{"serverTime":1656400526260}'),
        expected=Record("ServerTime", server_time=1656400526260),
        keys=(Key("serverTime", "integer", "server_time"),),
    ),
    Case(
        id="session.logon_documented",
        stream="session.logon",
        payload=(
            b'{"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"authorizedSince":1649729878532,"connectedSince":1649729873021,'
            b'"returnRateLimits":false,"serverTime":1649729878630,'
            b'"userDataStream":false}'
        ),
        expected=Record(
            "SessionStatus",
            api_key="vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            authorized_since=1649729878532,
            connected_since=1649729873021,
            return_rate_limits=False,
            server_time=1649729878630,
            user_data_stream=False,
        ),
        keys=(
            Key("apiKey", "text", "api_key", is_nullable=True),
            Key("authorizedSince", "integer", "authorized_since", is_nullable=True),
            Key("connectedSince", "integer", "connected_since"),
            Key("returnRateLimits", "boolean", "return_rate_limits"),
            Key("serverTime", "integer", "server_time"),
            Key("userDataStream", "boolean", "user_data_stream", is_nullable=True),
        ),
    ),
    Case(
        id="session.status_documented",
        stream="session.status",
        payload=(
            b'{"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",'
            b'"authorizedSince":1649729878532,"connectedSince":1649729873021,'
            b'"returnRateLimits":false,"serverTime":1649730611671,'
            b'"userDataStream":true}'
        ),
        expected=Record(
            "SessionStatus",
            api_key="vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
            authorized_since=1649729878532,
            connected_since=1649729873021,
            return_rate_limits=False,
            server_time=1649730611671,
            user_data_stream=True,
        ),
        keys=(
            Key("apiKey", "text", "api_key", is_nullable=True),
            Key("authorizedSince", "integer", "authorized_since", is_nullable=True),
            Key("connectedSince", "integer", "connected_since"),
            Key("returnRateLimits", "boolean", "return_rate_limits"),
            Key("serverTime", "integer", "server_time"),
            Key("userDataStream", "boolean", "user_data_stream", is_nullable=True),
        ),
    ),
    Case(
        id="session.logout_documented",
        stream="session.logout",
        payload=(
            b'{"apiKey":null,"authorizedSince":null,"connectedSince":1649729873021,'
            b'"returnRateLimits":false,"serverTime":1649730611671,'
            b'"userDataStream":false}'
        ),
        expected=Record(
            "SessionStatus",
            api_key=None,
            authorized_since=None,
            connected_since=1649729873021,
            return_rate_limits=False,
            server_time=1649730611671,
            user_data_stream=False,
        ),
        keys=(
            Key("apiKey", "text", "api_key", is_nullable=True),
            Key("authorizedSince", "integer", "authorized_since", is_nullable=True),
            Key("connectedSince", "integer", "connected_since"),
            Key("returnRateLimits", "boolean", "return_rate_limits"),
            Key("serverTime", "integer", "server_time"),
            Key("userDataStream", "boolean", "user_data_stream", is_nullable=True),
        ),
    ),
    Case(
        id="session.logout_without_user_data",
        stream="session.logout",
        payload=(
            b'{"apiKey":null,"authorizedSince":null,"connectedSince":1649729873021,'
            b'"returnRateLimits":false,"serverTime":1649730611671,'
            b'"userDataStream":null}'
        ),
        expected=Record(
            "SessionStatus",
            api_key=None,
            authorized_since=None,
            connected_since=1649729873021,
            return_rate_limits=False,
            server_time=1649730611671,
            user_data_stream=None,
        ),
        keys=(
            Key("apiKey", "text", "api_key", is_nullable=True),
            Key("authorizedSince", "integer", "authorized_since", is_nullable=True),
            Key("connectedSince", "integer", "connected_since"),
            Key("returnRateLimits", "boolean", "return_rate_limits"),
            Key("serverTime", "integer", "server_time"),
            Key("userDataStream", "boolean", "user_data_stream", is_nullable=True),
        ),
    ),
    Case(
        id="session.subscriptions_documented",
        stream="session.subscriptions",
        payload=(b'[{"subscriptionId":0},{"subscriptionId":1}]'),
        expected=[
            Record("AccountSubscription", subscription_id=0),
            Record("AccountSubscription", subscription_id=1),
        ],
        keys=(Key("0/subscriptionId", "integer", "0/subscription_id"),),
    ),
    Case(
        id="userDataStream.subscribe_documented",
        stream="userDataStream.subscribe",
        payload=(b'{"subscriptionId":0}'),
        expected=Record("AccountSubscription", subscription_id=0),
        keys=(Key("subscriptionId", "integer", "subscription_id"),),
    ),
    Case(
        id="userDataStream.subscribe.signature_documented",
        stream="userDataStream.subscribe.signature",
        payload=(b'{"subscriptionId":0}'),
        expected=Record("AccountSubscription", subscription_id=0),
        keys=(Key("subscriptionId", "integer", "subscription_id"),),
    ),
    Case(
        id="account.status_documented",
        stream="account.status",
        payload=(
            b'{"makerCommission":15,"takerCommission":15,"buyerCommission":0,'
            b'"sellerCommission":0,"canTrade":true,"canWithdraw":true,'
            b'"canDeposit":true,"commissionRates":{"maker":"0.00150000",'
            b'"taker":"0.00150000","buyer":"0.00000000","seller":"0.00000000"},'
            b'"brokered":false,"requireSelfTradePrevention":false,"preventSor":false,'
            b'"updateTime":1660801833000,"accountType":"SPOT",'
            b'"balances":[{"asset":"BNB","free":"0.00000000","locked":"0.00000000"},'
            b'{"asset":"BTC","free":"1.3447112","locked":"0.08600000"},{"asset":"USDT",'
            b'"free":"1021.21000000","locked":"0.00000000"}],"permissions":["SPOT"],'
            b'"uid":354937868}'
        ),
        expected=Record(
            "AccountStatus",
            maker_commission=15,
            taker_commission=15,
            buyer_commission=0,
            seller_commission=0,
            can_trade=True,
            can_withdraw=True,
            can_deposit=True,
            commission_rates=Record(
                "CommissionRates",
                maker=Number("0.00150000"),
                taker=Number("0.00150000"),
                buyer=Number("0.00000000"),
                seller=Number("0.00000000"),
            ),
            is_brokered=False,
            requires_self_trade_prevention=False,
            prevents_sor=False,
            account_update_time=1660801833000,
            account_type="SPOT",
            balances=[
                Record(
                    "AccountBalance",
                    asset="BNB",
                    free=Number("0.00000000"),
                    locked=Number("0.00000000"),
                ),
                Record(
                    "AccountBalance",
                    asset="BTC",
                    free=Number("1.3447112"),
                    locked=Number("0.08600000"),
                ),
                Record(
                    "AccountBalance",
                    asset="USDT",
                    free=Number("1021.21000000"),
                    locked=Number("0.00000000"),
                ),
            ],
            permissions=["SPOT"],
            user_id=354937868,
        ),
        keys=(
            Key("makerCommission", "integer", "maker_commission"),
            Key("takerCommission", "integer", "taker_commission"),
            Key("buyerCommission", "integer", "buyer_commission"),
            Key("sellerCommission", "integer", "seller_commission"),
            Key("canTrade", "boolean", "can_trade"),
            Key("canWithdraw", "boolean", "can_withdraw"),
            Key("canDeposit", "boolean", "can_deposit"),
            Key("commissionRates", "object", "commission_rates"),
            Key("commissionRates/maker", "decimal", "commission_rates/maker"),
            Key("commissionRates/taker", "decimal", "commission_rates/taker"),
            Key("commissionRates/buyer", "decimal", "commission_rates/buyer"),
            Key("commissionRates/seller", "decimal", "commission_rates/seller"),
            Key("brokered", "boolean", "is_brokered"),
            Key("requireSelfTradePrevention", "boolean", "requires_self_trade_prevention"),
            Key("preventSor", "boolean", "prevents_sor"),
            Key("updateTime", "integer", "account_update_time"),
            Key("accountType", "text", "account_type"),
            Key("balances", "list", "balances"),
            Key("balances/0/asset", "text", "balances/0/asset"),
            Key("balances/0/free", "decimal", "balances/0/free"),
            Key("balances/0/locked", "decimal", "balances/0/locked"),
            Key("permissions", "list", "permissions"),
            Key("uid", "integer", "user_id"),
        ),
    ),
    Case(
        id="openOrders.status_documented",
        stream="openOrders.status",
        payload=(
            b'[{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157","price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00720000",'
            b'"cummulativeQuoteQty":"172.43931000","status":"PARTIALLY_FILLED",'
            b'"timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"stopPrice":"0.00000000","icebergQty":"0.00000000","time":1660801715639,'
            b'"updateTime":1660801717945,"isWorking":true,"workingTime":1660801715639,'
            b'"origQuoteOrderQty":"0.00000000","selfTradePreventionMode":"NONE"}]'
        ),
        expected=[
            Record(
                "Order",
                symbol="BTCUSDT",
                order_id=12569099453,
                order_list_id=-1,
                client_order_id="4d96324ff9d44481926157",
                price=Number("23416.10000000"),
                quantity=Number("0.00847000"),
                cumulative_filled_quantity=Number("0.00720000"),
                cumulative_quote_quantity=Number("172.43931000"),
                order_status=Word("OrderStatus", "PARTIALLY_FILLED"),
                time_in_force=Word("TimeInForce", "GTC"),
                order_type=Word("OrderType", "LIMIT"),
                side=Word("OrderSide", "SELL"),
                stop_price=Number("0.00000000"),
                trailing_delta=None,
                trailing_time=None,
                iceberg_quantity=Number("0.00000000"),
                order_creation_time=1660801715639,
                transaction_time=1660801717945,
                is_on_book=True,
                working_time=1660801715639,
                quote_order_quantity=Number("0.00000000"),
                strategy_id=None,
                strategy_type=None,
                self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
                prevented_match_id=None,
                prevented_quantity=None,
                used_sor=None,
                working_floor=None,
                pegged_price_type=None,
                pegged_offset_type=None,
                pegged_offset_value=None,
                pegged_price=None,
                expiry_reason=None,
            )
        ],
        keys=(
            Key("0/symbol", "text", "0/symbol"),
            Key("0/orderId", "integer", "0/order_id"),
            Key("0/orderListId", "integer", "0/order_list_id"),
            Key("0/clientOrderId", "text", "0/client_order_id"),
            Key("0/price", "decimal", "0/price"),
            Key("0/origQty", "decimal", "0/quantity"),
            Key("0/executedQty", "decimal", "0/cumulative_filled_quantity"),
            Key(
                "0/cummulativeQuoteQty",
                "decimal",
                "0/cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("0/status", "open word", "0/order_status"),
            Key("0/timeInForce", "open word", "0/time_in_force"),
            Key("0/type", "open word", "0/order_type"),
            Key("0/side", "open word", "0/side"),
            Key("0/stopPrice", "decimal", "0/stop_price", is_required=False, is_nullable=True),
            Key(
                "0/icebergQty", "decimal", "0/iceberg_quantity", is_required=False, is_nullable=True
            ),
            Key("0/time", "integer", "0/order_creation_time", is_required=False, is_nullable=True),
            Key("0/updateTime", "integer", "0/transaction_time"),
            Key("0/isWorking", "boolean", "0/is_on_book"),
            Key("0/workingTime", "integer", "0/working_time", is_required=False, is_nullable=True),
            Key(
                "0/origQuoteOrderQty",
                "decimal",
                "0/quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "0/selfTradePreventionMode",
                "open word",
                "0/self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
    Case(
        id="order.status_documented",
        stream="order.status",
        payload=(
            b'{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157","price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00847000",'
            b'"cummulativeQuoteQty":"198.33521500","status":"FILLED",'
            b'"timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"stopPrice":"0.00000000","trailingDelta":10,"trailingTime":-1,'
            b'"icebergQty":"0.00000000","time":1660801715639,'
            b'"updateTime":1660801717945,"isWorking":true,"workingTime":1660801715639,'
            b'"origQuoteOrderQty":"0.00000000","strategyId":37463720,'
            b'"strategyType":1000000,"selfTradePreventionMode":"NONE",'
            b'"preventedMatchId":0,"preventedQuantity":"1.200000"}'
        ),
        expected=Record(
            "Order",
            symbol="BTCUSDT",
            order_id=12569099453,
            order_list_id=-1,
            client_order_id="4d96324ff9d44481926157",
            price=Number("23416.10000000"),
            quantity=Number("0.00847000"),
            cumulative_filled_quantity=Number("0.00847000"),
            cumulative_quote_quantity=Number("198.33521500"),
            order_status=Word("OrderStatus", "FILLED"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "SELL"),
            stop_price=Number("0.00000000"),
            trailing_delta=10,
            trailing_time=-1,
            iceberg_quantity=Number("0.00000000"),
            order_creation_time=1660801715639,
            transaction_time=1660801717945,
            is_on_book=True,
            working_time=1660801715639,
            quote_order_quantity=Number("0.00000000"),
            strategy_id=37463720,
            strategy_type=1000000,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            prevented_match_id=0,
            prevented_quantity=Number("1.200000"),
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderId", "integer", "order_id"),
            Key("orderListId", "integer", "order_list_id"),
            Key("clientOrderId", "text", "client_order_id"),
            Key("price", "decimal", "price"),
            Key("origQty", "decimal", "quantity"),
            Key("executedQty", "decimal", "cumulative_filled_quantity"),
            Key(
                "cummulativeQuoteQty",
                "decimal",
                "cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("status", "open word", "order_status"),
            Key("timeInForce", "open word", "time_in_force"),
            Key("type", "open word", "order_type"),
            Key("side", "open word", "side"),
            Key("stopPrice", "decimal", "stop_price", is_required=False, is_nullable=True),
            Key("trailingDelta", "integer", "trailing_delta", is_required=False, is_nullable=True),
            Key("trailingTime", "integer", "trailing_time", is_required=False, is_nullable=True),
            Key("icebergQty", "decimal", "iceberg_quantity", is_required=False, is_nullable=True),
            Key("time", "integer", "order_creation_time", is_required=False, is_nullable=True),
            Key("updateTime", "integer", "transaction_time"),
            Key("isWorking", "boolean", "is_on_book"),
            Key("workingTime", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "origQuoteOrderQty",
                "decimal",
                "quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("strategyId", "integer", "strategy_id", is_required=False, is_nullable=True),
            Key("strategyType", "integer", "strategy_type", is_required=False, is_nullable=True),
            Key(
                "selfTradePreventionMode",
                "open word",
                "self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "preventedMatchId",
                "integer",
                "prevented_match_id",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "preventedQuantity",
                "decimal",
                "prevented_quantity",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
    Case(
        id="order.status_pegged_by_smart_order_routing",
        stream="order.status",
        payload=(
            b'{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157","price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00847000",'
            b'"cummulativeQuoteQty":"198.33521500","status":"FILLED",'
            b'"timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"stopPrice":"0.00000000","icebergQty":"0.00000000","time":1660801715639,'
            b'"updateTime":1660801717945,"isWorking":true,"workingTime":1660801715639,'
            b'"origQuoteOrderQty":"0.00000000","selfTradePreventionMode":"NONE",'
            b'"preventedMatchId":0,"preventedQuantity":"1.200000","usedSor":true,'
            b'"workingFloor":"SOR","pegPriceType":"PRIMARY_PEG",'
            b'"pegOffsetType":"PRICE_LEVEL","pegOffsetValue":5,'
            b'"peggedPrice":"87523.83710000","expiryReason":"INSUFFICIENT_LIQUIDITY"}'
        ),
        expected=Record(
            "Order",
            symbol="BTCUSDT",
            order_id=12569099453,
            order_list_id=-1,
            client_order_id="4d96324ff9d44481926157",
            price=Number("23416.10000000"),
            quantity=Number("0.00847000"),
            cumulative_filled_quantity=Number("0.00847000"),
            cumulative_quote_quantity=Number("198.33521500"),
            order_status=Word("OrderStatus", "FILLED"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "SELL"),
            stop_price=Number("0.00000000"),
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=Number("0.00000000"),
            order_creation_time=1660801715639,
            transaction_time=1660801717945,
            is_on_book=True,
            working_time=1660801715639,
            quote_order_quantity=Number("0.00000000"),
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            prevented_match_id=0,
            prevented_quantity=Number("1.200000"),
            used_sor=True,
            working_floor=Word("WorkingFloor", "SOR"),
            pegged_price_type="PRIMARY_PEG",
            pegged_offset_type="PRICE_LEVEL",
            pegged_offset_value=5,
            pegged_price=Number("87523.83710000"),
            expiry_reason=Word("ExpiryReason", "INSUFFICIENT_LIQUIDITY"),
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderId", "integer", "order_id"),
            Key("orderListId", "integer", "order_list_id"),
            Key("clientOrderId", "text", "client_order_id"),
            Key("price", "decimal", "price"),
            Key("origQty", "decimal", "quantity"),
            Key("executedQty", "decimal", "cumulative_filled_quantity"),
            Key(
                "cummulativeQuoteQty",
                "decimal",
                "cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("status", "open word", "order_status"),
            Key("timeInForce", "open word", "time_in_force"),
            Key("type", "open word", "order_type"),
            Key("side", "open word", "side"),
            Key("stopPrice", "decimal", "stop_price", is_required=False, is_nullable=True),
            Key("icebergQty", "decimal", "iceberg_quantity", is_required=False, is_nullable=True),
            Key("time", "integer", "order_creation_time", is_required=False, is_nullable=True),
            Key("updateTime", "integer", "transaction_time"),
            Key("isWorking", "boolean", "is_on_book"),
            Key("workingTime", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "origQuoteOrderQty",
                "decimal",
                "quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "selfTradePreventionMode",
                "open word",
                "self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "preventedMatchId",
                "integer",
                "prevented_match_id",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "preventedQuantity",
                "decimal",
                "prevented_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("usedSor", "boolean", "used_sor", is_required=False, is_nullable=True),
            Key("workingFloor", "open word", "working_floor", is_required=False, is_nullable=True),
            Key("pegPriceType", "text", "pegged_price_type", is_required=False, is_nullable=True),
            Key("pegOffsetType", "text", "pegged_offset_type", is_required=False, is_nullable=True),
            Key(
                "pegOffsetValue",
                "integer",
                "pegged_offset_value",
                is_required=False,
                is_nullable=True,
            ),
            Key("peggedPrice", "decimal", "pegged_price", is_required=False, is_nullable=True),
            Key("expiryReason", "open word", "expiry_reason", is_required=False, is_nullable=True),
        ),
    ),
    Case(
        id="allOrders_documented",
        stream="allOrders",
        payload=(
            b'[{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157","price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00847000",'
            b'"cummulativeQuoteQty":"198.33521500","status":"FILLED",'
            b'"timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"stopPrice":"0.00000000","icebergQty":"0.00000000","time":1660801715639,'
            b'"updateTime":1660801717945,"isWorking":true,"workingTime":1660801715639,'
            b'"origQuoteOrderQty":"0.00000000","selfTradePreventionMode":"NONE",'
            b'"preventedMatchId":0,"preventedQuantity":"1.200000"}]'
        ),
        expected=[
            Record(
                "Order",
                symbol="BTCUSDT",
                order_id=12569099453,
                order_list_id=-1,
                client_order_id="4d96324ff9d44481926157",
                price=Number("23416.10000000"),
                quantity=Number("0.00847000"),
                cumulative_filled_quantity=Number("0.00847000"),
                cumulative_quote_quantity=Number("198.33521500"),
                order_status=Word("OrderStatus", "FILLED"),
                time_in_force=Word("TimeInForce", "GTC"),
                order_type=Word("OrderType", "LIMIT"),
                side=Word("OrderSide", "SELL"),
                stop_price=Number("0.00000000"),
                trailing_delta=None,
                trailing_time=None,
                iceberg_quantity=Number("0.00000000"),
                order_creation_time=1660801715639,
                transaction_time=1660801717945,
                is_on_book=True,
                working_time=1660801715639,
                quote_order_quantity=Number("0.00000000"),
                strategy_id=None,
                strategy_type=None,
                self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
                prevented_match_id=0,
                prevented_quantity=Number("1.200000"),
                used_sor=None,
                working_floor=None,
                pegged_price_type=None,
                pegged_offset_type=None,
                pegged_offset_value=None,
                pegged_price=None,
                expiry_reason=None,
            )
        ],
        keys=(
            Key("0/symbol", "text", "0/symbol"),
            Key("0/orderId", "integer", "0/order_id"),
            Key("0/orderListId", "integer", "0/order_list_id"),
            Key("0/clientOrderId", "text", "0/client_order_id"),
            Key("0/price", "decimal", "0/price"),
            Key("0/origQty", "decimal", "0/quantity"),
            Key("0/executedQty", "decimal", "0/cumulative_filled_quantity"),
            Key(
                "0/cummulativeQuoteQty",
                "decimal",
                "0/cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("0/status", "open word", "0/order_status"),
            Key("0/timeInForce", "open word", "0/time_in_force"),
            Key("0/type", "open word", "0/order_type"),
            Key("0/side", "open word", "0/side"),
            Key("0/stopPrice", "decimal", "0/stop_price", is_required=False, is_nullable=True),
            Key(
                "0/icebergQty", "decimal", "0/iceberg_quantity", is_required=False, is_nullable=True
            ),
            Key("0/time", "integer", "0/order_creation_time", is_required=False, is_nullable=True),
            Key("0/updateTime", "integer", "0/transaction_time"),
            Key("0/isWorking", "boolean", "0/is_on_book"),
            Key("0/workingTime", "integer", "0/working_time", is_required=False, is_nullable=True),
            Key(
                "0/origQuoteOrderQty",
                "decimal",
                "0/quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "0/selfTradePreventionMode",
                "open word",
                "0/self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "0/preventedMatchId",
                "integer",
                "0/prevented_match_id",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "0/preventedQuantity",
                "decimal",
                "0/prevented_quantity",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
    Case(
        id="orderList.status_documented",
        stream="orderList.status",
        payload=(
            b'{"orderListId":1274512,"contingencyType":"OCO",'
            b'"listStatusType":"EXEC_STARTED","listOrderStatus":"EXECUTING",'
            b'"listClientOrderId":"08985fedd9ea2cf6b28996",'
            b'"transactionTime":1660801713793,"symbol":"BTCUSDT",'
            b'"orders":[{"symbol":"BTCUSDT","orderId":12569138901,'
            b'"clientOrderId":"BqtFCj5odMoWtSqGk2X9tU"},{"symbol":"BTCUSDT",'
            b'"orderId":12569138902,"clientOrderId":"jLnZpj5enfMXTuhKB1d0us"}]}'
        ),
        expected=Record(
            "OrderList",
            order_list_id=1274512,
            contingency_type=Word("ContingencyType", "OCO"),
            list_status_type=Word("ListStatusType", "EXEC_STARTED"),
            list_order_status=Word("ListOrderStatus", "EXECUTING"),
            list_client_order_id="08985fedd9ea2cf6b28996",
            transaction_time=1660801713793,
            symbol="BTCUSDT",
            orders=[
                Record(
                    "OrderListOrder",
                    symbol="BTCUSDT",
                    order_id=12569138901,
                    client_order_id="BqtFCj5odMoWtSqGk2X9tU",
                ),
                Record(
                    "OrderListOrder",
                    symbol="BTCUSDT",
                    order_id=12569138902,
                    client_order_id="jLnZpj5enfMXTuhKB1d0us",
                ),
            ],
        ),
        keys=(
            Key("orderListId", "integer", "order_list_id"),
            Key("contingencyType", "open word", "contingency_type"),
            Key("listStatusType", "open word", "list_status_type"),
            Key("listOrderStatus", "open word", "list_order_status"),
            Key("listClientOrderId", "text", "list_client_order_id"),
            Key("transactionTime", "integer", "transaction_time"),
            Key("symbol", "text", "symbol"),
            Key("orders", "list", "orders"),
            Key("orders/0/symbol", "text", "orders/0/symbol"),
            Key("orders/0/orderId", "integer", "orders/0/order_id"),
            Key("orders/0/clientOrderId", "text", "orders/0/client_order_id"),
        ),
    ),
    Case(
        id="openOrderLists.status_documented",
        stream="openOrderLists.status",
        payload=(
            b'[{"orderListId":0,"contingencyType":"OCO",'
            b'"listStatusType":"EXEC_STARTED","listOrderStatus":"EXECUTING",'
            b'"listClientOrderId":"08985fedd9ea2cf6b28996",'
            b'"transactionTime":1660801713793,"symbol":"BTCUSDT",'
            b'"orders":[{"symbol":"BTCUSDT","orderId":4,'
            b'"clientOrderId":"CUhLgTXnX5n2c0gWiLpV4d"},{"symbol":"BTCUSDT",'
            b'"orderId":5,"clientOrderId":"1ZqG7bBuYwaF4SU8CwnwHm"}]}]'
        ),
        expected=[
            Record(
                "OrderList",
                order_list_id=0,
                contingency_type=Word("ContingencyType", "OCO"),
                list_status_type=Word("ListStatusType", "EXEC_STARTED"),
                list_order_status=Word("ListOrderStatus", "EXECUTING"),
                list_client_order_id="08985fedd9ea2cf6b28996",
                transaction_time=1660801713793,
                symbol="BTCUSDT",
                orders=[
                    Record(
                        "OrderListOrder",
                        symbol="BTCUSDT",
                        order_id=4,
                        client_order_id="CUhLgTXnX5n2c0gWiLpV4d",
                    ),
                    Record(
                        "OrderListOrder",
                        symbol="BTCUSDT",
                        order_id=5,
                        client_order_id="1ZqG7bBuYwaF4SU8CwnwHm",
                    ),
                ],
            )
        ],
        keys=(
            Key("0/orderListId", "integer", "0/order_list_id"),
            Key("0/contingencyType", "open word", "0/contingency_type"),
            Key("0/listStatusType", "open word", "0/list_status_type"),
            Key("0/listOrderStatus", "open word", "0/list_order_status"),
            Key("0/listClientOrderId", "text", "0/list_client_order_id"),
            Key("0/transactionTime", "integer", "0/transaction_time"),
            Key("0/symbol", "text", "0/symbol"),
            Key("0/orders", "list", "0/orders"),
            Key("0/orders/0/symbol", "text", "0/orders/0/symbol"),
            Key("0/orders/0/orderId", "integer", "0/orders/0/order_id"),
            Key("0/orders/0/clientOrderId", "text", "0/orders/0/client_order_id"),
        ),
    ),
    Case(
        id="allOrderLists_documented",
        stream="allOrderLists",
        payload=(
            b'[{"orderListId":1274512,"contingencyType":"OCO",'
            b'"listStatusType":"EXEC_STARTED","listOrderStatus":"EXECUTING",'
            b'"listClientOrderId":"08985fedd9ea2cf6b28996",'
            b'"transactionTime":1660801713793,"symbol":"BTCUSDT",'
            b'"orders":[{"symbol":"BTCUSDT","orderId":12569138901,'
            b'"clientOrderId":"BqtFCj5odMoWtSqGk2X9tU"},{"symbol":"BTCUSDT",'
            b'"orderId":12569138902,"clientOrderId":"jLnZpj5enfMXTuhKB1d0us"}]}]'
        ),
        expected=[
            Record(
                "OrderList",
                order_list_id=1274512,
                contingency_type=Word("ContingencyType", "OCO"),
                list_status_type=Word("ListStatusType", "EXEC_STARTED"),
                list_order_status=Word("ListOrderStatus", "EXECUTING"),
                list_client_order_id="08985fedd9ea2cf6b28996",
                transaction_time=1660801713793,
                symbol="BTCUSDT",
                orders=[
                    Record(
                        "OrderListOrder",
                        symbol="BTCUSDT",
                        order_id=12569138901,
                        client_order_id="BqtFCj5odMoWtSqGk2X9tU",
                    ),
                    Record(
                        "OrderListOrder",
                        symbol="BTCUSDT",
                        order_id=12569138902,
                        client_order_id="jLnZpj5enfMXTuhKB1d0us",
                    ),
                ],
            )
        ],
        keys=(
            Key("0/orderListId", "integer", "0/order_list_id"),
            Key("0/contingencyType", "open word", "0/contingency_type"),
            Key("0/listStatusType", "open word", "0/list_status_type"),
            Key("0/listOrderStatus", "open word", "0/list_order_status"),
            Key("0/listClientOrderId", "text", "0/list_client_order_id"),
            Key("0/transactionTime", "integer", "0/transaction_time"),
            Key("0/symbol", "text", "0/symbol"),
            Key("0/orders", "list", "0/orders"),
            Key("0/orders/0/symbol", "text", "0/orders/0/symbol"),
            Key("0/orders/0/orderId", "integer", "0/orders/0/order_id"),
            Key("0/orders/0/clientOrderId", "text", "0/orders/0/client_order_id"),
        ),
    ),
    Case(
        id="myTrades_documented",
        stream="myTrades",
        payload=(
            b'[{"symbol":"BTCUSDT","id":1650422481,"orderId":12569099453,'
            b'"orderListId":-1,"price":"23416.10000000","qty":"0.00635000",'
            b'"quoteQty":"148.69223500","commission":"0.00000000",'
            b'"commissionAsset":"BNB","time":1660801715793,"isBuyer":false,'
            b'"isMaker":true,"isBestMatch":true},{"symbol":"BTCUSDT","id":1650422482,'
            b'"orderId":12569099453,"orderListId":-1,"price":"23416.50000000",'
            b'"qty":"0.00212000","quoteQty":"49.64298000","commission":"0.00000000",'
            b'"commissionAsset":"BNB","time":1660801715793,"isBuyer":false,'
            b'"isMaker":true,"isBestMatch":true}]'
        ),
        expected=[
            Record(
                "AccountTrade",
                symbol="BTCUSDT",
                trade_id=1650422481,
                order_id=12569099453,
                order_list_id=-1,
                price=Number("23416.10000000"),
                quantity=Number("0.00635000"),
                quote_quantity=Number("148.69223500"),
                commission_amount=Number("0.00000000"),
                commission_asset="BNB",
                trade_time=1660801715793,
                is_buyer=False,
                is_maker=True,
                is_best_match=True,
            ),
            Record(
                "AccountTrade",
                symbol="BTCUSDT",
                trade_id=1650422482,
                order_id=12569099453,
                order_list_id=-1,
                price=Number("23416.50000000"),
                quantity=Number("0.00212000"),
                quote_quantity=Number("49.64298000"),
                commission_amount=Number("0.00000000"),
                commission_asset="BNB",
                trade_time=1660801715793,
                is_buyer=False,
                is_maker=True,
                is_best_match=True,
            ),
        ],
        keys=(
            Key("0/symbol", "text", "0/symbol"),
            Key("0/id", "integer", "0/trade_id"),
            Key("0/orderId", "integer", "0/order_id"),
            Key("0/orderListId", "integer", "0/order_list_id"),
            Key("0/price", "decimal", "0/price"),
            Key("0/qty", "decimal", "0/quantity"),
            Key("0/quoteQty", "decimal", "0/quote_quantity"),
            Key("0/commission", "decimal", "0/commission_amount"),
            Key("0/commissionAsset", "text", "0/commission_asset", is_nullable=True),
            Key("0/time", "integer", "0/trade_time"),
            Key("0/isBuyer", "boolean", "0/is_buyer"),
            Key("0/isMaker", "boolean", "0/is_maker"),
            Key("0/isBestMatch", "boolean", "0/is_best_match"),
        ),
    ),
    Case(
        id="order.place_acknowledged",
        stream="order.place",
        payload=(
            b'{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157ec08158a40",'
            b'"transactTime":1660801715639}'
        ),
        expected=Record(
            "PlacedOrder",
            symbol="BTCUSDT",
            order_id=12569099453,
            order_list_id=-1,
            client_order_id="4d96324ff9d44481926157ec08158a40",
            transaction_time=1660801715639,
            price=None,
            quantity=None,
            cumulative_filled_quantity=None,
            quote_order_quantity=None,
            cumulative_quote_quantity=None,
            order_status=None,
            time_in_force=None,
            order_type=None,
            side=None,
            working_time=None,
            stop_price=None,
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=None,
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=None,
            prevented_match_id=None,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
            fills=None,
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderId", "integer", "order_id"),
            Key("orderListId", "integer", "order_list_id"),
            Key("clientOrderId", "text", "client_order_id"),
            Key("transactTime", "integer", "transaction_time"),
        ),
    ),
    Case(
        id="order.place_result",
        stream="order.place",
        payload=(
            b'{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157ec08158a40",'
            b'"transactTime":1660801715639,"price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00000000",'
            b'"origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.00000000",'
            b'"status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"workingTime":1660801715639,"selfTradePreventionMode":"NONE"}'
        ),
        expected=Record(
            "PlacedOrder",
            symbol="BTCUSDT",
            order_id=12569099453,
            order_list_id=-1,
            client_order_id="4d96324ff9d44481926157ec08158a40",
            transaction_time=1660801715639,
            price=Number("23416.10000000"),
            quantity=Number("0.00847000"),
            cumulative_filled_quantity=Number("0.00000000"),
            quote_order_quantity=Number("0.000000"),
            cumulative_quote_quantity=Number("0.00000000"),
            order_status=Word("OrderStatus", "NEW"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "SELL"),
            working_time=1660801715639,
            stop_price=None,
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=None,
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            prevented_match_id=None,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
            fills=None,
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderId", "integer", "order_id"),
            Key("orderListId", "integer", "order_list_id"),
            Key("clientOrderId", "text", "client_order_id"),
            Key("transactTime", "integer", "transaction_time"),
            Key("price", "decimal", "price", is_required=False, is_nullable=True),
            Key("origQty", "decimal", "quantity", is_required=False, is_nullable=True),
            Key(
                "executedQty",
                "decimal",
                "cumulative_filled_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "origQuoteOrderQty",
                "decimal",
                "quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "cummulativeQuoteQty",
                "decimal",
                "cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("status", "open word", "order_status", is_required=False, is_nullable=True),
            Key("timeInForce", "open word", "time_in_force", is_required=False, is_nullable=True),
            Key("type", "open word", "order_type", is_required=False, is_nullable=True),
            Key("side", "open word", "side", is_required=False, is_nullable=True),
            Key("workingTime", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "selfTradePreventionMode",
                "open word",
                "self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
    Case(
        id="order.place_full",
        stream="order.place",
        payload=(
            b'{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"4d96324ff9d44481926157ec08158a40",'
            b'"transactTime":1660801715793,"price":"23416.10000000",'
            b'"origQty":"0.00847000","executedQty":"0.00847000",'
            b'"origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"198.33521500",'
            b'"status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"workingTime":1660801715793,"fills":[{"price":"23416.10000000",'
            b'"qty":"0.00635000","commission":"0.000000","commissionAsset":"BNB",'
            b'"tradeId":1650422481},{"price":"23416.50000000","qty":"0.00212000",'
            b'"commission":"0.000000","commissionAsset":"BNB","tradeId":1650422482}]}'
        ),
        expected=Record(
            "PlacedOrder",
            symbol="BTCUSDT",
            order_id=12569099453,
            order_list_id=-1,
            client_order_id="4d96324ff9d44481926157ec08158a40",
            transaction_time=1660801715793,
            price=Number("23416.10000000"),
            quantity=Number("0.00847000"),
            cumulative_filled_quantity=Number("0.00847000"),
            quote_order_quantity=Number("0.000000"),
            cumulative_quote_quantity=Number("198.33521500"),
            order_status=Word("OrderStatus", "FILLED"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "SELL"),
            working_time=1660801715793,
            stop_price=None,
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=None,
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=None,
            prevented_match_id=None,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
            fills=[
                Record(
                    "OrderFill",
                    price=Number("23416.10000000"),
                    quantity=Number("0.00635000"),
                    commission_amount=Number("0.000000"),
                    commission_asset="BNB",
                    trade_id=1650422481,
                ),
                Record(
                    "OrderFill",
                    price=Number("23416.50000000"),
                    quantity=Number("0.00212000"),
                    commission_amount=Number("0.000000"),
                    commission_asset="BNB",
                    trade_id=1650422482,
                ),
            ],
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderId", "integer", "order_id"),
            Key("orderListId", "integer", "order_list_id"),
            Key("clientOrderId", "text", "client_order_id"),
            Key("transactTime", "integer", "transaction_time"),
            Key("price", "decimal", "price", is_required=False, is_nullable=True),
            Key("origQty", "decimal", "quantity", is_required=False, is_nullable=True),
            Key(
                "executedQty",
                "decimal",
                "cumulative_filled_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "origQuoteOrderQty",
                "decimal",
                "quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "cummulativeQuoteQty",
                "decimal",
                "cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("status", "open word", "order_status", is_required=False, is_nullable=True),
            Key("timeInForce", "open word", "time_in_force", is_required=False, is_nullable=True),
            Key("type", "open word", "order_type", is_required=False, is_nullable=True),
            Key("side", "open word", "side", is_required=False, is_nullable=True),
            Key("workingTime", "integer", "working_time", is_required=False, is_nullable=True),
            Key("fills", "list", "fills", is_required=False, is_nullable=True),
            Key("fills/0/price", "decimal", "fills/0/price"),
            Key("fills/0/qty", "decimal", "fills/0/quantity"),
            Key("fills/0/commission", "decimal", "fills/0/commission_amount"),
            Key("fills/0/commissionAsset", "text", "fills/0/commission_asset", is_nullable=True),
            Key("fills/0/tradeId", "integer", "fills/0/trade_id"),
        ),
    ),
    Case(
        id="order.cancel_order",
        stream="order.cancel",
        payload=(
            b'{"symbol":"BTCUSDT","origClientOrderId":"4d96324ff9d44481926157",'
            b'"orderId":12569099453,"orderListId":-1,'
            b'"clientOrderId":"91fe37ce9e69c90d6358c0","transactTime":1684804350068,'
            b'"price":"23416.10000000","origQty":"0.00847000",'
            b'"executedQty":"0.00001000","origQuoteOrderQty":"0.000000",'
            b'"cummulativeQuoteQty":"0.23416100","status":"CANCELED",'
            b'"timeInForce":"GTC","type":"LIMIT","side":"SELL",'
            b'"stopPrice":"0.00000000","trailingDelta":0,"icebergQty":"0.00000000",'
            b'"strategyId":37463720,"strategyType":1000000,'
            b'"selfTradePreventionMode":"NONE"}'
        ),
        expected=Record(
            "CanceledOrder",
            symbol="BTCUSDT",
            order_list_id=-1,
            original_client_order_id="4d96324ff9d44481926157",
            order_id=12569099453,
            client_order_id="91fe37ce9e69c90d6358c0",
            transaction_time=1684804350068,
            price=Number("23416.10000000"),
            quantity=Number("0.00847000"),
            cumulative_filled_quantity=Number("0.00001000"),
            quote_order_quantity=Number("0.000000"),
            cumulative_quote_quantity=Number("0.23416100"),
            order_status=Word("OrderStatus", "CANCELED"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "SELL"),
            working_time=None,
            stop_price=Number("0.00000000"),
            trailing_delta=0,
            trailing_time=None,
            iceberg_quantity=Number("0.00000000"),
            strategy_id=37463720,
            strategy_type=1000000,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            prevented_match_id=None,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
            contingency_type=None,
            list_status_type=None,
            list_order_status=None,
            list_client_order_id=None,
            list_transaction_time=None,
            orders=None,
            order_reports=None,
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderListId", "integer", "order_list_id"),
            Key(
                "origClientOrderId",
                "text",
                "original_client_order_id",
                is_required=False,
                is_nullable=True,
            ),
            Key("orderId", "integer", "order_id", is_required=False, is_nullable=True),
            Key("clientOrderId", "text", "client_order_id", is_required=False, is_nullable=True),
            Key("transactTime", "integer", "transaction_time", is_required=False, is_nullable=True),
            Key("price", "decimal", "price", is_required=False, is_nullable=True),
            Key("origQty", "decimal", "quantity", is_required=False, is_nullable=True),
            Key(
                "executedQty",
                "decimal",
                "cumulative_filled_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "origQuoteOrderQty",
                "decimal",
                "quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "cummulativeQuoteQty",
                "decimal",
                "cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("status", "open word", "order_status", is_required=False, is_nullable=True),
            Key("timeInForce", "open word", "time_in_force", is_required=False, is_nullable=True),
            Key("type", "open word", "order_type", is_required=False, is_nullable=True),
            Key("side", "open word", "side", is_required=False, is_nullable=True),
            Key("stopPrice", "decimal", "stop_price", is_required=False, is_nullable=True),
            Key("trailingDelta", "integer", "trailing_delta", is_required=False, is_nullable=True),
            Key("icebergQty", "decimal", "iceberg_quantity", is_required=False, is_nullable=True),
            Key("strategyId", "integer", "strategy_id", is_required=False, is_nullable=True),
            Key("strategyType", "integer", "strategy_type", is_required=False, is_nullable=True),
            Key(
                "selfTradePreventionMode",
                "open word",
                "self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
    Case(
        id="order.cancel_order_list",
        stream="order.cancel",
        payload=(
            b'{"orderListId":19431,"contingencyType":"OCO","listStatusType":"ALL_DONE",'
            b'"listOrderStatus":"ALL_DONE",'
            b'"listClientOrderId":"iuVNVJYYrByz6C4yGOPPK0",'
            b'"transactionTime":1660803702431,"symbol":"BTCUSDT",'
            b'"orders":[{"symbol":"BTCUSDT","orderId":12569099453,'
            b'"clientOrderId":"bX5wROblo6YeDwa9iTLeyY"},{"symbol":"BTCUSDT",'
            b'"orderId":12569099454,"clientOrderId":"Tnu2IP0J5Y4mxw3IATBfmW"}],'
            b'"orderReports":[{"symbol":"BTCUSDT",'
            b'"origClientOrderId":"bX5wROblo6YeDwa9iTLeyY","orderId":12569099453,'
            b'"orderListId":19431,"clientOrderId":"OFFXQtxVFZ6Nbcg4PgE2DA",'
            b'"transactTime":1684804350068,"price":"23450.50000000",'
            b'"origQty":"0.00850000","executedQty":"0.00000000",'
            b'"origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.00000000",'
            b'"status":"CANCELED","timeInForce":"GTC","type":"STOP_LOSS_LIMIT",'
            b'"side":"BUY","stopPrice":"23430.00000000",'
            b'"selfTradePreventionMode":"NONE"},{"symbol":"BTCUSDT",'
            b'"origClientOrderId":"Tnu2IP0J5Y4mxw3IATBfmW","orderId":12569099454,'
            b'"orderListId":19431,"clientOrderId":"OFFXQtxVFZ6Nbcg4PgE2DA",'
            b'"transactTime":1684804350068,"price":"23400.00000000",'
            b'"origQty":"0.00850000","executedQty":"0.00000000",'
            b'"origQuoteOrderQty":"0.000000","cummulativeQuoteQty":"0.00000000",'
            b'"status":"CANCELED","timeInForce":"GTC","type":"LIMIT_MAKER",'
            b'"side":"BUY","selfTradePreventionMode":"NONE"}]}'
        ),
        expected=Record(
            "CanceledOrder",
            symbol="BTCUSDT",
            order_list_id=19431,
            original_client_order_id=None,
            order_id=None,
            client_order_id=None,
            transaction_time=None,
            price=None,
            quantity=None,
            cumulative_filled_quantity=None,
            quote_order_quantity=None,
            cumulative_quote_quantity=None,
            order_status=None,
            time_in_force=None,
            order_type=None,
            side=None,
            working_time=None,
            stop_price=None,
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=None,
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=None,
            prevented_match_id=None,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
            contingency_type=Word("ContingencyType", "OCO"),
            list_status_type=Word("ListStatusType", "ALL_DONE"),
            list_order_status=Word("ListOrderStatus", "ALL_DONE"),
            list_client_order_id="iuVNVJYYrByz6C4yGOPPK0",
            list_transaction_time=1660803702431,
            orders=[
                Record(
                    "OrderListOrder",
                    symbol="BTCUSDT",
                    order_id=12569099453,
                    client_order_id="bX5wROblo6YeDwa9iTLeyY",
                ),
                Record(
                    "OrderListOrder",
                    symbol="BTCUSDT",
                    order_id=12569099454,
                    client_order_id="Tnu2IP0J5Y4mxw3IATBfmW",
                ),
            ],
            order_reports=[
                Record(
                    "CanceledOrderReport",
                    symbol="BTCUSDT",
                    original_client_order_id="bX5wROblo6YeDwa9iTLeyY",
                    order_id=12569099453,
                    order_list_id=19431,
                    client_order_id="OFFXQtxVFZ6Nbcg4PgE2DA",
                    transaction_time=1684804350068,
                    price=Number("23450.50000000"),
                    quantity=Number("0.00850000"),
                    cumulative_filled_quantity=Number("0.00000000"),
                    quote_order_quantity=Number("0.000000"),
                    cumulative_quote_quantity=Number("0.00000000"),
                    order_status=Word("OrderStatus", "CANCELED"),
                    time_in_force=Word("TimeInForce", "GTC"),
                    order_type=Word("OrderType", "STOP_LOSS_LIMIT"),
                    side=Word("OrderSide", "BUY"),
                    working_time=None,
                    stop_price=Number("23430.00000000"),
                    trailing_delta=None,
                    trailing_time=None,
                    iceberg_quantity=None,
                    strategy_id=None,
                    strategy_type=None,
                    self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
                    prevented_match_id=None,
                    prevented_quantity=None,
                    used_sor=None,
                    working_floor=None,
                    pegged_price_type=None,
                    pegged_offset_type=None,
                    pegged_offset_value=None,
                    pegged_price=None,
                    expiry_reason=None,
                ),
                Record(
                    "CanceledOrderReport",
                    symbol="BTCUSDT",
                    original_client_order_id="Tnu2IP0J5Y4mxw3IATBfmW",
                    order_id=12569099454,
                    order_list_id=19431,
                    client_order_id="OFFXQtxVFZ6Nbcg4PgE2DA",
                    transaction_time=1684804350068,
                    price=Number("23400.00000000"),
                    quantity=Number("0.00850000"),
                    cumulative_filled_quantity=Number("0.00000000"),
                    quote_order_quantity=Number("0.000000"),
                    cumulative_quote_quantity=Number("0.00000000"),
                    order_status=Word("OrderStatus", "CANCELED"),
                    time_in_force=Word("TimeInForce", "GTC"),
                    order_type=Word("OrderType", "LIMIT_MAKER"),
                    side=Word("OrderSide", "BUY"),
                    working_time=None,
                    stop_price=None,
                    trailing_delta=None,
                    trailing_time=None,
                    iceberg_quantity=None,
                    strategy_id=None,
                    strategy_type=None,
                    self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
                    prevented_match_id=None,
                    prevented_quantity=None,
                    used_sor=None,
                    working_floor=None,
                    pegged_price_type=None,
                    pegged_offset_type=None,
                    pegged_offset_value=None,
                    pegged_price=None,
                    expiry_reason=None,
                ),
            ],
        ),
        keys=(
            Key("symbol", "text", "symbol"),
            Key("orderListId", "integer", "order_list_id"),
            Key(
                "contingencyType",
                "open word",
                "contingency_type",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "listStatusType",
                "open word",
                "list_status_type",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "listOrderStatus",
                "open word",
                "list_order_status",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "listClientOrderId",
                "text",
                "list_client_order_id",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "transactionTime",
                "integer",
                "list_transaction_time",
                is_required=False,
                is_nullable=True,
            ),
            Key("orders", "list", "orders", is_required=False, is_nullable=True),
            Key("orders/0/symbol", "text", "orders/0/symbol"),
            Key("orders/0/orderId", "integer", "orders/0/order_id"),
            Key("orders/0/clientOrderId", "text", "orders/0/client_order_id"),
            Key("orderReports", "list", "order_reports", is_required=False, is_nullable=True),
            Key("orderReports/0/symbol", "text", "order_reports/0/symbol"),
            Key(
                "orderReports/0/origClientOrderId",
                "text",
                "order_reports/0/original_client_order_id",
            ),
            Key("orderReports/0/orderId", "integer", "order_reports/0/order_id"),
            Key("orderReports/0/orderListId", "integer", "order_reports/0/order_list_id"),
            Key("orderReports/0/clientOrderId", "text", "order_reports/0/client_order_id"),
            Key("orderReports/0/transactTime", "integer", "order_reports/0/transaction_time"),
            Key("orderReports/0/price", "decimal", "order_reports/0/price"),
            Key("orderReports/0/origQty", "decimal", "order_reports/0/quantity"),
            Key(
                "orderReports/0/executedQty",
                "decimal",
                "order_reports/0/cumulative_filled_quantity",
            ),
            Key(
                "orderReports/0/origQuoteOrderQty",
                "decimal",
                "order_reports/0/quote_order_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "orderReports/0/cummulativeQuoteQty",
                "decimal",
                "order_reports/0/cumulative_quote_quantity",
                is_required=False,
                is_nullable=True,
            ),
            Key("orderReports/0/status", "open word", "order_reports/0/order_status"),
            Key("orderReports/0/timeInForce", "open word", "order_reports/0/time_in_force"),
            Key("orderReports/0/type", "open word", "order_reports/0/order_type"),
            Key("orderReports/0/side", "open word", "order_reports/0/side"),
            Key(
                "orderReports/0/stopPrice",
                "decimal",
                "order_reports/0/stop_price",
                is_required=False,
                is_nullable=True,
            ),
            Key(
                "orderReports/0/selfTradePreventionMode",
                "open word",
                "order_reports/0/self_trade_prevention_mode",
                is_required=False,
                is_nullable=True,
            ),
        ),
    ),
]

CASES = [
    Case(
        id="execution_report",
        stream="ExecutionReport",
        payload=(
            b'{"e":"executionReport","E":1499405658658,"s":"ETHBTC",'
            b'"c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",'
            b'"q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000",'
            b'"g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":4293153,'
            b'"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,'
            b'"T":1499405658657,"t":-1,"v":3,"I":8641984,"w":true,"m":false,"M":false,'
            b'"O":1499405658657,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000",'
            b'"W":1499405658657,"V":"NONE"}'
        ),
        expected=Record(
            "ExecutionReport",
            event_type="executionReport",
            event_time=1499405658658,
            symbol="ETHBTC",
            client_order_id="mUvoqJxFIILMdfAW5iGSOW",
            side=Word("OrderSide", "BUY"),
            order_type=Word("OrderType", "LIMIT"),
            time_in_force=Word("TimeInForce", "GTC"),
            quantity=Number("1.00000000"),
            price=Number("0.10264410"),
            stop_price=Number("0.00000000"),
            trailing_delta=None,
            iceberg_quantity=Number("0.00000000"),
            order_list_id=-1,
            original_client_order_id="",
            execution_type=Word("ExecutionType", "NEW"),
            order_status=Word("OrderStatus", "NEW"),
            reject_reason=Word("OrderRejectReason", "NONE"),
            order_id=4293153,
            last_executed_quantity=Number("0.00000000"),
            cumulative_filled_quantity=Number("0.00000000"),
            last_executed_price=Number("0.00000000"),
            commission_amount=Number("0"),
            commission_asset=None,
            transaction_time=1499405658657,
            trade_id=-1,
            prevented_match_id=3,
            execution_id=8641984,
            is_on_book=True,
            is_maker=False,
            order_creation_time=1499405658657,
            cumulative_quote_quantity=Number("0.00000000"),
            last_quote_quantity=Number("0.00000000"),
            quote_order_quantity=Number("0.00000000"),
            trailing_time=None,
            strategy_id=None,
            strategy_type=None,
            working_time=1499405658657,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            trade_group_id=None,
            counter_order_id=None,
            counter_symbol=None,
            prevented_quantity=None,
            last_prevented_quantity=None,
            prevented_execution_quantity=None,
            prevented_execution_price=None,
            prevented_execution_quote_quantity=None,
            match_type=None,
            allocation_id=None,
            working_floor=None,
            used_sor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            order_capacity=None,
            expiry_reason=None,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("c", "text", "client_order_id"),
            Key("S", "open word", "side"),
            Key("o", "open word", "order_type"),
            Key("f", "open word", "time_in_force"),
            Key("q", "decimal", "quantity"),
            Key("p", "decimal", "price"),
            Key("P", "decimal", "stop_price"),
            Key("F", "decimal", "iceberg_quantity"),
            Key("g", "integer", "order_list_id"),
            Key("C", "text", "original_client_order_id", is_nullable=True),
            Key("x", "open word", "execution_type"),
            Key("X", "open word", "order_status"),
            Key("r", "open word", "reject_reason"),
            Key("i", "integer", "order_id"),
            Key("l", "decimal", "last_executed_quantity"),
            Key("z", "decimal", "cumulative_filled_quantity"),
            Key("L", "decimal", "last_executed_price"),
            Key("n", "decimal", "commission_amount"),
            Key("N", "text", "commission_asset", is_nullable=True),
            Key("T", "integer", "transaction_time"),
            Key("t", "integer", "trade_id", is_required=False, is_nullable=True),
            Key("v", "integer", "prevented_match_id", is_required=False, is_nullable=True),
            Key("I", "integer", "execution_id"),
            Key("w", "boolean", "is_on_book"),
            Key("m", "boolean", "is_maker"),
            Key("O", "integer", "order_creation_time", is_required=False, is_nullable=True),
            Key("Z", "decimal", "cumulative_quote_quantity", is_required=False, is_nullable=True),
            Key("Y", "decimal", "last_quote_quantity", is_required=False, is_nullable=True),
            Key("Q", "decimal", "quote_order_quantity", is_required=False, is_nullable=True),
            Key("W", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "V", "open word", "self_trade_prevention_mode", is_required=False, is_nullable=True
            ),
        ),
        ignored=("M",),
    ),
    Case(
        id="account_position",
        stream="OutboundAccountPosition",
        payload=(
            b'{"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,'
            b'"B":[{"a":"ETH","f":"10000.000000","l":"0.000000"}]}'
        ),
        expected=Record(
            "OutboundAccountPosition",
            event_type="outboundAccountPosition",
            event_time=1564034571105,
            account_update_time=1564034571073,
            balances=[
                Record(
                    "Balance", asset="ETH", free=Number("10000.000000"), locked=Number("0.000000")
                )
            ],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("u", "integer", "account_update_time"),
            Key("B", "list", "balances"),
            Key("B/0/a", "text", "balances/0/asset"),
            Key("B/0/f", "decimal", "balances/0/free"),
            Key("B/0/l", "decimal", "balances/0/locked"),
        ),
    ),
    Case(
        id="balance_update",
        stream="BalanceUpdate",
        payload=(
            b'{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000",'
            b'"T":1573200697068}'
        ),
        expected=Record(
            "BalanceUpdate",
            event_type="balanceUpdate",
            event_time=1573200697110,
            asset="BTC",
            balance_delta=Number("100.00000000"),
            clear_time=1573200697068,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("a", "text", "asset"),
            Key("d", "decimal", "balance_delta"),
            Key("T", "integer", "clear_time", is_required=False, is_nullable=True),
        ),
    ),
    Case(
        id="list_status",
        stream="ListStatus",
        payload=(
            b'{"e":"listStatus","E":1564035303637,"s":"ETHBTC","g":2,"c":"OCO",'
            b'"l":"EXEC_STARTED","L":"EXECUTING","r":"NONE",'
            b'"C":"F4QN4G8DlFATFlIUQ0cjdD","T":1564035303625,"O":[{"s":"ETHBTC","i":17,'
            b'"c":"AJYsMjErWJesZvqlJCTUgL"},{"s":"ETHBTC","i":18,'
            b'"c":"bfYPSQdLoqAJeNrOr9adzq"}]}'
        ),
        expected=Record(
            "ListStatus",
            event_type="listStatus",
            event_time=1564035303637,
            symbol="ETHBTC",
            order_list_id=2,
            contingency_type=Word("ContingencyType", "OCO"),
            list_status_type=Word("ListStatusType", "EXEC_STARTED"),
            list_order_status=Word("ListOrderStatus", "EXECUTING"),
            reject_reason=Word("OrderRejectReason", "NONE"),
            list_client_order_id="F4QN4G8DlFATFlIUQ0cjdD",
            transaction_time=1564035303625,
            orders=[
                Record(
                    "ListStatusOrder",
                    symbol="ETHBTC",
                    order_id=17,
                    client_order_id="AJYsMjErWJesZvqlJCTUgL",
                ),
                Record(
                    "ListStatusOrder",
                    symbol="ETHBTC",
                    order_id=18,
                    client_order_id="bfYPSQdLoqAJeNrOr9adzq",
                ),
            ],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("g", "integer", "order_list_id"),
            Key("c", "open word", "contingency_type"),
            Key("l", "open word", "list_status_type"),
            Key("L", "open word", "list_order_status"),
            Key("r", "open word", "reject_reason"),
            Key("C", "text", "list_client_order_id"),
            Key("T", "integer", "transaction_time"),
            Key("O", "list", "orders"),
            Key("O/0/s", "text", "orders/0/symbol"),
            Key("O/0/i", "integer", "orders/0/order_id"),
            Key("O/0/c", "text", "orders/0/client_order_id"),
        ),
    ),
    Case(
        id="external_lock_update",
        stream="ExternalLockUpdate",
        payload=(
            b'{"e":"externalLockUpdate","E":1581557507324,"a":"NEO","d":"10.00000000",'
            b'"T":1581557507268}'
        ),
        expected=Record(
            "ExternalLockUpdate",
            event_type="externalLockUpdate",
            event_time=1581557507324,
            asset="NEO",
            locked_delta=Number("10.00000000"),
            transaction_time=1581557507268,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("a", "text", "asset"),
            Key("d", "decimal", "locked_delta"),
            Key("T", "integer", "transaction_time"),
        ),
    ),
    Case(
        id="event_stream_terminated",
        stream="EventStreamTerminated",
        payload=(b'{"e":"eventStreamTerminated","E":1728973001334}'),
        expected=Record(
            "EventStreamTerminated", event_type="eventStreamTerminated", event_time=1728973001334
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time", is_required=False, is_nullable=True),
        ),
    ),
]

ORDERS = [
    (
        "execution_report",
        Record(
            "Order",
            symbol="ETHBTC",
            order_id=4293153,
            order_list_id=-1,
            client_order_id="mUvoqJxFIILMdfAW5iGSOW",
            price=Number("0.10264410"),
            quantity=Number("1.00000000"),
            cumulative_filled_quantity=Number("0.00000000"),
            cumulative_quote_quantity=Number("0.00000000"),
            order_status=Word("OrderStatus", "NEW"),
            time_in_force=Word("TimeInForce", "GTC"),
            order_type=Word("OrderType", "LIMIT"),
            side=Word("OrderSide", "BUY"),
            stop_price=Number("0.00000000"),
            trailing_delta=None,
            trailing_time=None,
            iceberg_quantity=Number("0.00000000"),
            order_creation_time=1499405658657,
            transaction_time=1499405658657,
            is_on_book=True,
            working_time=1499405658657,
            quote_order_quantity=Number("0.00000000"),
            strategy_id=None,
            strategy_type=None,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            prevented_match_id=3,
            prevented_quantity=None,
            used_sor=None,
            working_floor=None,
            pegged_price_type=None,
            pegged_offset_type=None,
            pegged_offset_value=None,
            pegged_price=None,
            expiry_reason=None,
        ),
    ),
]

EACH_METHOD = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
EACH_SIGNED = pytest.mark.parametrize("signed", SIGNED, ids=lambda signed: signed.id)
EACH_ANSWER = pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
EACH_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
EACH_NUMBER = pytest.mark.parametrize("numbers", NUMBERS)


def keys_of(cases: list[Case], with_values: bool = False) -> list[Any]:
    return [
        pytest.param(case, key, id=f"{case.id}-{key.path}")
        for case in cases
        for key in case.keys
        if key.kind in OTHER or not with_values
    ]


def test_api_has_the_methods_of_the_spec_and_no_other() -> None:
    assert list(API.methods) == [method.name for method in METHODS]


@EACH_METHOD
def test_method_is_what_the_spec_says(method: Method) -> None:
    check_method(API, method)


@EACH_METHOD
def test_wrong_parameters_are_refused_before_anything_is_sent(method: Method) -> None:
    known = API.methods[method.name]
    with pytest.raises(ParameterError, match="no_such_parameter"):
        checked_params(known, {**method.good, "no_such_parameter": "x"}, API.max_recv_window)
    for name in method.required:
        given = {key: value for key, value in method.good.items() if key != name}
        with pytest.raises(ParameterError, match=name):
            checked_params(known, given, API.max_recv_window)
    for name, values in method.wrong.items():
        for value in values:
            with pytest.raises(ParameterError, match=name):
                checked_params(known, {**method.good, name: value}, API.max_recv_window)


@EACH_CLIENT
@pytest.mark.parametrize(
    "method",
    [method for method in METHODS if method.is_public],
    ids=lambda method: method.name,
)
def test_account_hands_on_its_requests(client: str, method: Method) -> None:
    check_hands_on(binance_streams, client, method)


@EACH_CLIENT
def test_client_hands_on_its_arguments(client: str) -> None:
    check_hands_on_account(binance_streams, client)


@EACH_SIGNED
def test_what_is_signed_and_its_signature_are_the_published_ones(signed: Signed) -> None:
    check_payload(signed)


# The client signs times in milliseconds.
@pytest.mark.parametrize(
    "signed", [signed for signed in SIGNED if signed.text], ids=lambda signed: signed.id
)
def test_request_is_sent_byte_for_byte(signed: Signed) -> None:
    check_request(API, signed)


def test_errors_are_those_of_the_spec() -> None:
    found = {
        code: (error.remedy, error.advice, error.messages) for code, error in API.errors.items()
    }
    assert found == ERRORS
    assert all(error.code == code for code, error in API.errors.items())


@EACH_ANSWER
@EACH_NUMBER
def test_result_decodes_to_exact_values_and_types(answer: Case, numbers: type[Any]) -> None:
    check_answers(RESULTS, answer, numbers)


@EACH_ANSWER
def test_unknown_key_of_a_result_changes_nothing(answer: Case) -> None:
    check_unknown_key(RESULTS, answer)


@pytest.mark.parametrize(("answer", "key"), keys_of(ANSWERS))
def test_result_without_a_key_or_of_another_type_is_refused(answer: Case, key: Key) -> None:
    check_mutants(RESULTS, answer, key)


@pytest.mark.parametrize(("answer", "key"), keys_of(ANSWERS, with_values=True))
def test_each_key_of_a_result_becomes_its_attribute(answer: Case, key: Key) -> None:
    check_attribute(RESULTS, answer, key)


def test_account_has_the_events_of_the_spec() -> None:
    expected = [
        "ExecutionReport",
        "OutboundAccountPosition",
        "BalanceUpdate",
        "ListStatus",
        "ExternalLockUpdate",
        "EventStreamTerminated",
    ]
    assert [event.__name__ for event in ACCOUNT.events] == expected
    assert ACCOUNT.sequence == Identified(
        {
            "ExecutionReport": ("symbol", "order_id", "execution_id"),
            "OutboundAccountPosition": ("account_update_time", "balances"),
            "BalanceUpdate": ("asset", "balance_delta", "clear_time"),
            "ListStatus": (
                "symbol",
                "order_list_id",
                "list_status_type",
                "list_order_status",
                "transaction_time",
                "orders",
            ),
            "ExternalLockUpdate": ("asset", "locked_delta", "transaction_time"),
        }
    )
    assert API.account is ACCOUNT
    assert binance_streams.VENUE.api is API


@EACH_CASE
@EACH_NUMBER
def test_event_decodes_to_exact_values_and_types(case: Case, numbers: type[Any]) -> None:
    check_event_in_its_envelope(EVENTS, case, numbers)


@EACH_CASE
@pytest.mark.parametrize("numbers", [Decimal, str])
def test_event_is_encoded_as_it_came(case: Case, numbers: type[Any]) -> None:
    check_encodes(EVENTS, case, numbers)


@pytest.mark.parametrize(("case", "key"), keys_of(CASES))
def test_event_without_a_key_or_of_another_type_is_refused(case: Case, key: Key) -> None:
    check_mutants(EVENTS, case, key)


@pytest.mark.parametrize(("case", "key"), keys_of(CASES, with_values=True))
def test_each_key_of_an_event_becomes_its_attribute(case: Case, key: Key) -> None:
    check_attribute(EVENTS, case, key)


@pytest.mark.parametrize(("id", "order"), ORDERS, ids=[id for id, _ in ORDERS])
@EACH_NUMBER
def test_report_becomes_the_order_that_the_server_would_answer(
    id: str, order: Record, numbers: type[Any]
) -> None:
    (case,) = (case for case in CASES if case.id == id)
    check_order(EVENTS, API, case, order, numbers)
