"""Simulated days of accounts: whatever is cut, the followed state ends as the server's."""

from __future__ import annotations

import os

import pytest

from binance_streams import Gap
from binance_streams_runtime.account.state import BaseAccountState
from tests.simulation.accounts import AccountsWorld, gaps_of
from tests.simulation.judge import blocks

SEEDS = blocks(1) if "SEED" in os.environ else [range(10), range(10, 20)]


def live(seed: int) -> AccountsWorld:
    """Live through a world of accounts, which checks itself on each quiet evening."""
    try:
        world = AccountsWorld(seed)
        world.run()
    except Exception as failure:
        raise AssertionError(f"seed {seed}: {failure!r}") from failure
    return world


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_a_followed_state_is_the_servers(seeds: range) -> None:
    """And its events come in order, none twice, and none is missing without a gap."""
    assert sum(gaps_of(live(seed)) for seed in seeds) > 0


def test_a_program_that_ignores_gaps_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above can fail."""
    apply = BaseAccountState.apply
    monkeypatch.setattr(
        BaseAccountState,
        "apply",
        lambda self, item: not isinstance(item, Gap) and apply(self, item),
    )
    with pytest.raises(AssertionError, match=r"balances|orders"):
        list(map(live, range(30)))
