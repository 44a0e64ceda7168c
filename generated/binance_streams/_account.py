"""The events and requests of one account.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# Parameters have the names that the venue gives them, recvWindow too.
# ruff: noqa: N803

from __future__ import annotations

from decimal import Decimal
from typing import Any, Generic, Literal, overload

from binance_streams._api import AccountState
from binance_streams._structs import (
    AccountEvent,
    AccountStatus,
    AccountSubscription,
    AccountTrade,
    CanceledOrder,
    CancelRestrictions,
    KlineInterval,
    Order,
    OrderList,
    OrderResponseType,
    OrderSide,
    OrderType,
    PegOffsetType,
    PegPriceType,
    PlacedOrder,
    SelfTradePreventionMode,
    ServerTime,
    SessionStatus,
    SymbolStatus,
    TickerType,
    TimeInForce,
)
from binance_streams_runtime.generated_api import BaseAccount, N


class Account(BaseAccount[AccountEvent[N], AccountState[N]], Generic[N]):
    """The events and requests of one account of Binance Spot."""

    state_type = AccountState

    @overload
    def request(
        self,
        method: Literal["account.commission"],
        /,
        *,
        symbol: str,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self, method: Literal["account.rateLimits.orders"], /, *, recvWindow: float | None = None
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["account.status"],
        /,
        *,
        omitZeroBalances: bool | None = None,
        recvWindow: float | None = None,
    ) -> AccountStatus[N]: ...

    @overload
    def request(
        self,
        method: Literal["allOrderLists"],
        /,
        *,
        fromId: int | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        limit: int | None = None,
        recvWindow: float | None = None,
    ) -> list[OrderList]: ...

    @overload
    def request(
        self,
        method: Literal["allOrders"],
        /,
        *,
        symbol: str,
        orderId: int | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        limit: int | None = None,
        recvWindow: float | None = None,
    ) -> list[Order[N]]: ...

    @overload
    def request(self, method: Literal["avgPrice"], /, *, symbol: str) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["blockTrades.historical"],
        /,
        *,
        symbol: str,
        fromId: int,
        limit: int | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["depth"],
        /,
        *,
        symbol: str,
        limit: int | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["exchangeInfo"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        permissions: list[str] | tuple[str, ...] | None = None,
        showPermissionSets: bool | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["executionRules"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["klines"],
        /,
        *,
        symbol: str,
        interval: KlineInterval,
        startTime: int | None = None,
        endTime: int | None = None,
        timeZone: str | None = None,
        limit: int | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["myAllocations"],
        /,
        *,
        symbol: str,
        startTime: int | None = None,
        endTime: int | None = None,
        fromAllocationId: int | None = None,
        limit: int | None = None,
        orderId: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self, method: Literal["myFilters"], /, *, symbol: str, recvWindow: float | None = None
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["myPreventedMatches"],
        /,
        *,
        symbol: str,
        preventedMatchId: int | None = None,
        orderId: int | None = None,
        fromPreventedMatchId: int | None = None,
        limit: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["myTrades"],
        /,
        *,
        symbol: str,
        orderId: int | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        fromId: int | None = None,
        limit: int | None = None,
        recvWindow: float | None = None,
    ) -> list[AccountTrade[N]]: ...

    @overload
    def request(
        self, method: Literal["openOrderLists.status"], /, *, recvWindow: float | None = None
    ) -> list[OrderList]: ...

    @overload
    def request(
        self,
        method: Literal["openOrders.cancelAll"],
        /,
        *,
        symbol: str,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["openOrders.status"],
        /,
        *,
        symbol: str | None = None,
        recvWindow: float | None = None,
    ) -> list[Order[N]]: ...

    @overload
    def request(
        self,
        method: Literal["order.amend.keepPriority"],
        /,
        *,
        symbol: str,
        newQty: Decimal | str | int,
        orderId: int | None = None,
        origClientOrderId: str | None = None,
        newClientOrderId: str | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["order.amendments"],
        /,
        *,
        symbol: str,
        orderId: int,
        fromExecutionId: int | None = None,
        limit: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["order.cancel"],
        /,
        *,
        symbol: str,
        orderId: int | None = None,
        origClientOrderId: str | None = None,
        newClientOrderId: str | None = None,
        cancelRestrictions: CancelRestrictions | None = None,
        recvWindow: float | None = None,
    ) -> CanceledOrder[N]: ...

    @overload
    def request(
        self,
        method: Literal["order.cancelReplace"],
        /,
        *,
        symbol: str,
        cancelReplaceMode: Literal["STOP_ON_FAILURE", "ALLOW_FAILURE"],
        side: OrderSide | Literal["BUY", "SELL"],
        type: OrderType
        | Literal[
            "LIMIT",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
            "LIMIT_MAKER",
        ],
        cancelOrderId: int | None = None,
        cancelOrigClientOrderId: str | None = None,
        cancelNewClientOrderId: str | None = None,
        cancelRestrictions: CancelRestrictions | None = None,
        orderRateLimitExceededMode: Literal["DO_NOTHING", "CANCEL_ONLY"] | None = None,
        timeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        price: Decimal | str | int | None = None,
        quantity: Decimal | str | int | None = None,
        quoteOrderQty: Decimal | str | int | None = None,
        newClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        stopPrice: Decimal | str | int | None = None,
        trailingDelta: int | None = None,
        icebergQty: Decimal | str | int | None = None,
        strategyId: int | None = None,
        strategyType: int | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        pegPriceType: PegPriceType | None = None,
        pegOffsetType: PegOffsetType | None = None,
        pegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["order.place"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        type: OrderType
        | Literal[
            "LIMIT",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
            "LIMIT_MAKER",
        ],
        timeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        price: Decimal | str | int | None = None,
        quantity: Decimal | str | int | None = None,
        quoteOrderQty: Decimal | str | int | None = None,
        newClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        stopPrice: Decimal | str | int | None = None,
        trailingDelta: int | None = None,
        icebergQty: Decimal | str | int | None = None,
        strategyId: int | None = None,
        strategyType: int | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        pegPriceType: PegPriceType | None = None,
        pegOffsetType: PegOffsetType | None = None,
        pegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> PlacedOrder[N]: ...

    @overload
    def request(
        self,
        method: Literal["order.status"],
        /,
        *,
        symbol: str,
        orderId: int | None = None,
        origClientOrderId: str | None = None,
        recvWindow: float | None = None,
    ) -> Order[N]: ...

    @overload
    def request(
        self,
        method: Literal["order.test"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        type: OrderType
        | Literal[
            "LIMIT",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
            "LIMIT_MAKER",
        ],
        timeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        price: Decimal | str | int | None = None,
        quantity: Decimal | str | int | None = None,
        quoteOrderQty: Decimal | str | int | None = None,
        newClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        stopPrice: Decimal | str | int | None = None,
        trailingDelta: int | None = None,
        icebergQty: Decimal | str | int | None = None,
        strategyId: int | None = None,
        strategyType: int | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        pegPriceType: PegPriceType | None = None,
        pegOffsetType: PegOffsetType | None = None,
        pegOffsetValue: int | None = None,
        computeCommissionRates: bool | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.cancel"],
        /,
        *,
        symbol: str,
        orderListId: int | None = None,
        listClientOrderId: str | None = None,
        newClientOrderId: str | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        price: Decimal | str | int,
        quantity: Decimal | str | int,
        listClientOrderId: str | None = None,
        limitClientOrderId: str | None = None,
        limitIcebergQty: Decimal | str | int | None = None,
        limitStrategyId: int | None = None,
        limitStrategyType: int | None = None,
        stopPrice: Decimal | str | int | None = None,
        trailingDelta: int | None = None,
        stopClientOrderId: str | None = None,
        stopLimitPrice: Decimal | str | int | None = None,
        stopLimitTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        stopIcebergQty: Decimal | str | int | None = None,
        stopStrategyId: int | None = None,
        stopStrategyType: int | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place.oco"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        quantity: Decimal | str | int,
        aboveType: Literal[
            "STOP_LOSS_LIMIT", "STOP_LOSS", "LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
        ],
        belowType: Literal["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
        listClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        aboveClientOrderId: str | None = None,
        abovePrice: Decimal | str | int | None = None,
        aboveStopPrice: Decimal | str | int | None = None,
        aboveTrailingDelta: int | None = None,
        aboveIcebergQty: Decimal | str | int | None = None,
        aboveTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        aboveStrategyId: int | None = None,
        aboveStrategyType: int | None = None,
        abovePegPriceType: PegPriceType | None = None,
        abovePegOffsetType: PegOffsetType | None = None,
        abovePegOffsetValue: int | None = None,
        belowClientOrderId: str | None = None,
        belowPrice: Decimal | str | int | None = None,
        belowStopPrice: Decimal | str | int | None = None,
        belowTrailingDelta: int | None = None,
        belowIcebergQty: Decimal | str | int | None = None,
        belowTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        belowStrategyId: int | None = None,
        belowStrategyType: int | None = None,
        belowPegPriceType: PegPriceType | None = None,
        belowPegOffsetType: PegOffsetType | None = None,
        belowPegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place.opo"],
        /,
        *,
        symbol: str,
        workingType: Literal["LIMIT", "LIMIT_MAKER"],
        workingSide: OrderSide | Literal["BUY", "SELL"],
        workingPrice: Decimal | str | int,
        workingQuantity: Decimal | str | int,
        pendingType: OrderType
        | Literal[
            "LIMIT",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
            "LIMIT_MAKER",
        ],
        pendingSide: OrderSide | Literal["BUY", "SELL"],
        listClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        workingClientOrderId: str | None = None,
        workingIcebergQty: Decimal | str | int | None = None,
        workingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        workingStrategyId: int | None = None,
        workingStrategyType: int | None = None,
        workingPegPriceType: PegPriceType | None = None,
        workingPegOffsetType: PegOffsetType | None = None,
        workingPegOffsetValue: int | None = None,
        pendingClientOrderId: str | None = None,
        pendingPrice: Decimal | str | int | None = None,
        pendingStopPrice: Decimal | str | int | None = None,
        pendingTrailingDelta: int | None = None,
        pendingIcebergQty: Decimal | str | int | None = None,
        pendingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingStrategyId: int | None = None,
        pendingStrategyType: int | None = None,
        pendingPegPriceType: PegPriceType | None = None,
        pendingPegOffsetType: PegOffsetType | None = None,
        pendingPegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place.opoco"],
        /,
        *,
        symbol: str,
        workingType: Literal["LIMIT", "LIMIT_MAKER"],
        workingSide: OrderSide | Literal["BUY", "SELL"],
        workingPrice: Decimal | str | int,
        workingQuantity: Decimal | str | int,
        pendingSide: OrderSide | Literal["BUY", "SELL"],
        pendingAboveType: Literal[
            "STOP_LOSS_LIMIT", "STOP_LOSS", "LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
        ],
        listClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        workingClientOrderId: str | None = None,
        workingIcebergQty: Decimal | str | int | None = None,
        workingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        workingStrategyId: int | None = None,
        workingStrategyType: int | None = None,
        workingPegPriceType: PegPriceType | None = None,
        workingPegOffsetType: PegOffsetType | None = None,
        workingPegOffsetValue: int | None = None,
        pendingAboveClientOrderId: str | None = None,
        pendingAbovePrice: Decimal | str | int | None = None,
        pendingAboveStopPrice: Decimal | str | int | None = None,
        pendingAboveTrailingDelta: int | None = None,
        pendingAboveIcebergQty: Decimal | str | int | None = None,
        pendingAboveTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingAboveStrategyId: int | None = None,
        pendingAboveStrategyType: int | None = None,
        pendingAbovePegPriceType: PegPriceType | None = None,
        pendingAbovePegOffsetType: PegOffsetType | None = None,
        pendingAbovePegOffsetValue: int | None = None,
        pendingBelowType: Literal[
            "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
        ]
        | None = None,
        pendingBelowClientOrderId: str | None = None,
        pendingBelowPrice: Decimal | str | int | None = None,
        pendingBelowStopPrice: Decimal | str | int | None = None,
        pendingBelowTrailingDelta: int | None = None,
        pendingBelowIcebergQty: Decimal | str | int | None = None,
        pendingBelowTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingBelowStrategyId: int | None = None,
        pendingBelowStrategyType: int | None = None,
        pendingBelowPegPriceType: PegPriceType | None = None,
        pendingBelowPegOffsetType: PegOffsetType | None = None,
        pendingBelowPegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place.oto"],
        /,
        *,
        symbol: str,
        workingType: Literal["LIMIT", "LIMIT_MAKER"],
        workingSide: OrderSide | Literal["BUY", "SELL"],
        workingPrice: Decimal | str | int,
        workingQuantity: Decimal | str | int,
        pendingType: OrderType
        | Literal[
            "LIMIT",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
            "LIMIT_MAKER",
        ],
        pendingSide: OrderSide | Literal["BUY", "SELL"],
        pendingQuantity: Decimal | str | int,
        listClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        workingClientOrderId: str | None = None,
        workingIcebergQty: Decimal | str | int | None = None,
        workingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        workingStrategyId: int | None = None,
        workingStrategyType: int | None = None,
        workingPegPriceType: PegPriceType | None = None,
        workingPegOffsetType: PegOffsetType | None = None,
        workingPegOffsetValue: int | None = None,
        pendingClientOrderId: str | None = None,
        pendingPrice: Decimal | str | int | None = None,
        pendingStopPrice: Decimal | str | int | None = None,
        pendingTrailingDelta: int | None = None,
        pendingIcebergQty: Decimal | str | int | None = None,
        pendingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingStrategyId: int | None = None,
        pendingStrategyType: int | None = None,
        pendingPegPriceType: PegPriceType | None = None,
        pendingPegOffsetType: PegOffsetType | None = None,
        pendingPegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.place.otoco"],
        /,
        *,
        symbol: str,
        workingType: Literal["LIMIT", "LIMIT_MAKER"],
        workingSide: OrderSide | Literal["BUY", "SELL"],
        workingPrice: Decimal | str | int,
        workingQuantity: Decimal | str | int,
        pendingSide: OrderSide | Literal["BUY", "SELL"],
        pendingQuantity: Decimal | str | int,
        pendingAboveType: Literal[
            "STOP_LOSS_LIMIT", "STOP_LOSS", "LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
        ],
        listClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        workingClientOrderId: str | None = None,
        workingIcebergQty: Decimal | str | int | None = None,
        workingTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        workingStrategyId: int | None = None,
        workingStrategyType: int | None = None,
        workingPegPriceType: PegPriceType | None = None,
        workingPegOffsetType: PegOffsetType | None = None,
        workingPegOffsetValue: int | None = None,
        pendingAboveClientOrderId: str | None = None,
        pendingAbovePrice: Decimal | str | int | None = None,
        pendingAboveStopPrice: Decimal | str | int | None = None,
        pendingAboveTrailingDelta: int | None = None,
        pendingAboveIcebergQty: Decimal | str | int | None = None,
        pendingAboveTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingAboveStrategyId: int | None = None,
        pendingAboveStrategyType: int | None = None,
        pendingAbovePegPriceType: PegPriceType | None = None,
        pendingAbovePegOffsetType: PegOffsetType | None = None,
        pendingAbovePegOffsetValue: int | None = None,
        pendingBelowType: Literal[
            "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
        ]
        | None = None,
        pendingBelowClientOrderId: str | None = None,
        pendingBelowPrice: Decimal | str | int | None = None,
        pendingBelowStopPrice: Decimal | str | int | None = None,
        pendingBelowTrailingDelta: int | None = None,
        pendingBelowIcebergQty: Decimal | str | int | None = None,
        pendingBelowTimeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        pendingBelowStrategyId: int | None = None,
        pendingBelowStrategyType: int | None = None,
        pendingBelowPegPriceType: PegPriceType | None = None,
        pendingBelowPegOffsetType: PegOffsetType | None = None,
        pendingBelowPegOffsetValue: int | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["orderList.status"],
        /,
        *,
        orderListId: int | None = None,
        origClientOrderId: str | None = None,
        recvWindow: float | None = None,
    ) -> OrderList: ...

    @overload
    def request(self, method: Literal["ping"], /) -> Any: ...

    @overload
    def request(self, method: Literal["referencePrice"], /, *, symbol: str) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["referencePrice.calculation"],
        /,
        *,
        symbol: str,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(self, method: Literal["session.status"], /) -> SessionStatus: ...

    @overload
    def request(self, method: Literal["session.subscriptions"], /) -> list[AccountSubscription]: ...

    @overload
    def request(
        self,
        method: Literal["sor.order.place"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        type: Literal["LIMIT", "MARKET"],
        quantity: Decimal | str | int,
        timeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        price: Decimal | str | int | None = None,
        newClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        icebergQty: Decimal | str | int | None = None,
        strategyId: int | None = None,
        strategyType: int | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["sor.order.test"],
        /,
        *,
        symbol: str,
        side: OrderSide | Literal["BUY", "SELL"],
        type: Literal["LIMIT", "MARKET"],
        quantity: Decimal | str | int,
        timeInForce: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        price: Decimal | str | int | None = None,
        newClientOrderId: str | None = None,
        newOrderRespType: OrderResponseType | None = None,
        icebergQty: Decimal | str | int | None = None,
        strategyId: int | None = None,
        strategyType: int | None = None,
        selfTradePreventionMode: SelfTradePreventionMode
        | Literal["NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]
        | None = None,
        computeCommissionRates: bool | None = None,
        recvWindow: float | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["ticker"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        type: TickerType | None = None,
        windowSize: str | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["ticker.24hr"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        type: TickerType | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["ticker.book"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["ticker.price"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["ticker.tradingDay"],
        /,
        *,
        symbol: str | None = None,
        symbols: list[str] | tuple[str, ...] | None = None,
        timeZone: str | None = None,
        type: TickerType | None = None,
        symbolStatus: SymbolStatus | None = None,
    ) -> Any: ...

    @overload
    def request(self, method: Literal["time"], /) -> ServerTime: ...

    @overload
    def request(
        self,
        method: Literal["trades.aggregate"],
        /,
        *,
        symbol: str,
        fromId: int | None = None,
        startTime: int | None = None,
        endTime: int | None = None,
        limit: int | None = None,
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["trades.historical"],
        /,
        *,
        symbol: str,
        fromId: int | None = None,
        limit: int | None = None,
    ) -> Any: ...

    @overload
    def request(
        self, method: Literal["trades.recent"], /, *, symbol: str, limit: int | None = None
    ) -> Any: ...

    @overload
    def request(
        self,
        method: Literal["uiKlines"],
        /,
        *,
        symbol: str,
        interval: KlineInterval,
        startTime: int | None = None,
        endTime: int | None = None,
        timeZone: str | None = None,
        limit: int | None = None,
    ) -> Any: ...

    def request(self, method: str, /, **params: Any) -> Any:
        """Send a request to the WebSocket API; return the ``result`` of its answer.

        The API key, the timestamp and the signature are added if the method needs them. The request
        weight is counted: a request waits for its turn if the limit is used up. Never sent twice:
        if no answer comes, the error says whether the request was sent. It needs a connection, but
        no confirmed subscription, and also works after ``unsubscribe()``.

        Args:
            method: The venue's name, such as ``openOrders.status``.
            params: Its parameters by the venue's names, such as ``symbol``. Prices and quantities
                are Decimal, text or int, as a float is not exact; what is None is left out.

        Returns:
            The result: a struct if the spec describes it, otherwise plain JSON objects.

        Raises:
            ParameterError: There is no such method, or a parameter is not allowed; nothing is sent.
            RequestError: The server refuses it; the error has the code and what to do about it.
            RequestTimeout: No answer came in time.
            ConnectionLost: The connection ended before the answer.
            SigningError: The key does not sign.
            UndecodableError: The answer does not match the spec.
            ClientClosed: The client has been closed.
        """
        return self._request(method, params)
