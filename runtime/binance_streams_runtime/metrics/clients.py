"""The clients that are measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.health import Health, client_health
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.metrics.measurement import Measurement, measure


class AnyClient(Protocol):
    """A ``Client`` or ``AsyncClient`` of any market, or a client of the old connector's kind."""

    _engine: Any


Clients = AnyClient | Mapping[str, AnyClient]
"""A client, or several by name."""

Engine = ClientEngine[Any, Any]


def engines_of(clients: Clients) -> list[tuple[str | None, Engine]]:
    """Return the engines of clients by name; a client that stands alone has none.

    Raises ParameterError if there is no client, or anything else.
    """
    if not isinstance(clients, Mapping):
        return [(None, _engine_of(clients, clients))]
    if not clients or not all(isinstance(name, str) for name in clients):
        raise ParameterError("clients", clients, _ALLOWED)
    return [(name, _engine_of(client, clients)) for name, client in clients.items()]


def measured(engine: Engine, per_stream: bool) -> Measurement:
    """Have a client measured by whoever drives it."""
    return engine._driver.run(lambda now: measure(engine, now, per_stream))


def judged(engine: Engine) -> Health:
    """Have the health of a client judged by whoever drives it."""
    return engine._driver.run(lambda now: client_health(engine, now))


_ALLOWED = "a Client or AsyncClient, or several by name"


def _engine_of(client: AnyClient, given: object) -> Engine:
    engine = getattr(client, "_engine", None)
    if not isinstance(engine, ClientEngine):
        raise ParameterError("clients", given, _ALLOWED)
    return engine
