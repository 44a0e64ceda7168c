"""Tables that need no library: lists of the events in them."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams_runtime.client import frames
from binance_streams_runtime.tables.batch import Batch, Options
from binance_streams_runtime.types import Numbers


class ListBuilder:
    """Builds lists."""

    def table(self, batch: Batch, numbers: Numbers | None) -> list[Any]:
        """Return the events as they are."""
        return batch.rows


def lists_as_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ``frames()`` give lists, whatever the library."""

    def builder(library: str, options: Options) -> ListBuilder:
        options.check()
        return ListBuilder()

    monkeypatch.setattr(frames, "builder", builder)
