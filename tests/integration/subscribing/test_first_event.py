"""Streams that the server has confirmed and that deliver no event at all."""

from __future__ import annotations

import logging

import pytest

from binance_streams import ParameterError, Stale
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.watching import Notices


def test_a_misspelled_symbol_is_reported_with_what_may_be_wrong(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The server confirms it as any other."""
    notices = Notices()
    with Simulator(speed=50, symbols=["BTCUSDT"]) as simulator:
        client = connect(simulator.url, on_notice=notices, first_event_timeout=300 * MS)
        client.trade("BTCUSTD").wait(LIMIT)
        (silent,) = notices.wait_for(Stale)
        assert (silent.stream, silent.seconds) == ("btcustd@trade", 300 * MS)
        assert "BTCUSTD may be misspelled, halted, or without activity" in silent.reason
        wait_until(lambda: "btcustd@trade" in caplog.text)
        levels = [one.levelno for one in caplog.records if "btcustd@trade" in one.getMessage()]
        assert levels == [logging.WARNING]


def test_max_idle_says_so_too(connect: Connect) -> None:
    """A stream that never spoke is reported by its own limit, and then not once more."""
    notices = Notices()
    with Simulator(speed=50, symbols=["BTCUSDT"]) as simulator:
        client = connect(simulator.url, on_notice=notices, first_event_timeout=400 * MS)
        client.trade("BTCUSTD", max_idle=100 * MS)
        reports = notices.wait_for(Stale, 6)
        assert {report.seconds for report in reports} == {100 * MS}
        assert all("BTCUSTD may be misspelled" in report.reason for report in reports)


@pytest.mark.parametrize("value", [0, -1, "60", True, float("nan"), 1e9])
def test_a_limit_that_is_none_is_refused(connect: Connect, value: object) -> None:
    with pytest.raises(ParameterError, match="first_event_timeout"):
        connect("ws://127.0.0.1:1", first_event_timeout=value)
