"""The generated package of the market that is served."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TypeVar

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ParameterError

T = TypeVar("T")

DEFAULT_MARKET = "binance_streams"
_ALLOWED = f"a generated package, or the name that imports it, such as {DEFAULT_MARKET!r}"


class GeneratedPackage:
    """Parts of a generated package; imported late, for tests with a catalog of their own.

    Each part raises ParameterError if there is no such package.
    """

    def __init__(self, market: str | ModuleType) -> None:
        self._name = market.__name__ if isinstance(market, ModuleType) else market
        if not isinstance(self._name, str) or not self._name:
            raise ParameterError("market", market, _ALLOWED)

    @property
    def name(self) -> str:
        """The name that imports it."""
        return self._name

    @property
    def catalog(self) -> Catalog:
        """The catalog of the market's streams."""
        return self._part("_catalog", "CATALOG", Catalog)

    @property
    def venue(self) -> Venue:
        """The rules of the market's connections."""
        return self._part("_venue", "VENUE", Venue)

    @property
    def examples(self) -> Mapping[str, Sequence[Example]]:
        """The documented payloads by stream."""
        return self._part("_examples", "EXAMPLES", dict)

    @property
    def rest_examples(self) -> Mapping[str, bytes]:
        """The documented answers of the REST API by path."""
        return self._part("_examples", "REST_EXAMPLES", dict)

    def _part(self, module: str, name: str, kind: type[T]) -> T:
        try:
            found = getattr(importlib.import_module(f"{self._name}.{module}"), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise ParameterError("market", self._name, f"{_ALLOWED} ({error})") from None
        if not isinstance(found, kind):
            raise ParameterError("market", self._name, _ALLOWED)
        return found
