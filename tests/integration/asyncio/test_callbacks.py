"""Callbacks of an AsyncClient: called and awaited in its loop, one at a time for each stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import AsyncClient, Connected, Message
from binance_streams_runtime.client.log import flush_log
from tests.support.frames import trade_frame
from tests.support.limits import LIMIT
from tests.support.loops import client, failure, run, until
from tests.support.raw_server import Peer, RawServer

COUNT = 5


def serve(peer: Peer) -> None:
    """Confirm what is asked for, and send a few trades of it."""
    peer.shake()
    while True:
        request = peer.confirm()
        for name in request["params"] if request["method"] == "SUBSCRIBE" else ():
            symbol = name.partition("@")[0].upper()
            peer.send(b"".join(trade_frame(number, symbol) for number in range(COUNT)))


class Recorder:
    """A callback that records what it gets, as a function or as a coroutine function."""

    def __init__(self, act: Callable[[Any], object] = lambda item: None) -> None:
        self.items: list[Any] = []
        self.threads: set[int] = set()
        self.running = self.most_running = 0
        self._act = act

    def plain(self, item: Any) -> None:
        self.items.append(item)
        self.threads.add(threading.get_ident())
        self._act(item)

    async def awaited(self, item: Any) -> None:
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        await asyncio.sleep(0)
        self.running -= 1
        self.plain(item)

    @property
    def ids(self) -> list[int]:
        return [item.trade_id for item in self.items]


@pytest.fixture(params=["plain", "awaited"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def use(main: Callable[[str], Any]) -> None:
    with RawServer(serve) as server:
        run(lambda: main(server.url))


def test_events_in_order_in_the_loop(kind: str) -> None:
    recorder = Recorder()

    async def main(url: str) -> None:
        async with client(url) as made:
            made.trade("BTCUSDT", on_event=getattr(recorder, kind))
            await until(lambda: len(recorder.items) == COUNT)

    use(main)
    assert recorder.ids == list(range(COUNT))
    assert recorder.threads == {threading.get_ident()}
    assert recorder.most_running <= 1


def test_a_client_made_outside_of_the_loop_calls_once_it_is_in_one(kind: str) -> None:
    recorder = Recorder()
    with RawServer(serve) as server:
        made = client(server.url, on_event=getattr(recorder, kind))
        made.trade("BTCUSDT")

        async def main() -> None:
            async with made:
                await until(lambda: len(recorder.items) == COUNT)

        run(main)
    assert [message.data.trade_id for message in recorder.items] == list(range(COUNT))
    assert isinstance(recorder.items[0], Message)


def test_one_stream_does_not_wait_for_the_callback_of_another() -> None:
    recorder = Recorder()

    async def main(url: str) -> None:
        may_go_on = asyncio.Event()

        async def slow(trade: Any) -> None:
            await may_go_on.wait()

        async with client(url) as made:
            made.trade("ETHUSDT", on_event=slow)
            await made.trade("BTCUSDT", on_event=recorder.awaited)
            await until(lambda: len(recorder.items) == COUNT)
            may_go_on.set()

    use(main)
    assert recorder.ids == list(range(COUNT))


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError("mine")])
def test_what_a_callback_raises_is_reported(
    kind: str, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """To the log and to ``on_error``, which may be a coroutine function, too; the rest goes on."""

    def act(trade: Any) -> None:
        if trade.trade_id == 1:
            raise error

    events, errors = Recorder(act), Recorder()

    async def main(url: str) -> None:
        async with client(url, on_error=getattr(errors, kind)) as made:
            made.trade("BTCUSDT", on_event=getattr(events, kind))
            await until(lambda: len(events.items) == COUNT)

    use(main)
    assert errors.items == [error]
    assert error.__notes__ == ["raised by on_event of btcusdt@trade"]
    flush_log(LIMIT)
    assert "on_event of btcusdt@trade raised" in caplog.text


def test_an_on_error_that_raises_is_logged(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def act(item: Any) -> None:
        raise ValueError("mine")

    events, errors = Recorder(act), Recorder(act)

    async def main(url: str) -> None:
        async with client(url, on_error=getattr(errors, kind)) as made:
            made.trade("BTCUSDT", on_event=getattr(events, kind))
            await until(lambda: len(errors.items) == COUNT)

    use(main)
    flush_log(LIMIT)
    assert "on_error raised ValueError('mine')" in caplog.text


@pytest.mark.usefixtures("patient")
def test_notices_are_given_until_the_end(kind: str) -> None:
    notices = Recorder()

    async def main(url: str) -> None:
        async with client(url, on_notice=getattr(notices, kind)) as made:
            await made.trade("BTCUSDT")

    use(main)
    assert isinstance(notices.items[0], Connected)


def test_a_callback_may_unsubscribe(kind: str) -> None:
    """It gets nothing more then, not even what waited."""
    made: AsyncClient[Any]
    recorder = Recorder(lambda trade: made.unsubscribe("btcusdt@trade"))

    async def main(url: str) -> None:
        nonlocal made
        async with client(url) as made:
            trades = made.trade("BTCUSDT", on_event=getattr(recorder, kind))
            await until(lambda: trades.state == "ended")

    use(main)
    assert recorder.ids == [0]


@pytest.mark.parametrize("way", ["plain", "awaited", "waiting"])
def test_a_callback_may_close_the_client(way: str) -> None:
    """Whether or not it waits for the end."""
    recorder = Recorder()

    async def main(url: str) -> None:
        made = client(url)

        def plain(trade: Any) -> None:
            recorder.plain(trade)
            made.close()

        async def awaited(trade: Any) -> None:
            plain(trade)

        async def waiting(trade: Any) -> None:
            recorder.plain(trade)
            await made.close()

        callback: Any = {"plain": plain, "awaited": awaited, "waiting": waiting}[way]
        made.trade("BTCUSDT", on_event=callback)
        await made.run_forever()
        await made.close()

    use(main)
    assert recorder.ids == [0]


def test_a_callback_that_never_returns_is_cancelled_at_the_end() -> None:
    ends: list[str] = []

    async def main(url: str) -> None:
        async def endless(trade: Any) -> None:
            ends.append("begun")
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ends.append("cancelled")
                raise

        async with client(url) as made:
            made.trade("BTCUSDT", on_event=endless)
            await until(lambda: ends)

    use(main)
    assert ends == ["begun", "cancelled"]


def test_a_callback_cannot_wait_for_its_own_end() -> None:
    errors: list[BaseException] = []

    async def main(url: str) -> None:
        async def wait(trade: Any) -> None:
            errors.append(await failure(made.run_forever()))
            made.close()

        made = client(url)
        made.trade("BTCUSDT", on_event=wait)
        await made.run_forever()
        await made.close()

    use(main)
    assert [str(error) for error in errors] == [
        "run_forever() waits for callbacks, and was called in one"
    ]


def test_a_stream_with_a_callback_cannot_be_iterated() -> None:
    async def main(url: str) -> None:
        async with client(url) as made:
            trades = made.trade("BTCUSDT", on_event=print)
            assert "without on_event" in str(await failure(trades.get()))

    with RawServer(lambda peer: peer.hold()) as server:
        run(lambda: main(server.url))


def test_the_error_that_ends_the_last_stream_ends_run_forever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors = Recorder()

    def reset(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.reset()

    async def main(url: str) -> None:
        async with client(url, reconnect=False, on_error=errors.awaited) as made:
            made.trade("BTCUSDT", on_event=print)
            error = await failure(made.run_forever())
            assert errors.items == [error]

    with RawServer(reset) as server:
        run(lambda: main(server.url))
    flush_log(LIMIT)
    assert "ended" in caplog.text
