"""What an account's state takes from answers and events, and when it must be asked for again."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.notices import Dropped, Gap, Notice, Stale, Undecodable
from tests.support.account_rules import (
    RULES,
    Account,
    Balance,
    Change,
    Deposit,
    ListEvent,
    Lock,
    Order,
    Position,
    Report,
)

State: TypeAlias = BaseAccountState[Account, Balance, Order]

GAP = Gap("account vmPU…", None, None)


def order(number: int, time: int, status: str = "NEW", filled: str = "0") -> Order:
    return Order("BTCUSDT", number, "mine", status, "5", filled, time)


def report(
    number: int, time: int, status: str = "NEW", filled: str = "0", name: str = "mine"
) -> Report:
    return Report("BTCUSDT", number, name, status, "5", filled, time)


def position(time: int, **free: str) -> Position:
    return Position(time, tuple(Change(asset, value, "0") for asset, value in free.items()))


def account(time: int, **free: str) -> Account:
    return Account(time, tuple(Balance(asset, value, "0") for asset, value in free.items()))


def state(time: int = 10, *orders: Order, **free: str) -> State:
    return BaseAccountState(RULES, account(time, **(free or {"BTC": "1", "USDT": "100"})), orders)


def free(followed: State) -> dict[str, str]:
    return {asset: balance.free for asset, balance in followed.balances.items()}


def test_a_state_begins_as_the_server_answers() -> None:
    followed = state(10, order(1, 5), order(2, 6))
    assert followed.account == account(10, BTC="1", USDT="100")
    assert free(followed) == {"BTC": "1", "USDT": "100"}
    assert followed.open_orders == {
        ("BTCUSDT", 1): order(1, 5),
        ("BTCUSDT", 2): order(2, 6),
    }
    assert (followed.update_time, followed.needs_refresh) == (10, False)


# Balances


def test_a_position_replaces_the_balances_that_it_names() -> None:
    followed = state(10)
    assert followed.apply(position(11, BTC="2", ETH="3"))
    assert free(followed) == {"BTC": "2", "USDT": "100", "ETH": "3"}
    assert followed.update_time == 11


def test_a_position_from_before_the_answer_is_ignored() -> None:
    followed = state(10)
    assert not followed.apply(position(9, BTC="2"))
    assert free(followed) == {"BTC": "1", "USDT": "100"}
    assert followed.update_time == 10


def test_a_position_of_the_same_time_as_the_answer_counts() -> None:
    """Two updates of one millisecond: the answer may have only the first one."""
    followed = state(10)
    assert followed.apply(position(10, BTC="2"))
    assert free(followed)["BTC"] == "2"


def test_the_last_of_several_positions_of_the_same_time_counts() -> None:
    followed = state(10)
    for value in "234":
        assert followed.apply(position(11, BTC=value))
    assert free(followed)["BTC"] == "4"


def test_each_asset_has_a_time_of_its_own() -> None:
    followed = state(10)
    followed.apply(position(20, BTC="2"))
    assert not followed.apply(position(9, USDT="50"))
    assert free(followed) == {"BTC": "2", "USDT": "100"}
    assert followed.update_time == 20


def test_positions_are_right_in_their_order_whatever_their_times() -> None:
    """The server's clock may have been set back."""
    followed = state(10)
    followed.apply(position(20, BTC="2"))
    assert followed.apply(position(8, BTC="3"))
    assert followed.apply(position(7, BTC="4"))
    assert free(followed)["BTC"] == "4"
    followed.reset(account(11, BTC="1"), [])
    assert free(followed)["BTC"] == "4"


def test_a_position_with_the_known_balances_changes_nothing() -> None:
    followed = state(10)
    assert not followed.apply(position(11, BTC="1"))
    assert followed.update_time == 11


# Orders


@pytest.mark.parametrize("status", ["NEW", "PARTIALLY_FILLED", "PENDING_NEW"])
def test_a_report_of_an_unknown_order_that_is_open_adds_it(status: str) -> None:
    followed = state()
    assert followed.apply(report(3, 4, status))
    assert followed.open_orders == {("BTCUSDT", 3): order(3, 4, status)}


def test_a_report_replaces_the_whole_order() -> None:
    """If it was amended, also the client order ID."""
    followed = state(10, order(1, 5))
    assert followed.apply(report(1, 6, "PARTIALLY_FILLED", "2", name="renamed"))
    (known,) = followed.open_orders.values()
    assert known == Order("BTCUSDT", 1, "renamed", "PARTIALLY_FILLED", "5", "2", 6)


@pytest.mark.parametrize("status", ["FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"])
def test_a_report_of_a_closed_order_removes_it(status: str) -> None:
    followed = state(10, order(1, 5), order(2, 5))
    assert followed.apply(report(1, 6, status))
    assert list(followed.open_orders) == [("BTCUSDT", 2)]


def test_a_rejected_order_never_was_open() -> None:
    followed = state()
    assert not followed.apply(report(1, 6, "REJECTED"))
    assert followed.open_orders == {}


def test_orders_of_two_symbols_may_have_the_same_id() -> None:
    followed = state(10, order(1, 5))
    followed.apply(Report("ETHUSDT", 1, "other", "NEW", "5", "0", 11))
    followed.apply(report(1, 12, "FILLED"))
    assert list(followed.open_orders) == [("ETHUSDT", 1)]


def test_a_report_that_is_older_than_the_answer_is_ignored() -> None:
    followed = state(10, order(1, 5, "PARTIALLY_FILLED", "2"))
    assert not followed.apply(report(1, 4))
    assert followed.open_orders == {("BTCUSDT", 1): order(1, 5, "PARTIALLY_FILLED", "2")}


def test_the_last_of_several_reports_of_the_same_time_counts() -> None:
    followed = state(10, order(1, 5, "PARTIALLY_FILLED", "2"))
    assert followed.apply(report(1, 5, "PARTIALLY_FILLED", "1"))
    assert followed.apply(report(1, 5, "PARTIALLY_FILLED", "2"))
    assert followed.apply(report(1, 5, "PARTIALLY_FILLED", "3"))
    assert followed.open_orders == {("BTCUSDT", 1): order(1, 5, "PARTIALLY_FILLED", "3")}


def test_reports_are_right_in_their_order_whatever_their_times() -> None:
    """The server's clock may have been set back."""
    followed = state(10)
    followed.apply(report(1, 20))
    assert followed.apply(report(1, 8, "PARTIALLY_FILLED", "1"))
    assert followed.apply(report(1, 7, "PARTIALLY_FILLED", "2"))
    latest = {("BTCUSDT", 1): order(1, 7, "PARTIALLY_FILLED", "2")}
    assert followed.open_orders == latest
    followed.reset(account(10, BTC="1"), [order(1, 20)])
    assert followed.open_orders == latest


def test_the_same_report_again_changes_nothing() -> None:
    followed = state()
    assert followed.apply(report(1, 5))
    assert not followed.apply(report(1, 5))
    assert followed.apply(report(1, 6, "FILLED"))
    assert not followed.apply(report(1, 6, "FILLED"))


def test_a_closed_order_stays_closed() -> None:
    """Whatever comes late, and whatever the times of the reports say."""
    followed = state()
    followed.apply(report(1, 5, "FILLED"))
    assert not followed.apply(report(1, 5))
    assert not followed.apply(report(1, 6))
    assert followed.open_orders == {}


# When the state must be asked for


@pytest.mark.parametrize(
    "notice",
    [
        GAP,
        Dropped("account vmPU…", 1, "drop_oldest"),
        Undecodable("account vmPU…", "no object", b"[]"),
    ],
)
def test_missing_events_need_a_refresh(notice: Notice) -> None:
    followed = state()
    assert not followed.apply(notice)
    assert followed.needs_refresh
    followed.reset(account(20, BTC="3"), [])
    assert not followed.needs_refresh
    assert free(followed) == {"BTC": "3"}


@pytest.mark.parametrize("item", [Stale("account vmPU…", 5, "notice"), ListEvent(7)])
def test_other_notices_and_events_change_nothing(item: object) -> None:
    followed = state()
    assert not followed.apply(item)
    assert not followed.needs_refresh


@pytest.mark.parametrize("delta", [Deposit("BTC", "1", 12), Lock("BTC", "1", 12)])
def test_a_balance_that_changed_by_an_amount_needs_a_refresh(delta: Deposit | Lock) -> None:
    followed = state(10)
    assert not followed.apply(delta)
    assert followed.needs_refresh
    followed.reset(account(12, BTC="2"), [])
    assert not followed.needs_refresh
    assert free(followed) == {"BTC": "2"}


@pytest.mark.parametrize("time", [12, 13])
def test_a_change_by_an_amount_is_known_if_the_balance_came_before(time: int) -> None:
    followed = state(10)
    followed.apply(position(time, BTC="2"))
    followed.apply(Deposit("BTC", "1", 12))
    assert not followed.needs_refresh


def test_an_answer_is_newer_than_a_change_by_an_amount_that_was_applied() -> None:
    """Even if the server does not take such a change for an update of the account."""
    followed = state(10)
    followed.apply(position(11, BTC="2"))
    followed.apply(Deposit("BTC", "1", 12))
    followed.reset(account(11, BTC="3"), [])
    assert free(followed) == {"BTC": "3"}


def test_the_balance_of_another_asset_says_nothing_of_a_change() -> None:
    followed = state(10)
    followed.apply(position(12, USDT="2"))
    followed.apply(Deposit("BTC", "1", 12))
    assert followed.needs_refresh


@pytest.mark.parametrize(("time", "needed"), [(9, False), (10, True), (None, True)])
def test_a_change_by_an_amount_may_be_in_the_answer(time: int | None, needed: bool) -> None:
    """Not surely if they have the same time."""
    followed = state(10)
    followed.apply(Deposit("BTC", "1", time))
    assert followed.needs_refresh is needed


def test_an_unknown_status_needs_a_refresh() -> None:
    """Only the server can say whether such an order is open."""
    followed = state(10, order(1, 5))
    assert not followed.apply(report(1, 6, "ASLEEP"))
    assert followed.needs_refresh
    followed.reset(account(10, BTC="1"), [])
    assert followed.open_orders == {}


# Answers that are older than events


def test_what_was_applied_is_newer_than_an_old_answer() -> None:
    followed = state(10, order(1, 5))
    followed.apply(position(11, BTC="2"))
    followed.apply(report(2, 11))
    followed.apply(report(1, 12, "FILLED"))
    followed.apply(position(12, USDT="7"))
    # The server answers from its memory, in which nothing of this has happened.
    followed.reset(account(10, BTC="1", USDT="100"), [order(1, 5)])
    assert free(followed) == {"BTC": "2", "USDT": "7"}
    assert followed.open_orders == {("BTCUSDT", 2): order(2, 11)}
    assert followed.update_time == 12


def test_events_that_an_answer_covers_may_be_newer_than_the_next_answer() -> None:
    """Each answer may come from another server's memory."""
    followed = state(20, order(1, 20), BTC="3")
    assert not followed.apply(position(15, BTC="2"))
    assert not followed.apply(report(1, 15, "PARTIALLY_FILLED", "1"))
    followed.reset(account(10, BTC="1"), [order(1, 10)])
    assert free(followed) == {"BTC": "2"}
    assert followed.open_orders == {("BTCUSDT", 1): order(1, 15, "PARTIALLY_FILLED", "1")}


def test_nothing_from_before_a_gap_is_newer_than_an_answer() -> None:
    """An order that was closed meanwhile stays away, and one may have any order's ID."""
    followed = state(10)
    followed.apply(report(2, 11))
    followed.apply(report(3, 11, "FILLED"))
    followed.apply(position(11, BTC="2"))
    followed.apply(GAP)
    followed.reset(account(9, BTC="5"), [order(3, 8)])
    assert free(followed) == {"BTC": "5"}
    assert followed.open_orders == {("BTCUSDT", 3): order(3, 8)}


def test_the_memory_of_events_and_of_closed_orders_is_bounded() -> None:
    followed = state(10)
    for number in range(1_001):
        followed.apply(report(number, 11, "FILLED"))
    followed.reset(account(10), [order(0, 10), order(1, 10)])
    assert list(followed.open_orders) == [("BTCUSDT", 0)]


def test_a_state_shows_no_balances() -> None:
    followed = state(10, order(1, 5))
    assert repr(followed) == "<BaseAccountState balances=2 open_orders=1>"
    followed.apply(GAP)
    assert repr(followed) == "<BaseAccountState balances=2 open_orders=1 needs_refresh>"
