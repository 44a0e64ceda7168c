"""The proof notices what it should: a state with one wrong rule fails it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from binance_streams_runtime.account import state
from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.notices import Gap
from tests.support import account_world
from tests.support.account_world import RULES, AccountWorld

Patch = pytest.MonkeyPatch
State = BaseAccountState[Any, Any, Any]


def change(patch: Patch, **rules: Any) -> None:
    patch.setattr(account_world, "RULES", replace(RULES, **rules))


def before_resets(patch: Patch, mistake: Callable[[State], object]) -> None:
    """Let a mistake happen before each reset."""
    reset = BaseAccountState.reset

    def wrong(self: State, account: Any, orders: Iterable[Any]) -> None:
        mistake(self)
        reset(self, account, orders)

    patch.setattr(BaseAccountState, "reset", wrong)


def ignore_gaps(patch: Patch) -> None:
    patch.setattr(state, "_MISSING", ())


def remember_over_gaps(patch: Patch) -> None:
    """What was applied before a gap counts as newer than the answers after it."""
    apply = BaseAccountState.apply

    def wrong(self: State, item: object) -> bool:
        if not isinstance(item, Gap):
            return apply(self, item)
        self.needs_refresh = True
        return False

    patch.setattr(BaseAccountState, "apply", wrong)


def ignore_balances_of_the_answers_millisecond(patch: Patch) -> None:
    follow = BaseAccountState._follow_position

    def wrong(self: State, position: Any) -> bool:
        return position.account_update_time != self._answered and follow(self, position)

    patch.setattr(BaseAccountState, "_follow_position", wrong)


def ignore_reports_of_the_answers_millisecond(patch: Patch) -> None:
    def wrong(self: State, time: int, key: Any) -> bool:
        known = self.open_orders.get(key)
        return known is None or known.transaction_time < time

    patch.setattr(BaseAccountState, "_is_news", wrong)


def forget_balances(patch: Patch) -> None:
    """An old answer is believed, though events said something newer."""
    before_resets(patch, lambda state: state._event_balances.clear())


def forget_orders(patch: Patch) -> None:
    before_resets(patch, lambda state: state._event_orders.clear())


def forget_closed_orders(patch: Patch) -> None:
    def forget(state: State) -> None:
        open_ones = {key: last for key, last in state._event_orders.items() if last[1] is not None}
        state._event_orders = open_ones

    before_resets(patch, forget)


def ignore_changes_by_an_amount(patch: Patch) -> None:
    change(patch, delta_events={})


def believe_old_balances_after_a_change_by_an_amount(patch: Patch) -> None:
    """What events said of the balance before counts as newer than the answer."""

    def wrong(self: State, asset: str, time: int) -> None:
        if self._time_of(asset) < time >= self._answered:
            self.needs_refresh = True

    patch.setattr(BaseAccountState, "_follow_delta", wrong)


def take_any_order_for_open(patch: Patch) -> None:
    change(patch, open=RULES.open | {"ASLEEP", "VANISHED"})


def take_any_order_for_closed(patch: Patch) -> None:
    change(patch, closed=RULES.closed | {"ASLEEP", "VANISHED"})


def take_expired_orders_for_open(patch: Patch) -> None:
    change(patch, open=RULES.open | RULES.closed, closed=RULES.closed - {"EXPIRED_IN_MATCH"})


def distinguish_orders_by_their_ids(patch: Patch) -> None:
    """Though each symbol has its own."""
    change(patch, order_id=("order_id", "order_id"))


MUTANTS: Sequence[Callable[[Patch], None]] = (
    ignore_gaps,
    remember_over_gaps,
    ignore_balances_of_the_answers_millisecond,
    ignore_reports_of_the_answers_millisecond,
    forget_balances,
    forget_orders,
    forget_closed_orders,
    ignore_changes_by_an_amount,
    believe_old_balances_after_a_change_by_an_amount,
    take_any_order_for_open,
    take_any_order_for_closed,
    take_expired_orders_for_open,
    distinguish_orders_by_their_ids,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_noticed(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    assert any(map(is_noticed, range(60)))


def is_noticed(seed: int) -> bool:
    """Whether one world fails."""
    try:
        AccountWorld(seed, seed % 2 == 0, has_new_words=seed % 3 == 0).run()
    except AssertionError:
        return True
    return False
