"""Relays as people build them: ``python -m benchmarks.scale.broadcasters LIBRARY``.

One connection upstream, ``json.loads`` of each message for the name of its stream, and the
library's usual way of sending it to those who asked for that stream by their path.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

_Listeners = defaultdict[str, set[Any]]


def _asked(path: str) -> list[str]:
    return parse_qs(urlsplit(path).query)["streams"][0].split("/")


@contextlib.contextmanager
def _listening(listeners: _Listeners, names: list[str], connection: Any) -> Any:
    for name in names:
        listeners[name].add(connection)
    try:
        yield
    finally:
        for name in names:
            listeners[name].discard(connection)


async def websockets(upstream: str, context: ssl.SSLContext | None, ready: Any) -> None:
    """``websockets.broadcast`` to all that listen."""
    from websockets.asyncio.client import connect
    from websockets.asyncio.server import broadcast, serve

    listeners: _Listeners = defaultdict(set)

    async def handle(connection: Any) -> None:
        with _listening(listeners, _asked(connection.request.path), connection):
            await connection.wait_closed()

    async with (
        serve(handle, "127.0.0.1", 0, ssl=context, ping_interval=None, backlog=1024) as server,
        connect(upstream, compression=None, ping_interval=None) as connection,
    ):
        ready(next(iter(server.sockets)).getsockname()[1])
        async for text in connection:
            broadcast(listeners[json.loads(text)["stream"]], text)


async def aiohttp(upstream: str, context: ssl.SSLContext | None, ready: Any) -> None:
    """``send_str`` to each that listens, at the same time."""
    web: Any = importlib.import_module("aiohttp.web")
    session_of: Any = importlib.import_module("aiohttp").ClientSession

    listeners: _Listeners = defaultdict(set)

    async def handle(request: Any) -> Any:
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        with _listening(listeners, _asked(request.path_qs), response):
            async for _ in response:
                pass
        return response

    application = web.Application()
    application.router.add_get("/stream", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context, backlog=1024)
    await site.start()
    async with session_of() as session, session.ws_connect(upstream) as connection:
        ready(runner.addresses[0][1])
        async for message in _texts(connection):
            found = listeners[json.loads(message)["stream"]]
            await asyncio.gather(*(one.send_str(message) for one in found))


async def _texts(connection: Any) -> AsyncIterator[str]:
    async for message in connection:
        yield message.data


_LIBRARIES: dict[str, Callable[..., Any]] = {"websockets": websockets, "aiohttp": aiohttp}


def main() -> None:
    """Relay until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=tuple(_LIBRARIES))
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--certificate")
    options = parser.parse_args()
    context = None
    if options.certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    ready = lambda port: print(f"streams: ws://127.0.0.1:{port}/", flush=True)  # noqa: E731
    asyncio.run(_LIBRARIES[options.library](options.upstream, context, ready))


if __name__ == "__main__":
    main()
