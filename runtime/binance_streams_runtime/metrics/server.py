"""A small HTTP server for metrics and health, made of the standard library."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self

import msgspec

from binance_streams_runtime.client.health import Health
from binance_streams_runtime.client.log import logger
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.metrics.clients import (
    AnyClient,
    Clients,
    Engine,
    engines_of,
    judged,
    measured,
)
from binance_streams_runtime.metrics.programs import Program
from binance_streams_runtime.metrics.text import CONTENT_TYPE, exposition, program_exposition
from binance_streams_runtime.transport import forks

DEFAULT_ADDRESS = "127.0.0.1:9090"

_MOST_AT_ONCE = 8
"""Requests that are answered at a time; more are turned away."""

_REQUEST_TIMEOUT = 5.0
"""Seconds for a request to arrive, and for its answer to be taken."""

_LOOK = 0.2
"""Seconds between two looks whether the clients are closed."""

_JSON = "application/json"
_PLAIN = "text/plain; charset=utf-8"


def serve_metrics(
    clients: Clients, address: str | int = DEFAULT_ADDRESS, *, per_stream: bool = False
) -> MetricsServer:
    """Serve ``/metrics`` and ``/health`` by HTTP, in a thread of its own, until all are closed.

    ``/metrics`` is what ``text`` returns. ``/health`` is ``client.health()`` as JSON, with status
    503 if a client is down, else 200. There is no encryption and no password, so by default only
    this machine can connect.

    Args:
        clients: As for ``text``. The server closes within a second after the last of them.
        address: ``host:port``; ``:port`` is every interface of this machine, as usual, and a port
            alone is 127.0.0.1. Port 0 is any free one, which the server's ``address`` has.
        per_stream: As for ``text``.

    Raises ParameterError if an argument is not allowed, and OSError that names the address if it
    cannot be listened at, as another program does.
    """
    host, port = parse_host_port(address)
    engines = engines_of(clients)
    return MetricsServer(lambda: engines, host, port, per_stream)


def serve_program(
    client: Callable[[], AnyClient], address: str | int, program: Program
) -> MetricsServer:
    """Serve the metrics and the health of a program together with those of its client.

    As ``serve_metrics`` does, with the same errors, but until it is closed: ``client`` returns the
    client that the program has at the moment.
    """
    host, port = parse_host_port(address)
    return MetricsServer(
        lambda: engines_of(client()), host, port, per_stream=False, program=program
    )


Engines = Callable[[], list[tuple[str | None, Engine]]]


class MetricsServer:
    """Answers requests until ``close()``, or until all its clients are closed."""

    def __init__(
        self,
        engines: Engines,
        host: str,
        port: int,
        per_stream: bool,
        program: Program | None = None,
    ) -> None:
        """Listen; made by ``serve_metrics``."""
        try:
            with forks.lock():
                self._server = _Server(engines, host, port, per_stream, program)
                forks.own(self._server.socket)
        except OSError as error:
            place = f"{_bracketed(host) or '*'}:{port}"
            reason = error.strerror or str(error)
            text = f"metrics cannot be served at {place}: {reason}"
            raise type(error)(error.errno, text) from error
        self._thread = threading.Thread(
            target=self._server.run, name="binance-streams-metrics", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens: ``host:port``."""
        host, port = self._server.server_address[:2]
        return f"{_bracketed(str(host))}:{port}"

    def close(self) -> None:
        """Listen no more; no-op if it is closed."""
        self._server.stop()
        if threading.current_thread() is not self._thread:
            self._thread.join(_REQUEST_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} http://{self.address}/metrics>"


class _Over(Exception):
    """All clients are closed."""


class _Server(ThreadingMixIn, TCPServer):
    """Listens, and answers each request in a thread, a few at a time."""

    daemon_threads = True
    block_on_close = False
    # With fewer, some of several that connect at once would have to try again after a second.
    request_queue_size = 4 * _MOST_AT_ONCE
    # Elsewhere, it would let two programs listen at one port.
    allow_reuse_address = os.name == "posix"

    def __init__(
        self,
        engines: Engines,
        host: str,
        port: int,
        per_stream: bool,
        program: Program | None,
    ) -> None:
        self._engines = engines
        self.per_stream = per_stream
        self.program = program
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._is_stopping = False
        is_dual = not host and socket.has_dualstack_ipv6()
        if is_dual or ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__(("::" if is_dual else host, port), _Handler, bind_and_activate=False)
        try:
            if is_dual:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            self.server_bind()
            self.server_activate()
        except BaseException:
            self.server_close()
            raise

    @property
    def engines(self) -> list[tuple[str | None, Engine]]:
        """What is measured, by name."""
        return self._engines()

    def counted(self) -> Any:
        """Return what the program has counted."""
        assert self.program is not None
        stats = self.program.stats
        return self.engines[0][1]._driver.run(lambda now: stats())

    def run(self) -> None:
        """Answer requests until there is no client any more."""
        try:
            self.serve_forever(_LOOK)
        except _Over:
            pass
        finally:
            self.server_close()

    def stop(self) -> None:
        """End ``run``."""
        self._is_stopping = True
        # It looks at once if somebody comes.
        with contextlib.suppress(OSError):
            socket.create_connection(self.socket.getsockname()[:2], _LOOK).close()

    def service_actions(self) -> None:
        # A program may go on with another client.
        is_over = self.program is None and all(engine.is_closed for _, engine in self.engines)
        if self._is_stopping or is_over:
            raise _Over

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            # No thread was started.
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore it: the peer is gone."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    timeout = _REQUEST_TIMEOUT
    server_version = "binance-streams"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        try:
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE, self._metrics())
            elif path == "/health":
                self._answer(*self._health())
            elif path == "/":
                self._answer(200, _PLAIN, "/metrics\n/health\n")
            else:
                self._answer(404, _PLAIN, "there are /metrics and /health\n")
        except OSError:
            raise
        except Exception:
            logger.exception("metrics could not be served")
            self._answer(500, _PLAIN, "the log says what went wrong\n")

    do_HEAD = do_GET  # noqa: N815

    def _metrics(self) -> str:
        server = self.server
        text = exposition(
            [(name, measured(engine, server.per_stream)) for name, engine in server.engines]
        )
        program = server.program
        return text if program is None else text + program_exposition(program, server.counted())

    def _health(self) -> tuple[int, str, str]:
        server = self.server
        found = {name: judged(engine) for name, engine in server.engines}
        if server.program is not None:
            found = {None: server.program.judged(found[None], server.counted())}
        status = 503 if any(health.status == "down" for health in found.values()) else 200
        body = msgspec.json.encode(found[None] if None in found else _named(found))
        return status, _JSON, body.decode()

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: scrapes come all the time."""


_BY_GRAVITY = ("ok", "degraded", "down")


def _named(found: Mapping[str | None, Health]) -> dict[str, object]:
    """Return what is said of several clients: the worst status, and each of them."""
    worst = max((health.status for health in found.values()), key=_BY_GRAVITY.index)
    return {"status": worst, "clients": found}


def parse_host_port(address: str | int) -> tuple[str, int]:
    """Return the host, empty for every interface, and the port; raise ParameterError."""
    if isinstance(address, int) and not isinstance(address, bool):
        host, port = "127.0.0.1", str(address)
    else:
        match = _ADDRESS.fullmatch(str(address).strip())
        if match is None or not isinstance(address, str):
            raise ParameterError("address", address, _ALLOWED)
        host, port = "127.0.0.1" if match[1] is None else match[1], match[2]
    if int(port) > 65_535:
        raise ParameterError("address", address, _ALLOWED)
    return "" if host == "*" else host.strip("[]"), int(port)


_ADDRESS = re.compile(r"(?:(\[[0-9a-zA-Z:.%]+\]|[^:\s\[\]]*):)?([0-9]{1,5})")
_ALLOWED = "host:port such as 127.0.0.1:9090, [::1]:9090 or :9090, with a port up to 65535"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
