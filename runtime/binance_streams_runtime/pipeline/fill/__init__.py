"""Filling gaps: missing events are fetched, and delivered before those that came after them."""

from __future__ import annotations

from binance_streams_runtime.catalog.streams import Step, Stream
from binance_streams_runtime.pipeline.fill.candles import CandleFilling
from binance_streams_runtime.pipeline.fill.consecutive import ConsecutiveFilling
from binance_streams_runtime.pipeline.fill.rising import RisingFilling
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.sink import Sink


def filling_for(stream: Stream, inner: Tracker, sink: Sink) -> FillingTracker:
    """Make the tracker that fills the gaps of a stream, around its usual one.

    ``sink`` is the stream's own, whose limits apply to what has to wait.
    """
    backfill, sequence = stream.type.backfill, stream.type.sequence
    assert backfill is not None
    limits = sink.maxsize, sink.overflow == "block"
    if backfill.candle is not None:
        return CandleFilling(stream.label, inner, backfill, *limits)
    if isinstance(sequence, Step):
        return ConsecutiveFilling(stream.label, inner, backfill, *limits, sequence.step)
    return RisingFilling(stream.label, inner, backfill, *limits)
