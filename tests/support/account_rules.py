"""An account's events and answers in short, and the rules by which a state follows them."""

from __future__ import annotations

from msgspec import Struct

from binance_streams_runtime.catalog.api import AccountRules


class Balance(Struct, frozen=True):
    asset: str
    free: str
    locked: str


class Account(Struct, frozen=True):
    update_time: int
    balances: tuple[Balance, ...]


class Order(Struct, frozen=True):
    symbol: str
    order_id: int
    client_order_id: str
    order_status: str
    quantity: str
    filled: str
    update_time: int


class Change(Struct, frozen=True):
    """A balance as events have it."""

    asset: str
    free: str
    locked: str


class Position(Struct, frozen=True):
    account_update_time: int
    balances: tuple[Change, ...]


class Report(Struct, frozen=True):
    symbol: str
    order_id: int
    client_order_id: str
    order_status: str
    quantity: str
    filled: str
    transaction_time: int
    execution_id: int = 0


class Deposit(Struct, frozen=True):
    asset: str
    delta: str
    clear_time: int | None


class Lock(Struct, frozen=True):
    asset: str
    delta: str
    transaction_time: int


class ListEvent(Struct, frozen=True):
    """An event that says nothing of balances and orders."""

    order_list_id: int


def balance_of(change: Change) -> Balance:
    return Balance(change.asset, change.free, change.locked)


def order_of(report: Report) -> Order:
    return Order(
        report.symbol,
        report.order_id,
        report.client_order_id,
        report.order_status,
        report.quantity,
        report.filled,
        report.transaction_time,
    )


RULES = AccountRules(
    balances_method="account.status",
    orders_method="openOrders.status",
    balances="balances",
    update_time="update_time",
    asset="asset",
    order_id=("symbol", "order_id"),
    order_time="update_time",
    status="order_status",
    open=frozenset({"NEW", "PARTIALLY_FILLED", "PENDING_NEW"}),
    closed=frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"}),
    position_event=Position,
    position_balances="balances",
    position_time="account_update_time",
    balance_of=balance_of,
    report_event=Report,
    order_of=order_of,
    delta_events={Deposit: "clear_time", Lock: "transaction_time"},
)
