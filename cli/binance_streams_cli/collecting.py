"""The command ``relay``: a collector, what it prints, and how it ends."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from binance_streams_cli import choose, status
from binance_streams_cli.connecting import connected
from binance_streams_cli.lines import counted, size
from binance_streams_cli.market import Market
from binance_streams_cli.notices import Notices, printed
from binance_streams_cli.parser import PROGRAM, SIMULATOR
from binance_streams_cli.status import CommandError, Terminated
from binance_streams_sinks.collecting.collector import Collector
from binance_streams_sinks.collecting.values import CollectorStats
from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.publisher import MAX_PENDING_BYTES
from binance_streams_sinks.publishing.sink import Sink, SinkError, SinkOptions

if TYPE_CHECKING:
    from binance_streams_cli.membership import Membership

_ON_TERMINAL = 0.5
_ELSEWHERE = 60.0
"""Seconds between two statuses."""

_CLEAR = "\r\x1b[K"


def run(options: argparse.Namespace) -> int:
    """Collect until something ends it; return the exit status."""
    market = Market(options.market)
    is_simulator = options.server == SIMULATOR
    is_group = options.group is not None
    if options.max_streams is not None and not is_group:
        raise CommandError("--max-streams is of a group: give --group, too", status.USAGE)
    chosen = choose.choose(market, options.streams, options.all, is_simulator, is_enough=is_group)
    # Events of accounts are never published, also not those of the simulator's.
    streams = [stream for stream in chosen.streams if not stream.is_secret or options.all is None]
    sink = make_sink(
        options.to,
        SinkOptions(
            max_age=options.max_age,
            replicas=options.replicas,
            duplicate_window=options.duplicate_window,
            catalog=market.catalog,
        ),
    )
    with (
        printed(options.notices) as notices,
        connected(options.server, market, chosen.symbols()) as server,
    ):
        names = [stream.name for stream in streams]
        prefix = options.prefix
        if prefix is None and is_simulator:
            prefix = f"{market.venue.subjects}_{SIMULATOR}"
        running = Running(options, notices, sink)

        def make_client() -> Any:
            return market.module.AsyncClient(
                server,
                on_notice=notices.on_notice,
                proxy=options.proxy,
                trust_env=options.trust_env,
            )

        collector = Collector(
            make_client,
            sink,
            () if is_group else names,
            name=options.name,
            prefix=prefix,
            snapshots=None if options.no_snapshots else options.snapshots,
            snapshot_depth=options.snapshot_depth,
            max_pending_bytes=options.max_pending_bytes or MAX_PENDING_BYTES,
            overflow=options.overflow,
            close_timeout=options.close_timeout,
        )
        if is_group:
            from binance_streams_cli.membership import Membership

            running.membership = Membership(options, collector, names)
        return running.run(collector)


class Running:
    """One run of a collector."""

    def __init__(self, options: argparse.Namespace, notices: Notices, sink: Sink) -> None:
        """Say how it goes on standard error."""
        self._options = options
        self._notices = notices
        self._sink = sink
        self._began = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._has_line = False
        self._signal: int | None = None
        self._reason = ""
        self.membership: Membership | None = None
        notices.on_print = self._clear

    def run(self, collector: Collector) -> int:
        """Run it until a signal, its time or an error ends it; return the exit status."""
        try:
            asyncio.run(self._collect(collector))
        except SinkError as error:
            text = f"{self._sink.display_name}: {error}"
            raise CommandError(text, status.CONNECTION) from None
        finally:
            self._clear()
        stats = collector.stats()
        self._say(self._summary(stats))
        if stats.publisher.not_stored:
            lost = counted(stats.publisher.not_stored, "message")
            reason = f": {self._reason}" if self._reason else ""
            raise CommandError(f"{lost} could not be stored{reason}")
        if self._signal == signal.SIGINT:
            raise KeyboardInterrupt
        if self._signal is not None:
            raise Terminated
        return status.DONE

    async def _collect(self, collector: Collector) -> None:
        ended = asyncio.Event()
        with self._signals(collector, ended):
            async with collector:
                self._say(
                    f"{collector.name}: {counted(len(collector.streams), 'stream')} to "
                    f"{self._sink.display_name}, subjects {collector.subjects.prefix}.…"
                )
                with _measured(collector, self._options.metrics):
                    running: list[asyncio.Future[Any]] = [asyncio.ensure_future(collector.run())]
                    if self.membership is not None:
                        running.append(self.membership.start())
                    try:
                        await self._watch(collector, ended, running)
                        if self.membership is not None:
                            await self.membership.leave()
                    finally:
                        # Once it is closed, it has none.
                        self._reason = collector.stats().publisher.reason
                        for one in running:
                            one.cancel()

    async def _watch(
        self, collector: Collector, ended: asyncio.Event, running: list[asyncio.Future[Any]]
    ) -> None:
        """Show how it goes until it ends; raise why, if that is an error."""
        loop = asyncio.get_running_loop()
        total = self._options.total
        timer = None if total is None else loop.call_later(total, ended.set)
        waiting: asyncio.Future[Any] = asyncio.ensure_future(ended.wait())
        pause = _ON_TERMINAL if self._is_terminal else _ELSEWHERE
        try:
            while not ended.is_set() and not any(one.done() for one in running):
                await asyncio.wait(
                    [waiting, *running], timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
                if not any(one.done() for one in running):
                    self._show(collector.stats())
            for one in running:
                if one.done():
                    await one
        finally:
            waiting.cancel()
            if timer is not None:
                timer.cancel()

    @contextlib.contextmanager
    def _signals(self, collector: Collector, ended: asyncio.Event) -> Iterator[None]:
        """End on SIGINT and SIGTERM, so that what waits is stored; a second one ends at once."""
        loop = asyncio.get_running_loop()

        def end(number: int) -> None:
            self._signal = number
            ended.set()
            loop.remove_signal_handler(number)
            pending = collector.stats().publisher.pending
            if number == signal.SIGINT and self.membership is not None:
                self._say("hands over its streams; Ctrl-C again ends at once")
            elif number == signal.SIGINT and pending:
                most = f"for at most {self._options.close_timeout:g} s"
                self._say(f"stores {counted(pending, 'message')}, {most}; Ctrl-C again drops them")

        numbers = (signal.SIGINT, signal.SIGTERM)
        # Other systems have no such handlers; there, the signal ends it as any other program.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for number in numbers:
                loop.add_signal_handler(number, end, number)
        try:
            yield
        finally:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                for number in numbers:
                    loop.remove_signal_handler(number)

    def _summary(self, stats: CollectorStats) -> str:
        stored, publisher = counted(stats.publisher.stored, "message"), stats.publisher
        text = f"stored {stored} ({publisher.duplicates:,} by another collector already)"
        return f"{text}, {counted(stats.gaps, 'gap')}, {publisher.not_stored:,} not stored"

    def _show(self, stats: CollectorStats) -> None:
        passed = int(time.monotonic() - self._began)
        publisher = stats.publisher
        words = [
            f"{passed // 3600:02}:{passed // 60 % 60:02}:{passed % 60:02}",
            f"{stats.confirmed:,} of {counted(stats.streams, 'stream')}",
            f"{stats.received:,} received",
            f"{publisher.stored:,} stored",
            f"{publisher.pending:,} pending ({size(publisher.pending_bytes)})",
        ]
        if stats.gaps:
            words.append(counted(stats.gaps, "gap"))
        if publisher.not_stored:
            words.append(f"{publisher.not_stored:,} NOT STORED")
        if self.membership is not None:
            words.append(str(self.membership))
        if publisher.state != "open":
            words.append(f"log {publisher.state}")
        line = "  ".join(words)
        # Nobody need read it.
        with contextlib.suppress(OSError, ValueError):
            if self._is_terminal:
                sys.stderr.write(f"{_CLEAR}{line}")
                self._has_line = True
            else:
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    def _say(self, line: str) -> None:
        self._clear()
        with contextlib.suppress(OSError, ValueError):
            print(f"{PROGRAM}: {line}", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        """Remove the line with the status, so that another one can stand there."""
        if self._has_line:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
            self._has_line = False


@contextlib.contextmanager
def _measured(collector: Collector, address: str | None) -> Iterator[None]:
    """Serve the collector's metrics at this address, if there is one."""
    if address is None:
        yield
        return
    from binance_streams_sinks.collecting.metrics import serve

    with serve(lambda: collector.client, address, collector.stats):
        yield
