"""The end of an AsyncClient: nothing hangs, nothing is left behind, in whatever state it was."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from binance_streams import AsyncClient, ClientClosed, ConnectionLost
from binance_streams_runtime.client.log import flush_log
from tests.support.frames import TEXT, trade_frame
from tests.support.limits import LIMIT, MARGIN
from tests.support.loops import client, failure, run, until
from tests.support.programs import Program
from tests.support.raw_server import Peer, RawServer


def confirm(peer: Peer) -> None:
    """Confirm one request, send one event, and one more after the next request."""
    peer.shake()
    peer.confirm()
    peer.send(trade_frame(0))
    if peer.read_frame()[0] == TEXT:
        peer.send(trade_frame(1))
    peer.drain()


def never_shake(peer: Peer) -> None:
    peer.hold()


def never_close(peer: Peer) -> None:
    peer.shake()
    peer.confirm()
    peer.hold()


@pytest.mark.parametrize("serve", [confirm, never_shake, never_close])
def test_every_wait_ends(serve: Any) -> None:
    """With the error that says why, or as the end of an iteration."""
    with RawServer(serve) as server:

        async def main() -> None:
            made = client(server.url)
            trades, other = made.trade("BTCUSDT"), made.trade("ETHUSDT")

            async def iterate(iterator: Any) -> list[Any]:
                return [item async for item in iterator]

            async with asyncio.TaskGroup() as group:
                ending = [
                    group.create_task(iterate(trades)),
                    group.create_task(iterate(made)),
                    group.create_task(iterate(other.batches())),
                    group.create_task(made.run_forever()),
                ]
                failing = group.create_task(failure(made.get_property("combined")))
                await asyncio.sleep(0.01)
                begun = time.monotonic()
                await made.close()
                assert time.monotonic() - begun < 2 + MARGIN
            del ending
            assert isinstance(failing.result(), ConnectionLost | ClientClosed)
            assert trades.state == "ended"

        run(main)


async def close(made: AsyncClient[Any]) -> None:
    await made.close()


def test_closing_more_than_once() -> None:
    """From several tasks at once, awaited or not."""
    with RawServer(confirm) as server:

        async def main() -> None:
            made = client(server.url)
            await made.trade("BTCUSDT")
            made.close()
            await asyncio.gather(*(close(made) for _ in range(3)))
            await made.close()
            async with made:
                pass

        run(main)


def test_a_client_that_was_never_used() -> None:
    async def main() -> None:
        async with client("ws://127.0.0.1:1"):
            pass
        made = client("ws://127.0.0.1:1")
        await made.close()
        with pytest.raises(ClientClosed):
            made.trade("BTCUSDT")

    run(main)


def test_closing_from_another_thread() -> None:
    """The tasks that wait end, and the loop goes on."""
    with RawServer(confirm) as server:

        async def main() -> None:
            async with client(server.url) as made:
                trades = made.trade("BTCUSDT")
                await trades.get()
                iterator = aiter(trades)
                threading.Thread(target=made.close).start()
                with pytest.raises(StopAsyncIteration):
                    await anext(iterator)

        run(main)


def test_closing_from_another_loop() -> None:
    """For a program whose first loop is gone."""
    with RawServer(confirm) as server:
        made = client(server.url)

        async def first() -> None:
            await made.trade("BTCUSDT")

        async def second() -> None:
            await made.close()

        with asyncio.Runner() as runner:
            runner.run(first())
            run(second)


def test_what_waits_can_still_be_taken() -> None:
    """After the end, and then ClientClosed follows."""
    with RawServer(confirm) as server:

        async def main() -> None:
            made = client(server.url)
            trades = made.trade("BTCUSDT")
            while not (await trades.stats()).waiting:
                await asyncio.sleep(0.001)
            await made.close()
            assert (await anext(trades)).trade_id == 0
            assert isinstance(await failure(anext(trades)), ClientClosed)
            assert isinstance(await failure(trades.get()), ClientClosed)
            assert isinstance(await failure(anext(trades.batches())), ClientClosed)
            assert isinstance(await failure(trades.wait()), ClientClosed)
            assert isinstance(await failure(made.list_subscriptions()), ClientClosed)
            assert isinstance(await failure(made.run_forever()), ClientClosed)
            assert (await made.stats()).reconnects == 0

        run(main)


def test_an_error_of_the_driver_ends_everything(caplog: pytest.LogCaptureFixture) -> None:
    """No task hangs if the impossible happens."""
    with RawServer(confirm) as server:

        async def main() -> None:
            async with client(server.url) as made:
                trades = made.trade("BTCUSDT")
                await trades.get()
                engine: Any = made._engine

                def fail(*arguments: Any) -> None:
                    raise ZeroDivisionError

                engine._engine.tick = engine._engine.received = fail
                made.trade("ETHUSDT")
                assert "ZeroDivisionError" in str(await failure(anext(trades)))
                assert "ZeroDivisionError" in str(await failure(made.list_subscriptions()))
                await until(lambda: trades.state == "ended")

        run(main)
    flush_log(LIMIT)
    assert "the client failed" in caplog.text


PROGRAM = """
import asyncio
from binance_streams import AsyncClient
from binance_streams_runtime.asyncio import engine

engine._CLOSE_TIMEOUT = {patience!r}

async def main():
    # A slow machine is nothing to report.
    asyncio.get_running_loop().slow_callback_duration = 1000
    client = AsyncClient({url!r})
    {body}

asyncio.run(main())
"""

PROGRAMS = {
    "leaves": "async with client: await client.trade('BTCUSDT').get()",
    "raises": """
    try:
        async with client:
            raise RuntimeError(await client.trade('BTCUSDT'))
    except RuntimeError:
        pass
""",
    "leaves a loop": """
    async with client:
        async for trade in client.trade('BTCUSDT'): break
""",
    "leaves tasks": """
    async with client:
        trades = client.trade('BTCUSDT')
        tasks = [asyncio.create_task(trades.wait()) for _ in range(3)]
        await trades.get()
        tasks += [asyncio.create_task(anext(trades.batches()))]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
""",
    "has callbacks": """
    seen = asyncio.Event()
    async def on_event(trade): seen.set(); await asyncio.sleep(100)
    async with client:
        client.trade('BTCUSDT', on_event=on_event)
        await seen.wait()
""",
    "times out": """
    try:
        async with asyncio.timeout(0.1), client:
            async for trade in client.trade('BTCUSDT'): pass
    except TimeoutError:
        pass
""",
    "closes without waiting": """
    await client.trade('BTCUSDT').get()
    client.close()
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_ends_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    """No warning of Python's development mode, where each is an error, and of asyncio's."""
    with RawServer(confirm) as server:
        path = tmp_path / "program.py"
        # Closing waits as long as the keeper needs, but not for a callback that does not return.
        patience = 0.9 if name == "has callbacks" else LIMIT
        body = PROGRAMS[name].strip()
        path.write_text(PROGRAM.format(url=server.url, body=body, patience=patience))
        with Program("-X", "dev", path) as program:
            program.wait_for_end()
            assert program.errors == ""


def test_a_client_that_is_never_closed_warns(tmp_path: Path) -> None:
    with RawServer(confirm) as server:
        path = tmp_path / "program.py"
        body = "await client.trade('BTCUSDT').get()"
        path.write_text(PROGRAM.format(url=server.url, body=body, patience=LIMIT))
        with Program("-X", "dev", path) as program:
            program.wait_for_end(tracebacks=1)
            assert "ResourceWarning: unclosed client of ws://127.0.0.1" in program.errors


INTERRUPTED = """
import asyncio
from binance_streams import AsyncClient

async def main():
    asyncio.get_running_loop().slow_callback_duration = 1000
    async with AsyncClient({url!r}) as client:
        async for trade in client.trade('BTCUSDT'):
            print('taken')
    print('not reached')

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print('interrupted')
"""


def test_ctrl_c_ends_a_program(tmp_path: Path) -> None:
    with RawServer(confirm) as server:
        path = tmp_path / "program.py"
        path.write_text(INTERRUPTED.format(url=server.url))
        with Program("-X", "dev", path) as program:
            program.wait_for("taken")
            program.interrupt()
            assert program.out == "taken\ninterrupted\n"
            assert program.errors == ""


def test_a_signal_handler_of_the_loop_may_close() -> None:
    with RawServer(confirm) as server:

        async def main() -> None:
            async with client(server.url) as made:
                loop = asyncio.get_running_loop()
                loop.add_signal_handler(signal.SIGUSR1, made.close)
                try:
                    async for _ in made.trade("BTCUSDT"):
                        signal.raise_signal(signal.SIGUSR1)
                finally:
                    loop.remove_signal_handler(signal.SIGUSR1)

        run(main)
