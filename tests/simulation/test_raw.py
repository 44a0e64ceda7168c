"""Messages as they were received keep what is promised of events, whoever shares their stream."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation import feeds
from tests.simulation.raw import FedClient, FedWorld, RawClient, RawWorld, live
from tests.simulation.redundancy import RedundantClient, RedundantWorld, check_redundant


@pytest.mark.parametrize("is_gentle", [False, True])
def test_messages_come_once_and_gaps_are_reported(is_gentle: bool) -> None:
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


class RawRedundantClient(RawClient, RedundantClient):
    """Subscribes to messages that several connections carry."""


class FedRedundantClient(FedClient, RedundantClient):
    """Has a feed, and users of the same streams, that several connections carry."""


@pytest.mark.parametrize("kind", [RawRedundantClient, FedRedundantClient])
def test_messages_that_several_connections_carry(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when a user joins a stream of a feed that one connection is about to request again."""
    monkeypatch.setattr(
        RedundantWorld,
        "make_client",
        lambda world, attempts: kind(world, attempts, count=world.chance.choice([2, 2, 2, 3])),
    )
    for seed, cuts_one in [(0, True), (1, True), (1, False), (5, False), (16, False)]:
        world = RedundantWorld(seed, cuts_one)
        world.run()
        check_redundant(world)
