"""Starting the programs of examples/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.support.programs import Program

NUMBER = r"\d+\.\d+"

Start = Callable[..., Program]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A market that is faster than the venue's."""
    with Simulator(speed=10) as simulator:
        yield simulator


@pytest.fixture
def start(simulator: Simulator) -> Iterator[Start]:
    """Start an example against the simulator, as its docstring says."""
    with ExitStack() as stack:

        def run(name: str, *more: str | Path) -> Program:
            program = Program(f"examples/{name}.py", simulator.url, *more)
            return stack.enter_context(program)

        yield run
