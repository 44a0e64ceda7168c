"""Connections to NATS servers by nats-py; errors do not show the credentials of an address."""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
import nats.js.errors
from nats.aio.client import Client

from binance_streams_runtime.errors import reason_of, redacted
from binance_streams_sinks.publishing.address import Address
from binance_streams_sinks.publishing.sink import SinkError

_CONNECT_TIMEOUT = 3
_PING_INTERVAL = 5
_MOST_PINGS = 2
_DEFAULT_PORT = 4222


async def connect_nats(
    address: Address,
    on_closed: Callable[[], Awaitable[None]] | None = None,
    name: str = "binance-streams collector",
) -> Client:
    """Connect to one of the servers of an address; raise SinkError if none can be reached.

    The connection does not reconnect by itself: what waits must not be sent without a look at how
    old it is by then. ``on_closed`` is called after it has ended.
    """
    hosts = list(address.hosts)
    # So that collectors spread over the servers, and leave one that is down.
    random.shuffle(hosts)
    failure = SinkError(f"{address.display_name} names no server", is_final=True)
    for host in hosts:
        try:
            return await _connect(address, host, on_closed, name)
        except SinkError as error:
            failure = error
            if error.is_final:
                break
    raise failure


async def _connect(
    address: Address, host: str, on_closed: Callable[[], Awaitable[None]] | None, name: str
) -> Client:
    client = Client()
    failures: list[Exception] = []

    async def note(error: Exception) -> None:
        failures[:] = [error]

    port = "" if host.rpartition(":")[2].isdigit() else f":{_DEFAULT_PORT}"
    try:
        await client.connect(
            f"{address.scheme}://{host}{port}",
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
            **_credentials(address),
        )
    except Exception as error:
        with contextlib.suppress(Exception):
            await client.close()
        shown = failures[0] if isinstance(error, nats.errors.NoServersError) and failures else error
        raise SinkError(reason_of_nats(shown), _is_final(shown)) from None
    return client


def _credentials(address: Address) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if address.user is not None and address.password is not None:
        options = {"user": address.user, "password": address.password}
    elif address.user is not None:
        options = {"token": address.user}
    if "creds" in address.parameters:
        options["user_credentials"] = address.parameters["creds"]
    if address.scheme == "tls":
        options["tls"] = ssl.create_default_context()
    return options


def _is_final(error: Exception) -> bool:
    """Return whether the server refuses these credentials, or they cannot be read."""
    if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError | ImportError):
        return True
    words = str(error).lower()
    return "authorization" in words or "authentication" in words or "nkeys" in words


def reason_of_nats(error: Exception) -> str:
    """Say what went wrong, without secrets."""
    if isinstance(error, nats.js.errors.ServiceUnavailableError):
        return "JetStream does not answer: it is not enabled, or has no leader just now"
    if isinstance(error, nats.js.errors.APIError):
        return f"JetStream: {error.description} (code {error.err_code})"
    if isinstance(error, TimeoutError | nats.errors.TimeoutError):
        return "no answer in time"
    text = reason_of(error).removeprefix("nats: ").strip("'")
    return redacted(text) if text else type(error).__name__
