"""Options and the server of the conformance suite.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest

from binance_streams_runtime.generated_api import ParameterError

# A check that fails shows the values that it compared.
pytest.register_assert_rewrite("conformance._checks", "conformance._client_checks")


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a wrong server once, rather than in each test."""
    address = config.getoption("--server")
    if address is None:
        return
    streams = [getattr(getattr(item, "module", None), "STREAM", None) for item in items]
    for package in {stream.package for stream in streams if stream is not None}:
        try:
            package.Client(address).close()
        except ParameterError as error:
            raise pytest.UsageError(str(error)) from None


@pytest.fixture(scope="package")
def simulate() -> Iterator[Callable[[Any], str]]:
    """Give the URL of a simulator of a package's market, which is started once."""
    from binance_streams_simulator import Simulator

    with ExitStack() as stack:
        yield functools.cache(lambda package: stack.enter_context(Simulator(market=package)).url)


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Server:
    address = request.config.getoption("--server")
    patience = request.config.getoption("--patience")
    if address is not None:
        return Server(address, False, patience)
    start = request.getfixturevalue("simulate")
    return Server(start(request.module.STREAM.package), True, patience)
