"""Planned handovers (24 hours, serverShutdown, replacements), no other fault: nothing is lost."""

from __future__ import annotations

import pytest

from binance_streams_runtime.notices import Disconnected, Duplicates, ServerShutdown
from tests.simulation.judge import blocks, live

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seeds", blocks(300), ids=str)
def test_a_planned_handover_loses_nothing_and_reports_no_gap(seeds: range) -> None:
    for seed in seeds:
        live(seed, is_gentle=True)


def test_the_worlds_are_not_idle() -> None:
    """Connections are handed over, and both deliver the same events while they are."""
    reported = [
        notice
        for seed in range(100)
        for client in live(seed, is_gentle=True).clients
        for notice in client.notices
    ]
    assert sum(isinstance(notice, ServerShutdown) for notice in reported) > 50
    assert sum(isinstance(notice, Disconnected) for notice in reported) > 200
    assert sum(isinstance(notice, Duplicates) for notice in reported) > 20
