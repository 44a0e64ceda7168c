"""Signals in the midst of anything: a program that goes on behind them has lost nothing."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from binance_streams_runtime.sync.queue import WaitableQueue
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.live_server import Live
from tests.support.programs import Program
from tests.support.raw_server import RawServer

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no signal can be sent to one process"
)

START = """
import _thread, os, random, signal, sys, threading, time
from binance_streams import Client, ClientClosed
LIMIT = float(sys.argv[2])

class Raised(Exception):
    pass

def handler(number, at):
    raise Raised

client = Client(sys.argv[1], request_timeout=LIMIT)
trades = client.trade("BTCUSDT", {options})
trades.wait(LIMIT)
"""

# Takes events by ``WORK``, which adds their ids to ``seen``, and begins anew whenever a signal
# ends it. Each signal is sent up to 2 ms after that.
INTERRUPTED = (
    START
    + """
seen, begun, handled, is_over = [], [], [], threading.Event()
number, ends = signal.SIGINT, KeyboardInterrupt
if {alarm}:
    signal.signal(signal.SIGALRM, handler)
    number, ends = signal.SIGALRM, Raised
own = signal.getsignal(number)

def interrupt():
    for count in range(1, {count} + 1):
        while len(begun) < count:
            time.sleep(0.0001)
        time.sleep(random.random() * 0.002)
        if count == {count}:
            is_over.set()
        os.kill(os.getpid(), number)

threading.Thread(target=interrupt, daemon=True).start()

def work():
    global seen
    {work}

while not is_over.is_set():
    try:
        try:
            begun.append(True)
            work()
        finally:
            found = signal.getsignal(number)
    except ends:
        handled.append(found is own)
seen = [getattr(one, "trade_id", one) for one in seen]
print(len(handled), all(handled), seen == list(range(1, len(seen) + 1)) or seen)
client.close()
"""
)

WORK = {
    "loop": "for trade in trades: seen.append(trade.trade_id)",
    "client": "for message in client: seen.append(message.data.trade_id)",
    # In one step: a handler that raises in the midst of a batch would lose the rest of it.
    "batches": "for batch in trades.batches(9, 0.003): seen += batch",
    "block": "for trade in trades: seen.append(trade.trade_id)",
    "stats": "for trade in trades: seen.append(trade.trade_id); client.stats()",
    "long": "for trade in trades: seen.append(trade.trade_id); time.sleep(0.06)",
}

OPTIONS = {"block": "overflow='block', maxsize=4"}


def output(program: str, live: Live) -> str:
    """What a program prints that ends by itself."""
    with RawServer(live) as server, Program("-c", program, server.url, str(LIMIT)) as running:
        running.wait_for_end()
        assert running.errors == ""
        return running.out


@pytest.mark.parametrize("alarm", [False, True], ids=["ctrl-c", "alarm"])
@pytest.mark.parametrize("work", WORK)
def test_a_program_that_is_interrupted_loses_no_event(work: str, alarm: bool) -> None:
    """Nor does it get one twice; and behind each loop its own handler is in place."""
    count = 20 if work == "long" else 200
    options = OPTIONS.get(work, "")
    text = INTERRUPTED.format(work=WORK[work], alarm=alarm, count=count, options=options)
    assert output(text, Live(0.0005)) == f"{count} True True\n"


class Raised(Exception):
    """What a handler raises."""


@pytest.mark.parametrize("over", ["client", "subscription", "batches"])
def test_a_loop_that_is_interrupted_before_it_has_begun_can_start_again(
    connect: Connect, over: str
) -> None:
    """Here, the handler raises before the thread that drives knows of the loop."""

    def post(command: Callable[[float], None]) -> bool:
        raise Raised

    live = Live(None)
    with RawServer(live) as server:
        client: Any = connect(server.url)
        trades = client.trade("BTCUSDT")
        trades.wait(LIMIT)
        ways = {"client": lambda: iter(client), "subscription": lambda: iter(trades)}
        begin = ways.get(over, trades.batches)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(getattr(client, "_real", client)._engine._driver, "post", post)
            with pytest.raises(Raised):
                begin()
        loop = begin()
        live.send()
        assert in_time(lambda: next(loop))


@pytest.mark.parametrize("way", ["loop", "block", "batches"])
def test_taking_what_waits_is_one_step(way: str) -> None:
    """Here, most signals come while an event is being taken."""

    def handler(number: int, at: FrameType | None) -> None:
        raise Raised

    queue = WaitableQueue(30_000, "block" if way == "block" else "drop_oldest")
    draw, seen, added = random.Random(5), list[int](), 0
    before = signal.signal(signal.SIGALRM, handler)
    try:
        for _ in range(300):
            if len(queue) < 10_000:
                queue.put(list(range(added, added + 10_000)))
                added += 10_000
            try:
                signal.setitimer(signal.ITIMER_REAL, draw.uniform(0.0001, 0.001))
                if way == "batches":
                    for batch in queue.batches(3, 0):
                        seen += batch
                else:
                    for item in queue.iterate():
                        seen.append(item)
            except Raised:
                continue
    finally:
        signal.signal(signal.SIGALRM, before)
    assert seen == list(range(len(seen)))


CALLING = (
    START
    + """
done, seen = [], []

def handler(number, at):
    {call}
    done.append(number)
    signal.setitimer(signal.ITIMER_REAL, 0.002)

signal.signal(signal.SIGALRM, handler)
# Before the first signal: whoever begins to iterate over what is closed gets an error.
events = iter(trades)
signal.setitimer(signal.ITIMER_REAL, 0.002)
for trade in events:
    seen.append(trade.trade_id)
    if len(done) >= 30:
        break
signal.setitimer(signal.ITIMER_REAL, 0)
client.close()
print(bool(done), seen == list(range(1, len(seen) + 1)) or seen)
"""
)


@pytest.mark.parametrize(
    "call",
    [
        "client.stats()",
        "client.trade('ETHUSDT').get(LIMIT)",
        "client.trade('ETHUSDT').wait(LIMIT)",
        "trades.unsubscribe()",
        "client.close()",
    ],
)
def test_a_handler_may_call_the_client_that_it_interrupts(call: str) -> None:
    assert output(CALLING.format(call=call, options=""), Live(0.0005)) == "True True\n"


TERMINATED = (
    START
    + """
# Closing waits as long as the keeper needs.
from binance_streams_runtime.sync import engine
engine._CLOSE_TIMEOUT = LIMIT

def handler(number, at):
    sys.exit(0)

signal.signal(signal.SIGTERM, handler)

def terminate():
    time.sleep(random.random() * 0.01)
    os.kill(os.getpid(), signal.SIGTERM)

with client:
    for trade in trades:
        if trade.trade_id == 5:
            threading.Thread(target=terminate, daemon=True).start()
"""
)


@pytest.mark.parametrize("pause", [0.0005, None], ids=["busy", "idle"])
def test_a_handler_may_end_the_program(pause: float | None) -> None:
    """Also if no event comes any more; the ``with`` closes the client on the way."""
    live = Live(pause)
    with RawServer(live) as server:
        text = TERMINATED.format(options="")
        with Program("-c", text, server.url, str(LIMIT)) as running:
            wait_until(lambda: live.names)
            for _ in range(5):
                live.send()
            running.wait_for_end()
            assert running.errors == ""
        wait_until(lambda: live.is_closed)


FORKED = (
    START
    + """
read, write = os.pipe()

def fork():
    time.sleep(random.random() * 0.01)
    if os.fork():
        return
    outcomes = []
    for call in (trades.get, lambda: next(iter(client)), client.list_subscriptions):
        try:
            call()
        except ClientClosed:
            outcomes.append("closed")
    with Client(sys.argv[1], request_timeout=LIMIT) as own:
        outcomes.append(own.trade("ETHUSDT").get(LIMIT).symbol)
    os.write(write, repr(outcomes).encode())
    os._exit(0)

seen, forks = [], []
for trade in trades:
    seen.append(trade.trade_id)
    if len(seen) % 20 == 1 and len(forks) < 5:
        forks.append(threading.Thread(target=fork))
        forks[-1].start()
        if {keeper}:
            time.sleep(0.1)
    if len(seen) >= 200:
        break
for thread in forks:
    thread.join()
for _ in forks:
    os.wait()
seen += [trades.get(LIMIT).trade_id for _ in range(20)]
client.close()
print(os.read(read, 10000).decode().count("['closed', 'closed', 'closed', 'ETHUSDT']"))
print(seen == list(range(1, len(seen) + 1)) or seen)
"""
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks no process")
@pytest.mark.parametrize("keeper", [False, True], ids=["main-thread-drives", "keeper-drives"])
def test_a_fork_in_another_thread_while_one_drives(keeper: bool) -> None:
    """The child is refused at once, or has a client of its own; the parent loses nothing."""
    live = Live(0.0005)
    assert output(FORKED.format(keeper=keeper, options=""), live) == "5\nTrue\n"
