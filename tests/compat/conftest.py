"""What the tests of the old client's calls share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_streams.compat import SpotWebsocketStreamClient
from binance_streams_simulator import Simulator
from tests.support.limits import client_threads, in_time, wait_until


class Recorder:
    """What the callbacks of a client were called with."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.errors: list[BaseException] = []
        self.clients: set[Any] = set()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_message": self._message,
            "on_error": self._error,
            **{name: self._call(name) for name in ("on_open", "on_close", "on_ping", "on_pong")},
        }

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def _message(self, client: object, text: str) -> None:
        self.clients.add(client)
        self.texts.append(text)

    def _error(self, client: object, error: BaseException) -> None:
        self.clients.add(client)
        self.errors.append(error)

    def _call(self, name: str) -> Callable[..., None]:
        def call(client: object, *arguments: Any) -> None:
            self.clients.add(client)
            self.calls.append((name, arguments))

        return call


Make = Callable[..., SpotWebsocketStreamClient]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=50) as simulator:
        yield simulator


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def make() -> Iterator[Make]:
    """Make clients; they are stopped in the end, and must leave nothing behind."""
    made: list[SpotWebsocketStreamClient] = []

    def connect(
        url: str, recorder: Recorder | None = None, **options: Any
    ) -> SpotWebsocketStreamClient:
        given = {**(recorder.callbacks() if recorder is not None else {}), **options}
        client = in_time(lambda: SpotWebsocketStreamClient(url, **given))
        made.append(client)
        return client

    yield connect
    for client in made:
        in_time(client.stop)
    wait_until(lambda: not client_threads())
