"""The way from one collector to the venue, which can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Self


class Wire:
    """A port of loopback from which bytes are carried on to another one, in a thread."""

    def __init__(self, port: int) -> None:
        self._onward = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    @property
    def url(self) -> str:
        """What the collector connects to."""
        return f"ws://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Reset all connections; new ones can be made at once."""
        self._loop.call_soon_threadsafe(self._cut)

    def close(self) -> None:
        """Reset all connections, and those that are made until ``open``."""
        self._is_closed = True
        self.cut()

    def open(self) -> None:
        """Let connections be made again."""
        self._is_closed = False

    async def _start(self) -> int:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            if self._is_closed:
                return
            back, onward = await asyncio.open_connection("127.0.0.1", self._onward)
            self._writers.add(onward)
            await asyncio.gather(_copy(reader, onward), _copy(back, writer))
        except OSError:
            pass
        finally:
            for one in (writer, onward):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()

    def _cut(self) -> None:
        for writer in [*self._writers]:
            writer.transport.abort()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        self.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*others, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError
