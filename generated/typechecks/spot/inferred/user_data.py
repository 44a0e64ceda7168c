"""What type checkers must infer of ``<listen_key>``. Never run.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from decimal import Decimal
from typing import Literal, assert_type

from binance_streams import (
    AsyncClient,
    AsyncSubscription,
    Balance,
    BalanceUpdate,
    Client,
    ContingencyType,
    EventStreamTerminated,
    ExecutionReport,
    ExecutionType,
    ExpiryReason,
    ExternalLockUpdate,
    ListenKeyExpired,
    ListOrderStatus,
    ListStatus,
    ListStatusOrder,
    ListStatusType,
    Notice,
    OrderRejectReason,
    OrderSide,
    OrderStatus,
    OrderType,
    OutboundAccountInfo,
    OutboundAccountPosition,
    SelfTradePreventionMode,
    Subscription,
    TimeInForce,
    UserDataEvent,
    WorkingFloor,
    decode,
)


def with_decimal(client: Client[Decimal]) -> None:
    """Subscribing, and every way to read."""

    def take(event: UserDataEvent[Decimal]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, Subscription[UserDataEvent[Decimal]])
    assert_type(subscription.get(timeout=10), UserDataEvent[Decimal])
    for event in subscription:
        assert_type(event, UserDataEvent[Decimal])
    for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[Decimal]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[Decimal])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        Subscription[UserDataEvent[Decimal]],
    )
    for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[Decimal])
    for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[Decimal])
    for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[Decimal])
    for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[Decimal])
    for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[Decimal])


async def async_with_decimal(client: AsyncClient[Decimal]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: UserDataEvent[Decimal]) -> None: ...

    async def take_async(event: UserDataEvent[Decimal]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, AsyncSubscription[UserDataEvent[Decimal]])
    assert_type(await subscription.get(timeout=10), UserDataEvent[Decimal])
    async for event in subscription:
        assert_type(event, UserDataEvent[Decimal])
    async for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[Decimal]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[Decimal])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        AsyncSubscription[UserDataEvent[Decimal]],
    )
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take_async,
        ),
        AsyncSubscription[UserDataEvent[Decimal]],
    )
    async for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[Decimal])
    async for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[Decimal])
    async for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[Decimal])
    async for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    async for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[Decimal])
    async for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    async for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    async for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[Decimal])


def with_float(client: Client[float]) -> None:
    """Subscribing, and every way to read."""

    def take(event: UserDataEvent[float]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, Subscription[UserDataEvent[float]])
    assert_type(subscription.get(timeout=10), UserDataEvent[float])
    for event in subscription:
        assert_type(event, UserDataEvent[float])
    for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[float]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[float])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        Subscription[UserDataEvent[float]],
    )
    for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[float])
    for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[float])
    for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[float])
    for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[float])
    for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[float])


async def async_with_float(client: AsyncClient[float]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: UserDataEvent[float]) -> None: ...

    async def take_async(event: UserDataEvent[float]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, AsyncSubscription[UserDataEvent[float]])
    assert_type(await subscription.get(timeout=10), UserDataEvent[float])
    async for event in subscription:
        assert_type(event, UserDataEvent[float])
    async for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[float]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[float])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        AsyncSubscription[UserDataEvent[float]],
    )
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take_async,
        ),
        AsyncSubscription[UserDataEvent[float]],
    )
    async for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[float])
    async for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[float])
    async for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[float])
    async for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    async for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[float])
    async for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    async for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    async for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[float])


def with_str(client: Client[str]) -> None:
    """Subscribing, and every way to read."""

    def take(event: UserDataEvent[str]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, Subscription[UserDataEvent[str]])
    assert_type(subscription.get(timeout=10), UserDataEvent[str])
    for event in subscription:
        assert_type(event, UserDataEvent[str])
    for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[str]])
    for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[str])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        Subscription[UserDataEvent[str]],
    )
    for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[str])
    for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[str])
    for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[str])
    for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[str])
    for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[str])


async def async_with_str(client: AsyncClient[str]) -> None:
    """The same for asyncio; callbacks are of either kind."""

    def take(event: UserDataEvent[str]) -> None: ...

    async def take_async(event: UserDataEvent[str]) -> None: ...

    subscription = client.user_data(
        listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    )
    assert_type(subscription, AsyncSubscription[UserDataEvent[str]])
    assert_type(await subscription.get(timeout=10), UserDataEvent[str])
    async for event in subscription:
        assert_type(event, UserDataEvent[str])
    async for batch in subscription.batches():
        assert_type(batch, list[UserDataEvent[str]])
    async for item in subscription.with_notices():
        if not isinstance(item, Notice):
            assert_type(item, UserDataEvent[str])
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take,
        ),
        AsyncSubscription[UserDataEvent[str]],
    )
    assert_type(
        client.user_data(
            listen_key="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            on_event=take_async,
        ),
        AsyncSubscription[UserDataEvent[str]],
    )
    async for message in client:
        if isinstance(message.data, ExecutionReport):
            assert_type(message.data, ExecutionReport[str])
    async for message in client:
        if isinstance(message.data, OutboundAccountPosition):
            assert_type(message.data, OutboundAccountPosition[str])
    async for message in client:
        if isinstance(message.data, BalanceUpdate):
            assert_type(message.data, BalanceUpdate[str])
    async for message in client:
        if isinstance(message.data, ListStatus):
            assert_type(message.data, ListStatus)
    async for message in client:
        if isinstance(message.data, ExternalLockUpdate):
            assert_type(message.data, ExternalLockUpdate[str])
    async for message in client:
        if isinstance(message.data, EventStreamTerminated):
            assert_type(message.data, EventStreamTerminated)
    async for message in client:
        if isinstance(message.data, ListenKeyExpired):
            assert_type(message.data, ListenKeyExpired)
    async for message in client:
        if isinstance(message.data, OutboundAccountInfo):
            assert_type(message.data, OutboundAccountInfo[str])


def decoded_executionreport_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExecutionReport, numbers=Decimal)
    assert_type(event, ExecutionReport[Decimal])
    assert_type(decode(b"", ExecutionReport), ExecutionReport[Decimal])
    assert_type(event.event_type, Literal["executionReport"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.client_order_id, str)
    assert_type(event.side, OrderSide)
    assert_type(event.order_type, OrderType)
    assert_type(event.time_in_force, TimeInForce)
    assert_type(event.quantity, Decimal)
    assert_type(event.price, Decimal)
    assert_type(event.stop_price, Decimal)
    assert_type(event.trailing_delta, int | None)
    assert_type(event.iceberg_quantity, Decimal)
    assert_type(event.order_list_id, int)
    assert_type(event.original_client_order_id, str | None)
    assert_type(event.execution_type, ExecutionType)
    assert_type(event.order_status, OrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.order_id, int)
    assert_type(event.last_executed_quantity, Decimal)
    assert_type(event.cumulative_filled_quantity, Decimal)
    assert_type(event.last_executed_price, Decimal)
    assert_type(event.commission_amount, Decimal)
    assert_type(event.commission_asset, str | None)
    assert_type(event.transaction_time, int)
    assert_type(event.trade_id, int | None)
    assert_type(event.prevented_match_id, int | None)
    assert_type(event.execution_id, int)
    assert_type(event.is_on_book, bool)
    assert_type(event.is_maker, bool)
    assert_type(event.order_creation_time, int | None)
    assert_type(event.cumulative_quote_quantity, Decimal | None)
    assert_type(event.last_quote_quantity, Decimal | None)
    assert_type(event.quote_order_quantity, Decimal | None)
    assert_type(event.trailing_time, int | None)
    assert_type(event.strategy_id, int | None)
    assert_type(event.strategy_type, int | None)
    assert_type(event.working_time, int | None)
    assert_type(event.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(event.trade_group_id, int | None)
    assert_type(event.counter_order_id, int | None)
    assert_type(event.counter_symbol, str | None)
    assert_type(event.prevented_quantity, Decimal | None)
    assert_type(event.last_prevented_quantity, Decimal | None)
    assert_type(event.prevented_execution_quantity, Decimal | None)
    assert_type(event.prevented_execution_price, Decimal | None)
    assert_type(event.prevented_execution_quote_quantity, Decimal | None)
    assert_type(event.match_type, str | None)
    assert_type(event.allocation_id, int | None)
    assert_type(event.working_floor, WorkingFloor | None)
    assert_type(event.used_sor, bool | None)
    assert_type(event.pegged_price_type, str | None)
    assert_type(event.pegged_offset_type, str | None)
    assert_type(event.pegged_offset_value, int | None)
    assert_type(event.pegged_price, Decimal | None)
    assert_type(event.order_capacity, str | None)
    assert_type(event.expiry_reason, ExpiryReason | None)


def decoded_outboundaccountposition_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountPosition, numbers=Decimal)
    assert_type(event, OutboundAccountPosition[Decimal])
    assert_type(decode(b"", OutboundAccountPosition), OutboundAccountPosition[Decimal])
    assert_type(event.event_type, Literal["outboundAccountPosition"])
    assert_type(event.event_time, int)
    assert_type(event.account_update_time, int)
    assert_type(event.balances, list[Balance[Decimal]])


def decoded_balanceupdate_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", BalanceUpdate, numbers=Decimal)
    assert_type(event, BalanceUpdate[Decimal])
    assert_type(decode(b"", BalanceUpdate), BalanceUpdate[Decimal])
    assert_type(event.event_type, Literal["balanceUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.balance_delta, Decimal)
    assert_type(event.clear_time, int | None)


def decoded_liststatus_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListStatus, numbers=Decimal)
    assert_type(event, ListStatus)
    assert_type(decode(b"", ListStatus), ListStatus)
    assert_type(event.event_type, Literal["listStatus"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.order_list_id, int)
    assert_type(event.contingency_type, ContingencyType)
    assert_type(event.list_status_type, ListStatusType)
    assert_type(event.list_order_status, ListOrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.list_client_order_id, str)
    assert_type(event.transaction_time, int)
    assert_type(event.orders, list[ListStatusOrder])


def decoded_externallockupdate_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExternalLockUpdate, numbers=Decimal)
    assert_type(event, ExternalLockUpdate[Decimal])
    assert_type(decode(b"", ExternalLockUpdate), ExternalLockUpdate[Decimal])
    assert_type(event.event_type, Literal["externalLockUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.locked_delta, Decimal)
    assert_type(event.transaction_time, int)


def decoded_eventstreamterminated_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", EventStreamTerminated, numbers=Decimal)
    assert_type(event, EventStreamTerminated)
    assert_type(decode(b"", EventStreamTerminated), EventStreamTerminated)
    assert_type(event.event_type, Literal["eventStreamTerminated"])
    assert_type(event.event_time, int | None)


def decoded_listenkeyexpired_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListenKeyExpired, numbers=Decimal)
    assert_type(event, ListenKeyExpired)
    assert_type(decode(b"", ListenKeyExpired), ListenKeyExpired)
    assert_type(event.event_type, Literal["listenKeyExpired"])
    assert_type(event.event_time, int)
    assert_type(event.listen_key, str)


def decoded_outboundaccountinfo_with_decimal() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountInfo, numbers=Decimal)
    assert_type(event, OutboundAccountInfo[Decimal])
    assert_type(decode(b"", OutboundAccountInfo), OutboundAccountInfo[Decimal])
    assert_type(event.event_type, Literal["outboundAccountInfo"])
    assert_type(event.event_time, int)
    assert_type(event.maker_commission, int)
    assert_type(event.taker_commission, int)
    assert_type(event.buyer_commission, int)
    assert_type(event.seller_commission, int)
    assert_type(event.can_trade, bool)
    assert_type(event.can_withdraw, bool)
    assert_type(event.can_deposit, bool)
    assert_type(event.account_update_time, int | None)
    assert_type(event.balances, list[Balance[Decimal]])
    assert_type(event.permissions, list[str] | None)


def decoded_executionreport_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExecutionReport, numbers=float)
    assert_type(event, ExecutionReport[float])
    assert_type(event.event_type, Literal["executionReport"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.client_order_id, str)
    assert_type(event.side, OrderSide)
    assert_type(event.order_type, OrderType)
    assert_type(event.time_in_force, TimeInForce)
    assert_type(event.quantity, float)
    assert_type(event.price, float)
    assert_type(event.stop_price, float)
    assert_type(event.trailing_delta, int | None)
    assert_type(event.iceberg_quantity, float)
    assert_type(event.order_list_id, int)
    assert_type(event.original_client_order_id, str | None)
    assert_type(event.execution_type, ExecutionType)
    assert_type(event.order_status, OrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.order_id, int)
    assert_type(event.last_executed_quantity, float)
    assert_type(event.cumulative_filled_quantity, float)
    assert_type(event.last_executed_price, float)
    assert_type(event.commission_amount, float)
    assert_type(event.commission_asset, str | None)
    assert_type(event.transaction_time, int)
    assert_type(event.trade_id, int | None)
    assert_type(event.prevented_match_id, int | None)
    assert_type(event.execution_id, int)
    assert_type(event.is_on_book, bool)
    assert_type(event.is_maker, bool)
    assert_type(event.order_creation_time, int | None)
    assert_type(event.cumulative_quote_quantity, float | None)
    assert_type(event.last_quote_quantity, float | None)
    assert_type(event.quote_order_quantity, float | None)
    assert_type(event.trailing_time, int | None)
    assert_type(event.strategy_id, int | None)
    assert_type(event.strategy_type, int | None)
    assert_type(event.working_time, int | None)
    assert_type(event.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(event.trade_group_id, int | None)
    assert_type(event.counter_order_id, int | None)
    assert_type(event.counter_symbol, str | None)
    assert_type(event.prevented_quantity, float | None)
    assert_type(event.last_prevented_quantity, float | None)
    assert_type(event.prevented_execution_quantity, float | None)
    assert_type(event.prevented_execution_price, float | None)
    assert_type(event.prevented_execution_quote_quantity, float | None)
    assert_type(event.match_type, str | None)
    assert_type(event.allocation_id, int | None)
    assert_type(event.working_floor, WorkingFloor | None)
    assert_type(event.used_sor, bool | None)
    assert_type(event.pegged_price_type, str | None)
    assert_type(event.pegged_offset_type, str | None)
    assert_type(event.pegged_offset_value, int | None)
    assert_type(event.pegged_price, float | None)
    assert_type(event.order_capacity, str | None)
    assert_type(event.expiry_reason, ExpiryReason | None)


def decoded_outboundaccountposition_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountPosition, numbers=float)
    assert_type(event, OutboundAccountPosition[float])
    assert_type(event.event_type, Literal["outboundAccountPosition"])
    assert_type(event.event_time, int)
    assert_type(event.account_update_time, int)
    assert_type(event.balances, list[Balance[float]])


def decoded_balanceupdate_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", BalanceUpdate, numbers=float)
    assert_type(event, BalanceUpdate[float])
    assert_type(event.event_type, Literal["balanceUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.balance_delta, float)
    assert_type(event.clear_time, int | None)


def decoded_liststatus_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListStatus, numbers=float)
    assert_type(event, ListStatus)
    assert_type(event.event_type, Literal["listStatus"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.order_list_id, int)
    assert_type(event.contingency_type, ContingencyType)
    assert_type(event.list_status_type, ListStatusType)
    assert_type(event.list_order_status, ListOrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.list_client_order_id, str)
    assert_type(event.transaction_time, int)
    assert_type(event.orders, list[ListStatusOrder])


def decoded_externallockupdate_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExternalLockUpdate, numbers=float)
    assert_type(event, ExternalLockUpdate[float])
    assert_type(event.event_type, Literal["externalLockUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.locked_delta, float)
    assert_type(event.transaction_time, int)


def decoded_eventstreamterminated_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", EventStreamTerminated, numbers=float)
    assert_type(event, EventStreamTerminated)
    assert_type(event.event_type, Literal["eventStreamTerminated"])
    assert_type(event.event_time, int | None)


def decoded_listenkeyexpired_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListenKeyExpired, numbers=float)
    assert_type(event, ListenKeyExpired)
    assert_type(event.event_type, Literal["listenKeyExpired"])
    assert_type(event.event_time, int)
    assert_type(event.listen_key, str)


def decoded_outboundaccountinfo_with_float() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountInfo, numbers=float)
    assert_type(event, OutboundAccountInfo[float])
    assert_type(event.event_type, Literal["outboundAccountInfo"])
    assert_type(event.event_time, int)
    assert_type(event.maker_commission, int)
    assert_type(event.taker_commission, int)
    assert_type(event.buyer_commission, int)
    assert_type(event.seller_commission, int)
    assert_type(event.can_trade, bool)
    assert_type(event.can_withdraw, bool)
    assert_type(event.can_deposit, bool)
    assert_type(event.account_update_time, int | None)
    assert_type(event.balances, list[Balance[float]])
    assert_type(event.permissions, list[str] | None)


def decoded_executionreport_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExecutionReport, numbers=str)
    assert_type(event, ExecutionReport[str])
    assert_type(event.event_type, Literal["executionReport"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.client_order_id, str)
    assert_type(event.side, OrderSide)
    assert_type(event.order_type, OrderType)
    assert_type(event.time_in_force, TimeInForce)
    assert_type(event.quantity, str)
    assert_type(event.price, str)
    assert_type(event.stop_price, str)
    assert_type(event.trailing_delta, int | None)
    assert_type(event.iceberg_quantity, str)
    assert_type(event.order_list_id, int)
    assert_type(event.original_client_order_id, str | None)
    assert_type(event.execution_type, ExecutionType)
    assert_type(event.order_status, OrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.order_id, int)
    assert_type(event.last_executed_quantity, str)
    assert_type(event.cumulative_filled_quantity, str)
    assert_type(event.last_executed_price, str)
    assert_type(event.commission_amount, str)
    assert_type(event.commission_asset, str | None)
    assert_type(event.transaction_time, int)
    assert_type(event.trade_id, int | None)
    assert_type(event.prevented_match_id, int | None)
    assert_type(event.execution_id, int)
    assert_type(event.is_on_book, bool)
    assert_type(event.is_maker, bool)
    assert_type(event.order_creation_time, int | None)
    assert_type(event.cumulative_quote_quantity, str | None)
    assert_type(event.last_quote_quantity, str | None)
    assert_type(event.quote_order_quantity, str | None)
    assert_type(event.trailing_time, int | None)
    assert_type(event.strategy_id, int | None)
    assert_type(event.strategy_type, int | None)
    assert_type(event.working_time, int | None)
    assert_type(event.self_trade_prevention_mode, SelfTradePreventionMode | None)
    assert_type(event.trade_group_id, int | None)
    assert_type(event.counter_order_id, int | None)
    assert_type(event.counter_symbol, str | None)
    assert_type(event.prevented_quantity, str | None)
    assert_type(event.last_prevented_quantity, str | None)
    assert_type(event.prevented_execution_quantity, str | None)
    assert_type(event.prevented_execution_price, str | None)
    assert_type(event.prevented_execution_quote_quantity, str | None)
    assert_type(event.match_type, str | None)
    assert_type(event.allocation_id, int | None)
    assert_type(event.working_floor, WorkingFloor | None)
    assert_type(event.used_sor, bool | None)
    assert_type(event.pegged_price_type, str | None)
    assert_type(event.pegged_offset_type, str | None)
    assert_type(event.pegged_offset_value, int | None)
    assert_type(event.pegged_price, str | None)
    assert_type(event.order_capacity, str | None)
    assert_type(event.expiry_reason, ExpiryReason | None)


def decoded_outboundaccountposition_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountPosition, numbers=str)
    assert_type(event, OutboundAccountPosition[str])
    assert_type(event.event_type, Literal["outboundAccountPosition"])
    assert_type(event.event_time, int)
    assert_type(event.account_update_time, int)
    assert_type(event.balances, list[Balance[str]])


def decoded_balanceupdate_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", BalanceUpdate, numbers=str)
    assert_type(event, BalanceUpdate[str])
    assert_type(event.event_type, Literal["balanceUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.balance_delta, str)
    assert_type(event.clear_time, int | None)


def decoded_liststatus_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListStatus, numbers=str)
    assert_type(event, ListStatus)
    assert_type(event.event_type, Literal["listStatus"])
    assert_type(event.event_time, int)
    assert_type(event.symbol, str)
    assert_type(event.order_list_id, int)
    assert_type(event.contingency_type, ContingencyType)
    assert_type(event.list_status_type, ListStatusType)
    assert_type(event.list_order_status, ListOrderStatus)
    assert_type(event.reject_reason, OrderRejectReason)
    assert_type(event.list_client_order_id, str)
    assert_type(event.transaction_time, int)
    assert_type(event.orders, list[ListStatusOrder])


def decoded_externallockupdate_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", ExternalLockUpdate, numbers=str)
    assert_type(event, ExternalLockUpdate[str])
    assert_type(event.event_type, Literal["externalLockUpdate"])
    assert_type(event.event_time, int)
    assert_type(event.asset, str)
    assert_type(event.locked_delta, str)
    assert_type(event.transaction_time, int)


def decoded_eventstreamterminated_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", EventStreamTerminated, numbers=str)
    assert_type(event, EventStreamTerminated)
    assert_type(event.event_type, Literal["eventStreamTerminated"])
    assert_type(event.event_time, int | None)


def decoded_listenkeyexpired_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", ListenKeyExpired, numbers=str)
    assert_type(event, ListenKeyExpired)
    assert_type(event.event_type, Literal["listenKeyExpired"])
    assert_type(event.event_time, int)
    assert_type(event.listen_key, str)


def decoded_outboundaccountinfo_with_str() -> None:
    """Decoding, and every field."""
    event = decode(b"", OutboundAccountInfo, numbers=str)
    assert_type(event, OutboundAccountInfo[str])
    assert_type(event.event_type, Literal["outboundAccountInfo"])
    assert_type(event.event_time, int)
    assert_type(event.maker_commission, int)
    assert_type(event.taker_commission, int)
    assert_type(event.buyer_commission, int)
    assert_type(event.seller_commission, int)
    assert_type(event.can_trade, bool)
    assert_type(event.can_withdraw, bool)
    assert_type(event.can_deposit, bool)
    assert_type(event.account_update_time, int | None)
    assert_type(event.balances, list[Balance[str]])
    assert_type(event.permissions, list[str] | None)
