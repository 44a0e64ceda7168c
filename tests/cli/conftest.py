"""What tests of the command need: a server for all of them, and a run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from binance_streams_cli.main import main
from binance_streams_simulator import Simulator


class Ran(NamedTuple):
    """What a run of the command left."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a simulator."""
    # Faster than the venue, so that nothing is waited for.
    with Simulator(symbols=("BTCUSDT", "ETHUSDT", "BNBBTC"), speed=4) as simulator:
        yield simulator.url


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process: what it printed, and its exit status."""

    def run(*arguments: str, market: str | None = None) -> Ran:
        status = main(arguments, market)
        return Ran(status, *capfd.readouterr())

    return run
