"""Run a local server that behaves like the venue, or serves a recording."""

from __future__ import annotations

import argparse

from binance_streams_simulator import __main__ as simulator


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command: those of the simulator."""
    simulator.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    return simulator.run(options)
