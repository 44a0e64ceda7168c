"""The event loop that a client belongs to, and what happens if it stands still or is closed."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest

from binance_streams import AsyncClient, AsyncSubscription, Client, ClientClosed
from binance_streams_runtime.driver import loop_driver
from tests.support.frames import PING, PONG, frame, trade_frame
from tests.support.limits import LIMIT, client_threads, wait_until
from tests.support.loops import LOOPS, client, failure, run
from tests.support.raw_server import Peer, RawServer


def serve_trades(count: int) -> Any:
    """A server that confirms one request and sends so many trades."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(map(trade_frame, range(count))))
        peer.drain()

    return serve


@pytest.mark.parametrize("loop", LOOPS)
def test_a_client_made_outside_of_a_loop(loop: str) -> None:
    """It belongs to the loop in which it is first awaited; what it subscribed to before, too."""
    with RawServer(serve_trades(3)) as server:
        made = client(server.url)
        trades = made.trade("BTCUSDT")

        async def main() -> list[int]:
            async with made:
                return [(await trades.get()).trade_id for _ in range(3)]

        assert run(main, loop) == [0, 1, 2]


def test_another_loop_is_refused() -> None:
    """With an error that says what to do."""
    with RawServer(serve_trades(3)) as server:
        made = client(server.url)
        trades = made.trade("BTCUSDT")

        async def first() -> None:
            await trades

        async def second() -> None:
            for work in (trades.wait(), trades.get(), anext(trades), made.list_subscriptions()):
                assert "make a client in each loop" in str(await failure(work))
            await made.close()

        with asyncio.Runner() as runner:
            runner.run(first())
            run(second)


def test_loops_one_after_the_other() -> None:
    """Each with a client of its own."""
    with RawServer(serve_trades(1)) as server:

        async def main() -> int:
            async with client(server.url) as made:
                return (await made.trade("BTCUSDT").get()).trade_id

        assert [run(main) for _ in range(3)] == [0, 0, 0]


def test_two_loops_at_once() -> None:
    with RawServer(serve_trades(1)) as server:

        async def main() -> int:
            async with client(server.url) as made:
                return (await made.trade("BTCUSDT").get()).trade_id

        results: list[int] = []
        threads = [
            threading.Thread(target=lambda: results.append(asyncio.run(main()))) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
        assert results == [0, 0]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_that_stands_still_loses_no_connection_and_no_event(loop: str) -> None:
    """Pings are answered and all that comes is kept while a callback or task blocks the loop."""
    is_blocking, is_served = threading.Event(), threading.Event()

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(trade_frame(0))
        assert is_blocking.wait(LIMIT)
        for number in range(1, 1001):
            peer.send(trade_frame(number))
        peer.send(frame(b"are you there", PING))
        while peer.read_frame() != (PONG, b"are you there"):
            pass
        is_served.set()
        peer.send(trade_frame(1001))
        peer.drain()

    async def main() -> list[int]:
        async with client(server.url) as made:
            taken = []
            async for trade in made.trade("BTCUSDT"):
                taken.append(trade.trade_id)
                if trade.trade_id == 0:
                    is_blocking.set()
                    # The loop turns again only once the server has its answer.
                    assert is_served.wait(LIMIT)
                elif trade.trade_id == 1001:
                    break
            assert (await made.stats()).reconnects == 0
            return taken

    with RawServer(serve) as server:
        assert run(main, loop) == list(range(1002))


def test_the_loop_drives_again_after_it_stood_still() -> None:
    """The background thread leaves the driver's seat to it."""
    may_go_on = threading.Event()

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(b"are you there", PING))
        while peer.read_frame()[0] != PONG:
            pass
        may_go_on.set()
        peer.send(trade_frame(0))
        while True:
            request = peer.read_request()
            peer.send(frame(json.dumps({"result": [], "id": request["id"]})))

    async def main() -> None:
        drivers: list[int] = []
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            await trades
            engine: Any = made._engine
            received = engine._engine.received

            def record(*arguments: Any) -> None:
                drivers.append(threading.get_ident())
                received(*arguments)

            engine._engine.received = record
            assert may_go_on.wait(LIMIT)
            assert threading.get_ident() not in drivers
            await trades.get()
            while threading.get_ident() not in drivers:
                await made.list_subscriptions()

    with RawServer(serve) as server:
        run(main)


def without_readers() -> asyncio.AbstractEventLoop:
    """A loop that cannot watch descriptors, like that of Windows, and counts how it is woken."""
    loop: Any = asyncio.new_event_loop()
    call_soon_threadsafe = loop.call_soon_threadsafe
    loop.wake_ups = 0

    def add_reader(fd: object, callback: object) -> None:
        raise NotImplementedError

    def call(callback: Any) -> Any:
        loop.wake_ups += 1
        return call_soon_threadsafe(callback)

    loop.add_reader, loop.call_soon_threadsafe = add_reader, call
    made: asyncio.AbstractEventLoop = loop
    return made


def test_a_loop_without_readers_is_woken_once_a_batch() -> None:
    count = 5000
    with RawServer(serve_trades(count)) as server:

        async def main() -> int:
            loop: Any = asyncio.get_running_loop()
            async with client(server.url) as made:
                trades = made.trade("BTCUSDT")
                await trades
                before = loop.wake_ups
                taken = [trade.trade_id async for trade in first(trades, count)]
                assert taken == list(range(count))
                return int(loop.wake_ups - before)

        with asyncio.Runner(loop_factory=without_readers) as runner:
            wake_ups = runner.run(main())
        assert wake_ups < count / 2
        wait_until(lambda: not client_threads())


async def first(trades: Any, count: int) -> Any:
    async for trade in trades:
        yield trade
        count -= 1
        if not count:
            break


def test_a_closed_loop_ends_the_client() -> None:
    """It is not closed by that: it warns, as any client that was forgotten."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.drain()

    with RawServer(serve) as server:
        made: list[AsyncClient[Any]] = [client(server.url)]

        async def main() -> None:
            await made[0].trade("BTCUSDT")

        asyncio.run(main())
        wait_until(lambda: not client_threads())
        assert made[0].subscriptions == ()
        with pytest.raises(ClientClosed):
            made[0].trade("ETHUSDT")
        with pytest.warns(ResourceWarning, match="unclosed client"):
            forget(made)


def forget(made: list[AsyncClient[Any]]) -> None:
    made.clear()
    gc.collect()


@pytest.mark.parametrize("way", ["loop", "anext", "get", "batches"])
def test_a_full_queue_lets_other_tasks_run(way: str) -> None:
    """No wait suspends the task that takes from it; others run all the same."""
    count = 2000
    turns = taken = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def take(trades: AsyncSubscription[Any]) -> None:
        nonlocal taken
        while taken < count // 2:
            if way == "get":
                await trades.get()
            elif way == "anext":
                await anext(trades)
            elif way == "batches":
                await anext(trades.batches(max_items=1))
            else:
                async for _ in trades:
                    taken += 1
                    if taken == count // 2:
                        return
            taken += 1

    async def main() -> None:
        nonlocal turns
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            await trades.get()

            async def is_full() -> bool:
                return (await trades.stats()).waiting == count - 1

            while not await is_full():
                await asyncio.sleep(0)
            task = asyncio.ensure_future(other())
            await asyncio.sleep(0)
            turns = 0
            await take(trades)
            assert turns >= count // 2 // 128 - 1
            task.cancel()
            await asyncio.wait([task])

    with RawServer(serve_trades(count)) as server:
        run(main)


WAITS: dict[str, Callable[[Client[Any]], object]] = {
    "iteration": lambda made: next(iter(made.trade("BTCUSDT"))),
    "get": lambda made: made.trade("BTCUSDT").get(LIMIT),
    "batches": lambda made: next(made.trade("BTCUSDT").batches(max_items=1)),
    "client": lambda made: (made.trade("BTCUSDT"), next(iter(made))),
}


@pytest.mark.parametrize("way", WAITS)
def test_a_client_for_threads_warns_in_a_loop(way: str) -> None:
    """Nothing else runs while it waits: the warning says what to use, and where it was waited."""
    with RawServer(serve_trades(3)) as server, Client(server.url) as made:

        async def main() -> None:
            with pytest.warns(RuntimeWarning, match="use AsyncClient") as warned:
                WAITS[way](made)
            assert warned[0].filename == __file__
            # Only once.
            next(iter(made)) if way == "client" else WAITS["get"](made)

        asyncio.run(main())


def test_a_client_for_threads_may_wait_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which runs each cell in a loop of its own."""
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    with RawServer(serve_trades(1)) as server, Client(server.url) as made:

        async def main() -> None:
            made.trade("BTCUSDT").get(LIMIT)

        asyncio.run(main())


def test_a_signal_in_the_middle_of_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised behind the turn. If the program goes on with its loop, no event is lost."""
    # However slow the machine is, it is the loop that drives.
    monkeypatch.setattr(loop_driver, "_LOOK", LIMIT)
    count = 20
    interrupts = 0

    async def main() -> list[int]:
        async with client(server.url) as made:
            engine: Any = made._engine
            received = engine._engine.received

            def interrupt(*arguments: Any) -> None:
                received(*arguments)
                if threading.get_ident() == main_thread:
                    signal.raise_signal(signal.SIGINT)

            engine._engine.received = interrupt
            return [trade.trade_id async for trade in first(made.trade("BTCUSDT"), count)]

    main_thread = threading.get_ident()
    loop = asyncio.new_event_loop()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with RawServer(serve_trades(count)) as server:
            task = loop.create_task(main())
            while not task.done():
                with suppress(KeyboardInterrupt):
                    loop.run_until_complete(task)
                interrupts += 1
            loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        signal.signal(signal.SIGINT, before)
        loop.close()
    assert task.result() == list(range(count))
    assert interrupts > 1


@pytest.mark.parametrize("what", ["btcusdt@trade", "one client"])
def test_two_tasks_that_iterate_the_same_warn(what: str) -> None:
    """Each event goes to only one of them; the warning points to the second one's line."""

    async def take(trades: Any) -> None:
        async for _ in trades:
            pass

    async def main() -> None:
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            await trades
            iterated: Any = trades if what == "btcusdt@trade" else made
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                tasks = [asyncio.create_task(take(iterated)) for _ in range(3)]
                while not warned:
                    await asyncio.sleep(0)
                await made.close()
                await asyncio.wait(tasks)
            assert [str(one.message) for one in warned] == [
                f"two tasks iterate {what}: each event goes to only one of them"
            ]
            assert warned[0].filename == __file__

    with RawServer(serve_trades(0)) as server:
        run(main)
