"""Opening a connection to a server: look-up, addresses, proxy and TLS, with one deadline.

It blocks its thread. All of it is done here rather than by a library, so that it can be aborted at
any moment and has one deadline, the next address is tried if one does not work, and no environment
variable sends it elsewhere.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from binance_streams_runtime.errors import ConnectionLost, SetupError
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.transport import forks
from binance_streams_runtime.transport.addresses import best_first, note_failed, note_worked
from binance_streams_runtime.transport.deadline_socket import Deadline, DeadlineSocket, wait_ready
from binance_streams_runtime.transport.proxy import open_tunnel
from binance_streams_runtime.transport.tls import TLSCodec, TLSSocket

# OpenSSL's X509_V_ERR_*: self-signed, in the chain or alone, and an issuer that is not found.
_UNKNOWN_SIGNER = (18, 19, 20, 21)

# Results of connect_ex for a connection in progress; the last one is Windows'.
_ON_THE_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, 10035)


class Opened(NamedTuple):
    """An open connection: its socket, and what to read and write it by.

    With ``tls``, all bytes go through it.
    """

    socket: socket.socket
    stream: DeadlineSocket
    tls: TLSCodec | None


class Connector:
    """One attempt to connect to a server, and the connection that it has opened.

    Without ``ssl_context``, the system's trusted certificates are used. With ``proxy``, everything
    goes through it; without, nothing goes through any proxy, whatever the environment says.
    """

    def __init__(
        self,
        deadline: Deadline,
        ssl_context: ssl.SSLContext | None,
        proxy: Proxy | None,
        addresses: Sequence[Any] | None = None,
        line: int = 0,
    ) -> None:
        """Set up an attempt.

        ``addresses`` are results of ``getaddrinfo`` for the server, or for the proxy; None looks
        them up. ``line`` numbers redundant connections, which prefer different addresses.
        """
        self.deadline = deadline
        self.step: str = "starting"
        """What is being done, as texts of errors say it."""
        self.target: str = ""
        """The server, and the proxy if there is one."""
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._addresses = addresses
        self._line = line
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        # Host, port and address of the connection, once there is one.
        self._reached: tuple[str, int, Any] | None = None
        self.is_aborted: bool = False

    def open(self, host: str, port: int, is_secure: bool) -> Opened:
        """Connect, ask the proxy for a tunnel, and do the handshake of TLS if ``is_secure``.

        Raises what ``explain`` turns into an error with a reason.
        """
        self.target = f"{host}:{port}"
        if self._proxy is None:
            plain = self._reach(host, port, self.target)
        else:
            proxy = f"the proxy {self._proxy.address}"
            plain = self._reach(self._proxy.host, self._proxy.port, proxy)
            self.step = f"asking {proxy} for a tunnel to {self.target}"
            open_tunnel(self._proxy, DeadlineSocket(plain, self.deadline), host, port)
            self.target += f" through {proxy}"
        if not is_secure:
            return Opened(plain, DeadlineSocket(plain, self.deadline), None)
        self.step = f"shaking hands in TLS with {self.target}"
        # With the server itself, even inside a tunnel: its name is verified.
        tls = TLSCodec(self._ssl_context or default_context(), host)
        secure = TLSSocket(plain, self.deadline, tls)
        secure.do_handshake()
        return Opened(plain, secure, tls)

    def abort(self) -> None:
        """Stop as soon as possible. Name resolution cannot be stopped; it ends by itself."""
        with self._lock:
            self.is_aborted = True
            if self._socket is not None:
                _shut(self._socket)

    def check_aborted(self) -> None:
        """Raise ConnectionLost if ``abort()`` was called."""
        with self._lock:
            self._check_aborted()

    def note(self, has_worked: bool) -> None:
        """Remember whether the address was of use, for the order of the next attempts."""
        if self._reached is not None and not self.is_aborted:
            (note_worked if has_worked else note_failed)(*self._reached, self._line)

    def close(self) -> None:
        """Close the connection; no-op if there is none."""
        if self._socket is not None:
            forks.close(self._socket)

    def explain(self, error: Exception, timed_out: str) -> ConnectionLost:
        """Make a new error, which keeps no frame alive as it was never raised.

        ``timed_out`` begins the reason if it took too long.
        """
        if self.is_aborted:
            return ConnectionLost("aborted")
        if isinstance(error, SetupError):
            return SetupError(error.reason)
        if isinstance(error, ConnectionLost):
            return ConnectionLost(error.reason, status=error.status, retry_after=error.retry_after)
        # websocket-client wraps it in an error of its own.
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return ConnectionLost(f"{timed_out}, timed out {self.step}")
        hint = certificate_hint(error) if self._ssl_context is None else ""
        return ConnectionLost(f"{type(error).__name__} {self.step}: {error}{hint}")

    def _reach(self, host: str, port: int, target: str) -> socket.socket:
        """Connect to the first address of the host that accepts a connection."""
        self.step = f"looking up {host}"
        failure: OSError | None = None
        addresses = self._addresses
        if addresses is None:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = best_first(host, port, found, self._line)
        self.step = f"connecting to {target}"
        for position, (family, kind, protocol, _, address) in enumerate(addresses):
            # Each address gets its share of the time: one that hangs leaves some for the next.
            share = self.deadline.time_left() / (len(addresses) - position)
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
                note_failed(host, port, address, self._line)
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
        """Raise if ``abort()`` was called; the lock is held, and the socket is closed later."""
        if self.is_aborted:
            raise ConnectionLost("aborted")


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
