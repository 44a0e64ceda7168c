"""What a call that does not wait has asked for holds for everything that comes after it."""

from __future__ import annotations

import asyncio
import threading

from binance_streams import AsyncClient, Disconnected
from tests.support.limits import LIMIT
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, serving
from tests.support.watching import at_once


def test_notices_are_included_from_the_call_on() -> None:
    """Although the loop sees the call and the end of the connection in the same turn."""
    may_end, has_ended = threading.Event(), threading.Event()

    def end(peer: Peer) -> None:
        assert may_end.wait(LIMIT)
        peer.reset()
        has_ended.set()

    async def main() -> None:
        async with AsyncClient(server.url, backoff=at_once) as client:
            trades = client.trade("BTCUSDT")
            assert (await trades.get(LIMIT)).trade_id == 1
            items = trades.with_notices()
            may_end.set()
            assert has_ended.wait(LIMIT)
            assert isinstance(await anext(items), Disconnected)

    with RawServer(in_turn(serving(1, 1, then=end), serving(2, 2))) as server:
        asyncio.run(main())
