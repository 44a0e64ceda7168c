"""What waits in a queue is weighed."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, OrderSide
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.memory import mean_memory, memory_of


@pytest.mark.parametrize("value", [None, True, OrderSide.BUY])
def test_what_exists_once_takes_nothing(value: Any) -> None:
    assert memory_of(value) == 0


def test_a_dict_takes_what_its_keys_and_values_take() -> None:
    key, value = "a" * 1000, "b" * 2000
    assert memory_of({key: value}) >= sys.getsizeof({key: value}) + 3000
    assert memory_of({key: None}) < memory_of({key: value}) - 1900


def test_of_nothing_the_mean_is_nothing() -> None:
    assert mean_memory([], 4) == 0.0
    assert memory_of([]) >= sys.getsizeof([])


@pytest.mark.parametrize("numbers", [Decimal, float, str])
@pytest.mark.parametrize("key", list(EXAMPLES))
def test_an_event_is_measured_with_all_that_it_holds(key: str, numbers: Any) -> None:
    """Never less than its own parts, each counted once, nor more than twice as much."""
    example = EXAMPLES[key][0]
    stream = CATALOG.resolve(example.stream)
    event = decoder_of(stream.type, numbers).bare(example.payload)
    parts: dict[int, int] = {}

    def walk(value: Any) -> None:
        parts[id(value)] = sys.getsizeof(value)
        if isinstance(value, list | tuple):
            for part in value:
                walk(part)
        for name in getattr(value, "__struct_fields__", ()):
            walk(getattr(value, name))

    walk(event)
    assert 0.8 * sum(parts.values()) <= memory_of(event) <= 2 * sum(parts.values())


def test_a_long_list_is_measured_by_some_of_its_elements() -> None:
    levels = [("65000.12000000", "0.50000000")] * 10_000
    assert memory_of(levels) == pytest.approx(memory_of(levels[:100]) * 100, rel=0.01)
