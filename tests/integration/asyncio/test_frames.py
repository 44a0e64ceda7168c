"""``frames()`` in an event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.limits import LIMIT, MS
from tests.support.loops import client, run
from tests.support.raw_server import RawServer
from tests.support.scripts import serving
from tests.support.tables import lists_as_tables


def test_a_wait_that_is_cancelled_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been collected is in the next frame."""
    lists_as_tables(monkeypatch)

    async def main(url: str) -> None:
        async with client(url) as streams:
            frames: Any = streams.trade("BTCUSDT").frames("polars", seconds=LIMIT, max_rows=10)
            frame: list[Any] = []
            while not frame:
                wait = asyncio.ensure_future(anext(frames))
                done, _ = await asyncio.wait([wait], timeout=MS)
                if done:
                    frame = wait.result()
                wait.cancel()
                await asyncio.wait([wait])
            assert [event.trade_id for event in frame] == list(range(1, 11))

    with RawServer(serving(1, 10)) as server:
        run(lambda: main(server.url))
