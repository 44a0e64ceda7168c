"""Redundant connections: the cut of one costs nothing, and what all missed is reported."""

from __future__ import annotations

import pytest

from binance_streams_runtime.notices import Gap, RedundancyReduced
from tests.simulation import feeds
from tests.simulation.judge import blocks
from tests.simulation.redundancy import RedundantWorld, check_redundant

OTHERS = [feeds.AllQuotes, feeds.Linked, feeds.Quotes, feeds.Klines]


def live(seed: int, cuts_one: bool) -> RedundantWorld:
    """Live through a world and check it."""
    try:
        world = RedundantWorld(seed, cuts_one)
        world.run()
        check_redundant(world)
    except Exception as failure:
        raise AssertionError(f"seed {seed}: {failure!r}") from failure
    return world


@pytest.mark.parametrize("cuts_one", [True, False])
def test_streams_of_all_kinds_are_whole_or_say_what_they_lack(cuts_one: bool) -> None:
    """If one line is cut at a time, nothing is missing, twice, or out of order."""
    for seeds in blocks(12 if cuts_one else 24):
        for seed in seeds:
            live(seed, cuts_one)


@pytest.mark.parametrize("cuts_one", [True, False])
def test_sequences_of_other_markets_are_merged_as_well(
    cuts_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "KINDS", OTHERS)
    for seed in range(5 if cuts_one else 10):
        live(seed, cuts_one)


def test_the_worlds_are_not_idle() -> None:
    """Lines are cut, and lack what comes meanwhile."""
    one = [
        notice
        for seed in range(6)
        for client in live(seed, True).clients
        for notice in client.notices
    ]
    assert sum(isinstance(notice, RedundancyReduced) for notice in one) > 5
    several = [
        notice
        for seed in range(12)
        for client in live(seed, False).clients
        for notice in client.notices
    ]
    assert sum(isinstance(notice, Gap) for notice in several) > 5
