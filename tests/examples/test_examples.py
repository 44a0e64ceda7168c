"""Each program of examples/ does against the simulator what it says, and ends on Ctrl-C."""

from __future__ import annotations

import ast
import json
import re
import time
import urllib.error
import urllib.request
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.examples import test_accounts, test_recordings
from tests.examples.conftest import NUMBER, Start
from tests.support.limits import LIMIT, wait_until
from tests.support.programs import ROOT, Program

FOLDER = ROOT / "examples"
FILES = sorted(path.name for path in FOLDER.glob("*.py"))


def test_one_stream(start: Start) -> None:
    program = start("one_stream")
    program.wait_for(
        rf"\d\d:\d\d:\d\d\.\d{{6}}  sold {NUMBER} at {NUMBER}\n",
        rf"\d\d:\d\d:\d\d\.\d{{6}}  bought {NUMBER} at {NUMBER}\n",
    )
    program.interrupt()


def test_many_streams(start: Start) -> None:
    """Every kind of event of every symbol."""
    program = start("many_streams")
    for symbol in ("BTCUSDT", "ETHUSDT", "BNBUSDT"):
        program.wait_for(
            rf"{symbol} +trade +{NUMBER} at {NUMBER}\n",
            rf"{symbol} +quote +{NUMBER} / {NUMBER}\n",
            rf"{symbol} +candle +{NUMBER} to {NUMBER}, now {NUMBER}\n",
        )
    program.interrupt()


def test_closed_klines(start: Start) -> None:
    """One line for each second, although the stream delivers several."""
    program = start("closed_klines")
    line = rf"^(\S+ \S+) open {NUMBER} high {NUMBER} low {NUMBER} close {NUMBER} volume"
    program.wait_for(line, times=2)
    program.interrupt()
    opened = re.findall(line, program.out, re.MULTILINE)
    assert sorted(set(opened)) == opened


def test_best_bid_ask(start: Start) -> None:
    """No line has the prices of the line before."""
    program = start("best_bid_ask")
    line = rf"^BTCUSDT  bid ({NUMBER})  ask ({NUMBER})  spread {NUMBER} bp$"
    program.wait_for(line, times=5)
    program.interrupt()
    quotes = re.findall(line, program.out, re.MULTILINE)
    assert all(Decimal(bid) < Decimal(ask) for bid, ask in quotes)
    assert all(one != next for one, next in pairwise(quotes))


def test_top_of_book(start: Start) -> None:
    """A block holds five levels, the best first, and how they are shared."""
    program = start("top_of_book")
    program.wait_for(r"^bids hold \d+% of the quantity\n\n", times=2)
    program.interrupt()
    block = program.out.split("\n\n")[1].splitlines()
    assert block[0].startswith("BTCUSDT at update ")
    bids = [Decimal(line.split("|")[0].split()[1]) for line in block[1:-1]]
    asks = [Decimal(line.split("|")[1].split()[0]) for line in block[1:-1]]
    assert len(bids) == 5
    assert [*asks[::-1], *bids] == sorted(asks + bids, reverse=True)


def test_ticker_table(start: Start) -> None:
    """The symbols that are priced in USDT, the most traded one first."""
    program = start("ticker_table")
    program.wait_for(r"^\d+ symbols; those with the largest volume in USDT:\n", times=2)
    program.interrupt()
    first = program.out.split("\n\n")[0].strip().splitlines()
    rows = [line.split() for line in first[1:]]
    assert {row[0] for row in rows} == {"BTCUSDT", "ETHUSDT", "BNBUSDT"}
    volumes = [float(row[3].replace(",", "")) for row in rows]
    assert volumes == sorted(volumes, reverse=True)
    assert all(re.fullmatch(r"[+-]\d+\.\d\d%", row[2]) for row in rows)


def test_gap_alerts(start: Start, simulator: Simulator) -> None:
    """It reports three trades that are left out, and a connection that is lost and comes back."""
    program = start("gap_alerts")
    printed = program.wait_for(rf"average of \d{{2,}} trades without a gap: {NUMBER}\n")
    simulator.skip_events("btcusdt@trade", 3)
    printed = program.wait_for(
        r"ALERT btcusdt@trade: 3 events missing: ",
        r"the average starts over",
        r"average of 1 trades without a gap",
        after=printed,
    )
    simulator.refuse_connections()
    simulator.drop_connections()
    program.wait_for(r"ALERT connection lost \(.+\), next attempt in", times=2, after=printed)
    # Were it quick enough, nothing would be missing.
    simulator.skip_events("btcusdt@trade", 3)
    simulator.accept_connections()
    program.wait_for(
        r"ALERT 1 streams back after \d+\.\d s\n",
        r"ALERT btcusdt@trade: \d+ events missing: ",
        r"average of 1 trades without a gap",
        after=printed,
    )
    program.interrupt()


def test_candle_window() -> None:
    """All candles are there at once, and the average moves with each."""
    with (
        Simulator(speed=10, history=200) as simulator,
        Program("examples/candle_window.py", simulator.url) as program,
    ):
        program.wait_for(rf"^average of 100 candles: {NUMBER}\n")
        program.wait_for(rf"^close {NUMBER}, [+-]{NUMBER}% from the average\n", times=2)
        program.interrupt()


def test_metrics_endpoint(start: Start) -> None:
    """Both pages are where it says."""
    program = start("metrics_endpoint", "127.0.0.1:0")
    program.wait_for(r"^http://127\.0\.0\.1:\d+/metrics\n", rf"^{NUMBER}  ok\n")
    address = program.out.split("/metrics")[0]
    assert b'binance_streams_messages_total{stream_type="agg_trade"}' in _ask(f"{address}/metrics")
    assert json.loads(_ask(f"{address}/health"))["status"] == "ok"
    program.interrupt()


def test_callbacks(start: Start, simulator: Simulator) -> None:
    """A callback that raises is reported, and the stream goes on."""
    program = start("callbacks")
    line = r"this minute: [+-]\d+\.\d{4}%\n"
    printed = program.wait_for(line, rf"large trade: {NUMBER} at {NUMBER}\n")
    # However late the candle is sent, none that is newer must be sent before it.
    simulator.mute()
    simulator.send_raw(_kline_at_zero())
    printed = program.wait_for(r"a callback failed: InvalidOperation")
    simulator.unmute()
    program.wait_for(line, after=printed)
    program.interrupt(tracebacks=1)


def test_asyncio_one_stream(start: Start) -> None:
    program = start("asyncio_one_stream")
    program.wait_for(
        rf"\d\d:\d\d:\d\d\.\d{{6}}  sold {NUMBER} at {NUMBER}\n",
        rf"\d\d:\d\d:\d\d\.\d{{6}}  bought {NUMBER} at {NUMBER}\n",
    )
    program.interrupt()


def test_asyncio_many_streams(start: Start) -> None:
    """Both tasks of every symbol."""
    program = start("asyncio_many_streams")
    for symbol in ("BTCUSDT", "ETHUSDT", "BNBUSDT"):
        program.wait_for(
            rf"{symbol} +trade +{NUMBER} at {NUMBER}\n",
            rf"{symbol} +candle +{NUMBER} to {NUMBER}, now {NUMBER}\n",
        )
    program.interrupt()


def test_asyncio_callbacks(start: Start, simulator: Simulator) -> None:
    """A callback that raises is reported, and the stream goes on."""
    program = start("asyncio_callbacks")
    line = r"this minute: [+-]\d+\.\d{4}%\n"
    printed = program.wait_for(line, rf"large trade: {NUMBER} at {NUMBER}\n")
    # However late the candle is sent, none that is newer must be sent before it.
    simulator.mute()
    simulator.send_raw(_kline_at_zero())
    printed = program.wait_for(r"a callback failed: InvalidOperation")
    simulator.unmute()
    program.wait_for(line, after=printed)
    program.interrupt(tracebacks=1)


def test_asyncio_timeouts(start: Start) -> None:
    """Waits are cancelled, and yet each trade is printed once."""
    program = start("asyncio_timeouts")
    program.wait_for(rf"^trade \d+: {NUMBER}, after [1-9]\d* waits\n", times=5)
    program.interrupt()
    ids = [int(number) for number in re.findall(r"^trade (\d+):", program.out, re.MULTILINE)]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


def test_asyncio_batches(start: Start) -> None:
    """The rows are those of all batches together."""
    program = start("asyncio_batches")
    line = rf"^(\d+) trades, {NUMBER} at {NUMBER}; (\d+) rows so far\n"
    program.wait_for(line, times=3)
    program.interrupt()
    rows = 0
    for new, so_far in re.findall(line, program.out, re.MULTILINE):
        assert 1 <= int(new) <= 1000
        rows += int(new)
        assert int(so_far) == rows


def test_asyncio_web_service(start: Start) -> None:
    """It serves the newest price, and closes its client with the application."""
    pytest.importorskip("uvicorn", reason="starlette and uvicorn are not installed")
    pytest.importorskip("starlette", reason="starlette and uvicorn are not installed")
    program = start("asyncio_web_service", "0")

    def address() -> re.Match[str] | None:
        return re.search(r"running on (http://127\.0\.0\.1:\d+)", program.errors)

    wait_until(address)
    running = address()
    assert running is not None
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        _ask(f"{running[1]}/prices/nothing")
    refused.value.close()
    wait_until(lambda: _price(f"{running[1]}/prices/btcusdt") is not None)
    assert re.fullmatch(NUMBER, str(_price(f"{running[1]}/prices/btcusdt")))
    program.interrupt()


def test_compat(start: Start, simulator: Simulator) -> None:
    """Acknowledgements and events are the text that was sent, also after a loss."""
    program = start("compat")
    trade = rf"BTCUSDT {NUMBER} at {NUMBER}\n"
    printed = program.wait_for(r'\{"result":null,"id":\d+\}\n', trade)
    simulator.drop_connections()
    wait_until(lambda: simulator.connections == 1 and simulator.connection_attempts == 2)
    program.wait_for(trade, after=printed)
    program.interrupt()


def test_order_book(start: Start, simulator: Simulator) -> None:
    """What it prints is the server's book at that update, also after some were missing."""
    program = start("order_book")
    line = r"^BTCUSDT synced at update (\d+): (\S+) (\S+) / (\S+) (\S+)\n"
    program.wait_for(line, times=5)
    simulator.skip_events("btcusdt@depth@100ms", 2)
    printed = program.wait_for(r"^BookResynced: the book is synced")
    program.wait_for(line, after=printed, times=5)
    program.interrupt()
    for update, *levels in re.findall(line, program.out, re.MULTILINE)[-10:]:
        _, bids, asks = simulator.order_book("BTCUSDT", int(update))
        assert levels == [*bids[0], *asks[0]]


def test_cost_of_a_size(start: Start) -> None:
    """Both sides, and never the price of a part."""
    program = start("cost_of_a_size", "2.5")
    program.wait_for(
        rf"^buy 2.50* for {NUMBER}: {NUMBER} each, {NUMBER} bp from the middle, \d+ levels\n",
        rf"^sell 2.50* for {NUMBER}: {NUMBER} each, {NUMBER} bp from the middle, \d+ levels\n",
    )
    program.interrupt()
    program = start("cost_of_a_size", "1000000000")
    program.wait_for(rf"^buy: only {NUMBER} of 1000000000 are in the \d+ known levels\n")
    program.interrupt()


def test_many_books(start: Start) -> None:
    """One for each symbol of the market that is priced in USDT."""
    program = start("many_books")
    program.wait_for(r"^3 of 3 books are synced; .*\n( +[A-Z]+USDT +\d+\.\d+\n){3}")
    program.interrupt()


def test_asyncio_order_book(start: Start) -> None:
    program = start("asyncio_order_book")
    program.wait_for(
        rf"^BTCUSDT at {NUMBER}: [+-]{NUMBER} more bid than asked for\n",
        r"^the best bid or ask has changed 20 times\n",
    )
    program.interrupt()


def test_latency() -> None:
    """In real time, as times are those of this machine here: the server's clock is ours."""
    with Simulator() as simulator, Program("examples/latency.py", simulator.url) as program:
        program.wait_for(rf"20 trades: median {NUMBER} ms, {NUMBER} to {NUMBER} ms\n")
        program.interrupt()


def test_every_example_has_a_test() -> None:
    """A program that is added cannot be forgotten here."""
    tests = {*globals(), *vars(test_accounts), *vars(test_recordings)}
    assert [name for name in FILES if f"test_{Path(name).stem}" not in tests] == []


@pytest.mark.parametrize("name", FILES)
def test_example_says_how_to_run_it(name: str) -> None:
    """Its docstring has the command, production is its server, and it is short."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text), clean=False) or ""
    assert f"    python examples/{name} [" in docstring
    assert '"production"' in text or '"wss://stream.binance.com:9443"' in text
    assert len(text.splitlines()) <= 75


def test_readme_lists_every_example() -> None:
    """And nothing else."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[([a-z_]+\.py)\]\(\1\) \|", readme, re.MULTILINE)) == FILES


def _ask(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=LIMIT) as response:
        answer: bytes = response.read()
    return answer


def _price(url: str) -> str | None:
    """The price in an answer, None if it is not known yet."""
    try:
        answer = json.loads(_ask(url))
    except urllib.error.HTTPError as refused:
        refused.close()
        return None
    price: str = answer["price"]
    return price


def _kline_at_zero() -> str:
    """A candle that opened at a price of zero, which no market has."""
    kline = (
        '"t":1767225600000,"T":1767225659999,"s":"BTCUSDT","i":"1m","f":-1,"L":-1,"o":"0","c":"0",'
        '"h":"0","l":"0","v":"0","n":0,"x":false,"q":"0","V":"0","Q":"0","B":"0"'
    )
    # Now: what is older than the last event, or newer than the next one, would count as repeated.
    event = f'"e":"kline","E":{int(time.time() * 1000)},"s":"BTCUSDT","k":{{{kline}}}'
    return f'{{"stream":"btcusdt@kline_1m","data":{{{event}}}}}'
