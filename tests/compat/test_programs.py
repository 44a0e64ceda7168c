"""Programs as people wrote them for the old client; the imports are all that differs.

They name no server, so production's address leads to a simulator here. They sleep while messages
come; here a pause lasts until what comes has come, however long that takes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT

# Behind the program, its arguments are patterns: each pause ends once the next of them is found in
# all that was printed.
RUN = """
import os, re, runpy, sys, threading, time
from binance_streams_runtime.compat.client import BaseCompatClient

url, *others = BaseCompatClient.__init__.__defaults__
assert url == "wss://stream.binance.com:9443"
BaseCompatClient.__init__.__defaults__ = (os.environ["SIMULATOR"], *others)

printed, real_write, real_sleep = [], sys.stdout.write, time.sleep
program, *pauses = sys.argv[1:]

def write(text):
    printed.append(text)
    return real_write(text)

def sleep(seconds):
    if threading.current_thread() is not threading.main_thread():
        return real_sleep(seconds)
    awaited = re.compile(pauses.pop(0), re.DOTALL)
    while not awaited.search("".join(printed)):
        real_sleep(0.01)

sys.stdout.write, time.sleep = write, sleep
runpy.run_path(program, run_name="__main__")
assert pauses == []
"""

AGG_TRADE = """
import logging
import time
from binance_streams.compat import SpotWebsocketStreamClient

logging.basicConfig(level=logging.DEBUG, format="%(message)s", stream=__import__("sys").stdout)


def message_handler(_, message):
    logging.info(message)


my_client = SpotWebsocketStreamClient(on_message=message_handler, is_combined=True)

# Subscribe to a single symbol stream
my_client.agg_trade(symbol="bnbusdt")

time.sleep(0.4)

# Unsubscribe
my_client.agg_trade(symbol="bnbusdt", action=SpotWebsocketStreamClient.ACTION_UNSUBSCRIBE)

time.sleep(0.4)

logging.info("closing ws connection")
my_client.stop()
"""

COMBINED = """
import time
from binance_streams.compat import SpotWebsocketStreamClient as Client


def message_handler(_, message):
    print(message)


my_client = Client(on_message=message_handler, is_combined=True, time_unit="microsecond")
my_client.subscribe(stream=["bnbusdt@bookTicker", "ethusdt@kline_1m"])
time.sleep(0.6)
my_client.stop()
"""

BARE = """
import json
import time
from binance_streams.compat import SpotWebsocketStreamClient


def message_handler(_, message):
    message = json.loads(message)
    if "e" in message:
        print(message["e"], message["s"])


my_client = SpotWebsocketStreamClient(on_message=message_handler)
my_client.kline(symbol="btcusdt", interval="1m")
my_client.mini_ticker(symbol="bnbusdt")
my_client.diff_book_depth(symbol="ethusdt", speed=100)
time.sleep(0.6)
my_client.stop()
"""

LOGGED = """
import logging
import pathlib
import threading
from binance_streams.compat import config_logging
from binance_streams.compat import SpotWebsocketStreamClient

config_logging(logging, logging.DEBUG, log_file="program.log")
enough = threading.Event()


def message_handler(_, message):
    logging.info(message)
    if '"e":"trade"' in message:
        enough.set()


my_client = SpotWebsocketStreamClient(on_message=message_handler)
my_client.trade(symbol="bnbusdt", id=1)
enough.wait(30)
my_client.stop()
print(pathlib.Path("program.log").read_text())
"""

USER_DATA = """
import time
from binance_streams.compat import SpotWebsocketStreamClient

key = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
ws_client = SpotWebsocketStreamClient(on_message=lambda _, message: print(message))
ws_client.user_data(listen_key=key)
time.sleep(0.8)
ws_client.user_data(key, action=SpotWebsocketStreamClient.ACTION_UNSUBSCRIBE)
time.sleep(0.3)
ws_client.stop()
"""

ALL_CALLBACKS = """
import time
from binance_streams.compat import SpotWebsocketStreamClient as Client


def message_handler(socket_manager, message):
    if "result" in message:
        print(message)


def on_ping(socket_manager, payload):
    print("received ping from server", payload.decode().isdigit())


def on_pong(socket_manager):
    print("received pong from server")


def on_open(socket_manager):
    print("opened connection")


def on_close(socket_manager):
    print("closing connection received")


def on_error(socket_manager, error):
    print("error", error)


my_client = Client(
    on_open=on_open,
    on_message=message_handler,
    on_ping=on_ping,
    on_pong=on_pong,
    on_close=on_close,
    on_error=on_error,
    timeout=30,
)
my_client.kline(symbol="bnbusdt", interval="1m", id=1)
time.sleep(0.4)
my_client.ping()
time.sleep(0.4)
my_client.list_subscribe(id=2)
time.sleep(0.4)
my_client.stop()
"""

OWN_THREAD = """
import threading
from binance_streams.compat import SpotWebsocketStreamClient


class Feed(threading.Thread):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.client = None

    def on_message(self, manager, text):
        self.count += 1
        if self.count == 20:
            manager.send_message('{"method":"LIST_SUBSCRIPTIONS","id":77}')
        if '"id":77' in text:
            print(text)
            manager.close()

    def run(self):
        self.client = SpotWebsocketStreamClient(on_message=self.on_message)
        self.client.send({"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1})
        self.client.socket_manager.join()


feed = Feed()
feed.start()
feed.join()
print(feed.client.socket_manager.is_alive())
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=20, ping_interval=0.3) as simulator:
        yield simulator


def printed(program: str, simulator: Simulator, folder: Path, *pauses: str) -> list[str]:
    """What it prints; it must end well and say nothing on stderr but warnings of the log.

    ``pauses`` are patterns of what has been printed when its first sleep ends, its second one ...
    """
    script = folder / "program.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, script, *pauses],
        cwd=folder,
        # In a zone that is not UTC.
        env=os.environ | {"SIMULATOR": simulator.url, "TZ": "Asia/Tokyo"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_agg_trade(simulator: Simulator, tmp_path: Path) -> None:
    """The messages are wrapped, and between the two answers."""
    answer, event = '"result":null', '"e":"aggTrade"'
    pauses = f"{answer}.*{event}.*{event}", f"{answer}.*{answer}"
    lines = printed(AGG_TRADE, simulator, tmp_path, *pauses)
    shown = [line for line in lines if line.startswith("{")]
    assert shown[0].startswith('{"result":null,"id":')
    assert shown[-1].startswith('{"result":null,"id":')
    assert len(shown) > 3
    events = shown[1:-1]
    assert {line[:36] for line in events} == {'{"stream":"bnbusdt@aggTrade","data":'}
    assert lines[-1] == "closing ws connection"


def test_combined_streams(simulator: Simulator, tmp_path: Path) -> None:
    pause = "(?=.*@bookTicker.*@bookTicker)(?=.*@kline_1m)"
    lines = printed(COMBINED, simulator, tmp_path, pause)
    assert len([line for line in lines if '"stream":"bnbusdt@bookTicker"' in line]) > 1
    klines = [line for line in lines if '"stream":"ethusdt@kline_1m"' in line]
    assert klines
    # Sixteen digits are microseconds.
    assert len(klines[0].split('"E":')[1].split(",")[0]) == 16


def test_bare_form(simulator: Simulator, tmp_path: Path) -> None:
    expected = {"kline BTCUSDT", "24hrMiniTicker BNBUSDT", "depthUpdate ETHUSDT"}
    pause = "".join(f"(?=.*{line})" for line in expected)
    assert set(printed(BARE, simulator, tmp_path, pause)) == expected


def test_log_as_the_old_package_set_it_up(simulator: Simulator, tmp_path: Path) -> None:
    """Times in UTC with milliseconds, the level, and the logger's name; appended to a file."""
    lines = printed(LOGGED, simulator, tmp_path)
    form = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d{3} UTC (\w+) (\S+): (.+)")
    logged = [form.fullmatch(line) for line in lines if line]
    own = [match for match in logged if match and match[3] == "root"]
    assert all(logged)
    assert own[0][4] == '{"result":null,"id":1}'
    assert '"e":"trade"' in own[-1][4]
    moment = datetime.strptime(own[-1][1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=30)


def test_user_data(simulator: Simulator, tmp_path: Path) -> None:
    answer = '"result":null'
    pauses = f'(?=.*{answer})(?=.*{{"e":)', f"{answer}.*{answer}"
    lines = printed(USER_DATA, simulator, tmp_path, *pauses)
    assert len([line for line in lines if '"result":null' in line]) == 2
    assert [line for line in lines if line.startswith('{"e":')]


def test_all_callbacks(simulator: Simulator, tmp_path: Path) -> None:
    ping = "received ping from server"
    pauses = '"id":1', "received pong", f'(?=.*"id":2)(?=.*{ping}.*{ping})'
    lines = printed(ALL_CALLBACKS, simulator, tmp_path, *pauses)
    assert lines[0] == "opened connection"
    assert lines[-1] == "closing connection received"
    assert '{"result":null,"id":1}' in lines
    assert "received pong from server" in lines
    assert '{"result":["bnbusdt@kline_1m"],"id":2}' in lines
    assert lines.count("received ping from server True") >= 2
    assert not [line for line in lines if line.startswith("error")]


def test_thread_of_its_own(simulator: Simulator, tmp_path: Path) -> None:
    assert printed(OWN_THREAD, simulator, tmp_path) == [
        '{"result":["btcusdt@trade"],"id":77}',
        "False",
    ]
