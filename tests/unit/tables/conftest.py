"""The makers of tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import (
    to_arrow,
    to_pandas,
    to_polars,
)

MAKERS = {"polars": to_polars, "pandas": to_pandas, "arrow": to_arrow}


@pytest.fixture(params=MAKERS)
def library(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def make(library: str) -> Callable[..., Any]:
    return MAKERS[library]
