"""Several processes that share one port: the system gives each of them a part of the clients."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from binance_streams_relay.options import RelayOptions
from binance_streams_relay.relay import Relay

_START_TIMEOUT = 30.0
_STOP_TIMEOUT = 10.0
_RESTART_AFTER = 1.0

logger = logging.getLogger("binance_streams_relay")


@dataclass(frozen=True)
class Served:
    """Where a relay listens."""

    url: str
    rest_url: str
    upstream_url: str
    metrics_addresses: tuple[str, ...]

    @classmethod
    def by(cls, relay: Relay) -> Served:
        """Describe a relay that is open."""
        metrics = relay.metrics_address
        addresses = () if metrics is None else (metrics,)
        return cls(relay.url, relay.rest_url, relay.upstream_url, addresses)


OnReady = Callable[[Served], None]


def run_relay(
    options: RelayOptions,
    on_ready: OnReady,
    event_loop: str = "asyncio",
    parent: Connection | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, or until the process at the other end of ``parent`` ends."""
    with asyncio.Runner(loop_factory=_loop_factory(event_loop)) as runner:
        runner.run(_serve(options, on_ready, parent))


async def _serve(options: RelayOptions, on_ready: OnReady, parent: Connection | None) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    numbers = [signal.SIGTERM] if parent is not None else [signal.SIGINT, signal.SIGTERM]
    for number in numbers:
        # Windows' event loops have none; there, Ctrl-C is raised instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    if parent is not None:
        loop.add_reader(parent.fileno(), stopped.set)
    try:
        async with Relay(options) as relay:
            # What is there now stays: looking through it again and again would delay messages.
            gc.collect()
            gc.freeze()
            on_ready(Served.by(relay))
            await stopped.wait()
    finally:
        if parent is not None:
            loop.remove_reader(parent.fileno())


def _loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if name == "asyncio":
        return None
    try:
        uvloop: Any = importlib.import_module("uvloop")
    except ImportError as error:
        raise ImportError("the event loop uvloop is missing: pip install uvloop") from error
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


class Workers:
    """Processes that serve the same streams at the same port, each with an upstream of its own.

    One that dies is started again. If this process dies, they end, too. Use it in a ``with``
    statement.
    """

    def __init__(self, options: RelayOptions, count: int, event_loop: str = "asyncio") -> None:
        """Start the processes, and wait until all of them listen.

        Raises ParameterError for an option that is not allowed, and OSError if a process does not
        start.
        """
        self._options = options.checked()
        self._event_loop = event_loop
        self._context = multiprocessing.get_context("spawn")
        self._placeholder = _bound(options.host, options.port)
        self._port: int = self._placeholder.getsockname()[1]
        self._stopping = threading.Event()
        self._processes: list[tuple[Any, Connection]] = []
        self._thread = threading.Thread(target=self._watch, name="binance-relay-workers")
        try:
            for index in range(count):
                self._processes.append(self._start(index))
            served = [self._wait_ready(ours) for _, ours in self._processes]
        except BaseException:
            self._end_processes()
            raise
        self.served: Served = replace(
            served[0],
            metrics_addresses=tuple(
                address for each in served for address in each.metrics_addresses
            ),
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes, which announce it to their clients."""
        self._stopping.set()
        self._thread.join()
        self._end_processes()

    def _end_processes(self) -> None:
        for process, _ in self._processes:
            if process.is_alive():
                process.terminate()
        for process, ours in self._processes:
            process.join(_STOP_TIMEOUT)
            if process.is_alive():
                process.kill()
                process.join()
            ours.close()
        self._placeholder.close()

    def _start(self, index: int) -> tuple[Any, Connection]:
        ours, theirs = self._context.Pipe()
        options = self._options.of_worker(index, self._port)
        process = self._context.Process(
            target=_work, args=(options, self._event_loop, theirs), name="binance-relay-worker"
        )
        process.start()
        theirs.close()
        return process, ours

    def _wait_ready(self, ours: Connection) -> Served:
        if not ours.poll(_START_TIMEOUT):
            raise TimeoutError("a process of the relay did not start in time")
        try:
            result = ours.recv()
        except EOFError:
            result = "it ended at once"
        if not isinstance(result, Served):
            raise OSError(f"a process of the relay did not start: {result}")
        return result

    def _watch(self) -> None:
        """Start processes that have died once more, after a pause."""
        while not self._stopping.wait(_RESTART_AFTER):
            for index, (process, ours) in enumerate(self._processes):
                if process.is_alive():
                    continue
                logger.error(
                    "a process of the relay has ended (%s): restarting", _why(process, ours)
                )
                ours.close()
                self._processes[index] = self._start(index)


def _why(process: Any, ours: Connection) -> str:
    """Return why a process has ended: what it has said itself, or its exit code."""
    with contextlib.suppress(EOFError, OSError):
        while ours.poll():
            if isinstance(said := ours.recv(), str):
                return said
    return f"exit code {process.exitcode}"


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that keeps the port while processes start; it does not listen."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise OSError("this system cannot share a port between processes")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    placeholder = socket.socket(family, socket.SOCK_STREAM)
    try:
        placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        placeholder.bind((host, port))
    except OSError as error:
        placeholder.close()
        reason = error.strerror or str(error)
        raise OSError(error.errno, f"cannot listen at {host}:{port}: {reason}") from None
    except BaseException:
        placeholder.close()
        raise
    return placeholder


def _work(options: RelayOptions, event_loop: str, parent: Connection) -> None:
    """Run one process."""
    # Ctrl-C reaches all processes of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    try:
        run_relay(options, parent.send, event_loop, parent)
    except Exception as error:
        with contextlib.suppress(OSError):
            parent.send(f"{type(error).__name__}: {error}")
        sys.exit(1)
