"""Metrics of an engine in simulated time, and an independent reading of their text."""

from __future__ import annotations

import re
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.metrics.measurement import Measurement, measure
from binance_streams_runtime.metrics.text import exposition
from tests.support.simulated_engine import EngineWorld

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
"""Each value, by the name of its metric and its labels."""

_SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


def client_of(world: EngineWorld) -> ClientEngine[Any, Any]:
    """Return what is measured of a client, around an engine in simulated time."""
    client = SimpleNamespace(
        is_closed=False,
        recordings=SimpleNamespace(all=(), lost_at=None, counts=Counter[str]),
        accounts=SimpleNamespace(weight_used=lambda: 0),
        _engine=world.engine,
        _rest=None,
        _notifier=SimpleNamespace(notices_dropped=0),
        _settings=SimpleNamespace(
            first_event_timeout=60.0, target=SimpleNamespace(url="ws://server/stream")
        ),
    )
    return cast("ClientEngine[Any, Any]", client)


def measured(world: EngineWorld, per_stream: bool = False) -> Measurement:
    """Measure an engine now."""
    return measure(client_of(world), world.now, per_stream)


def scraped(world: EngineWorld, per_stream: bool = False) -> Samples:
    """Return all metrics of an engine, as their text says them."""
    return read(exposition([(None, measured(world, per_stream))]))


def read(text: str) -> Samples:
    """Read the text as its format is defined; whatever is not part of it is an error."""
    assert text.endswith("\n")
    kinds: dict[str, str] = {}
    samples: Samples = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, help = line.split(" ", 3)
            assert name not in kinds
            assert help
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            assert kind in ("counter", "gauge")
            kinds[name] = kind
            continue
        match = _SAMPLE.fullmatch(line)
        assert match is not None, line
        name, labels, value = match.groups()
        # Samples follow the line with their type.
        assert name == list(kinds)[-1]
        assert name.endswith("_total") == (kinds[name] == "counter")
        found = _LABEL.findall(labels or "")
        assert ",".join(f'{label}="{given}"' for label, given in found) == (labels or "")
        place = name.removeprefix("binance_streams_"), frozenset(found)
        assert place not in samples, line
        samples[place] = float(value)
    return samples


def value(samples: Samples, name: str, **labels: str) -> float | None:
    """Return one value; None if there is none with exactly these labels."""
    return samples.get((name, frozenset(labels.items())))


def total(samples: Samples, name: str) -> float:
    """Return the sum of a metric over all its labels."""
    return sum(number for (of, _), number in samples.items() if of == name)
