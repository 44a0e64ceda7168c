"""What all tests of who drives share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.one_driver import OneDriver


@pytest.fixture(autouse=True)
def one_driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[OneDriver]:
    """Whatever a test does: one thread at a time touches an engine, in the seat."""
    watch = OneDriver(monkeypatch)
    yield watch
    assert watch.wrong == []
