"""Recordings that are written sooner, so that tests need not wait."""

from __future__ import annotations

import pytest

from binance_streams_runtime.recording import blocks
from binance_streams_runtime.storage import writer, writer_thread
from tests.support.limits import MS


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_SECONDS", 50 * MS)
    monkeypatch.setattr(writer, "_RETRY_EVERY", 50 * MS)
    monkeypatch.setattr(writer_thread, "_POLL", 10 * MS)
