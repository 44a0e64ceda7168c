"""The WebSocket API as data: its methods, its errors, and the events of accounts.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from typing import Generic

from binance_streams._structs import (
    AccountBalance,
    AccountStatus,
    AccountSubscription,
    Balance,
    BalanceUpdate,
    EventStreamTerminated,
    ExecutionReport,
    ExternalLockUpdate,
    ListStatus,
    Order,
    OutboundAccountPosition,
    ServerTime,
    SessionStatus,
)
from binance_streams_runtime.generated_api import (
    AccountRules,
    Api,
    ApiError,
    ApiMethod,
    ApiParameter,
    ApiWeight,
    BaseAccountState,
    Identified,
    Limits,
    N,
    StreamType,
    UpdateSpeed,
)


def balance_of_position(event: Balance[N]) -> AccountBalance[N]:
    """Return ``AccountBalance`` as a balance of an event has it."""
    return AccountBalance(asset=event.asset, free=event.free, locked=event.locked)


def order_of_report(event: ExecutionReport[N]) -> Order[N]:
    """Return ``Order`` as an order is after the report."""
    return Order(
        symbol=event.symbol,
        order_id=event.order_id,
        order_list_id=event.order_list_id,
        client_order_id=event.client_order_id,
        price=event.price,
        quantity=event.quantity,
        cumulative_filled_quantity=event.cumulative_filled_quantity,
        cumulative_quote_quantity=event.cumulative_quote_quantity,
        order_status=event.order_status,
        time_in_force=event.time_in_force,
        order_type=event.order_type,
        side=event.side,
        stop_price=event.stop_price,
        trailing_delta=event.trailing_delta,
        trailing_time=event.trailing_time,
        iceberg_quantity=event.iceberg_quantity,
        order_creation_time=event.order_creation_time,
        transaction_time=event.transaction_time,
        is_on_book=event.is_on_book,
        working_time=event.working_time,
        quote_order_quantity=event.quote_order_quantity,
        strategy_id=event.strategy_id,
        strategy_type=event.strategy_type,
        self_trade_prevention_mode=event.self_trade_prevention_mode,
        prevented_match_id=event.prevented_match_id,
        prevented_quantity=event.prevented_quantity,
        used_sor=event.used_sor,
        working_floor=event.working_floor,
        pegged_price_type=event.pegged_price_type,
        pegged_offset_type=event.pegged_offset_type,
        pegged_offset_value=event.pegged_offset_value,
        pegged_price=event.pegged_price,
        expiry_reason=event.expiry_reason,
    )


ACCOUNT = StreamType(
    key="account",
    title="Account",
    method="account",
    source="https://github.com/binance/binance-spot-api-docs/blob/master/user-data-stream.md#user-data-stream-events",
    segments=(),
    events=(
        ExecutionReport,
        OutboundAccountPosition,
        BalanceUpdate,
        ListStatus,
        ExternalLockUpdate,
        EventStreamTerminated,
    ),
    update_speed=UpdateSpeed(None),
    category="account",
    ignored=("M",),
    sequence=Identified(
        {
            "ExecutionReport": ("symbol", "execution_id"),
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
    ),
)


API = Api(
    limits=Limits(
        messages_per_second=0,
        frame_bytes=65536,
        streams_per_connection=1000,
        connection_attempts=300,
        connection_attempts_window=300,
        ping_interval=20,
        pong_timeout=60,
        connection_lifetime=86400,
        request_id_length=36,
        request_ids="any",
    ),
    path="/ws-api/v3",
    processing_timeout=10,
    connect_weight=2,
    recv_window=5000,
    max_recv_window=60000,
    shutdown_event="serverShutdown",
    methods={
        "ping": ApiMethod(
            name="ping",
            summary="Test the connection.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#test-connectivity",
            security="NONE",
            parameters=(),
            weights=(ApiWeight(1),),
        ),
        "time": ApiMethod(
            name="time",
            summary="Ask for the server's time.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#check-server-time",
            security="NONE",
            parameters=(),
            weights=(ApiWeight(1),),
            result=ServerTime,
        ),
        "session.logon": ApiMethod(
            name="session.logon",
            summary="Authenticate the connection with an Ed25519 key.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#log-in-with-api-key-signed",
            security="SIGNED",
            is_by_client=True,
            parameters=(),
            weights=(ApiWeight(2),),
            result=SessionStatus,
        ),
        "session.status": ApiMethod(
            name="session.status",
            summary="Ask which key the connection is authenticated with.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#query-session-status",
            security="NONE",
            parameters=(),
            weights=(ApiWeight(2),),
            result=SessionStatus,
        ),
        "session.logout": ApiMethod(
            name="session.logout",
            summary="Forget the key that the connection is authenticated with.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#log-out-of-the-session",
            security="NONE",
            is_by_client=True,
            parameters=(),
            weights=(ApiWeight(2),),
            result=SessionStatus,
        ),
        "session.subscriptions": ApiMethod(
            name="session.subscriptions",
            summary="List the subscriptions to accounts on the connection.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#listing-all-subscriptions",
            security="NONE",
            parameters=(),
            weights=(ApiWeight(2),),
            result=list[AccountSubscription],
        ),
        "userDataStream.subscribe": ApiMethod(
            name="userDataStream.subscribe",
            summary="Subscribe to the account whose key the connection is authenticated with.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#subscribe-to-user-data-stream-user_stream",
            security="USER_STREAM",
            is_session_only=True,
            is_by_client=True,
            parameters=(),
            weights=(ApiWeight(2),),
            result=AccountSubscription,
        ),
        "userDataStream.subscribe.signature": ApiMethod(
            name="userDataStream.subscribe.signature",
            summary="Subscribe to the account whose key signs the request.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#subscribe-to-user-data-stream-through-signature-subscription-user_stream",
            security="USER_STREAM",
            is_by_client=True,
            parameters=(),
            weights=(ApiWeight(2),),
            result=AccountSubscription,
        ),
        "userDataStream.unsubscribe": ApiMethod(
            name="userDataStream.unsubscribe",
            summary="End a subscription to an account, or all of them.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#unsubscribe-from-user-data-stream",
            security="NONE",
            is_by_client=True,
            parameters=(ApiParameter("subscriptionId", "int"),),
            weights=(ApiWeight(2),),
        ),
        "account.status": ApiMethod(
            name="account.status",
            summary="Ask for the account's balances, permissions and commissions.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#account-information-user_data",
            security="USER_DATA",
            parameters=(ApiParameter("omitZeroBalances", "bool"),),
            weights=(ApiWeight(20),),
            result=AccountStatus,
        ),
        "openOrders.status": ApiMethod(
            name="openOrders.status",
            summary="Ask for the open orders, of one symbol or of all.",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-api.md#current-open-orders-user_data",
            security="USER_DATA",
            parameters=(ApiParameter("symbol", "text"),),
            weights=(ApiWeight(6, given=("symbol",)), ApiWeight(80)),
            result=list[Order],
        ),
    },
    errors={
        -1000: ApiError(
            -1000, ("An unknown error occurred while processing the request.",), "retry"
        ),
        -1001: ApiError(
            -1001, ("Internal error; unable to process your request. Please try again.",), "retry"
        ),
        -1002: ApiError(
            -1002,
            ("You are not authorized to execute this request.",),
            "end",
            advice=(
                "the key lacks the permission that the request needs; give it that "
                "permission where keys are managed"
            ),
        ),
        -1003: ApiError(
            -1003,
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
            "wait",
            advice=(
                "too many requests come from this address, by this program or others; send fewer"
            ),
        ),
        -1006: ApiError(
            -1006,
            (
                (
                    "An unexpected response was received from the message bus. Execution "
                    "status unknown."
                ),
            ),
            "retry",
            advice="nobody knows whether it was done: ask before you repeat it",
        ),
        -1007: ApiError(
            -1007,
            (
                (
                    "Timeout waiting for response from backend server. Send status "
                    "unknown; execution status unknown."
                ),
            ),
            "retry",
            advice="nobody knows whether it was done: ask before you repeat it",
        ),
        -1008: ApiError(
            -1008,
            (
                (
                    "Server is currently overloaded with other requests. Please try again"
                    " in a few minutes."
                ),
            ),
            "retry",
        ),
        -1016: ApiError(
            -1016,
            ("This service is no longer available.",),
            "end",
            advice=(
                "the server no longer has this method; look for a newer version of this package"
            ),
        ),
        -1020: ApiError(
            -1020,
            ("This operation is not supported.",),
            "end",
            advice="the server does not have this method",
        ),
        -1021: ApiError(
            -1021,
            (
                "Timestamp for this request is outside of the recvWindow.",
                "Timestamp for this request was 1000ms ahead of the server's time.",
            ),
            "set_clock",
            advice=(
                "set the machine's clock, or give a larger recv_window if the connection is slow"
            ),
        ),
        -1022: ApiError(
            -1022,
            ("Signature for this request is not valid.",),
            "end",
            advice=(
                "check that the secret or private key belongs to the API key, and "
                "that nothing changes the parameters after they are signed"
            ),
        ),
        -1100: ApiError(
            -1100,
            (
                "Illegal characters found in a parameter.",
                "Illegal characters found in parameter '%s'; legal range is '%s'.",
            ),
            "end",
            advice="a parameter has characters that are not allowed",
        ),
        -1101: ApiError(
            -1101,
            (
                "Too many parameters sent for this endpoint.",
                "Too many parameters; expected '%s' and received '%s'.",
                "Duplicate values for a parameter detected.",
            ),
            "end",
        ),
        -1102: ApiError(
            -1102, ("Mandatory parameter '%s' was not sent, was empty/null, or malformed.",), "end"
        ),
        -1103: ApiError(-1103, ("An unknown parameter was sent.",), "end"),
        -1104: ApiError(
            -1104,
            (
                "Not all sent parameters were read.",
                ("Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'."),
            ),
            "end",
        ),
        -1105: ApiError(-1105, ("A parameter was empty.",), "end"),
        -1106: ApiError(-1106, ("A parameter was sent when not required.",), "end"),
        -1130: ApiError(-1130, ("Invalid data sent for a parameter.",), "end"),
        -1135: ApiError(-1135, ("Invalid JSON Request",), "end"),
        -2014: ApiError(
            -2014,
            ("API-key format invalid.",),
            "end",
            advice=("copy the API key again as it is shown where keys are managed, without blanks"),
        ),
        -2015: ApiError(
            -2015,
            ("Invalid API-key, IP, or permissions for action.",),
            "end",
            advice=(
                "check that the key exists and belongs to this server, that it has "
                "the permission which the request needs, and that it is not bound to "
                "other IP addresses"
            ),
        ),
        -2035: ApiError(-2035, ("User Data Stream subscription already active.",), "active"),
        -2036: ApiError(-2036, ("User Data Stream subscription not active.",), "end"),
        -2042: ApiError(
            -2042, ("Maximum subscription ID reached for this connection.",), "new_connection"
        ),
    },
    account=ACCOUNT,
    state=AccountRules(
        balances_method="account.status",
        orders_method="openOrders.status",
        balances="balances",
        update_time="account_update_time",
        asset="asset",
        order_id=("symbol", "order_id"),
        open=frozenset({"NEW", "PENDING_NEW", "PARTIALLY_FILLED", "PENDING_CANCEL"}),
        closed=frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"}),
        status="order_status",
        order_time="transaction_time",
        position_event=OutboundAccountPosition,
        position_balances="balances",
        position_time="account_update_time",
        balance_of=balance_of_position,
        report_event=ExecutionReport,
        order_of=order_of_report,
        delta_events={BalanceUpdate: "clear_time", ExternalLockUpdate: "transaction_time"},
    ),
)
"""Everything about the WebSocket API that the spec says."""


class AccountState(BaseAccountState[AccountStatus[N], AccountBalance[N], Order[N]], Generic[N]):
    """The balances and open orders of an account, as a program follows them."""
