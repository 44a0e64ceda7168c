"""Write the spec of a stream from a captured message."""

from __future__ import annotations

import argparse

from binance_streams_cli.parser import add_market
from binance_streams_cli.status import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_market(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command; return the exit status."""
    raise CommandError("this command does nothing yet")
