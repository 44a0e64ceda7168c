"""Parsers whose errors are one line, and the options that several commands have."""

from __future__ import annotations

import argparse
import difflib
import math
import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from binance_streams_cli.status import USAGE, CommandError

PROGRAM = "binance-streams"

MARKETS = {
    "spot": "binance_streams",
    "us": "binance_streams_us",
    "binance_us": "binance_streams_us",
}
"""The packages of the markets, by what they are called; any other name is taken for a package."""

SIMULATOR = "simulator"
"""The server that is started for a run of the command."""

OUTPUTS = ("auto", "json", "csv", "table")
NUMBERS = ("str", "float", "decimal")

_UNITS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong; whoever calls it says it in one line."""

    def __init__(self, **options: Any) -> None:
        """Take the options of ``ArgumentParser``; abbreviations are not allowed."""
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **options)

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse all arguments; an unknown option is an error with the nearest ones."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            name = unknown[0].partition("=")[0]
            hint = did_you_mean(name, self._option_string_actions)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
        return options

    def error(self, message: str) -> NoReturn:
        """Raise a usage error that names the help."""
        raise CommandError(f"{message} (see {self.prog} --help)", USAGE)


def add_market(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--market``; its default is the market whose package was run."""
    parser.add_argument(
        "--market",
        metavar="MARKET",
        help="spot, us, another folder of spec/, or the name of a generated package (the package "
        "that was run, or spot)",
    )


def named_simulator() -> str | None:
    """Return the simulator if the environment names it; any other name is read by the client."""
    return SIMULATOR if os.environ.get("BINANCE_STREAMS_SERVER") == SIMULATOR else None


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where to connect to."""
    add_market(parser)
    parser.add_argument(
        "--server",
        default=named_simulator(),
        metavar="SERVER",
        help="a server of the market, such as testnet, a ws:// or wss:// URL, or simulator: "
        "one that is started for this run (BINANCE_STREAMS_SERVER, or production)",
    )
    parser.add_argument(
        "--proxy",
        metavar="URL",
        help="http://user:password@host:port, socks5h://... or socks5://...",
    )
    parser.add_argument(
        "--trust-env", action="store_true", help="take the proxy from HTTPS_PROXY and the like"
    )


def add_metrics(parser: argparse._ActionsContainer) -> None:
    """Add the option that serves metrics."""
    parser.add_argument(
        "--metrics",
        type=host_port,
        metavar="ADDRESS",
        help="serve /metrics for Prometheus and /health at this address, such as 9090 (this "
        "machine only) or :9090 (every interface)",
    )


def add_reconnect(parser: argparse.ArgumentParser, default: str) -> None:
    """Add the option that says what happens if a connection is lost."""
    parser.add_argument(
        "--reconnect",
        choices=("always", "later", "never"),
        default=default,
        help="whether to connect again if the connection is lost; later: only once an event has "
        "come, so that what cannot work ends at once with status 4 (%(default)s)",
    )


def add_output(parser: argparse.ArgumentParser, has_raw: bool = False) -> None:
    """Add the options that say what is printed of events."""
    raw = "; raw: messages as the server sends them" if has_raw else ""
    parser.add_argument(
        "--output",
        choices=(*OUTPUTS, "raw") if has_raw else OUTPUTS,
        default="auto",
        help="json: an object in a line for each event, with our names of the fields; csv: a "
        "header and a line for each event; table: a live table of all streams; auto (the "
        f"default): a table on a terminal, JSON lines elsewhere{raw}",
    )
    parser.add_argument(
        "--fields",
        type=names,
        metavar="NAME,...",
        help="print only these fields, such as symbol,price; those of a nested object are "
        "kline.close, or close if only one field has that name; stream is the stream's name",
    )
    parser.add_argument(
        "--numbers",
        choices=NUMBERS,
        default="str",
        help="prices and quantities in JSON: str: texts with the digits as they were sent (the "
        "default); decimal: texts of exact decimals; float: numbers",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the options that say when it ends, and what is said of notices."""
    parser.add_argument("-n", type=count, metavar="COUNT", help="end after exactly so many events")
    parser.add_argument(
        "--for", dest="total", type=duration, metavar="TIME", help="end after this time: 30s, 1h"
    )
    parser.add_argument(
        "--timeout",
        type=duration,
        metavar="TIME",
        help="end with status 124 if no event comes for so long",
    )
    parser.add_argument(
        "--fail-on-gap", action="store_true", help="end with status 5 at the first gap"
    )
    parser.add_argument(
        "--notices",
        choices=("text", "json", "none"),
        default="text",
        help="what is printed to standard error of gaps, lost connections and the like (text)",
    )


def duration(text: str) -> float:
    """Read seconds from texts such as ``30``, ``1.5s``, ``500ms``, ``10m``, ``1h``, ``1d``."""
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)(ms|s|m|h|d|)", text.strip())
    if match is not None:
        seconds = float(match[1]) * _UNITS[match[2]]
        if 0 < seconds < math.inf:
            return seconds
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: a time above 0, such as 30s, 10m, 1h")


def size(text: str) -> int:
    """Read bytes from texts such as ``512KB``, ``16MB``, ``1GB``."""
    match = re.fullmatch(r"([0-9]{1,9})(KB|MB|GB)", text.strip().upper())
    if match is not None and int(match[1]) > 0:
        return int(match[1]) * _SIZES[match[2]]
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: a size such as 512KB, 16MB, 1GB")


def host_port(text: str) -> str:
    """Check where metrics are to be served."""
    # Imported late: few runs serve them.
    from binance_streams_runtime.errors import ParameterError
    from binance_streams_runtime.metrics.server import parse_host_port

    try:
        parse_host_port(text)
    except ParameterError as error:
        raise argparse.ArgumentTypeError(f"got {text!r}; allowed: {error.allowed}") from None
    return text


def count(text: str) -> int:
    """Read a whole number from 1 on."""
    if re.fullmatch(r"[0-9]{1,18}", text) and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: a whole number from 1 on")


def names(text: str) -> list[str]:
    """Read names that are separated by commas."""
    found = [name.strip() for name in text.split(",")]
    if all(found):
        return found
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: names separated by commas")


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that are most like ``name``, whatever their case."""
    alike = {one.lower(): one for one in known}
    return [alike[one] for one in difflib.get_close_matches(name.lower(), alike, 3, 0.6)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest names, or nothing if none is near."""
    found = nearest(name, known)
    return f"; did you mean {' or '.join(found)}?" if found else ""
