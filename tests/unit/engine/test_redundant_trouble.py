"""Two connections of a client in trouble for long, or at the same moment, in simulated time."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from binance_streams import VENUE
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.client.health import engine_health
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import (
    Disconnected,
    RateLimited,
    RedundancyReduced,
    RedundancyRestored,
)
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.session.actions import Open
from binance_streams_runtime.session.redundancy.session import RedundantSession
from tests.support.frames import frame, trade_frame
from tests.support.simulated_engine import EngineWorld, items

TRADE = "btcusdt@trade"
SHUTDOWN = frame(f'{{"e":"{VENUE.shutdown_event}","E":1700000000000}}')


class TroubledWorld(EngineWorld):
    """A world in which attempts to connect fail on some lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(make_session=partial(RedundantSession, 2), **options)
        self.refused: dict[int, ConnectionLost] = {}
        self.attempts: list[tuple[float, int]] = []
        self._published = 0

    def _do(self, action: Any) -> None:
        super()._do(action)
        if isinstance(action, Open):
            self.attempts.append((self.now, action.line))

    def _open(self, number: int) -> None:
        error = self.refused.get(self._line_of(number))
        if error is None:
            super()._open(number)
        else:
            self.engine.lost(self.now, number, error)

    def _line_of(self, number: int) -> int:
        session = self.engine.session
        assert isinstance(session, RedundantSession)
        return next(
            at
            for at, line in enumerate(session.lines)
            if any(one.number == number for one in line.connections())
        )

    def live(self, seconds: int) -> None:
        """Let time pass, and publish a trade each second."""
        for _ in range(seconds):
            self.run(1.0)
            self._published += 1
            for server in list(self.servers.values()):
                if server.is_open and TRADE in server.streams:
                    self.receive(trade_frame(self._published), server.number)

    def noticed(self, kind: type[Any]) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def check(self, route: Route, subscriber: Any) -> None:
        """Nothing was missing, twice, or interrupted."""
        assert items(route) == list(range(1, self._published + 1))
        assert subscriber.log == ["confirmed"]
        assert {notice.streams for notice in self.noticed(Disconnected)} <= {()}


@pytest.mark.parametrize(
    "error",
    [
        ConnectionLost("refused", status=503),
        ConnectionLost("gaierror looking up stream.binance.com: try again"),
    ],
    ids=["503", "names"],
)
def test_one_line_that_cannot_connect_for_minutes_costs_nothing(error: ConnectionLost) -> None:
    """It tries again less and less often, and is reported once."""
    world = TroubledWorld()
    route, subscriber = world.open_route(TRADE)
    world.live(5)
    world.refused = {0: error}
    world.attempts.clear()
    world.lose(1, ConnectionLost("reset"))
    world.live(600)
    assert {line for _, line in world.attempts} == {0}
    assert 600 / 30 <= len(world.attempts) < 100
    assert len(world.noticed(RedundancyReduced)) == 1
    assert engine_health(world.engine, world.now, None).status == "degraded"
    world.refused.clear()
    world.live(60)
    assert [one.carriers for one in world.noticed(RedundancyRestored)] == [2]
    reasons = engine_health(world.engine, world.now, None).reasons
    assert not any("redundancy" in reason for reason in reasons)
    world.check(route, subscriber)


def test_all_lines_respect_one_limit_of_attempts() -> None:
    """Nobody can connect for ten minutes; then each line has its turn."""
    limit, window = 6, 60.0
    world = TroubledWorld(reserve=ConnectLimiter(limit, window).reserve)
    world.refused = dict.fromkeys(range(2), ConnectionLost("refused"))
    route, _ = world.open_route(TRADE)
    world.run(600.0)
    times = [at for at, _ in world.attempts]
    assert all(after - at >= window for at, after in zip(times, times[limit:], strict=False))
    assert {line for at, line in world.attempts if at > world.now - 2 * window} == {0, 1}
    assert world.noticed(RateLimited)
    world.refused.clear()
    world.run(2 * window)
    assert world.engine.carriers(route) == 2


@pytest.mark.parametrize("is_limited", [False, True])
def test_a_shutdown_that_both_servers_announce_at_once_costs_nothing(is_limited: bool) -> None:
    """Also if the limit of attempts lets the next connections wait, one behind the other."""
    limiter = ConnectLimiter(2, 20.0)
    world = TroubledWorld(reserve=limiter.reserve if is_limited else lambda now: now)
    route, subscriber = world.open_route(TRADE)
    world.live(5)
    world.receive(SHUTDOWN, 1)
    world.receive(SHUTDOWN, 2)
    world.live(60)
    assert world.dropped == [1, 2]
    assert [number for number, one in world.servers.items() if one.is_open] == [3, 4]
    assert world.engine.carriers(route) == 2
    assert not world.noticed(RedundancyReduced)
    world.check(route, subscriber)


def test_servers_that_go_away_right_after_they_announced_it_lose_nothing_in_turn() -> None:
    """Each line opens its next connection at once, so one of them is always there."""
    world = TroubledWorld()
    route, subscriber = world.open_route(TRADE)
    world.live(5)
    for number in (1, 2):
        world.receive(SHUTDOWN, number)
        world.live(1)
        world.lose(number, ConnectionLost("going away", 1001))
    world.live(30)
    assert world.engine.carriers(route) == 2
    world.check(route, subscriber)
