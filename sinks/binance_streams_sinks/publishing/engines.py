"""Which engine keeps the log: found by the scheme of its URL, and loaded only if it is used.

Packages add others by an entry point of the group ``binance_streams.sinks``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks.publishing.sink import Sink, SinkOptions

ENGINES = {
    "nats": "binance_streams_sinks.nats_sink:NatsSink",
    "tls": "binance_streams_sinks.nats_sink:NatsSink",
    "redis": "binance_streams_sinks.redis_sink:RedisSink",
    "rediss": "binance_streams_sinks.redis_sink:RedisSink",
    "kafka": "binance_streams_sinks.kafka_sink:KafkaSink",
    "parquet": "binance_streams_sinks.parquet_sink:ParquetSink",
}
"""The module and the class of the sink of each scheme."""

ENTRY_POINTS = "binance_streams.sinks"
"""The entry points by which other packages add sinks: the scheme, and ``module:Class``."""

EXTRAS = {
    "nats": ("nats-py", "nats"),
    "redis": ("redis", "redis"),
    "confluent_kafka": ("confluent-kafka", "kafka"),
    "pyarrow": ("pyarrow", "arrow"),
}
"""The package and the extra of this one that have each module which an engine needs."""

EXAMPLES = (
    *("nats://localhost:4222", "tls://nats.example:4222?creds=FILE", "redis://localhost:6379"),
    *("kafka://localhost:9092", "parquet:FOLDER"),
)


def make_sink(url: object, options: SinkOptions | None = None) -> Sink:
    """Make the sink of a URL.

    Raises ParameterError if no engine has its scheme, or if its engine does not take it, and
    ImportError if the engine's package is missing.
    """
    allowed = f"the URL of a log, such as {', '.join(EXAMPLES)}"
    if not isinstance(url, str):
        raise ParameterError("to", url, allowed)
    address = parse_address(url)
    path = ENGINES.get(address.scheme) or _installed(address.scheme)
    if path is None:
        # Without what may be a password.
        raise ParameterError("to", f"{address.scheme}:…", allowed)
    module, _, name = path.partition(":")
    try:
        loaded = import_module(module)
    except ModuleNotFoundError as error:
        package, extra = EXTRAS.get((error.name or "").partition(".")[0], ("", ""))
        if not extra:
            raise
        text = f"{address.scheme}: needs {package}: pip install 'binance-streams[{extra}]'"
        raise ImportError(text, name=error.name) from None
    sink: Sink = getattr(loaded, name)(address, options or SinkOptions())
    return sink


def _installed(scheme: str) -> str | None:
    """Return the module and the class of a sink that another package has."""
    found = [*entry_points(group=ENTRY_POINTS, name=scheme)]
    return found[0].value if found else None
