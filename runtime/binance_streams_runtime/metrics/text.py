"""The text of metrics that Prometheus reads: its exposition format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import isfinite
from typing import Any

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.metrics.clients import Clients, engines_of, measured
from binance_streams_runtime.metrics.measurement import Measurement, measure
from binance_streams_runtime.metrics.programs import Program
from binance_streams_runtime.metrics.table import METRICS, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What ``text`` returns, as an HTTP header says it."""

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def text(clients: Clients, *, per_stream: bool = False) -> str:
    """Return the metrics of a client in Prometheus's text format, with a line for each sample.

    It may be called in any thread, and in the event loop of an ``AsyncClient`` as well. A client is
    measured by whoever drives it, which takes a few milliseconds for thousands of streams. From
    another thread, the call waits for that: while the loop of an ``AsyncClient`` is blocked, up to
    a second.

    Args:
        clients: A ``Client`` or ``AsyncClient``, closed or not; or several by name, which becomes
            the label ``client``.
        per_stream: Whether each stream is measured by itself, with the label ``stream``, instead of
            each type of stream. Listen keys and API keys are not in it.

    Raises ParameterError if ``clients`` is neither.
    """
    return exposition(
        [(name, measured(engine, per_stream)) for name, engine in engines_of(clients)]
    )


async def async_text(clients: Clients, *, per_stream: bool = False) -> str:
    """Return what ``text`` returns, without blocking the event loop; for an ``AsyncClient`` only.

    Raises ParameterError as ``text`` does, and for a ``Client``; RuntimeError in another event loop
    than that of the client.
    """
    made = []
    for name, engine in engines_of(clients):
        begin = getattr(engine, "begin", None)
        if begin is None:
            allowed = "an AsyncClient, or several by name; for a Client there is text()"
            raise ParameterError("clients", clients, allowed)
        command = partial(measure, engine, per_stream=per_stream)
        made.append((name, await begin(command)()))
    return exposition(made)


def exposition(clients: Sequence[tuple[str | None, Measurement]]) -> str:
    """Write the metrics of several clients, or of one without a name."""
    lines: list[str] = []
    for metric in METRICS:
        lines += _head(metric)
        for client, made in clients:
            names = metric.label_names(made.per_stream)
            lines += _samples(metric, [] if client is None else [("client", client)], names, made)
    return "\n".join([*lines, ""])


def program_exposition(program: Program, stats: Any) -> str:
    """Write the metrics of a program, which are read from what it counts."""
    lines: list[str] = []
    for metric in program.metrics:
        lines += [*_head(metric), *_samples(metric, [], metric.labels, stats)]
    return "\n".join([*lines, ""])


def _head(metric: Metric) -> tuple[str, str]:
    return (
        f"# HELP {metric.full_name} {_help(metric)}",
        f"# TYPE {metric.full_name} {metric.kind}",
    )


def _samples(
    metric: Metric, given: list[tuple[str, str]], names: tuple[str, ...], source: Any
) -> Iterator[str]:
    for values, number in metric.read(source):
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
