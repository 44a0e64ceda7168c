"""The rules of the venue's connections.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import Literal, TypeAlias

from binance_streams_runtime.catalog_api import (
    ControlMethod,
    Elsewhere,
    Limits,
    Paths,
    PublicRequest,
    Refusal,
    RestLimits,
    Server,
    Venue,
)

ServerName: TypeAlias = Literal["production"]
"""A server of the venue, by its name."""

VENUE = Venue(
    name="Binance.US",
    subjects="binance.us",
    servers=(
        Server(
            name="production",
            url="wss://stream.binance.us:9443",
            rest_url="https://api.binance.us",
            summary="Production.",
        ),
    ),
    default_server="production",
    limits=Limits(
        messages_per_second=5,
        streams_per_connection=1024,
        ping_interval=180,
        pong_timeout=600,
        connection_lifetime=86400,
        request_ids="unsigned",
        frame_bytes=4096,
        connection_attempts=300,
        connection_attempts_window=300,
        request_id_length=36,
    ),
    methods=(
        ControlMethod(name="SUBSCRIBE", params="streams", returns="null"),
        ControlMethod(name="UNSUBSCRIBE", params="streams", returns="null"),
        ControlMethod(name="LIST_SUBSCRIPTIONS", params="none", returns="streams"),
        ControlMethod(name="SET_PROPERTY", params="property and value", returns="null"),
        ControlMethod(name="GET_PROPERTY", params="property", returns="value"),
    ),
    paths=Paths(raw="/ws", combined="/stream"),
    rest=RestLimits(
        weight=1200,
        window=60,
        used_header="X-MBX-USED-WEIGHT-1M",
        public=(
            PublicRequest(path="/api/v3/ping", weight=1),
            PublicRequest(path="/api/v3/time", weight=1),
            PublicRequest(
                path="/api/v3/exchangeInfo",
                weight=10,
                parameters=("symbol", "symbols", "permissions"),
            ),
            PublicRequest(path="/api/v3/depth", weight=50, parameters=("symbol", "limit")),
            PublicRequest(path="/api/v3/trades", weight=1, parameters=("symbol", "limit")),
            PublicRequest(
                path="/api/v3/aggTrades",
                weight=1,
                parameters=("symbol", "fromId", "startTime", "endTime", "limit"),
            ),
            PublicRequest(
                path="/api/v3/klines",
                weight=1,
                parameters=("symbol", "interval", "startTime", "endTime", "limit"),
            ),
            PublicRequest(path="/api/v3/avgPrice", weight=1, parameters=("symbol",)),
            PublicRequest(
                path="/api/v3/ticker",
                weight=100,
                parameters=("symbol", "symbols", "windowSize", "type"),
            ),
            PublicRequest(
                path="/api/v3/ticker/24hr", weight=40, parameters=("symbol", "symbols", "type")
            ),
            PublicRequest(path="/api/v3/ticker/price", weight=2, parameters=("symbol", "symbols")),
            PublicRequest(
                path="/api/v3/ticker/bookTicker", weight=2, parameters=("symbol", "symbols")
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
    elsewhere=(
        Elsewhere(
            name="Binance Spot",
            package="binance_streams",
            servers=("market_data", "testnet", "demo"),
            hosts=(
                "stream.binance.com",
                "data-stream.binance.vision",
                "stream.testnet.binance.vision",
                "demo-stream.binance.com",
            ),
        ),
    ),
)
"""Everything about the connection that the spec says."""
