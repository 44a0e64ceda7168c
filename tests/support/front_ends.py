"""The clients of both front ends behind one interface, so that the same tests run over both.

That of asyncio runs in an event loop in a thread of its own; tests call it as they call the other
one, and each call is made in that loop.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

import binance_streams
from binance_streams_runtime.asyncio.account import BaseAsyncAccount
from binance_streams_runtime.asyncio.candle_window import AsyncCandleWindow
from binance_streams_runtime.asyncio.order_book import AsyncOrderBook
from binance_streams_runtime.asyncio.recording import AsyncRecording
from binance_streams_runtime.asyncio.subscription import AsyncSubscription
from tests.support.limits import LIMIT, wait_until

FRONT_ENDS = ("sync", "async")

_SPOT: Any = binance_streams


class FrontEnd(Protocol):
    """How tests make clients of one front end."""

    name: str
    waiting: str
    """What waits for events, as warnings say it."""

    def client_class(self, market: Any = _SPOT, **members: Any) -> Any:
        """The class of a market's clients, or one made of it that has these members."""

    def do(self, function: Callable[[], Any]) -> Any:
        """What a function gives or raises where the clients run."""

    def caller(self, file: str) -> str:
        """The file from which clients are called if ``file`` calls them."""

    def takers(self, client: Any, subscription: Any) -> int:
        """How many threads or tasks wait for events of the client's only subscription."""

    def loops_waiting(self, queue: Any) -> int:
        """How many of them are in a loop over a queue."""


class Sync:
    """Clients for threads, as they are."""

    name = "sync"
    waiting = "threads"

    def client_class(self, market: Any = _SPOT, **members: Any) -> Any:
        return type("OwnClient", (market.Client,), members) if members else market.Client

    def do(self, function: Callable[[], Any]) -> Any:
        return function()

    def caller(self, file: str) -> str:
        return file

    def takers(self, client: Any, subscription: Any) -> int:
        return len(client._engine._driver._seat.sleepers)

    def loops_waiting(self, queue: Any) -> int:
        count: int = queue.loops_waiting
        return count


class Async:
    """Clients for asyncio. In a ``with``: nothing may be left in the event loop at its end.

    If ``callbacks_wait``, the callbacks of tests wait for something; they are called in threads
    then, by coroutines, as nothing may block an event loop. Otherwise the loop calls them itself.
    """

    name = "async"
    waiting = "tasks"

    def __init__(self, callbacks_wait: bool = False) -> None:
        self._callbacks_wait = callbacks_wait
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: self._unhandled.append(context))
        self._unhandled: list[dict[str, Any]] = []
        # What a callback has begun and cannot wait for.
        self._begun: set[asyncio.Future[Any]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            wait_until(lambda: not self._other_tasks())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(LIMIT)
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
        assert self._unhandled == []

    def client_class(self, market: Any = _SPOT, **members: Any) -> Any:
        real = market.AsyncClient
        return partial(_Client, self, type("OwnClient", (real,), members) if members else real)

    def do(self, function: Callable[[], Any]) -> Any:
        """What a function gives or raises in the event loop, or what it gives is awaited.

        In a callback, which cannot wait, the awaiting only begins.
        """
        if threading.current_thread() is self._thread:
            result = function()
            return self._begin(result) if _is_to_be_awaited(result) else result

        async def do() -> Any:
            result = function()
            return await result if _is_to_be_awaited(result) else result

        # Twice as long as tests wait themselves: only a loop that is blocked takes it.
        return asyncio.run_coroutine_threadsafe(do(), self._loop).result(2 * LIMIT)

    def caller(self, file: str) -> str:
        return __file__

    def takers(self, client: Any, subscription: Any) -> int:
        return len(subscription._queue.waiters.waiting)

    def loops_waiting(self, queue: Any) -> int:
        return sum(waiter.is_of_loop for waiter in queue.waiters.waiting)

    def _begin(self, awaitable: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(awaitable, loop=self._loop)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    def _other_tasks(self) -> Any:
        """All tasks but the one that looks."""

        async def others() -> set[asyncio.Task[Any]]:
            return asyncio.all_tasks() - {asyncio.current_task()}

        return self.do(others)

    def adapted(self, callback: Any) -> Any:
        """A test's callback as it is given to the client."""
        if not self._callbacks_wait or not callable(callback):
            return callback

        async def call_in_thread(item: Any) -> None:
            await asyncio.to_thread(callback, item)

        return call_in_thread


def _is_to_be_awaited(result: Any) -> bool:
    """Whether it is no subscription, book or account, which may be awaited, but need not be."""
    return inspect.isawaitable(result) and not isinstance(result, _SOURCES)


_SOURCES = (AsyncSubscription, AsyncOrderBook, BaseAsyncAccount, AsyncCandleWindow)
_CALLBACKS = ("on_event", "on_notice", "on_error")
_MISSING = object()


class _Adapter:
    """An object of the event loop. What is not declared here is called in the loop, as it is."""

    def __init__(self, front_end: Async, real: Any) -> None:
        self._front_end = front_end
        self._real = real

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if name.startswith("_") or not callable(value):
            return self._adapted(value)

        def call(*args: Any, **options: Any) -> Any:
            for key in _CALLBACKS:
                if key in options:
                    options[key] = self._front_end.adapted(options[key])
            return self._adapted(self._front_end.do(lambda: value(*args, **options)))

        return call

    def __repr__(self) -> str:
        return repr(self._real)

    def __iter__(self) -> Iterator[Any]:
        return Items(self._front_end, self._front_end.do(self._real.__aiter__))

    def __enter__(self) -> Self:
        self._front_end.do(self._real.__aenter__)
        return self

    def __exit__(self, *raised: Any) -> None:
        self._front_end.do(lambda: self._real.__aexit__(*raised))

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, _SOURCES):
            return self._source(value)
        if isinstance(value, AsyncRecording):
            return _Adapter(self._front_end, value)
        if isinstance(value, tuple):
            return tuple(map(self._adapted, value))
        if hasattr(value, "__anext__"):
            return Items(self._front_end, value)
        return value

    def _source(self, real: Any) -> _Source:
        raise NotImplementedError


class _Client(_Adapter):
    def __init__(self, front_end: Async, real: Callable[..., Any], *args: Any, **options: Any):
        for key in _CALLBACKS:
            if key in options:
                options[key] = front_end.adapted(options[key])
        # Not in the loop, as a client belongs to none until something is awaited.
        super().__init__(front_end, real(*args, **options))
        self._sources: dict[Any, _Source] = {}

    def _source(self, real: Any) -> _Source:
        """The same one for the same subscription, book or account."""
        if real not in self._sources:
            self._sources[real] = _Source(self._front_end, real)
        return self._sources[real]


class _Source(_Adapter):
    def __next__(self) -> Any:
        return next(iter(self))

    def __len__(self) -> int:
        return len(self._real)

    def __getitem__(self, index: Any) -> Any:
        return self._real[index]

    def __bool__(self) -> bool:
        return bool(self._real)

    def _source(self, real: Any) -> _Source:
        """A window of a subscription."""
        return _Source(self._front_end, real)


class Items:
    """A loop over what comes, which waits in the event loop for each item."""

    def __init__(self, front_end: Async, real: Any) -> None:
        self._front_end = front_end
        self._real = real

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        async def take() -> Any:
            return await anext(self._real, _MISSING)

        item = self._front_end.do(take)
        if item is _MISSING:
            raise StopIteration
        return item

    def take(self, count: int) -> list[Any]:
        """As many items, or those until the end."""

        async def take() -> list[Any]:
            taken: list[Any] = []
            while len(taken) < count:
                item = await anext(self._real, _MISSING)
                if item is _MISSING:
                    break
                taken.append(item)
            return taken

        items: list[Any] = self._front_end.do(take)
        return items
