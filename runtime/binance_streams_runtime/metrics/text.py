"""The text of metrics that Prometheus reads: its exposition format, version 0.0.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, TypeGuard

from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.metrics.measurement import Measurement, measure
from binance_streams_runtime.metrics.table import METRICS, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What ``text`` returns, as an HTTP header says it."""

Labels = Mapping[str, str]
"""Labels that all samples of one client have."""

_NAME = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def text(client: object, *, per_stream: bool = False, labels: Labels | None = None) -> str:
    r"""Return the metrics of a client in Prometheus's text format, with a line for each sample.

    It may be called in any thread, and in the event loop of an ``AsyncClient`` as well. The client
    is measured by whoever drives it, which takes a few milliseconds for thousands of streams. From
    another thread, the call waits for that: as long as the loop of an ``AsyncClient`` is blocked,
    up to a second.

    Args:
        client: A ``Client`` or ``AsyncClient``, closed or not.
        per_stream: Whether each stream is measured by itself, with the label ``stream``, instead of
            each type of stream. Listen keys and API keys are not in it.
        labels: Labels that are added to each sample, such as ``{"instance": "a"}``.

    Raises ParameterError if the client is none, or if a name in ``labels`` is not one of letters,
    digits and underscores, or is that of a label of a metric.
    """
    engine, given = engine_of(client), check_labels(labels)
    return exposition([(given, measured(engine, per_stream))])


async def async_text(
    client: object, *, per_stream: bool = False, labels: Labels | None = None
) -> str:
    """Return what ``text`` returns, without blocking the event loop; for an ``AsyncClient`` only.

    Raises ParameterError as ``text`` does, and for a ``Client``; RuntimeError in another event loop
    than that of the client.
    """
    engine, given = engine_of(client), check_labels(labels)
    begin = getattr(engine, "begin", None)
    if begin is None:
        raise ParameterError("client", client, "an AsyncClient; for a Client there is text()")
    made = await begin(lambda now: measure(engine, now, per_stream))()
    return exposition([(given, made)])


def engine_of(client: object) -> ClientEngine[Any, Any]:
    """Return the engine of a client; raise ParameterError if it is none."""
    engine = getattr(client, "_engine", None)
    if not isinstance(engine, ClientEngine):
        raise ParameterError("client", client, "a Client or AsyncClient")
    return engine


def measured(engine: ClientEngine[Any, Any], per_stream: bool) -> Measurement:
    """Have a client measured by whoever drives it."""
    return engine._driver.run(lambda now: measure(engine, now, per_stream))


def check_labels(labels: Labels | None) -> Labels:
    """Return labels that may be added; raise ParameterError if they may not."""
    reserved = {name for metric in METRICS for name in metric.label_names(per_stream=True)}
    for name, value in (labels or {}).items():
        if not (_is_text(name) and _NAME.fullmatch(name)) or name.startswith("__"):
            raise ParameterError("labels", name, "letters, digits and underscores")
        if name in reserved:
            raise ParameterError("labels", name, f"none of {', '.join(sorted(reserved))}")
        if not _is_text(value):
            raise ParameterError(f"labels[{name!r}]", value, "a text")
    return labels or {}


def exposition(clients: Sequence[tuple[Labels, Measurement]]) -> str:
    """Write the metrics of several clients, which differ by their labels."""
    lines: list[str] = []
    for metric in METRICS:
        lines.append(f"# HELP {metric.full_name} {_help(metric)}")
        lines.append(f"# TYPE {metric.full_name} {metric.kind}")
        for labels, made in clients:
            lines += _samples(metric, labels, made)
    return "\n".join([*lines, ""])


def _samples(metric: Metric, labels: Labels, made: Measurement) -> Iterator[str]:
    names = metric.label_names(made.per_stream)
    given = list(labels.items())
    for values, number in metric.read(made):
        pairs = [*given, *zip(names, values, strict=True)]
        written = ",".join(f'{name}="{value.translate(_ESCAPED)}"' for name, value in pairs)
        place = f"{{{written}}}" if written else ""
        yield f"{metric.full_name}{place} {_number(number)}"


def _help(metric: Metric) -> str:
    return metric.help.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    """Write a number as the format wants it; whole numbers keep all their digits."""
    if isinstance(value, int):
        return str(value)
    if isfinite(value):
        return repr(value)
    return "NaN" if value != value else ("+Inf" if value > 0 else "-Inf")


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def each(clients: Iterable[object]) -> list[ClientEngine[Any, Any]]:
    """Return the engines of clients; raise ParameterError if one of them is none."""
    return [engine_of(client) for client in clients]
