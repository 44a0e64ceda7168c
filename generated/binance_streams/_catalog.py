"""Every stream as data: its name, its events, its speed, its sequence, its life.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from binance_streams._rest import (
    AggTradeRow,
    BlockTradeRow,
    KlineRow,
    OrderBookSnapshot,
    TradeRow,
    agg_trade_from_row,
    block_trade_from_row,
    kline_from_row,
    trade_from_row,
)
from binance_streams._structs import (
    AggTrade,
    AvgPrice,
    BalanceUpdate,
    BlockTrade,
    BookTicker,
    DepthUpdate,
    EventStreamTerminated,
    ExecutionReport,
    ExternalLockUpdate,
    KlineEvent,
    ListenKeyExpired,
    ListStatus,
    MiniTicker,
    OutboundAccountInfo,
    OutboundAccountPosition,
    PartialBookDepth,
    ReferencePrice,
    RollingWindowTicker,
    Ticker,
    Trade,
)
from binance_streams_runtime.catalog_api import (
    Backfill,
    BestLevels,
    Candle,
    Catalog,
    Choice,
    Endpoint,
    Lifecycle,
    ListenKey,
    Monotonic,
    OrderBookRules,
    Range,
    Step,
    StreamType,
    Symbol,
    UpdateSpeed,
)

_KLINE_INTERVAL = {
    "1s": "1s",
    "1m": "1m",
    "3m": "3m",
    "5m": "5m",
    "15m": "15m",
    "30m": "30m",
    "1h": "1h",
    "2h": "2h",
    "4h": "4h",
    "6h": "6h",
    "8h": "8h",
    "12h": "12h",
    "1d": "1d",
    "3d": "3d",
    "1w": "1w",
    "1M": "1M",
}
_WINDOW_SIZE = {"1h": "1h", "4h": "4h", "1d": "1d"}

AGG_TRADE = StreamType(
    key="agg_trade",
    title="Aggregate Trade Streams",
    method="agg_trade",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#aggregate-trade-streams",
    segments=(
        Symbol("symbol"),
        "@aggTrade",
    ),
    events=(AggTrade,),
    update_speed=UpdateSpeed(None),
    category="market",
    ignored=("M",),
    sequence=Step("aggregate_trade_id", 1),
    backfill=Backfill(
        endpoint=Endpoint(
            path="/api/v3/aggTrades",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#compressedaggregate-trades-list",
            weights=((1000, 4),),
        ),
        query={"symbol": "symbol"},
        start="fromId",
        number="aggregate_trade_id",
        row=AggTradeRow,
        to_event=agg_trade_from_row,
    ),
)

ALL_MINI_TICKERS = StreamType(
    key="all_mini_tickers",
    title="All Market Mini Tickers Stream",
    method="mini_ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-mini-tickers-stream",
    segments=("!miniTicker@arr",),
    events=(MiniTicker,),
    update_speed=UpdateSpeed(1000),
    is_array=True,
    category="market",
)

ALL_TICKERS = StreamType(
    key="all_tickers",
    title="All Market Tickers Stream",
    method="ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/CHANGELOG.md#2025-11-14",
    segments=("!ticker@arr",),
    events=(Ticker,),
    update_speed=UpdateSpeed(1000),
    is_array=True,
    category="market",
    lifecycle=Lifecycle(
        deprecated="2025-11-14", retired="2026-03-26", use="<symbol>@ticker or !miniTicker@arr"
    ),
)

AVG_PRICE = StreamType(
    key="avg_price",
    title="Average Price",
    method="avg_price",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#average-price",
    segments=(
        Symbol("symbol"),
        "@avgPrice",
    ),
    events=(AvgPrice,),
    update_speed=UpdateSpeed(1000),
    category="market",
    sequence=Monotonic("event_time", is_time=True),
    is_state=True,
    lifecycle=Lifecycle(since="2023-12-04"),
)

BLOCK_TRADE = StreamType(
    key="block_trade",
    title="Block Trade Streams",
    method="block_trade",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#block-trade-streams",
    segments=(
        Symbol("symbol"),
        "@blockTrade",
    ),
    events=(BlockTrade,),
    update_speed=UpdateSpeed(None),
    category="market",
    sequence=Monotonic("block_trade_id"),
    lifecycle=Lifecycle(since="2026-05-12"),
    backfill=Backfill(
        endpoint=Endpoint(
            path="/api/v3/historicalBlockTrades",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#historical-block-trades",
            weights=((1000, 25),),
        ),
        query={"symbol": "symbol"},
        start="fromId",
        number="block_trade_id",
        row=BlockTradeRow,
        to_event=block_trade_from_row,
    ),
)

BOOK_TICKER = StreamType(
    key="book_ticker",
    title="Individual Symbol Book Ticker Streams",
    method="book_ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams",
    segments=(
        Symbol("symbol"),
        "@bookTicker",
    ),
    events=(BookTicker,),
    update_speed=UpdateSpeed(None),
    category="market",
    sequence=Monotonic("update_id"),
    is_state=True,
)

DIFF_BOOK_DEPTH = StreamType(
    key="diff_book_depth",
    title="Diff. Depth Stream",
    method="diff_book_depth",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#diff-depth-stream",
    segments=(
        Symbol("symbol"),
        "@depth",
        Choice("speed", {1000: "", 100: "@100ms"}),
    ),
    events=(DepthUpdate,),
    update_speed=UpdateSpeed(1000, by="speed", exceptions={100: 100}),
    category="market",
    sequence=Range("first_update_id", "last_update_id"),
)

KLINE = StreamType(
    key="kline",
    title="Kline/Candlestick Streams for UTC",
    method="kline",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-for-utc",
    segments=(
        Symbol("symbol"),
        "@kline_",
        Choice("interval", _KLINE_INTERVAL),
    ),
    events=(KlineEvent,),
    update_speed=UpdateSpeed(2000, by="interval", exceptions={"1s": 1000}),
    category="market",
    ignored=("k.B",),
    sequence=Monotonic("event_time", is_time=True),
    backfill=Backfill(
        endpoint=Endpoint(
            path="/api/v3/klines",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#klinecandlestick-data",
            weights=((1000, 2),),
        ),
        query={"symbol": "symbol", "interval": "interval"},
        start="startTime",
        number="kline.open_time",
        row=KlineRow,
        to_event=kline_from_row,
        end="endTime",
        candle=Candle(close_time="kline.close_time", is_closed="kline.is_closed"),
    ),
)

KLINE_TIMEZONE_OFFSET = StreamType(
    key="kline_timezone_offset",
    title="Kline/Candlestick Streams with timezone offset",
    method="kline_timezone_offset",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-with-timezone-offset",
    segments=(
        Symbol("symbol"),
        "@kline_",
        Choice("interval", _KLINE_INTERVAL),
        "@+08:00",
    ),
    events=(KlineEvent,),
    update_speed=UpdateSpeed(2000, by="interval", exceptions={"1s": 1000}),
    category="market",
    ignored=("k.B",),
    sequence=Monotonic("event_time", is_time=True),
    lifecycle=Lifecycle(since="2024-05-30"),
    backfill=Backfill(
        endpoint=Endpoint(
            path="/api/v3/klines",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#klinecandlestick-data",
            weights=((1000, 2),),
        ),
        query={"symbol": "symbol", "interval": "interval"},
        start="startTime",
        number="kline.open_time",
        row=KlineRow,
        to_event=kline_from_row,
        end="endTime",
        constants={"timeZone": "8"},
        candle=Candle(close_time="kline.close_time", is_closed="kline.is_closed"),
    ),
)

MINI_TICKER = StreamType(
    key="mini_ticker",
    title="Individual Symbol Mini Ticker Stream",
    method="mini_ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-mini-ticker-stream",
    segments=(
        Symbol("symbol"),
        "@miniTicker",
    ),
    events=(MiniTicker,),
    update_speed=UpdateSpeed(1000),
    category="market",
    sequence=Monotonic("event_time", is_time=True),
    is_state=True,
)

PARTIAL_BOOK_DEPTH = StreamType(
    key="partial_book_depth",
    title="Partial Book Depth Streams",
    method="partial_book_depth",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams",
    segments=(
        Symbol("symbol"),
        "@depth",
        Choice("level", {5: "5", 10: "10", 20: "20"}),
        Choice("speed", {1000: "", 100: "@100ms"}),
    ),
    events=(PartialBookDepth,),
    update_speed=UpdateSpeed(1000, by="speed", exceptions={100: 100}),
    category="market",
    sequence=Monotonic("last_update_id", repeats=True),
    is_state=True,
)

REFERENCE_PRICE = StreamType(
    key="reference_price",
    title="Reference Price Streams",
    method="reference_price",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#reference-price-streams",
    segments=(
        Symbol("symbol"),
        "@referencePrice",
    ),
    events=(ReferencePrice,),
    update_speed=UpdateSpeed(1000),
    category="market",
    sequence=Monotonic("reference_time", is_time=True, repeats=True),
    is_state=True,
    lifecycle=Lifecycle(since="2026-03-09"),
)

ROLLING_WINDOW_TICKER = StreamType(
    key="rolling_window_ticker",
    title="Individual Symbol Rolling Window Statistics Streams",
    method="rolling_window_ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams",
    segments=(
        Symbol("symbol"),
        "@ticker_",
        Choice("windowSize", _WINDOW_SIZE),
    ),
    events=(RollingWindowTicker,),
    update_speed=UpdateSpeed(1000),
    category="market",
    sequence=Monotonic("event_time", is_time=True),
    is_state=True,
)

ROLLING_WINDOW_TICKER_ALL_SYMBOLS = StreamType(
    key="rolling_window_ticker_all_symbols",
    title="All Market Rolling Window Statistics Streams",
    method="rolling_window_ticker_all_symbols",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#all-market-rolling-window-statistics-streams",
    segments=(
        "!ticker_",
        Choice("windowSize", _WINDOW_SIZE),
        "@arr",
    ),
    events=(RollingWindowTicker,),
    update_speed=UpdateSpeed(1000),
    is_array=True,
    category="market",
)

TICKER = StreamType(
    key="ticker",
    title="Individual Symbol Ticker Streams",
    method="ticker",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams",
    segments=(
        Symbol("symbol"),
        "@ticker",
    ),
    events=(Ticker,),
    update_speed=UpdateSpeed(1000),
    category="market",
    sequence=Monotonic("event_time", is_time=True),
    is_state=True,
)

TRADE = StreamType(
    key="trade",
    title="Trade Streams",
    method="trade",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#trade-streams",
    segments=(
        Symbol("symbol"),
        "@trade",
    ),
    events=(Trade,),
    update_speed=UpdateSpeed(None),
    category="market",
    ignored=("M", "b", "a"),
    sequence=Step("trade_id", 1),
    backfill=Backfill(
        endpoint=Endpoint(
            path="/api/v3/historicalTrades",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#old-trade-lookup",
            weights=((1000, 25),),
        ),
        query={"symbol": "symbol"},
        start="fromId",
        number="trade_id",
        row=TradeRow,
        to_event=trade_from_row,
    ),
)

USER_DATA = StreamType(
    key="user_data",
    title="User Data Streams",
    method="user_data",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events",
    segments=(ListenKey("listen_key"),),
    events=(
        ExecutionReport,
        OutboundAccountPosition,
        BalanceUpdate,
        ListStatus,
        ExternalLockUpdate,
        EventStreamTerminated,
        ListenKeyExpired,
        OutboundAccountInfo,
    ),
    update_speed=UpdateSpeed(None),
    category="user",
    ignored=("M",),
    lifecycle=Lifecycle(deprecated="2025-04-07", retired="2026-02-20", use="client.account(key)"),
)

CATALOG = Catalog(
    (
        AGG_TRADE,
        ALL_MINI_TICKERS,
        ALL_TICKERS,
        AVG_PRICE,
        BLOCK_TRADE,
        BOOK_TICKER,
        DIFF_BOOK_DEPTH,
        KLINE,
        KLINE_TIMEZONE_OFFSET,
        MINI_TICKER,
        PARTIAL_BOOK_DEPTH,
        REFERENCE_PRICE,
        ROLLING_WINDOW_TICKER,
        ROLLING_WINDOW_TICKER_ALL_SYMBOLS,
        TICKER,
        TRADE,
        USER_DATA,
    ),
    order_book=OrderBookRules(
        updates=DIFF_BOOK_DEPTH,
        bids="bids",
        asks="asks",
        snapshot=Endpoint(
            path="/api/v3/depth",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#order-book",
            weights=((100, 5), (500, 25), (1000, 50), (5000, 250)),
        ),
        query={"symbol": "symbol"},
        snapshot_struct=OrderBookSnapshot,
        snapshot_id="last_update_id",
        event_time="event_time",
        best=BestLevels(
            stream=BOOK_TICKER,
            update_id="update_id",
            bid_price="best_bid_price",
            bid_quantity="best_bid_quantity",
            ask_price="best_ask_price",
            ask_quantity="best_ask_quantity",
        ),
    ),
)
"""Every stream that the spec describes."""
