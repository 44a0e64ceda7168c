"""Simulated days that are recorded and replayed: the replay delivers and reports the same."""

from __future__ import annotations

import pytest

from binance_streams_runtime.client.connect_limit import ConnectLimiter
from tests.simulation.books import BooksWorld
from tests.simulation.client import Client
from tests.simulation.fills import FillsWorld
from tests.simulation.judge import blocks
from tests.simulation.replays import Recording, WholeNanoseconds, check_same
from tests.simulation.world import World

_PART_LINES = 100


class _Recorded(WholeNanoseconds):
    recordings: list[Recording]

    def make_client(self, attempts: ConnectLimiter) -> Client:
        client: Client = super().make_client(attempts)  # type: ignore[misc]
        self.recordings = [*getattr(self, "recordings", ()), Recording(client, _PART_LINES)]
        return client


class RecordedWorld(_Recorded, World): ...


class RecordedFills(_Recorded, FillsWorld): ...


class RecordedBooks(_Recorded, BooksWorld): ...


WORLDS = {"streams": (RecordedWorld, 10), "fills": (RecordedFills, 6), "books": (RecordedBooks, 4)}
CASES = [(kind, seeds) for kind, (_, count) in WORLDS.items() for seeds in blocks(count)]


def _live(kind: str, seed: int) -> list[Recording]:
    world: RecordedWorld | RecordedFills | RecordedBooks
    world = WORLDS[kind][0](seed, is_gentle=seed % 5 == 4)
    world.run()
    return world.recordings


@pytest.mark.parametrize(("kind", "seeds"), CASES, ids=str)
def test_a_replay_is_like_what_was_recorded(kind: str, seeds: range) -> None:
    """Of all streams, and of half of them: what is delivered, every notice, and their order."""
    for seed in seeds:
        for recording in _live(kind, seed):
            names = sorted({name for _, name, _ in recording.calls})
            try:
                check_same(recording)
                check_same(recording, only=names[seed % 2 :: 2])
            except AssertionError as failure:
                raise AssertionError(f"seed {seed}: {failure}") from failure
