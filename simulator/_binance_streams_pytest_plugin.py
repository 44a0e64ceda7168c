"""The fixture ``binance_simulator``, for the test suites of users of the client.

pytest loads this module wherever the package is installed, also for suites that need no simulator
and without what the extra ``simulator`` installs. So it is a module of its own, which imports
nothing of the package before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from binance_streams_simulator import Simulator

_MARKER = "binance_simulator"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, so that ``--strict-markers`` knows it."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): options of the fixture {_MARKER}: those of Simulator, by name",
    )


@pytest.fixture
def binance_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Run a simulator for one test: ``Client(binance_simulator.url)`` connects to it.

    ``@pytest.mark.binance_simulator(seed=7, symbols=["BTCUSDT"])`` gives it options: any argument
    of ``Simulator``. If a module, a class and a test are marked, the nearest marker of each
    option wins.

    Raises:
        ImportError: The extra ``simulator`` is not installed.
        TypeError: A marker has an argument without a name, or one that ``Simulator`` lacks.
    """
    from binance_streams_simulator import Simulator

    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            given = ", ".join(map(repr, marker.args))
            raise TypeError(f"@pytest.mark.{_MARKER} takes named options, such as seed=7: {given}")
        options |= marker.kwargs
    with Simulator(**options) as simulator:
        yield simulator
