"""Connections to NATS servers by nats-py; errors do not show the credentials of an address."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
import nats.js.errors
from nats.aio.client import Client

from binance_streams_runtime.errors import reason_of, redacted
from binance_streams_runtime.jetstream.address import credentials_of, servers_of
from binance_streams_runtime.jetstream.connection import check_encrypted, check_installed
from binance_streams_runtime.messaging.address import Address
from binance_streams_sinks.publishing.sink import SinkError

PARAMETERS = ("creds", "ca")
"""Files that an address may name: credentials, and certificates of one's own authority."""

# Before anything relies on it: a version of nats-py may lack what is overridden below.
check_installed()

_CONNECT_TIMEOUT = 3
_CLOSE_TIMEOUT = 0.5
_PING_INTERVAL = 5
_MOST_PINGS = 2


class _NotEncryptedError(nats.errors.Error):
    pass


class _TlsClient(Client):
    """A client that sends no credentials to a server that does not encrypt the connection."""

    def _connect_command(self) -> bytes:
        try:
            check_encrypted(self._server_info)
        except ConnectionError as error:
            raise _NotEncryptedError(str(error)) from None
        return super()._connect_command()


async def connect_nats(
    address: Address,
    on_closed: Callable[[], Awaitable[None]] | None = None,
    name: str = "binance-streams collector",
) -> Client:
    """Connect to one of the servers of an address; raise SinkError if none can be reached.

    The connection does not reconnect by itself: what waits must not be sent without a look at how
    old it is by then. ``on_closed`` is called after it has ended.
    """
    servers = list(servers_of(address, "to"))
    # So that collectors spread over the servers, and leave one that is down.
    random.shuffle(servers)
    while True:
        server = servers.pop()
        try:
            return await _connect(address, server, on_closed, name)
        except SinkError as error:
            if error.is_final or not servers:
                raise


async def _connect(
    address: Address, server: str, on_closed: Callable[[], Awaitable[None]] | None, name: str
) -> Client:
    client = _TlsClient() if address.scheme == "tls" else Client()
    failures: list[Exception] = []

    async def note(error: Exception) -> None:
        failures[:] = [error]

    try:
        options = _options(address)
    except OSError as error:
        # Of the file with the authority's certificates.
        raise SinkError(f"ca={address.parameters.get('ca')}: {error}", is_final=True) from None
    try:
        await client.connect(
            server,
            name=name,
            allow_reconnect=False,
            # Of one server: this makes it raise what is wrong instead of trying for minutes.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_CONNECT_TIMEOUT,
            ping_interval=_PING_INTERVAL,
            max_outstanding_pings=_MOST_PINGS,
            error_cb=note,
            closed_cb=on_closed,
            **options,
        )
    except Exception as error:
        with contextlib.suppress(Exception):
            # After a TLS handshake that has failed, it waits for an end that does not come.
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await client.close()
        shown = failures[0] if isinstance(error, nats.errors.NoServersError) and failures else error
        raise SinkError(reason_of_nats(shown), _is_final(shown)) from None
    return client


def _options(address: Address) -> dict[str, Any]:
    options: dict[str, Any] = {**credentials_of(address)}
    if address.scheme == "tls" or "ca" in address.parameters:
        options["tls"] = ssl.create_default_context(cafile=address.parameters.get("ca"))
    return options


def _is_final(error: Exception) -> bool:
    """Return whether credentials are refused or cannot be read, or the server is not trusted.

    A server without TLS is not, if the address asks for it.
    """
    kinds = (FileNotFoundError, IsADirectoryError, PermissionError, ImportError)
    if isinstance(error, (*kinds, ssl.SSLCertVerificationError, _NotEncryptedError)):
        return True
    words = str(error).lower()
    return "authorization" in words or "authentication" in words or "nkeys" in words


def reason_of_nats(error: Exception) -> str:
    """Say what went wrong, without secrets."""
    if isinstance(error, nats.js.errors.ServiceUnavailableError):
        return (
            "JetStream does not answer: it is not enabled (nats-server --jetstream), "
            "or has no leader just now"
        )
    if isinstance(error, nats.js.errors.APIError):
        return f"JetStream: {error.description} (code {error.err_code})"
    if isinstance(error, ImportError):
        return "creds= needs nkeys: pip install nkeys"
    if isinstance(error, TimeoutError | nats.errors.TimeoutError):
        return "no answer in time"
    text = redacted(reason_of(error).removeprefix("nats: ").strip("'")) or type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{text}; ?ca=FILE in the URL trusts an authority of your own"
    if "authorization violation" in text.lower():
        return f"the server refused the credentials: {text}"
    return text
