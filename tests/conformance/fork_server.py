"""Runs pytest again and again, without loading what all runs need each time.

One process imports pytest, the runtime and the simulator, and forks for each run: a request is a
line of JSON on its standard input, the answer one on its standard output. The generated package,
which differs from run to run, is loaded by the forked child alone.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

# What every run imports; nothing of it may import the generated package.
PRELOADED = (
    "pytest",
    "binance_streams_runtime.generated_api",
    "binance_streams_runtime.async_api",
    "binance_streams_simulator",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in PRELOADED:
        importlib.import_module(name)
    assert "binance_streams" not in sys.modules
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(**request)
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(arguments: list[str], folder: str, out: str, err: str) -> None:
    """Run pytest in this process, a child, and end it."""
    code = 70
    try:
        for number, path in ((1, out), (2, err)):
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(opened, number)
        os.chdir(folder)
        sys.path.insert(0, folder)
        code = int(importlib.import_module("pytest").main(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        Path(err).write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
