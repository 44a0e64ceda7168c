"""Redundant connections: the cut of one costs nothing, and what all missed is reported."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

import pytest

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.notices import Gap, Notice, RedundancyReduced
from tests.simulation import feeds
from tests.simulation.redundancy import (
    RedundantBooksWorld,
    RedundantClient,
    RedundantWorld,
    check_redundant,
    check_redundant_books,
)
from tests.simulation.replays import Recording, WholeNanoseconds, check_same

OTHERS = [feeds.AllQuotes, feeds.Linked, feeds.Quotes, feeds.Klines]

# Worlds with two and three lines, one and two clients, one and several connections a line, and
# connections that are replaced or not; lines are cut in each world that cuts one at a time. The
# last ones have found something.
CUTS_ONE = [2, 4, 5, 9, 11, 14, 1663]
CUTS_ONE_OF_OTHERS = [7, 9, 13, 16, 157, 1786]
ANY_FAULTS = [*range(16), 2358, 2418, 50101]
ANY_FAULTS_OF_OTHERS = [*range(6), 236, 1253, 1368]


def live(seed: int, cuts_one: bool) -> RedundantWorld:
    """Live through a world and check it."""
    try:
        world = RedundantWorld(seed, cuts_one)
        world.run()
        check_redundant(world)
    except Exception as failure:
        raise AssertionError(f"seed {seed}: {failure!r}") from failure
    return world


def live_all(seeds: Sequence[int], cuts_one: bool) -> Counter[type[Notice]]:
    """Live through several worlds, or through that of SEED in the environment; count notices."""
    if "SEED" in os.environ:
        seeds = [int(os.environ["SEED"])]
    return Counter(
        type(notice)
        for seed in seeds
        for client in live(seed, cuts_one).clients
        for notice in client.notices
    )


def test_what_all_lines_lack_is_reported_and_nothing_else() -> None:
    """Of streams of all kinds; users come and go, and the server refuses and ignores requests."""
    notices = live_all(ANY_FAULTS, cuts_one=False)
    assert notices[Gap] > 2 or "SEED" in os.environ


def test_the_cut_of_one_line_costs_nothing() -> None:
    """Nothing of streams of all kinds is missing, twice, or out of order."""
    notices = live_all(CUTS_ONE, cuts_one=True)
    assert notices[RedundancyReduced] > 2 or "SEED" in os.environ


@pytest.mark.parametrize("cuts_one", [True, False])
def test_sequences_of_other_markets_are_merged_as_well(
    cuts_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "KINDS", OTHERS)
    live_all(CUTS_ONE_OF_OTHERS if cuts_one else ANY_FAULTS_OF_OTHERS, cuts_one)


@pytest.mark.parametrize("seed", [50043, 60042])
def test_the_cut_of_one_line_costs_a_book_nothing(seed: int) -> None:
    """Nor whoever is subscribed to the streams that it begins to read."""
    world = RedundantBooksWorld(seed)
    world.run()
    check_redundant_books(world)


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
