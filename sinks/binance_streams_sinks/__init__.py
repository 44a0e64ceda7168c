"""Ways for recordings and messages into other engines and file formats, one extra each."""

from binance_streams_runtime.messaging.address import Address
from binance_streams_sinks.conversion import FORMATS, Converted, Format, Progress, convert
from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.sink import (
    Failure,
    Newest,
    Published,
    Receipt,
    Sink,
    SinkError,
    SinkOptions,
)

__all__ = [
    "FORMATS",
    "Address",
    "Converted",
    "Failure",
    "Format",
    "Newest",
    "Progress",
    "Published",
    "Receipt",
    "Sink",
    "SinkError",
    "SinkOptions",
    "convert",
    "make_sink",
]
