"""Redundant connections: the cut of one costs nothing, and what all missed is reported."""

from __future__ import annotations

import pytest

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.notices import Gap, RedundancyReduced
from tests.simulation import feeds
from tests.simulation.judge import blocks
from tests.simulation.redundancy import RedundantClient, RedundantWorld, check_redundant
from tests.simulation.replays import Recording, WholeNanoseconds, check_same

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
    for seeds in blocks(6 if cuts_one else 16):
        for seed in seeds:
            live(seed, cuts_one)


@pytest.mark.parametrize("cuts_one", [True, False])
def test_sequences_of_other_markets_are_merged_as_well(
    cuts_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "KINDS", OTHERS)
    for seed in range(3 if cuts_one else 6):
        live(seed, cuts_one)


class RecordedWorld(WholeNanoseconds, RedundantWorld):
    """A world whose clients are recorded."""

    recordings: list[Recording]

    def make_client(self, attempts: ConnectLimiter) -> RedundantClient:
        client = super().make_client(attempts)
        self.recordings = [*getattr(self, "recordings", ()), Recording(client, 100)]
        return client


def test_a_replay_is_like_what_was_recorded_of_redundant_connections() -> None:
    """Of all streams, and of half of them: what is delivered, every notice, and their order."""
    for seed in range(5):
        world = RecordedWorld(seed, cuts_one=seed % 4 == 0)
        world.run()
        for recording in world.recordings:
            names = sorted({name for _, name, _ in recording.calls})
            check_same(recording)
            check_same(recording, only=names[seed % 2 :: 2])


def test_the_worlds_are_not_idle() -> None:
    """Lines are cut, and lack what comes meanwhile."""
    one = [
        notice
        for seed in range(3)
        for client in live(seed, True).clients
        for notice in client.notices
    ]
    assert sum(isinstance(notice, RedundancyReduced) for notice in one) > 2
    several = [
        notice
        for seed in range(6)
        for client in live(seed, False).clients
        for notice in client.notices
    ]
    assert sum(isinstance(notice, Gap) for notice in several) > 2
