"""Messages as they were received keep what is promised of events, whoever shares their stream."""

from __future__ import annotations

import pytest

from tests.simulation import feeds
from tests.simulation.raw import FedWorld, RawWorld, live


@pytest.mark.parametrize("is_gentle", [False, True])
def test_messages_come_once_and_gaps_are_told(is_gentle: bool) -> None:
    for seed in range(5):
        live(RawWorld, seed, is_gentle)


@pytest.mark.parametrize("is_gentle", [False, True])
def test_feeds_and_users_come_and_go(is_gentle: bool) -> None:
    """Each stream is fed, subscribed to, or both, and either may begin and end first."""
    for seed in range(8):
        live(FedWorld, seed, is_gentle)


def test_sequences_of_other_markets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "KINDS", [feeds.AllQuotes, feeds.Linked, feeds.Quotes])
    for seed in range(2):
        live(RawWorld, seed)
        live(FedWorld, seed)
