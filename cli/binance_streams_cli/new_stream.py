"""Write the spec of a stream from captured messages, in a clone of the repository."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from binance_streams_cli.status import CommandError

_DRAFT = Path("codegen", "draft", "__main__.py")
# The folders of spec/ by what the other commands call their markets.
_FOLDERS = {"us": "binance_us", "binance_streams": "spot", "binance_streams_us": "binance_us"}
_NEEDED = ("yaml", "jsonschema")
_OPTIONS = ("name", "spec", "url", "key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "messages",
        metavar="MESSAGES",
        help="a file with messages (JSON lines, or one payload as it is on a page), the folder of "
        "a recording, or - for standard input",
    )
    parser.add_argument(
        "--name",
        metavar="STREAM",
        help="the stream's name, such as btcusdt@markPrice@1s, if the messages do not say it; of a "
        "recording also a pattern, such as '*@markPrice@1s'",
    )
    parser.add_argument(
        "--market",
        metavar="MARKET",
        help="spot, us, or another folder of spec/ (the market of the package that was run, or "
        "spot)",
    )
    parser.add_argument(
        "--spec",
        metavar="DIR",
        help="the folder of a market outside of spec/, new or there already",
    )
    parser.add_argument(
        "--url",
        metavar="URL",
        help="the address of the streams of a market that has no folder yet, such as "
        "wss://fstream.binance.com: its folder is made",
    )
    parser.add_argument(
        "--key", metavar="KEY", help="what the file is called (the words of the stream's name)"
    )


def run(options: argparse.Namespace) -> int:
    """Let the clone's generator write the draft; return its exit status."""
    clone = _clone()
    market = options.market or "spot"
    command = [_python(clone), "-m", "codegen.draft", options.messages]
    command += [f"--root={clone}", f"--market={_FOLDERS.get(market, market)}"]
    for name in _OPTIONS:
        given = getattr(options, name)
        command += [] if given is None else [f"--{name}={given}"]
    paths = [str(clone), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(command, env=environment, check=False).returncode


def _clone() -> Path:
    """Return the clone around the working folder, or else the one that this file is in."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / _DRAFT).is_file() and (folder / "spec" / "schema").is_dir():
            return folder
    raise CommandError(
        "it needs the spec and its generator, which only a clone of the repository has: run it in "
        "the folder of one"
    )


def _python(clone: Path) -> str:
    """Return an interpreter that has what the generator imports."""
    own = clone / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if own.exists():
        return str(own)
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise CommandError(
            f"the generator needs what is not installed: run `make generate` in {clone}, once"
        )
    return sys.executable
