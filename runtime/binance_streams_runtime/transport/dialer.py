"""Opening a connection: address, TCP, proxy, TLS, and the handshake of websocket-client.

Each attempt runs in a short-lived thread of its own, because name resolution and handshake block.
All but the last step is done here rather than by websocket-client, so that an attempt can be
aborted at any moment and has one deadline, the next address is tried if one does not work, no
redirect is followed, and no environment variable sends it elsewhere.
"""

from __future__ import annotations

import errno
import io
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from binance_streams_runtime.errors import ConnectionLost, SetupError
from binance_streams_runtime.protocol.http import explain_status, read_head
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.url import PORTS
from binance_streams_runtime.transport import forks, websocket_client
from binance_streams_runtime.transport.addresses import best_first, note_failed, note_worked
from binance_streams_runtime.transport.deadline_socket import (
    Deadline,
    DeadlineSocket,
    wait_ready,
)
from binance_streams_runtime.transport.proxy import open_tunnel
from binance_streams_runtime.transport.tls import TLSCodec, TLSSocket
from binance_streams_runtime.version import version

# OpenSSL's X509_V_ERR_*: self-signed, in the chain or alone, and an issuer that is not found.
_UNKNOWN_SIGNER = (18, 19, 20, 21)

# Results of connect_ex for a connection in progress; the last one is Windows'.
_ON_THE_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, 10035)


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
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        ssl_context: ssl.SSLContext | None,
        proxy: Proxy | None,
        on_done: Callable[[Dialed | None, ConnectionLost | None], None],
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._on_done = on_done
        self._deadline = Deadline(0.0)
        self._step = "starting"
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        # Host, port and address of the connection, once there is one.
        self._reached: tuple[str, int, Any] | None = None
        self._is_aborted = False
        self._thread = threading.Thread(
            target=self._run, name="binance-streams-connect", daemon=True
        )

    def start(self) -> None:
        """Start the attempt and its timeout."""
        self._deadline = Deadline(time.monotonic() + self._timeout)
        self._thread.start()

    def abort(self) -> None:
        """Stop as soon as possible. Name resolution cannot be stopped; it ends by itself."""
        with self._lock:
            self._is_aborted = True
            if self._socket is not None:
                _shut(self._socket)

    def _run(self) -> None:
        opened: Dialed | None = None
        lost: ConnectionLost | None = None
        try:
            opened = self._open()
        except Exception as error:
            # Not only OSError: a response may break websocket-client in any way.
            lost = self._explain(error)
        if self._reached is not None and not self._is_aborted:
            (note_failed if opened is None else note_worked)(*self._reached)
        if opened is None and self._socket is not None:
            forks.close(self._socket)
        self._on_done(opened, lost)

    def _explain(self, error: Exception) -> ConnectionLost:
        """Make a new error, which keeps no frame alive as it was never raised."""
        if self._is_aborted:
            return ConnectionLost("aborted")
        if isinstance(error, SetupError):
            return SetupError(error.reason)
        if isinstance(error, ConnectionLost):
            return ConnectionLost(error.reason, status=error.status, retry_after=error.retry_after)
        # websocket-client wraps it in an error of its own.
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return ConnectionLost(f"not open after {self._timeout:g} s, timed out {self._step}")
        hint = certificate_hint(error) if self._ssl_context is None else ""
        return ConnectionLost(f"{type(error).__name__} {self._step}: {error}{hint}")

    def _open(self) -> Dialed:
        # Imported late, so that the package imports faster: not every program connects.
        websocket = websocket_client.load()
        parts = urlsplit(self._url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        target = f"{host}:{port}"
        if self._proxy is None:
            plain = self._reach(host, port, target)
        else:
            plain = self._reach(
                self._proxy.host, self._proxy.port, f"the proxy {self._proxy.address}"
            )
            self._step = f"asking the proxy {self._proxy.address} for a tunnel to {target}"
            open_tunnel(self._proxy, DeadlineSocket(plain, self._deadline), host, port)
            target += f" through the proxy {self._proxy.address}"
        stream, tls = DeadlineSocket(plain, self._deadline), None
        if parts.scheme == "wss":
            self._step = f"shaking hands in TLS with {target}"
            # With the venue itself, even inside a tunnel: its name is verified.
            tls = TLSCodec(self._ssl_context or default_context(), host)
            stream = secure = TLSSocket(plain, self._deadline, tls)
            secure.do_handshake()
        self._step = f"shaking hands with {target}"
        # Its own UTF-8 validation is slow and wrong for some texts; msgspec validates instead.
        handshake = websocket.WebSocket(skip_utf8_validation=True, enable_multithread=False)
        handshake.connect(
            self._url,
            socket=_Handshake(stream),
            redirect_limit=0,
            suppress_origin=True,
            header=[f"User-Agent: binance-streams/{version()}"],
        )
        with self._lock:
            self._check_aborted()
        return Dialed(plain, tls)

    def _reach(self, host: str, port: int, target: str) -> socket.socket:
        """Connect to the first address of the host that accepts a connection."""
        self._step = f"looking up {host}"
        failure: OSError | None = None
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = best_first(host, port, found)
        self._step = f"connecting to {target}"
        for position, (family, kind, protocol, _, address) in enumerate(addresses):
            # Each address gets its share of the time: one that hangs leaves some for the next.
            share = self._deadline.time_left() / (len(addresses) - position)
            try:
                with forks.lock():
                    candidate = forks.own(socket.socket(family, kind, protocol))
            except OSError as error:
                failure = error
                continue
            self._store(candidate)
            try:
                candidate.setblocking(False)
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connect(candidate, address, Deadline(time.monotonic() + share))
            except OSError as error:
                forks.close(candidate)
                note_failed(host, port, address)
                failure = error
                continue
            self._reached = host, port, address
            return candidate
        raise failure or ConnectionLost(f"{host} has no address")

    def _connect(self, candidate: socket.socket, address: Any, deadline: Deadline) -> None:
        code = candidate.connect_ex(address)
        if code in _ON_THE_WAY:
            wait_ready(candidate, selectors.EVENT_WRITE, deadline)
            code = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def _store(self, candidate: socket.socket) -> None:
        with self._lock:
            self._socket = candidate
            self._check_aborted()

    def _check_aborted(self) -> None:
        """Raise if ``abort()`` was called; the lock is held, and ``_run`` closes the socket."""
        if self._is_aborted:
            raise ConnectionLost("aborted")


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


def default_context() -> ssl.SSLContext:
    """Make a context that verifies certificates against those that the system trusts."""
    try:
        return ssl.create_default_context()
    except (ssl.SSLError, ValueError, NotImplementedError) as error:
        raise SetupError(f"cannot create a TLS context: {type(error).__name__}: {error}") from error


def certificate_hint(error: Exception) -> str:
    """Return a hint if a certificate has an unknown signer."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return ""
    if error.verify_code not in _UNKNOWN_SIGNER:
        return ""
    path = os.environ.get("SSL_CERT_FILE")
    if path and not os.path.isfile(path):
        return f"; SSL_CERT_FILE is {path!r}, which is not a file"
    return (
        "; if a company or a virus scanner inspects the traffic, its certificate must be trusted: "
        "name its file in the environment variable SSL_CERT_FILE"
    )


def _shut(open_socket: socket.socket) -> None:
    """Wake any thread that is blocked on the socket."""
    try:
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        forks.close(open_socket)
