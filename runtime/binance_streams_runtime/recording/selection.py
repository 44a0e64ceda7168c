"""Which streams of a recording somebody asks for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ParameterError,
    UnknownStreamError,
)


class Selection:
    """The streams of one name or of one kind, and those of one symbol; all if neither is given."""

    def __init__(
        self,
        catalog: Catalog,
        stream: str | Iterable[str] | None = None,
        symbol: str | Iterable[str] | None = None,
    ) -> None:
        """Check what is asked for.

        ``stream`` is a name such as ``btcusdt@trade``, a key of the catalog such as ``agg_trade``,
        or a method of the client; ``symbol`` a trading pair in either case. Either may be several.

        Raises ParameterError if no stream is called so, with those that are called alike.
        """
        self._catalog = catalog
        self._names: set[str] = set()
        self._types: set[StreamType] = set()
        self.structs: set[type[Any]] = set()
        """Those of the events of all streams that are asked for; empty if nothing is said."""
        self._is_all = stream is None
        for one in _several(stream):
            self._add(catalog, one)
        self._symbols: frozenset[str] | None = None
        if symbol is not None:
            parameter = Symbol("symbol")
            self._symbols = frozenset(parameter.encode(one) for one in _several(symbol))

    def _add(self, catalog: Catalog, stream: str) -> None:
        if not isinstance(stream, str):
            raise ParameterError("stream", stream, _allowed(catalog, ""))
        if _is_name(stream):
            try:
                found = catalog.resolve(stream)
            except UnknownStreamError as error:
                raise ParameterError("stream", stream, str(error)) from None
            if found.is_secret:
                raise ParameterError("stream", found.label, _allowed(catalog, ""))
            self._names.add(found.name)
            self.structs.update(found.type.events)
            return
        types = [type for type in catalog if type.key == stream]
        types = types or [type for type in catalog if type.method == stream]
        if not types or any(type.is_secret for type in types):
            raise ParameterError("stream", stream, _allowed(catalog, stream))
        self._types.update(types)
        self.structs.update(event for type in types for event in type.events)

    @property
    def symbols(self) -> frozenset[str] | None:
        """The symbols, in lower case; None for all."""
        return self._symbols

    def has(self, stream: Stream) -> bool:
        """Return whether a stream may have events that are asked for."""
        if not (self._is_all or stream.name in self._names or stream.type in self._types):
            return False
        symbol = stream.parameters.get("symbol")
        if self._symbols is None or symbol is None:
            return True
        return symbol in self._symbols

    def has_label(self, label: str | None) -> bool:
        """Return whether a notice about this stream is asked for; None is about a connection."""
        if label is None or (self._is_all and self._symbols is None):
            return True
        try:
            return self.has(self._catalog.resolve(label))
        except BinanceStreamsError:
            # The client's own queue, or an account.
            return self._is_all

    def filtered(self, stream: Stream, event: object) -> object:
        """Return an event of a stream of all symbols with those that are asked for only."""
        if self._symbols is None or "symbol" in stream.parameters or not isinstance(event, list):
            return event
        symbols = self._symbols
        return [item for item in event if getattr(item, "symbol", "").lower() in symbols]


def _several(value: str | Iterable[str] | None) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _is_name(stream: str) -> bool:
    return "@" in stream or stream.startswith("!")


def _allowed(catalog: Catalog, given: str) -> str:
    # Events of accounts are not read.
    keys = [type.key for type in catalog if not type.is_secret]
    near = get_close_matches(given, keys, 3) or keys
    return f"a name such as 'btcusdt@trade', or a key of the catalog: {', '.join(near)}"
