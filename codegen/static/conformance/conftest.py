"""Options and the server of the conformance suite.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from binance_streams import Client, ParameterError

# A check that fails shows the values that it compared.
pytest.register_assert_rewrite("conformance._checks")


class Server(NamedTuple):
    """What the suite runs against."""

    address: str
    """A server's name or URL."""
    is_simulator: bool
    patience: float
    """Seconds to wait for a confirmation or an event."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption(
        "--server",
        default=None,
        metavar="NAME-OR-URL",
        help="server of the end-to-end tests (default: a simulator, started for the session)",
    )
    group.addoption(
        "--patience",
        type=float,
        default=30.0,
        metavar="SECONDS",
        help="longest wait for an event of a stream (default: 30)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a wrong server once, rather than in each test."""
    address = config.getoption("--server")
    if address is not None:
        try:
            Client(address).close()
        except ParameterError as error:
            raise pytest.UsageError(str(error)) from None


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    address = request.config.getoption("--server")
    patience = request.config.getoption("--patience")
    if address is not None:
        yield Server(address, False, patience)
        return
    from binance_streams_simulator import Simulator

    with Simulator() as simulator:
        yield Server(simulator.url, True, patience)
