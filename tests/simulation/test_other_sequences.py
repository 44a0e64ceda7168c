"""Streams with sequences that Spot has not live through the same days as all others."""

from __future__ import annotations

import pytest

from tests.simulation import feeds
from tests.simulation.judge import live


@pytest.mark.parametrize("is_gentle", [False, True])
@pytest.mark.parametrize("seeds", [range(25), range(25, 50)])
def test_sequences_of_other_markets_keep_what_is_promised(
    seeds: range, is_gentle: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "KINDS", [feeds.AllQuotes, feeds.Linked, feeds.Quotes])
    for seed in seeds:
        live(seed, is_gentle)
