"""The command: finds the subcommand, loads only its module, and says in one line what is wrong.

Nothing else is imported before it is needed: help and completion must be there at once.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType, ModuleType
from typing import NoReturn

from binance_streams_cli import status
from binance_streams_cli.parser import PROGRAM, Parser, did_you_mean
from binance_streams_cli.status import CommandError, Terminated

COMMANDS = {
    "watch": "show the events of streams: a live table on a terminal, JSON lines in a pipe",
    "book": "show an order book: a live ladder on a terminal, JSON lines in a pipe",
    "record": "record streams to a folder",
    "replay": "show the events of a recording, as watch does",
    "convert": "convert a recording to Parquet, CSV, hftbacktest or tardis",
    "repair": "repair a recording that was cut off",
    "info": "show what is in a recording",
    "serve": "run a local server: one like the venue, a recording, or a relay of a real server",
    "relay": "collect streams into a log, such as NATS JetStream",
    "group": "show or change what a group of collectors collects",
    "streams": "list all streams, or describe one",
    "doctor": "find out why a server cannot be reached",
    "new-stream": "write the spec of a stream from a captured message",
    "completion": "print the completion of this command for a shell",
}
"""Every command with one line of help; its module has its name, with underscores."""

_STATUSES = """exit statuses:
  0 done   1 error   2 usage   3 stream refused or unknown   4 connection given up
  5 gaps, with --fail-on-gap   124 timeout   130 Ctrl-C"""


def main(arguments: Sequence[str] | None = None, market: str | None = None) -> int:
    """Run the command; return its exit status.

    ``market`` is the generated package that the command is for, unless ``--market`` names one.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_output()
    try:
        with _terminated_by_signal():
            return _run(given, market)
    except Terminated:
        return status.DONE
    except KeyboardInterrupt:
        return status.INTERRUPTED
    except BrokenPipeError:
        _leave_pipe()
        return status.DONE
    except SystemExit as error:
        # By argparse, after it has printed help.
        return error.code if isinstance(error.code, int) else status.ERROR
    except Exception as error:
        if not _is_expected(error):
            raise
        return _say(error, given)


def module_of(name: str) -> ModuleType:
    """Import the module of a command."""
    return importlib.import_module(f"binance_streams_cli.{name.replace('-', '_')}")


def command_parser(name: str) -> Parser:
    """Make the parser of one command, for which only its module is loaded."""
    module = module_of(name)
    parser = Parser(prog=f"{PROGRAM} {name}", description=module.__doc__)
    module.add_arguments(parser)
    return parser


def top_parser() -> Parser:
    """Make the parser of the command without a subcommand, which lists these."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {text}" for name, text in COMMANDS.items())
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [options]",
        description="Binance's WebSocket streams in the shell.",
        epilog=f"commands ({PROGRAM} COMMAND --help explains each):\n{listed}\n\n{_STATUSES}",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    return parser


def _run(given: list[str], market: str | None) -> int:
    if not given or given[0].startswith("-"):
        return _run_top(given)
    name = given[0]
    if name not in COMMANDS:
        hint = did_you_mean(name, COMMANDS) or f"; allowed: {', '.join(COMMANDS)}"
        raise CommandError(f"there is no command {name!r}{hint}", status.USAGE)
    parser = command_parser(name)
    options = parser.parse(given[1:])
    options.is_market_given = getattr(options, "market", None) is not None
    if not options.is_market_given:
        options.market = market
    result: int = module_of(name).run(options)
    # Now rather than at the interpreter's end, where a broken pipe could not be caught.
    sys.stdout.flush()
    return result


def _run_top(given: list[str]) -> int:
    parser = top_parser()
    if parser.parse(given).version:
        from binance_streams_runtime.version import version

        print(f"{PROGRAM} {version()}")
        return status.DONE
    parser.print_help()
    return status.DONE if given else status.USAGE


def _is_expected(error: Exception) -> bool:
    """Whether it says what is wrong; the traceback of any other one is needed to fix it."""
    from binance_streams_runtime.errors import BinanceStreamsError

    is_missing_extra = isinstance(error, ImportError) and "pip install" in str(error)
    return is_missing_extra or isinstance(error, (CommandError, BinanceStreamsError, OSError))


def _say(error: Exception, given: list[str]) -> int:
    """Print the error in one line; return the exit status."""
    text = " ".join(str(error).split()) or type(error).__name__
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    command = f" {given[0]}" if given and given[0] in COMMANDS else ""
    print(f"{PROGRAM}{command}: {text}", file=sys.stderr)
    return status.status_of(error)


def _prepare_output() -> None:
    """Let output that the shell has closed (``>&-``) go nowhere, and none be an encoding error."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Symbols and texts need not be in the terminal's alphabet.
        sys.stdout.reconfigure(errors="replace")


def _leave_pipe() -> None:
    """Let nobody write to the broken pipe again, as the interpreter would at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _terminated_by_signal() -> Iterator[None]:
    """Raise Terminated on SIGTERM, so that everything is closed and written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
