"""Ways for recordings and messages into other engines and file formats, one extra each."""

from binance_streams_sinks.conversion import FORMATS, Converted, Format, Progress, convert

__all__ = ["FORMATS", "Converted", "Format", "Progress", "convert"]
