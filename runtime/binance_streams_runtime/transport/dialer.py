"""Opening a WebSocket: a connection, and the handshake of websocket-client.

Each attempt runs in a short-lived thread of its own, because name resolution and handshake block.
Only the last step is websocket-client's, so that an attempt can be aborted at any moment and has
one deadline, and no redirect is followed.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.http import explain_status, read_head
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.url import PORTS
from binance_streams_runtime.transport import websocket_client
from binance_streams_runtime.transport.connector import Connector, Opened
from binance_streams_runtime.transport.deadline_socket import Deadline, DeadlineSocket
from binance_streams_runtime.transport.tls import TLSCodec
from binance_streams_runtime.version import version


class Dialed(NamedTuple):
    """What an attempt has opened: a non-blocking socket, after the WebSocket handshake.

    With ``tls``, all bytes go through it, and it may hold some that came behind the handshake.
    """

    socket: socket.socket
    tls: TLSCodec | None


class Dialer:
    """One attempt to open ``url``, within ``timeout`` seconds altogether.

    ``url`` may have a path and a query. Without ``ssl_context``, the system's trusted certificates
    are used. With ``proxy``, everything goes through it; without, nothing goes through any proxy,
    whatever the environment says.

    ``on_done`` is called once, in the attempt's own thread: with what was opened and None, or with
    None and the error. The error has the ``status`` and the ``retry_after`` (seconds) of an HTTP
    response from the server or the proxy.

    Attempts with another ``line`` prefer other addresses of the host.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        ssl_context: ssl.SSLContext | None,
        proxy: Proxy | None,
        on_done: Callable[[Dialed | None, ConnectionLost | None], None],
        line: int = 0,
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._on_done = on_done
        self._connector = Connector(Deadline(0.0), ssl_context, proxy, line=line)
        self._thread = threading.Thread(
            target=self._run, name="binance-streams-connect", daemon=True
        )

    def start(self) -> None:
        """Start the attempt and its timeout."""
        self._connector.deadline = Deadline(time.monotonic() + self._timeout)
        self._thread.start()

    def abort(self) -> None:
        """Stop as soon as possible. Name resolution cannot be stopped; it ends by itself."""
        self._connector.abort()

    def _run(self) -> None:
        connector = self._connector
        opened: Dialed | None = None
        lost: ConnectionLost | None = None
        try:
            opened = self._open(connector)
        except Exception as error:
            # Not only OSError: a response may break websocket-client in any way.
            lost = connector.explain(error, f"not open after {self._timeout:g} s")
        connector.note(has_worked=opened is not None)
        if opened is None:
            connector.close()
        self._on_done(opened, lost)

    def _open(self, connector: Connector) -> Dialed:
        opened = open_websocket(self._url, connector)
        connector.check_aborted()
        return Dialed(opened.socket, opened.tls)


def open_websocket(url: str, connector: Connector) -> Opened:
    """Connect to ``url`` and do the handshake of WebSocket.

    Raises what ``Connector.explain`` turns into an error with a reason.
    """
    # Imported late, so that the package imports faster: not every program connects.
    websocket = websocket_client.load()
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    opened = connector.open(parts.hostname or "", port, is_secure=parts.scheme == "wss")
    connector.step = f"shaking hands with {connector.target}"
    # Its own UTF-8 validation is slow and wrong for some texts; msgspec validates instead.
    handshake = websocket.WebSocket(skip_utf8_validation=True, enable_multithread=False)
    handshake.connect(
        url,
        socket=_Handshake(opened.stream),
        redirect_limit=0,
        suppress_origin=True,
        header=[f"User-Agent: binance-streams/{version()}"],
    )
    return opened


class _Handshake:
    """The socket for websocket-client's handshake: it gets no more than the head of a 101.

    By itself, it would read an endless head and the whole body of a rejection, follow redirects,
    and keep cookies for all other connections of the process.
    """

    def __init__(self, stream: DeadlineSocket) -> None:
        self._stream = stream
        self._response: io.BytesIO | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream.raw, name)

    def send(self, data: bytes) -> int:
        # websocket-client does not check whether everything was sent.
        self._stream.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        if self._response is None:
            head = self._stream.converse(read_head("the server", time.time()))
            if head.status != HTTPStatus.SWITCHING_PROTOCOLS:
                reason = explain_status(head.status, head.message)
                raise ConnectionLost(reason, status=head.status, retry_after=head.retry_after)
            lines = head.raw.splitlines(keepends=True)
            self._response = io.BytesIO(
                b"".join(line for line in lines if not line.lower().startswith(b"set-cookie"))
            )
        return self._response.read(size)
