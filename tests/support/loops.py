"""Running coroutines as a program does, in an event loop that must be left empty."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from binance_streams import AsyncClient
from tests.support.limits import LIMIT, client_threads, wait_until

T = TypeVar("T")

LOOPS = ("asyncio", "uvloop")


def run(main: Callable[[], Coroutine[Any, Any, T]], loop: str = "asyncio") -> T:
    """Return what ``main()`` does, in time; nothing of a client may be left at its end."""
    unhandled: list[dict[str, Any]] = []

    async def limited() -> T:
        running = asyncio.get_running_loop()
        running.set_exception_handler(lambda loop, context: unhandled.append(context))
        async with asyncio.timeout(LIMIT):
            result = await main()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others
        return result

    with asyncio.Runner(loop_factory=_factory(loop)) as runner:
        result = runner.run(limited())
    assert unhandled == []
    wait_until(lambda: not client_threads())
    return result


def _factory(loop: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if loop == "asyncio":
        return asyncio.new_event_loop
    try:
        module: Any = importlib.import_module(loop)
    except ImportError:
        pytest.skip(f"NOTHING IS TESTED ON {loop.upper()}: it is not installed")
    factory: Callable[[], asyncio.AbstractEventLoop] = module.new_event_loop
    return factory


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is true; what limits ``run`` limits this."""
    while not condition():
        await asyncio.sleep(0.001)


async def failure(work: Awaitable[object]) -> BaseException:
    """Return what awaiting ``work`` raises."""
    try:
        result = await work
    except Exception as error:
        return error
    raise AssertionError(f"raised nothing, returned {result!r}")


def client(url: str, **options: Any) -> AsyncClient[Any]:
    """An AsyncClient whose limits do not fire."""
    options.setdefault("request_timeout", LIMIT)
    return AsyncClient(url, **options)
