"""The log and the end of the program, which it must not hold up."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent

import pytest

from tests.support.limits import LIMIT
from tests.support.raw_server import RawServer
from tests.support.scripts import gaps

PROGRAM = """
    import fcntl, logging, logging.handlers, os, sys
    from binance_streams import Client

    class Printer(logging.Handler):
        def emit(self, record):
            print(self.format(record), file=sys.stderr, flush=True)

    logger = logging.getLogger("binance_streams")
    if sys.argv[3] == "prints":
        logger.addHandler(Printer())
    elif sys.argv[3] == "remembers":
        logger.addHandler(logging.handlers.MemoryHandler(1, target=logging.StreamHandler()))

    # Until nothing more fits in: whoever should read it does not.
    os.set_blocking(2, False)
    try:
        while True:
            os.write(2, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(2, True)
    client = Client(sys.argv[1])
    trades = client.trade("btcusdt")
    for _ in range(101):
        trades.get(30)
    print("read", flush=True)
    if sys.argv[2] == "close":
        client.close()
        print("closed", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="select takes no pipes")
@pytest.mark.parametrize(
    ("end", "handler"),
    [("close", "none"), ("exit", "none"), ("exit", "prints"), ("exit", "remembers")],
)
def test_a_stderr_that_nobody_reads_holds_up_nothing(end: str, handler: str) -> None:
    """Neither events nor close() nor the end of the program."""
    with RawServer(gaps(100)) as server:
        program = subprocess.Popen(
            [sys.executable, "-c", dedent(PROGRAM), server.url, end, handler],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            text=True,
        )
        with program:
            try:
                assert program.wait(LIMIT) == 0
                assert program.stdout is not None
                expected = "read\nclosed\n" if end == "close" else "read\n"
                assert program.stdout.read() == expected
            finally:
                program.kill()


STUCK = """
    import logging, sys, threading
    from binance_streams import Client
    from binance_streams_runtime.client import log

    is_stuck = threading.Event()

    class Stuck(logging.Handler):
        def emit(self, record):
            is_stuck.set()
            threading.Event().wait()

    log._LONGEST_LINE = 0.1
    logging.getLogger("binance_streams").addHandler(Stuck())
    with Client(sys.argv[1]) as client:
        trades = client.trade("btcusdt")
        for _ in range(101):
            trades.get(30)
        is_stuck.wait()
    print("closed", flush=True)
"""


def test_a_handler_that_never_returns_holds_up_no_end() -> None:
    """Although logging itself waits at the end for every handler."""
    with RawServer(gaps(100)) as server:
        program = subprocess.run(
            [sys.executable, "-c", dedent(STUCK), server.url],
            capture_output=True,
            timeout=LIMIT,
            text=True,
            check=False,
        )
    assert (program.returncode, program.stdout, program.stderr) == (0, "closed\n", "")


LONG_LINE = """
    import logging, os
    from binance_streams_runtime.client.log import flush_log, log_safely

    # Nearly full: what the system takes for room is less than the line needs.
    out, into = os.pipe()
    os.dup2(into, 2)
    os.set_blocking(2, False)
    try:
        while True:
            os.write(2, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(2, True)
    os.read(out, 5000)
    log_safely(logging.getLogger("binance_streams"), logging.ERROR, "test", "", "%s", "y" * 20000)
    flush_log(0.1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody says what fits in a pipe")
def test_a_long_line_waits_until_all_of_it_can_be_written() -> None:
    """Or the program could not end."""
    subprocess.run([sys.executable, "-c", dedent(LONG_LINE)], check=True, timeout=LIMIT)
