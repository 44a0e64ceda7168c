"""Opening a connection: address, TCP, TLS, and the handshake of websocket-client.

Each attempt runs in a short-lived thread of its own, because name look-up and handshake block.
TCP and TLS are opened here rather than by websocket-client, so that an attempt can be aborted at
any moment, the next address is tried where one is dead, and no redirect is followed.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from binance_streams_runtime.errors import ConnectionLost, ParameterError

_MAX_HEAD = 64 * 1024
_PORTS = {"ws": 80, "wss": 443}
USER_AGENT = "binance-streams"


def check_url(url: str) -> str:
    """``ws://host:port`` without path; raises ParameterError for anything else."""
    allowed = "a URL such as wss://host:9443 or ws://127.0.0.1:8080, without path or query"
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ParameterError("server", url, allowed) from None
    if parts.username or parts.password:
        # The URL itself stays out of the text, as it holds a password.
        raise ParameterError("server", "a URL with a user name or password", allowed)
    if not is_good or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ParameterError("server", url, allowed)
    # A lone "?" or "#" leaves no trace in the parts, but would swallow the path put behind it.
    if any(ord(letter) <= 32 or letter in "?#@%\\\x7f" for letter in url):
        raise ParameterError("server", url, allowed)
    return url.rstrip("/")


class Attempt:
    """One attempt to open ``url``.

    ``on_done`` is called once, in the attempt's own thread: with a socket that has shaken hands,
    or with the reason why there is none.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        ssl_context: ssl.SSLContext | None,
        on_done: Callable[[socket.socket | None, str], None],
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._ssl_context = ssl_context
        self._on_done = on_done
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_aborted = False
        self._thread = threading.Thread(
            target=self._run, name="binance-streams-connect", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def abort(self) -> None:
        """Stop as soon as possible. A look-up of a name cannot be stopped; it ends by itself."""
        with self._lock:
            self._is_aborted = True
            if self._socket is not None:
                _shut(self._socket)

    def _run(self) -> None:
        opened: socket.socket | None = None
        reason = ""
        try:
            opened = self._open()
        except ConnectionLost as error:
            reason = str(error)
        except Exception as error:
            # Not only OSError: what the server answers may break websocket-client in any way.
            status = getattr(error, "status_code", None)
            reason = (
                f"{type(error).__name__}: {error}"
                if status is None
                else explain_status(status, getattr(error, "status_message", None))
            )
        if opened is None and self._socket is not None:
            self._socket.close()
        self._on_done(opened, reason)

    def _open(self) -> socket.socket:
        # Only now, so that the package imports faster: not every program that does connects.
        import websocket

        parts = urlsplit(self._url)
        host = parts.hostname or ""
        plain = self._reach(host, parts.port or _PORTS[parts.scheme])
        if parts.scheme == "wss":
            context = self._ssl_context or ssl.create_default_context()
            # Held before it shakes hands, so that it can be aborted while it does.
            secure = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
            self._hold(secure)
            secure.do_handshake()
        assert self._socket is not None
        # Its own UTF-8 check is slow and wrong for some texts; msgspec checks what it decodes.
        handshake = websocket.WebSocket(skip_utf8_validation=True, enable_multithread=False)
        handshake.connect(  # type: ignore[no-untyped-call]
            self._url,
            socket=_Bounded(self._socket),
            redirect_limit=0,
            suppress_origin=True,
            header=[f"User-Agent: {USER_AGENT}"],
        )
        status = handshake.getstatus()
        if status != HTTPStatus.SWITCHING_PROTOCOLS:
            raise ConnectionLost(explain_status(status, "redirects are not followed"))
        return self._socket

    def _reach(self, host: str, port: int) -> socket.socket:
        failure: OSError | None = None
        deadline = time.monotonic() + self._timeout
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for position, (family, kind, protocol, _, address) in enumerate(addresses):
            candidate = socket.socket(family, kind, protocol)
            try:
                # Each address gets its share of the time, so that a silent one leaves some for
                # the next, and the last one leaves some for the handshake.
                shares = len(addresses) - position + 1
                candidate.settimeout(max(0.1, (deadline - time.monotonic()) / shares))
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._hold(candidate)
                candidate.connect(address)
            except ConnectionLost:
                raise
            except OSError as error:
                candidate.close()
                failure = error
                continue
            candidate.settimeout(self._timeout)
            return candidate
        raise failure or ConnectionLost(f"{host} has no address")

    def _hold(self, candidate: socket.socket) -> None:
        with self._lock:
            self._socket = candidate
            if self._is_aborted:
                candidate.close()
                raise ConnectionLost("given up")


class _Bounded:
    """A socket while it shakes hands: of the answer, only a head of bounded size is read.

    websocket-client reads the head byte by byte, and after it the whole body of a refusal, however
    long the server says it is.
    """

    def __init__(self, open_socket: socket.socket) -> None:
        self._socket = open_socket
        self._head = bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def recv(self, size: int) -> bytes:
        if b"\r\n\r\n" in self._head[-4:]:
            status, _, message = self._head.partition(b"\r\n")[0].partition(b" ")[2].partition(b" ")
            raise ConnectionLost(explain_status(int(status), message.decode(errors="replace")))
        if len(self._head) >= _MAX_HEAD:
            raise ConnectionLost(f"the answer's head is above {_MAX_HEAD} bytes")
        data = self._socket.recv(size)
        self._head += data
        return data


def explain_status(status: int | None, message: str | None) -> str:
    """What an HTTP status in place of a WebSocket means at this venue."""
    meaning = {
        403: "refused by the venue's firewall",
        418: "this IP address is banned for breaking limits; wait before trying again",
        429: "too many requests from this IP address; wait before trying again",
        451: "the venue does not serve this region",
    }.get(status or 0)
    text = f"HTTP status {status} {(message or '')[:200]}".rstrip()
    return f"{text}: {meaning}" if meaning else text


def _shut(open_socket: socket.socket) -> None:
    """Wake whoever is blocked on the socket."""
    try:
        # Not SSLSocket's own, which takes away the TLS state under whoever is using it.
        socket.socket.shutdown(open_socket, socket.SHUT_RDWR)
    except OSError:
        open_socket.close()
