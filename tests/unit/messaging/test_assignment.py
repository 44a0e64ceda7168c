"""Streams are assigned evenly, alike everywhere, and move no more than necessary."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from binance_streams_runtime.messaging.assignment import assign, ranking

STREAMS = [f"s{number}@trade" for number in range(500)]


def test_the_assignment_is_the_same_in_every_version() -> None:
    """Collectors of different versions share the work; these values are the first version's."""
    members = dict.fromkeys(["a", "b", "c"])
    assert ranking("btcusdt@trade", members) == RANKINGS["btcusdt@trade"]
    assert assign(["btcusdt@trade", "ethusdt@depth"], members) == {
        name: tuple(found[:2]) for name, found in RANKINGS.items()
    }


RANKINGS = {"btcusdt@trade": ["a", "b", "c"], "ethusdt@depth": ["b", "c", "a"]}


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_a_stream_gets_as_many_members_as_asked_for(copies: int) -> None:
    assigned = assign(STREAMS, dict.fromkeys("abcde"), copies)
    assert {*assigned} == {*STREAMS}
    assert {len({*names}) for names in assigned.values()} == {copies}


@pytest.mark.parametrize("members", ["", "a", "ab"])
def test_a_small_group_gives_all_that_it_has(members: str) -> None:
    assigned = assign(STREAMS, dict.fromkeys(members), 3)
    assert {frozenset(names) for names in assigned.values()} == {frozenset(members)}


def test_the_work_is_even() -> None:
    """Of 500 streams twice over five members, each has 200, more or less."""
    shares = Counter(
        name for names in assign(STREAMS, dict.fromkeys("abcde")).values() for name in names
    )
    assert all(160 < share < 240 for share in shares.values())


@pytest.mark.parametrize("seed", range(20))
def test_only_what_a_member_had_moves_as_it_leaves(seed: int) -> None:
    drawn = random.Random(seed)
    members = [f"m{number}" for number in range(drawn.randint(2, 9))]
    copies = drawn.randint(1, 3)
    gone = drawn.choice(members)
    before = assign(STREAMS, dict.fromkeys(members), copies)
    after = assign(STREAMS, dict.fromkeys(name for name in members if name != gone), copies)
    for stream in STREAMS:
        kept = [name for name in before[stream] if name != gone]
        assert after[stream][: len(kept)] == tuple(kept)
        assert len(after[stream]) - len(kept) <= (gone in before[stream])


@pytest.mark.parametrize("seed", range(20))
def test_no_member_gets_more_than_it_takes(seed: int) -> None:
    drawn = random.Random(seed)
    members = {
        f"m{number}": drawn.choice([None, 0, 50, 300]) for number in range(drawn.randint(1, 6))
    }
    assigned = assign(STREAMS, members)
    shares = Counter(name for names in assigned.values() for name in names)
    for name, limit in members.items():
        assert limit is None or shares[name] <= limit
    room = sum(2 * len(STREAMS) if limit is None else limit for limit in members.values())
    short = [stream for stream, names in assigned.items() if len(names) < min(2, len(members))]
    if short:
        # Those that still had room have these streams already.
        for name, limit in members.items():
            if limit is None or shares[name] < limit:
                assert all(name in assigned[stream] for stream in short)
        # A stream has two collectors only once every one has got one.
        counts = {len(names) for names in assigned.values()}
        assert counts <= {0, 1} or counts <= {1, 2}
    else:
        assert room >= min(2, len(members)) * len(STREAMS)
