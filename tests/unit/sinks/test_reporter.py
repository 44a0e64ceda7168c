"""What a collector logs of messages that were not stored."""

from __future__ import annotations

import pytest

from binance_streams_sinks.collecting.reporter import log_losses
from binance_streams_sinks.publishing.counts import Loss


def loss(symbol: str, reason: str = "the disk is full") -> Loss:
    return Loss(
        subject=f"binance.spot.trade.{symbol}",
        stream=f"{symbol.lower()}@trade",
        reason=reason,
        count=2,
        first_id="1",
        last_id="2",
        since=0,
        until=1,
    )


def test_each_of_a_few_streams_is_named(caplog: pytest.LogCaptureFixture) -> None:
    log_losses([loss("BTCUSDT"), loss("ETHUSDT")])
    assert [record.getMessage() for record in caplog.records] == [
        "btcusdt@trade: 2 messages were not stored (1 to 2): the disk is full",
        "ethusdt@trade: 2 messages were not stored (1 to 2): the disk is full",
    ]


def test_many_streams_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """A full disk is not followed by another one, of logs."""
    symbols = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "ADAUSDT")
    log_losses([*map(loss, symbols), loss("XRPUSDT", "too large")])
    (record,) = caplog.records
    assert record.getMessage() == (
        "10 messages of 5 streams were not stored: the disk is full; too large"
    )
