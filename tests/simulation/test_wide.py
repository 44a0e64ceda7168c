"""More streams than one connection or one frame holds, by the venue's own limits."""

from __future__ import annotations

import pytest

from binance_streams import VENUE
from tests.simulation.truth import check
from tests.simulation.world import World

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(2))
def test_a_thousand_streams_come_back_within_the_limits(seed: int) -> None:
    world = World(seed, width=1800)
    assert world.limits == VENUE.limits
    world.run()
    check(world)
    served = [
        len(connection.desired)
        for client in world.clients
        for connection in client.session.connections()
    ]
    assert sum(served) > VENUE.limits.streams_per_connection
    assert max(served) > VENUE.limits.streams_per_connection // 2
