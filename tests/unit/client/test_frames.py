"""When a frame is due, and what is in it, in simulated time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, ParameterError, decode
from binance_streams_runtime.client.frames import FrameCollector
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from tests.support.tables import ListBuilder, lists_as_tables

TICKER = (
    b'{"e":"24hrMiniTicker","E":1592594715455,"s":"ETHBTC","c":"0.02456700","o":"0.02459800",'
    b'"h":"0.02470900","l":"0.02438100","v":"163116.18600000","q":"4006.04936991"}'
)


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    lists_as_tables(monkeypatch)


def collector(name: str = "btcusdt@miniTicker", **options: Any) -> FrameCollector:
    stream = CATALOG.resolve(name)
    route = Route(stream, decoder_of(stream.type, Decimal), EventQueue())
    return FrameCollector(route, "polars", options.pop("seconds", 10), **options)


def tickers(count: int) -> list[Any]:
    return [decode(TICKER, "ethbtc@miniTicker") for _ in range(count)]


def test_intervals_follow_each_other_without_drift() -> None:
    """However late a frame is taken."""
    frames = collector()
    assert frames.begin(100) == 110
    assert not frames.is_due(109.9)
    assert frames.is_due(110)
    frames.take(113)
    assert frames.begin(113) == 120


def test_intervals_that_have_passed_meanwhile_are_one() -> None:
    """What came in them is in the frame of the next one."""
    frames = collector()
    frames.begin(100)
    frames.add(tickers(2))
    assert len(frames.take(135)) == 2
    assert frames.begin(135) == 140
    assert not frames.is_due(139)


def test_a_frame_that_is_full_leaves_the_interval_as_it_is() -> None:
    frames = collector(max_rows=3)
    frames.begin(100)
    frames.add(tickers(8))
    assert [frames.is_due(101), len(frames.take(101))] == [True, 3]
    assert [frames.is_due(101), len(frames.take(101))] == [True, 3]
    assert not frames.is_due(101)
    assert frames.begin(101) == 110
    assert len(frames.take(110)) == 2


def test_a_list_of_events_is_not_split() -> None:
    """Its rows count one by one."""
    frames = collector("!miniTicker@arr", max_rows=3)
    frames.begin(100)
    frames.add([tickers(2), tickers(2), tickers(1)])
    assert len(frames.take(101)) == 4
    assert not frames.is_due(101)
    assert len(frames.take(110)) == 1


def test_an_interruption_while_a_frame_is_made_loses_no_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = collector()
    frames.begin(100)
    frames.add(tickers(2))
    with monkeypatch.context() as context:
        context.setattr(ListBuilder, "table", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            frames.take(110)
    frames.add(tickers(1))
    assert frames.is_due(110)
    assert len(frames.take(110)) == 3


def _interrupted(*arguments: Any) -> Any:
    raise KeyboardInterrupt


def test_seconds_have_a_limit() -> None:
    with pytest.raises(ParameterError, match="seconds"):
        collector(seconds=float("inf"))
