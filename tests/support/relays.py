"""A relay in a thread of its own, as tests use it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from binance_streams_relay import Relay, RelayOptions, RelayStats
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT

T = TypeVar("T")


class RunningRelay:
    """A relay in an event loop of its own: by default, one of asyncio's."""

    def __init__(
        self,
        upstream: Simulator | str,
        new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
        **options: Any,
    ) -> None:
        options.setdefault("shutdown_delay", 0.0)
        url = upstream if isinstance(upstream, str) else upstream.url
        self._relay = Relay(RelayOptions(url, **options))
        self._loop = new_event_loop()
        self._unhandled: list[dict[str, Any]] = []
        self._loop.set_exception_handler(lambda _, context: self._unhandled.append(context))
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay")
        self._is_open = True
        self._thread.start()
        try:
            self._await(self._relay.__aenter__())
        except BaseException:
            self._end_loop()
            raise
        self.port = self._relay.port
        self.url = self._relay.url
        self.rest_url = self._relay.rest_url

    def stats(self) -> RelayStats:
        return self.do(self._relay.stats)

    def streams(self) -> frozenset[str]:
        return self.do(lambda: self._relay.streams)

    def listeners(self, name: str) -> int:
        """How many connections have a stream, whatever the unit of its times."""

        def count() -> int:
            upstreams = self._relay._upstreams.values()
            return sum(len(one._listeners.get(name, ())) for one in upstreams)

        return self.do(count)

    def do(self, work: Callable[[], T]) -> T:
        async def run() -> T:
            return work()

        result: T = self._await(run())
        return result

    def close(self) -> None:
        """Close it as SIGTERM does; nothing may be left in its loop."""
        if not self._is_open:
            return
        self._is_open = False
        self._await(self._relay.close())
        self._end_loop()
        assert self._unhandled == []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _await(self, awaitable: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(LIMIT)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
