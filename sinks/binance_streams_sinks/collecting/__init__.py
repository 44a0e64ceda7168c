"""Collectors: they receive streams, and publish every message to a log."""

from binance_streams_sinks.collecting.collector import Collector
from binance_streams_sinks.collecting.values import CollectorStats

__all__ = ["Collector", "CollectorStats"]
