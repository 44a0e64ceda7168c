"""Messages in a folder of Parquet files, for those who need no server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import Address
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.journal import Entry
from binance_streams_sinks.parquet_folder import ParquetFolder
from binance_streams_sinks.publishing.sink import (
    Failure,
    Published,
    Receipt,
    Sink,
    SinkError,
    SinkOptions,
)

T = TypeVar("T")

_NUMBERS: dict[str, Numbers] = {"decimal": Decimal, "float": float, "str": str}

MAINTAIN_EVERY = 1.0


class ParquetSink(Sink):
    """Adds messages to hourly Parquet files; each collector has its own."""

    max_batch = 5000

    def __init__(self, address: Address, options: SinkOptions) -> None:
        """Open nothing yet.

        Args:
            address: ``parquet:FOLDER``. The parameter ``numbers`` is the type of prices and
                quantities: ``decimal``, which is exact, ``float`` or ``str``.
            options: Its ``catalog`` is needed. Files are kept until somebody deletes them.

        Raises ParameterError if the address is not one of these.
        """
        self.display_name = address.display_name
        if address.hosts or not address.path:
            raise ParameterError("to", self.display_name, "parquet:FOLDER")
        address.check_parameters(("numbers",))
        numbers = address.parameters.get("numbers", "decimal")
        if numbers not in _NUMBERS:
            raise ParameterError("numbers", numbers, ", ".join(_NUMBERS))
        self._numbers = _NUMBERS[numbers]
        self._folder = Path(address.path)
        if options.catalog is None:
            raise ParameterError("catalog", None, "the streams of the market")
        self._catalog = options.catalog
        self._folders: dict[str, ParquetFolder] = {}
        self._thread: ThreadPoolExecutor | None = None
        self._maintaining: asyncio.Task[None] | None = None

    async def open(self) -> None:
        # One thread, so that what it does is in order and never at the same time.
        self._thread = ThreadPoolExecutor(1, "binance-streams-parquet")
        try:
            await self._do(lambda: self._folder.mkdir(parents=True, exist_ok=True))
        except OSError as error:
            raise SinkError(error.strerror or str(error), True) from None
        self._maintaining = asyncio.create_task(self._maintain())

    async def publish(self, batch: Collection[Published]) -> Receipt:
        collectors: dict[str, list[Published]] = {}
        for message in batch:
            collectors.setdefault(message.collector, []).append(message)
        failures: list[Failure] = []
        for collector, messages in collectors.items():
            failures += await self._do(lambda: self._store(collector, messages))  # noqa: B023
        return Receipt(failures)

    async def close(self) -> None:
        if self._maintaining is not None:
            self._maintaining.cancel()
            # It may have ended by an error, which the next message meets as well.
            await asyncio.gather(self._maintaining, return_exceptions=True)
            self._maintaining = None
        if self._thread is not None:
            try:
                await self._do(self._close)
            finally:
                self._thread.shutdown(wait=False)
                self._thread = None

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _maintain(self) -> None:
        """Complete the files of hours that are over also if no message comes."""
        while True:
            await asyncio.sleep(MAINTAIN_EVERY)
            for folder in list(self._folders.values()):
                await self._do(lambda: folder.maintain(time.time_ns()))  # noqa: B023

    def _store(self, collector: str, messages: list[Published]) -> list[Failure]:
        folder = self._folders.get(collector)
        if folder is None:
            folder = ParquetFolder(self._folder, self._catalog, collector, self._numbers)
            folder.open()
            self._folders[collector] = folder
        entries = [
            Entry(
                "" if message.stream is None else message.stream.name,
                *(message.subject, message.id, message.received, message.payload),
            )
            for message in messages
        ]
        reasons = folder.store(entries, time.time_ns())
        return [
            Failure(message, reason)
            for message, reason in zip(messages, reasons, strict=True)
            if reason is not None
        ]

    def _close(self) -> None:
        folders, self._folders = self._folders, {}
        for folder in folders.values():
            folder.close()
