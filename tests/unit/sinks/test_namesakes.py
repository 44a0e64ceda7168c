"""Two collectors of one log that have the same name, as each of them sees the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_sinks.collecting.namesakes import Namesakes
from binance_streams_sinks.publishing.sink import Newest


class Watcher:
    """A collector that looks for others of its name, ``tokyo-1``."""

    def __init__(self, session: str = "own") -> None:
        self.now = 0.0
        self.ended: list[ParameterError] = []
        self.namesakes = Namesakes(
            *("tokyo-1", session, self._newest, self.ended.append), clock=lambda: self.now
        )
        self.newest: Newest | None = None

    def sees(self, session: str, *numbers: int, own: int = 3) -> None:
        for number in numbers:
            self.namesakes.take(f"notice:tokyo-1:{session}:{number}", own)

    async def _newest(self) -> Newest | None:
        return self.newest


def test_the_one_that_was_started_last_ends() -> None:
    """The other one, which has said much more, goes on and says so."""
    older, younger = Watcher("a"), Watcher("b")
    younger.sees("a", 500, 501, 502)
    (error,) = younger.ended
    assert str(error).startswith("name: got 'tokyo-1'; allowed: a name that no other collector")
    older.sees("b", 1, 2, 3, own=502)
    assert older.namesakes.has_any
    assert older.ended == []


def test_one_that_was_killed_just_before_is_none() -> None:
    """What it said last may be stored after the new one began."""
    watcher = Watcher()
    watcher.sees("killed", 500, 500, 501, 501, 501)
    watcher.sees("own", 1, 2, 3, 4)
    assert not watcher.namesakes.has_any
    assert watcher.ended == []


def test_of_two_that_were_started_together_both_go_on() -> None:
    watcher = Watcher()
    watcher.sees("other", 1, 2, 3, 4)
    assert watcher.namesakes.has_any
    assert watcher.ended == []


def test_one_that_has_been_at_work_for_long_never_ends() -> None:
    watcher = Watcher()
    watcher.now = 60.0
    watcher.sees("flapping", 500, 501, 502)
    assert watcher.namesakes.has_any
    assert watcher.ended == []


def test_another_one_that_has_ended_is_forgotten() -> None:
    watcher = Watcher()
    watcher.sees("other", 1, 2, 3)
    watcher.sees("own", *range(4, 15))
    assert watcher.namesakes.has_any
    watcher.sees("own", 15)
    assert not watcher.namesakes.has_any


@pytest.mark.parametrize(
    "id", ["", "btcusdt@trade:5", "notice:tokyo-1:other", "notice:a:b:c", "x:a:b:1"]
)
def test_what_is_no_notice_is_none(id: str) -> None:
    watcher = Watcher()
    for _ in range(5):
        watcher.namesakes.take(id, 3)
    assert not watcher.namesakes.has_any


def test_a_log_that_cannot_be_asked_is_asked_again() -> None:
    async def test() -> None:
        watcher = Watcher()

        async def look(answer: Any) -> None:
            watcher._newest = answer  # type: ignore[method-assign]
            watcher.namesakes._newest = answer
            await watcher.namesakes.look(3)

        async def fail() -> Newest | None:
            raise ConnectionError("gone")

        await look(fail)
        for number in (1, 2, 3):

            async def newest(number: int = number) -> Newest | None:
                return Newest(f"notice:tokyo-1:other:{number}", 0)

            await look(newest)
        assert watcher.namesakes.has_any

    asyncio.run(test())
