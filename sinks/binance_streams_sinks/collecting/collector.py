"""A collector: receives streams, and publishes every message to a log, with what it missed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from binance_streams_runtime.asyncio.client import BaseAsyncClient
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.client.forwarding import forwarded_stream, open_feed, settings_of
from binance_streams_runtime.client.rest_options import rest_requests
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.errors import ConnectionLost, ParameterError
from binance_streams_runtime.messaging.log_notices import LogNotice
from binance_streams_runtime.messaging.subjects import Subjects, check_collector, default_prefix
from binance_streams_runtime.notices import Disconnected, Gap, Notice
from binance_streams_sinks.collecting.namesakes import Namesakes
from binance_streams_sinks.collecting.reporter import Reporter, log_losses
from binance_streams_sinks.collecting.snapshots import Snapshots
from binance_streams_sinks.collecting.states import States
from binance_streams_sinks.collecting.values import CollectorStats, check_seconds, host_name
from binance_streams_sinks.publishing.counts import Loss
from binance_streams_sinks.publishing.outbox import Overflow
from binance_streams_sinks.publishing.publisher import (
    MAX_PENDING_BYTES,
    Publisher,
    State,
    boot_seconds,
)
from binance_streams_sinks.publishing.sink import Published, Sink

logger = logging.getLogger("binance_streams.collector")

SNAPSHOT_INTERVAL = 300.0
SNAPSHOT_DEPTH = 1000
ALIVE_INTERVAL = 5.0
CLOSE_TIMEOUT = 10.0

_LEAST_TIMEOUT = 2.0
"""Seconds that the notice of the end has at least."""

_TICK = 1.0
_STALL = 15.0
"""Seconds of a standstill after which what the system has kept unread is too old to be published:
the log may have forgotten by then that another collector stored the same."""


class Collector:
    """Publishes all messages of some streams to a log.

    Use it as an ``async with``, in one event loop. Several collectors may publish the same streams
    to one log, which has each message once then; each needs a name of its own.
    """

    def __init__(
        self,
        make_client: Callable[[], BaseAsyncClient[Any]],
        sink: Sink,
        streams: Iterable[str] = (),
        *,
        name: str | None = None,
        prefix: str | None = None,
        snapshots: float | None = SNAPSHOT_INTERVAL,
        snapshot_depth: int = SNAPSHOT_DEPTH,
        alive: float = ALIVE_INTERVAL,
        max_pending_bytes: int = MAX_PENDING_BYTES,
        overflow: Overflow = "drop_oldest",
        close_timeout: float = CLOSE_TIMEOUT,
        on_notice: Callable[[LogNotice], object] | None = None,
        on_state: Callable[[State, str], object] | None = None,
    ) -> None:
        """Raise ParameterError or UnknownStreamError if an argument is invalid.

        Args:
            make_client: Makes the client that receives; again after a standstill.
            sink: The log.
            streams: The names of the streams, such as ``btcusdt@trade``; see ``set_streams``.
            name: The collector's name, by which readers distinguish collectors: the host's name by
                default. Each of a log must have its own: if another one has been at work with it
                for a minute, ``run`` raises ParameterError, else the ``stats`` say so.
            prefix: What all subjects begin with: by default ``binance.spot`` for the market's
                default server, and another one for each other server.
            snapshots: Seconds between two snapshots of the order book of each stream of changes;
                None for no snapshots.
            snapshot_depth: How many levels a side they have.
            alive: Seconds between two notices that it is at work.
            max_pending_bytes: How much may wait for the log in memory.
            overflow: What is dropped if more waits: ``drop_oldest`` or ``drop_newest``.
            close_timeout: Seconds for which ``close`` stores what waits.
            on_notice: Gets each notice that it publishes about itself.
            on_state: Gets each change of the connection to the log, and its reason.
        """
        self.name: str = check_collector(host_name() if name is None else name)
        self._make_client = make_client
        self._client = client = make_client()
        settings = settings_of(client)
        if settings.source is not None:
            allowed = "a server of the venue: a recording, or a log, is not published again"
            raise ParameterError("server", settings.target.url, allowed)
        if prefix is None:
            prefix = default_prefix(client.venue, settings.server, settings.target.url)
        self.subjects: Subjects = Subjects(client.catalog, prefix)
        self._sink = sink
        self._alive = check_seconds("alive", alive)
        self._close_timeout = check_seconds("close_timeout", close_timeout)
        self._states = States(self.subjects, time.time_ns)
        self._publisher = Publisher(
            sink, max_pending_bytes=max_pending_bytes, overflow=overflow, on_state=on_state
        )
        self._reporter = Reporter(
            self.name, self.subjects, self._states, self._publisher, on_notice
        )
        self._snapshots = (
            None
            if snapshots is None
            else self._make_snapshots(check_seconds("snapshots", snapshots), snapshot_depth)
        )
        self._namesakes = Namesakes(
            *(self.name, self._reporter.session),
            newest=lambda: sink.newest(self.subjects.notices(self.name)),
            on_older=self._end,
            clock=boot_seconds,
        )
        self._wanted = frozenset(self._check(streams))
        self._received = 0
        self._restarts = 0
        self._generation = 0
        self._feed: Any = None
        self._turned = 0.0
        self._tasks: list[asyncio.Task[Any]] = []
        self._ended: asyncio.Future[None] | None = None
        self._reopening: asyncio.Task[None] | None = None
        # Those and the ones that still close the client before.
        self._reopenings: set[asyncio.Task[None]] = set()

    @property
    def client(self) -> BaseAsyncClient[Any]:
        """The client that receives: after a standstill, it is another one."""
        return self._client

    @property
    def streams(self) -> frozenset[str]:
        """The names of the streams that it is to collect."""
        return self._wanted

    @property
    def confirmed(self) -> frozenset[str]:
        """The names of those that the venue has confirmed, and that are not interrupted."""
        return self._states.confirmed & self._wanted

    async def set_streams(self, names: Iterable[str]) -> None:
        """Collect these streams from now on, and no others.

        Raises, before anything is done, UnknownStreamError for a name that matches no stream, and
        ParameterError for one that must not be published or that the server lacks.
        """
        wanted = frozenset(self._check(names))
        removed, self._wanted = self._wanted - wanted, wanted
        if self._feed is None:
            return
        self._feed.add(wanted)
        self._feed.remove(removed)
        self._reporter.stopped(self._states.forget(removed))
        if self._snapshots is not None:
            self._snapshots.keep(self._symbols())

    async def run(self) -> None:
        """Wait until it cannot go on; raise why."""
        assert self._ended is not None
        await self._ended

    def stats(self) -> CollectorStats:
        """Return the counts so far."""
        return CollectorStats(
            *(
                self.name,
                len(self._wanted),
                len(self.confirmed),
                self._received,
                self._reporter.gaps,
            ),
            0 if self._snapshots is None else self._snapshots.taken,
            self._restarts,
            self._namesakes.has_any,
            self._publisher.stats(),
        )

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        self._turned = boot_seconds()
        publishing = self._publisher.start()
        publishing.add_done_callback(self._task_ended)
        await self._client.__aenter__()
        self._open()
        self._tasks = [loop.create_task(self._tick())]
        if self._snapshots is not None:
            self._tasks.append(loop.create_task(self._snapshots.run()))
        for task in self._tasks:
            task.add_done_callback(self._task_ended)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> list[Loss]:
        """Stop receiving, and store what waits within ``close_timeout`` seconds.

        Returns what was not stored. The notice of the end has up to 2 seconds in any case.
        """
        self._namesakes.close()
        for task in self._tasks:
            task.cancel()
        # A client that is being replaced is closed by what replaces it, which takes no longer.
        waiting = [*self._tasks, *self._reopenings]
        await asyncio.gather(*waiting, return_exceptions=True)
        self._generation += 1
        await self._client.close()
        self._reporter.report()
        end = boot_seconds() + self._close_timeout
        await self._publisher.flush(self._close_timeout)
        self._reporter.losses(self._publisher.take_losses())
        self._reporter.closed()
        least = min(self._close_timeout, _LEAST_TIMEOUT)
        losses = await self._publisher.close(max(least, end - boot_seconds()))
        log_losses([loss for loss in losses if loss.stream is not None])
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        return losses

    def _check(self, names: Iterable[str]) -> list[str]:
        return [forwarded_stream(self._client, name).name for name in names]

    def _make_snapshots(self, interval: float, depth: int) -> Snapshots | None:
        client = self._client
        rules, settings = client.catalog.order_book, settings_of(client)
        requests = rest_requests(client.venue, settings)
        if rules is None or requests is None or settings.rest is None:
            return None
        most = rules.snapshot.max_limit
        if not isinstance(depth, int) or isinstance(depth, bool) or not 1 <= depth <= most:
            raise ParameterError("snapshot_depth", depth, f"levels, from 1 to {most}")

        return Snapshots(
            *(rules, settings.rest, requests),
            interval=interval,
            depth=depth,
            newest=lambda symbol: self._sink.newest(self.subjects.snapshots(symbol)),
            publish=self._reporter.snapshot,
        )

    def _open(self) -> None:
        """Begin to receive with the client, which is new."""
        generation = self._generation
        self._feed = open_feed(
            self._client,
            lambda items, received: self._on_items(generation, items, received),
            lambda stream, state, error: self._on_state(generation, stream, state, error),
        )
        self._feed.add(self._wanted)

    def _on_items(self, generation: int, items: list[Any], received: int) -> None:
        if generation != self._generation or self._is_stalled():
            return
        of, name = self._states.of, self.name
        messages = []
        for stream, item in items:
            found = of(stream)
            if not isinstance(item, RawMessage):
                self._noticed(stream, item)
                continue
            found.received = received
            payload = item.data
            messages.append(
                Published(
                    found.subject,
                    f"{stream.name}:{found.rule(item, payload)}",
                    *(payload, received, name, found.part, found.symbol, stream),
                )
            )
        self._received += len(messages)
        self._publisher.submit(messages)

    def _noticed(self, stream: Stream, notice: Notice) -> None:
        match notice:
            case Disconnected(streams=names):
                self._states.lose(names)
            case Gap():
                self._reporter.gap(stream, notice)
                symbol = self._book_of(stream)
                if symbol is not None and self._snapshots is not None:
                    self._snapshots.after_gap(symbol)

    def _on_state(
        self, generation: int, stream: Stream, state: str, error: BaseException | None
    ) -> None:
        if generation != self._generation:
            return
        match state:
            case "confirmed":
                self._states.confirm(stream)
                symbol = self._book_of(stream)
                if symbol is not None and self._snapshots is not None:
                    self._snapshots.add(symbol, stream)
            case "interrupted":
                self._states.interrupt(stream, "the connection was lost")
            case _:
                self._failed(stream, error)
        self._reporter.changed()

    def _failed(self, stream: Stream, error: BaseException | None) -> None:
        self._states.interrupt(stream, "it has ended")
        if error is None or isinstance(error, ConnectionLost):
            # The client has given up, and all of its streams end.
            self._end(error)
            return
        self._wanted -= {stream.name}
        self._reporter.refused(stream, error)
        if not self._wanted:
            self._end(error)

    async def _tick(self) -> None:
        said = boot_seconds() - self._alive
        while True:
            self._is_stalled()
            if boot_seconds() - said >= self._alive:
                said = boot_seconds()
                if self._publisher.state == "open":
                    # In the meantime they add up, by stream.
                    self._reporter.losses(self._publisher.take_losses())
                    await self._namesakes.look(self._reporter.number)
                self._reporter.alive(self.confirmed, self._alive)
            await asyncio.sleep(min(_TICK, self._alive))

    def _is_stalled(self) -> bool:
        """Return whether the process has just stood still for long, and begin anew if so."""
        pause, self._turned = boot_seconds() - self._turned, boot_seconds()
        if pause <= _STALL or self._reopening is not None:
            return False
        logger.warning("begins anew after a standstill of %.0f s", pause)
        self._generation += 1
        self._restarts += 1
        reason = f"the process stood still for {pause:.0f} s"
        for name in self._states.confirmed:
            self._states.interrupt(self._client.catalog.resolve(name), reason)
        self._reporter.report()
        self._reopening = asyncio.get_running_loop().create_task(self._reopen())
        self._reopenings.add(self._reopening)
        self._reopening.add_done_callback(self._reopenings.discard)
        self._reopening.add_done_callback(self._task_ended)
        return True

    async def _reopen(self) -> None:
        old, self._client = self._client, self._make_client()
        await self._client.__aenter__()
        self._open()
        self._reopening = None
        with contextlib.suppress(Exception):
            await old.close()

    def _book_of(self, stream: Stream) -> str | None:
        """Return the symbol of a stream of changes of an order book; None for any other one."""
        rules = self._client.catalog.order_book
        is_book = rules is not None and stream.type is rules.updates
        return self._states.of(stream).symbol if is_book else None

    def _symbols(self) -> set[str]:
        resolve = self._client.catalog.resolve
        found = (self._book_of(resolve(name)) for name in self._wanted)
        return {symbol for symbol in found if symbol is not None}

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._end(error)

    def _end(self, error: BaseException | None) -> None:
        ended = self._ended
        if ended is None or ended.done():
            return
        if error is None:
            ended.set_result(None)
        else:
            ended.set_exception(error)
            # Whoever waits for it gets it; nobody has to.
            ended.exception()
