"""A connection to a NATS server, by nats-py, which is imported only if a log is read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from binance_streams_runtime.errors import redacted
from binance_streams_runtime.jetstream.address import LogAddress

# Seconds between two pings, and how many may be unanswered: a server that is gone without a word
# is noticed by the heartbeats of what is read, or by these.
_PING_INTERVAL = 10
_MOST_PINGS = 2

# Seconds for nats-py to close a connection.
_CLOSE_TIMEOUT = 0.3

_OVERRIDDEN = ("_process_msg", "_connect_command")

STREAM_NOT_FOUND = 10059
"""The code of JetStream's error for a part of the log that does not exist."""

Handle = Callable[[bytes, bytes, bytes, bytes], None]
"""Takes the subject, reply, payload and headers of a message, all of them as they came."""


class LogFailure(Exception):
    """A request to the log failed; the text says why, and has no secret."""

    def __init__(self, reason: str, code: int | None = None, is_timeout: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.is_timeout = is_timeout


def check_installed() -> None:
    """Raise ImportError if nats-py is not installed; the text says how to install it."""
    try:
        import nats.aio.client
    except ImportError as error:
        text = "a log is read by nats-py: pip install 'binance-streams[nats]'"
        raise ImportError(text, name=error.name) from error
    # What is overridden here: if it had another name, nothing would look for TLS, say.
    if not all(hasattr(nats.aio.client.Client, name) for name in _OVERRIDDEN):
        raise ImportError("this version of nats-py is not supported; 2.9 to 2.16 are")


class NatsConnection:
    """One connection, from the moment it is open until it has ended."""

    def __init__(
        self,
        address: LogAddress,
        ssl_context: ssl.SSLContext | None,
        connect_timeout: float,
        request_timeout: float,
        on_lost: Callable[[str], None],
    ) -> None:
        """``on_lost`` is called with the reason if it ends otherwise than by ``close``."""
        self._address = address
        self._ssl_context = ssl_context
        self._connect_timeout = connect_timeout
        self._request_timeout = request_timeout
        self._on_lost = on_lost
        self._is_closing = False
        self._nats: Any = None
        self._error: Exception | None = None

    async def open(self, server: str) -> None:
        """Connect; raise LogFailure if that is not possible."""
        from nats.aio.client import Client

        self._nats = nats = _client_class(Client)()
        options: dict[str, Any] = {**self._address.credentials}
        if server.startswith("tls:"):
            nats.needs_tls = True
            options["tls"] = self._ssl_context or ssl.create_default_context()
        elif self._ssl_context is not None:
            options["tls"] = self._ssl_context
        try:
            await nats.connect(
                server,
                name="binance-streams",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=self._connect_timeout,
                ping_interval=_PING_INTERVAL,
                max_outstanding_pings=_MOST_PINGS,
                error_cb=self._failed,
                closed_cb=self._closed,
                **options,
            )
        except ImportError as error:
            await self.close()
            raise LogFailure(f"{error}: creds= needs pip install nkeys") from None
        except asyncio.CancelledError:
            await self.close()
            raise
        except Exception as error:
            await self.close()
            if type(error).__name__ == "NoServersError" and self._error is not None:
                error = self._error
            raise LogFailure(_reason(error)) from None

    async def _failed(self, error: Exception) -> None:
        self._error = error

    async def _closed(self) -> None:
        self.look()

    def look(self) -> None:
        """Report it if it has ended: some versions of nats-py do not always say so."""
        if self._nats.is_closed and not self._is_closing:
            self._is_closing = True
            error = self._nats.last_error
            self._on_lost("the server closed it" if error is None else _reason(error))

    def servers(self) -> list[str]:
        """Return the other servers of the cluster that the server has named."""
        return [server.geturl() for server in self._nats.discovered_servers]

    def inbox(self) -> str:
        """Return a subject that nobody else uses."""
        name: str = self._nats.new_inbox()
        return name

    async def listen(self, subject: str, handle: Handle) -> None:
        """Have ``handle`` called for each message that comes to a subject."""
        subscription = await self._nats.subscribe(subject, cb=_ignore)
        self._nats.handlers[subscription._id] = handle

    async def publish(self, subject: str, payload: bytes, reply: str = "") -> None:
        """Send a message."""
        await self._nats.publish(subject, payload, reply=reply)

    async def ask(self, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request to JetStream and return the answer; raise LogFailure."""
        payload = json.dumps(body).encode() if body else b""
        try:
            message = await self._nats.request(
                f"$JS.API.{subject}", payload, timeout=self._request_timeout
            )
        except TimeoutError as error:
            raise LogFailure(_reason(error), is_timeout=True) from None
        except Exception as error:
            raise LogFailure(_reason(error)) from None
        answer: dict[str, Any] = json.loads(message.data)
        failure = answer.get("error")
        if failure is not None:
            text = failure.get("description", "an error")
            raise LogFailure(f"JetStream answered: {text}", failure.get("err_code"))
        return answer

    async def check(self) -> None:
        """Raise LogFailure if there is no JetStream; a cluster without a leader will have one."""
        try:
            await self.ask("INFO", {})
        except LogFailure as failure:
            if not failure.is_timeout:
                raise

    def jetstream(self) -> Any:
        """Return nats-py's own interface to JetStream."""
        return self._nats.jetstream(timeout=self._request_timeout)

    async def close(self) -> None:
        """Close it."""
        self._is_closing = True
        if self._nats is not None:
            # After a failed TLS handshake it would wait forever.
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._nats.close(), _CLOSE_TIMEOUT)
            # Some versions leave it open if the server was the first to close its side.
            transport = getattr(self._nats, "_transport", None)
            if transport is not None:
                with contextlib.suppress(Exception):
                    transport.close()


def check_encrypted(server_info: Mapping[str, Any]) -> None:
    """Raise ConnectionError if a server says that it does without TLS.

    nats-py leaves that to the server, also if the URL begins with ``tls://``, and would send the
    credentials.
    """
    if not server_info.get("tls_required"):
        raise ConnectionError("the server does not use TLS, which tls:// asks for")


def _client_class(base: Any) -> Any:
    """Return nats-py's class of clients, with a short way for messages of a log.

    It makes an object of each message, parses its headers to a dict, and puts it into a queue that
    a task reads, which takes several times as long as all else.
    """

    class Client(base):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.handlers: dict[int, Handle] = {}
            self.needs_tls = False

        def _connect_command(self) -> bytes:
            if self.needs_tls:
                check_encrypted(self._server_info)
            command: bytes = super()._connect_command()
            return command

        def _process_msg(
            self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes
        ) -> Coroutine[Any, Any, None]:
            handle = self.handlers.get(sid)
            if handle is None:
                slow: Coroutine[Any, Any, None] = super()._process_msg(
                    sid, subject, reply, data, headers
                )
                return slow
            handle(subject, reply, data, headers or b"")
            return _done()

    return Client


async def _done() -> None:
    """Do nothing more."""


async def _ignore(*_: object) -> None:
    """Do nothing: what matters is reported otherwise."""


def unexpected(error: BaseException) -> str:
    """Say what ended the reading of a log that should not have, without secrets."""
    return redacted(f"reading the log failed: {type(error).__name__}: {error}")


def _reason(error: BaseException) -> str:
    """Return why something failed; no text of nats-py has a user's name or password."""
    name = type(error).__name__
    if name == "NoRespondersError":
        return "the server has no JetStream, or nobody may use it with these credentials"
    if name in ("TimeoutError", "FlushTimeoutError"):
        return "the server has not answered in time"
    text = str(error).removeprefix("nats: ").strip("'") or name
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{text}; ?ca=FILE in the URL, or ssl_context=, trusts an authority of your own"
    if "authorization" in text.lower():
        return f"the server refused the credentials: {text}"
    return text
