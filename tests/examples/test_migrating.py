"""What docs/migrating.md shows is true: our programs run, and nothing old is forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from binance_streams import Client
from binance_streams.compat import SpotWebsocketStreamClient
from binance_streams_simulator import Simulator
from tests.project.test_signatures import SIGNATURES
from tests.support.documents import Accounts, busy_accounts
from tests.support.limits import LIMIT
from tests.support.programs import ROOT, Program

PAGE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")


def _names(node: ast.Import) -> list[str]:
    return [alias.name for alias in node.names]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


# Blocks of ours say ``python``; those of other packages say ``py``, and look the same to a reader.
OURS = _blocks("python")
THEIRS = _blocks("py")

# Runs a program that was written for production, with the simulator in the place of every server.
# A pause lets the streams run: here, until the program has printed two things more.
RUN = """
import asyncio, builtins, pathlib, runpy, sys, threading, time
import msgspec
from binance_streams import AsyncClient, Client

url, script = sys.argv[1:]
here = {
    "url": url,
    "rest_url": url.replace("ws", "http", 1),
    "rest_elsewhere": {},
    "api_url": url + Client.venue.api.path,
}
servers = tuple(msgspec.structs.replace(server, **here) for server in Client.venue.servers)
Client.venue = AsyncClient.venue = msgspec.structs.replace(Client.venue, servers=servers)

if "binance_streams.compat" in pathlib.Path(script).read_text(encoding="utf-8"):
    from binance_streams.compat import SpotWebsocketStreamClient

    init = SpotWebsocketStreamClient.__init__
    assert init.__defaults__[0] == "wss://stream.binance.com:9443"
    init.__defaults__ = (url, *init.__defaults__[1:])

printed, real_print, real_sleep = [], builtins.print, time.sleep
real_async_sleep = asyncio.sleep

def print_and_count(*things, **options):
    real_print(*things, **options)
    printed.append(things)

def sleep(seconds):
    if threading.current_thread() is not threading.main_thread():
        return real_sleep(seconds)
    enough = len(printed) + 2
    while len(printed) < enough:
        real_sleep(0.01)

async def async_sleep(seconds, result=None):
    if seconds < 1:
        return await real_async_sleep(seconds, result)
    enough = len(printed) + 2
    while len(printed) < enough:
        await real_async_sleep(0.01)
    return result

builtins.print, time.sleep, asyncio.sleep = print_and_count, sleep, async_sleep
runpy.run_path(script, run_name="__main__")
"""

# What the old client's constructor and methods take and have.
OLD_OPTIONS = (
    *("stream_url", "on_message", "on_open", "on_close", "on_error", "on_ping", "on_pong"),
    *("is_combined", "timeout", "time_unit", "logger", "proxies"),
)
OLD_METHODS = (
    *("agg_trade", "trade", "kline", "kline_timezone_offset", "mini_ticker", "ticker"),
    *("book_ticker", "partial_book_depth", "rolling_window_ticker"),
    *("rolling_window_ticker_all_symbols", "diff_book_depth", "user_data", "subscribe"),
    *("unsubscribe", "send", "send_message_to_server", "ping", "stop", "list_subscribe"),
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """A market that is faster than the venue's."""
    with Simulator(speed=10) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def accounts(simulator: Simulator) -> Iterator[Accounts]:
    with busy_accounts(simulator) as accounts:
        yield accounts


@pytest.mark.parametrize("number", range(len(OURS)))
def test_program_runs(
    number: int,
    simulator: Simulator,
    accounts: Accounts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ends by itself, has printed what came, and nothing else: no warning, no log."""
    for name, value in accounts.give_keys(OURS[number], tmp_path).items():
        monkeypatch.setenv(name, value)
    runner, script = tmp_path / "run.py", tmp_path / "program.py"
    runner.write_text(RUN, encoding="utf-8")
    script.write_text(OURS[number], encoding="utf-8")
    with Program(runner, simulator.url, script, folder=tmp_path) as program:
        program.wait_for_end()
    assert program.out
    assert program.errors == ""


@pytest.mark.parametrize("kind", [Client, SpotWebsocketStreamClient])
def test_depth_streams_have_the_names_that_the_page_says(
    kind: type[Client[Decimal]] | type[SpotWebsocketStreamClient], simulator: Simulator
) -> None:
    """Of both clients, and at the default speed."""
    with kind(simulator.url) as client:
        client.partial_book_depth("btcusdt")
        client.diff_book_depth("btcusdt")
        names = {"btcusdt@depth5", "btcusdt@depth"}
        simulator.wait_for(lambda: names in simulator.subscriptions, LIMIT)
    assert all(f"`{name}`" in PAGE for name in names)


@pytest.mark.parametrize("number", range(len(THEIRS)))
def test_program_of_another_package_is_python(number: int) -> None:
    """It is shown, not run: the package need not be there. None of them is ours."""
    imported = [
        name
        for node in ast.walk(ast.parse(THEIRS[number]))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else _names(node))
    ]
    assert imported
    assert not any(module.startswith("binance_streams") for module in imported)


def test_every_block_is_run_or_shown() -> None:
    """No block escapes by its language."""
    assert PAGE.count("\n```") == 2 * (len(OURS) + len(THEIRS))


@pytest.mark.parametrize("name", [*OLD_METHODS, *OLD_OPTIONS])
def test_everything_of_the_old_connector_has_a_line(name: str) -> None:
    """Each method and option is in the left column of a table."""
    lines = re.findall(r"^\| (.+?) \| ", PAGE, re.MULTILINE)
    assert any(re.search(rf"`{name}[(=`]", line) for line in lines)


def test_every_method_of_the_client_is_named() -> None:
    """The page lists the client's methods; those of streams added since may be missing."""
    assert [method for method in SIGNATURES if not re.search(rf"`{method}\b", PAGE)] == []


def test_every_link_leads_somewhere() -> None:
    """To a file that is there, or to a heading of the page."""
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        file, _, anchor = target.partition("#")
        assert anchor in anchors if not file else (ROOT / "docs" / file).exists(), target
