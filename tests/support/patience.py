"""Limits of the client that tests need not to fire, however slow the machine."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams_runtime.asyncio import engine as async_engine
from binance_streams_runtime.asyncio import recording as async_recording
from binance_streams_runtime.driver import replay_sockets
from binance_streams_runtime.sync import engine as sync_engine
from binance_streams_runtime.sync import recording as sync_recording
from tests.support.limits import LIMIT, MS


def wait_for_recordings(patch: pytest.MonkeyPatch) -> None:
    """Have what is closed wait until all is written, which usually has a second or two."""
    for recording in (sync_recording, async_recording):
        patch.setattr(recording, "CLOSE_TIMEOUT", LIMIT)
    patch.setattr(sync_engine, "_RECORD_LIMIT", LIMIT)
    patch.setattr(async_engine, "_LEAST_TIMEOUT", LIMIT)


def wait_for_the_end(patch: pytest.MonkeyPatch) -> None:
    """Have closing wait for threads, tasks and callbacks, which usually have 0.9 s."""
    for engine in (async_engine, sync_engine):
        patch.setattr(engine, "_CLOSE_TIMEOUT", LIMIT)


def hold_replays(patch: pytest.MonkeyPatch) -> None:
    """Have replays begin only with ``begin_replay``, and not as soon as nothing is asked for."""
    patch.setattr(replay_sockets, "_QUIET", LIMIT)
    patch.setattr(replay_sockets, "_MOST_QUIET", LIMIT)


def begin_replay(patch: pytest.MonkeyPatch, client: Any) -> None:
    """Have the replay of a client begin, which has all its subscriptions."""
    patch.setattr(replay_sockets, "_QUIET", MS)
    # It looks again when something is asked for.
    client.stats()
