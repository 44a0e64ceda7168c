"""The rules of the venue's connections.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import Literal, TypeAlias

from binance_streams._api import API
from binance_streams_runtime.catalog_api import (
    ControlMethod,
    Elsewhere,
    Limits,
    Paths,
    PublicRequest,
    Refusal,
    RestLimits,
    Server,
    Shutdown,
    TimeUnits,
    Venue,
)

ServerName: TypeAlias = Literal["production", "market_data", "testnet", "demo"]
"""A server of the venue, by its name."""

VENUE = Venue(
    name="Binance Spot",
    subjects="binance.spot",
    servers=(
        Server(
            name="production",
            url="wss://stream.binance.com:9443",
            rest_url="https://api.binance.com",
            api_url="wss://ws-api.binance.com/ws-api/v3",
            summary="Production; wss://stream.binance.com:443 is the same.",
        ),
        Server(
            name="market_data",
            url="wss://data-stream.binance.vision",
            rest_url="https://data-api.binance.vision",
            rest_elsewhere={
                "/api/v3/historicalTrades": "https://api.binance.com",
                "/api/v3/historicalBlockTrades": "https://api.binance.com",
            },
            summary="Production without user data.",
            refuses=("user",),
        ),
        Server(
            name="testnet",
            url="wss://stream.testnet.binance.vision",
            rest_url="https://testnet.binance.vision",
            api_url="wss://ws-api.testnet.binance.vision/ws-api/v3",
            summary="The test network; port 9443 is the same.",
        ),
        Server(
            name="demo",
            url="wss://demo-stream.binance.com",
            rest_url="https://demo-api.binance.com",
            api_url="wss://demo-ws-api.binance.com/ws-api/v3",
            summary="Demo trading; port 9443 is the same.",
        ),
    ),
    default_server="production",
    limits=Limits(
        messages_per_second=5,
        frame_bytes=4096,
        streams_per_connection=1024,
        connection_attempts=300,
        connection_attempts_window=300,
        ping_interval=20,
        pong_timeout=60,
        connection_lifetime=86400,
        request_id_length=36,
        request_ids="any",
    ),
    methods=(
        ControlMethod(name="SUBSCRIBE", params="streams", returns="null"),
        ControlMethod(name="UNSUBSCRIBE", params="streams", returns="null"),
        ControlMethod(name="LIST_SUBSCRIPTIONS", params="none", returns="streams"),
        ControlMethod(name="SET_PROPERTY", params="property and value", returns="null"),
        ControlMethod(name="GET_PROPERTY", params="property", returns="value"),
    ),
    paths=Paths(raw="/ws", combined="/stream"),
    time_units=TimeUnits(parameter="timeUnit", values=("MILLISECOND", "MICROSECOND")),
    rest=RestLimits(
        weight=6000,
        window=60,
        used_header="X-MBX-USED-WEIGHT-1M",
        time_unit_header="X-MBX-TIME-UNIT",
        public=(
            PublicRequest(path="/api/v3/ping", weight=1),
            PublicRequest(path="/api/v3/time", weight=1),
            PublicRequest(
                path="/api/v3/exchangeInfo",
                weight=20,
                parameters=(
                    "symbol",
                    "symbols",
                    "permissions",
                    "showPermissionSets",
                    "symbolStatus",
                ),
            ),
            PublicRequest(
                path="/api/v3/executionRules",
                weight=40,
                parameters=("symbol", "symbols", "symbolStatus"),
            ),
            PublicRequest(
                path="/api/v3/depth", weight=250, parameters=("symbol", "limit", "symbolStatus")
            ),
            PublicRequest(path="/api/v3/trades", weight=25, parameters=("symbol", "limit")),
            PublicRequest(
                path="/api/v3/historicalTrades", weight=25, parameters=("symbol", "fromId", "limit")
            ),
            PublicRequest(
                path="/api/v3/historicalBlockTrades",
                weight=25,
                parameters=("symbol", "fromId", "limit"),
            ),
            PublicRequest(
                path="/api/v3/aggTrades",
                weight=4,
                parameters=("symbol", "fromId", "startTime", "endTime", "limit"),
            ),
            PublicRequest(
                path="/api/v3/klines",
                weight=2,
                parameters=("symbol", "interval", "startTime", "endTime", "timeZone", "limit"),
            ),
            PublicRequest(
                path="/api/v3/uiKlines",
                weight=2,
                parameters=("symbol", "interval", "startTime", "endTime", "timeZone", "limit"),
            ),
            PublicRequest(path="/api/v3/avgPrice", weight=2, parameters=("symbol",)),
            PublicRequest(path="/api/v3/referencePrice", weight=2, parameters=("symbol",)),
            PublicRequest(
                path="/api/v3/ticker",
                weight=200,
                parameters=("symbol", "symbols", "windowSize", "type", "symbolStatus"),
            ),
            PublicRequest(
                path="/api/v3/ticker/24hr",
                weight=80,
                parameters=("symbol", "symbols", "type", "symbolStatus"),
            ),
            PublicRequest(
                path="/api/v3/ticker/tradingDay",
                weight=200,
                parameters=("symbol", "symbols", "timeZone", "type", "symbolStatus"),
            ),
            PublicRequest(
                path="/api/v3/ticker/price",
                weight=4,
                parameters=("symbol", "symbols", "symbolStatus"),
            ),
            PublicRequest(
                path="/api/v3/ticker/bookTicker",
                weight=4,
                parameters=("symbol", "symbols", "symbolStatus"),
            ),
        ),
    ),
    refusals=(
        Refusal(
            code=0,
            message="Unknown property",
            when="SET_PROPERTY or GET_PROPERTY of another property.",
        ),
        Refusal(
            code=1,
            message="Invalid value type: expected Boolean",
            when="SET_PROPERTY with a value other than true or false.",
        ),
        Refusal(
            code=2,
            message="Invalid request: property name must be a string",
            when="A property name of another type, or none.",
        ),
        Refusal(
            code=2,
            message="Invalid request: request ID must be an unsigned integer",
            when="No id, or an id of an unsupported type.",
        ),
        Refusal(
            code=2,
            message=(
                "Invalid request: unknown variant %s, expected one of `SUBSCRIBE`, "
                "`UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` "
                "at line 1 column 28"
            ),
            when="A method that does not exist.",
        ),
        Refusal(
            code=2,
            message="Invalid request: too many parameters",
            when="Parameters that the method does not take.",
        ),
        Refusal(
            code=2,
            message="Invalid request: missing field `method` at line 1 column 73",
            when="No method.",
        ),
        Refusal(
            code=3,
            message="Invalid JSON: expected value at line %s column %s",
            when="The text is not JSON.",
        ),
    ),
    shutdown=Shutdown(stream="!serverShutdown", event="serverShutdown"),
    elsewhere=(
        Elsewhere(
            name="Binance.US",
            package="binance_streams_us",
            servers=("us",),
            hosts=("stream.binance.us",),
        ),
    ),
    api=API,
)
"""Everything about the connection that the spec says."""
