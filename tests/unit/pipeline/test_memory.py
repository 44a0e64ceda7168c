"""What waits in a queue is weighed."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from binance_streams import OrderSide
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
