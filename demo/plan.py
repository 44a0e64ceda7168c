"""What the demo subscribes to: every entry of the catalog, with one set of parameters each."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from binance_streams import CATALOG, Client, Subscription
from binance_streams_runtime.catalog.parameters import Choice, Parameter, Symbol, Text
from binance_streams_runtime.catalog.streams import StreamType

LISTEN_KEY = "MadeUpListenKeyOfTheDemo"


@dataclass(frozen=True)
class Plan:
    """Streams with their arguments, and which are left out and why."""

    chosen: tuple[tuple[StreamType, dict[str, object]], ...]
    left_out: tuple[str, ...]

    def subscribe(self, client: Client[Any]) -> list[Subscription[Any]]:
        """Subscribe through the client's methods, as a user would."""
        return [getattr(client, type.method)(**given) for type, given in self.chosen]


def plan(symbol: str, is_simulator: bool) -> Plan:
    """Choose every stream on the simulator, and on a real server those that need no account."""
    chosen = []
    left_out = []
    for type in CATALOG:
        if not is_simulator and type.lifecycle.retired is not None:
            left_out.append(f"{type.key} (retired on {type.lifecycle.retired})")
        elif not is_simulator and type.is_secret:
            left_out.append(f"{type.key} (needs an account)")
        else:
            method = getattr(Client, type.method)
            given = {one.name: _argument(one, method, symbol) for one in type.parameters}
            chosen.append((type, given))
    return Plan(tuple(chosen), tuple(left_out))


def _argument(parameter: Parameter, method: Callable[..., Any], symbol: str) -> object:
    if isinstance(parameter, Symbol):
        return symbol
    if isinstance(parameter, Choice):
        default = inspect.signature(method).parameters[parameter.name].default
        return default if default in parameter.values else parameter.values[0]
    return parameter.example if isinstance(parameter, Text) else LISTEN_KEY
