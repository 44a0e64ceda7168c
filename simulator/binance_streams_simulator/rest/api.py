"""The REST API of a market: what is asked for, and the answer; no sockets."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

import msgspec

from binance_streams_runtime.catalog.rest import Backfill
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_simulator import feeds, payloads
from binance_streams_simulator.accounts.symbols import described
from binance_streams_simulator.market import Instrument, Market
from binance_streams_simulator.refusals import Refusal, invalid
from binance_streams_simulator.rest.arguments import Arguments
from binance_streams_simulator.rest.routes import (
    CandlesRoute,
    NotRecorded,
    Route,
    SnapshotRoute,
    View,
    rows_route,
)
from binance_streams_simulator.rest.weights import described as described_limits
from binance_streams_simulator.settings import Settings

_DEFAULT_ROOT = "/api/v3"
_NOT_FOUND = Refusal(-1, "Not found.", status=404)


class _Constant:
    """An endpoint without parameters."""

    def __init__(self, weight: int, answer: Callable[[View], object]) -> None:
        self._weight = weight
        self._answer = answer

    def weight(self, arguments: Arguments) -> int:
        return self._weight

    def answer(self, arguments: Arguments, view: View) -> bytes:
        arguments.check_names(())
        return payloads.encoded(self._answer(view))


class _Description:
    """The description of the market: all symbols, or those that are asked for."""

    _weight = 20
    _known = ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")

    def __init__(self, limits: list[object]) -> None:
        self._limits = limits

    def weight(self, arguments: Arguments) -> int:
        return self._weight

    def answer(self, arguments: Arguments, view: View) -> bytes:
        arguments.check_names(self._known)
        return payloads.encoded(
            {
                "timezone": "UTC",
                "serverTime": view.now // view.divisor,
                "rateLimits": self._limits,
                "exchangeFilters": [],
                "symbols": [described(each) for each in self._instruments(arguments, view.market)],
            }
        )

    def _instruments(self, arguments: Arguments, market: Market) -> list[Instrument]:
        if "symbol" in arguments.values:
            return [arguments.instrument("symbol", market)]
        symbols: Sequence[str] = market.listed
        if "symbols" in arguments.values:
            try:
                symbols = msgspec.json.decode(arguments.text("symbols"), type=list[str])
            except msgspec.DecodeError:
                raise invalid("symbols") from None
        found = [market.instruments.get(symbol) for symbol in symbols]
        if None in found:
            raise Refusal(-1121, "Invalid symbol.")
        return [each for each in found if each is not None]


class RestApi:
    """Every endpoint that the catalog names, and the few that say something about the server."""

    def __init__(self, settings: Settings) -> None:
        catalog, venue = settings.catalog, settings.venue
        self._examples = {
            path: msgspec.json.decode(payload) for path, payload in settings.rest_examples.items()
        }
        self._is_replayed = settings.replay is not None and settings.replay.has_all
        self._routes: dict[str, Route] = {}
        self._beginnings: tuple[bytes, ...] = ()
        if not venue.has_snapshots:
            return
        rules = catalog.order_book
        if rules is not None and rules.snapshot.path in self._examples:
            path = rules.snapshot.path
            recorded = _nothing if settings.replay is None else settings.replay.snapshot
            self._routes[path] = SnapshotRoute(rules, self._examples[path], recorded)
        for type in catalog:
            examples = settings.examples.get(type.key)
            if type.backfill is not None and examples:
                stream = catalog.resolve(examples[0].stream)
                self._add_rows(stream, type.backfill, examples[0].payload)
        limits: list[object] = [] if venue.rest is None else [described_limits(venue.rest)]
        for root in {posixpath.dirname(path) for path in self._routes} or {_DEFAULT_ROOT}:
            self._add_general(root, limits)
        self._beginnings = tuple({f" /{path.split('/')[1]}/".encode() for path in self._routes})

    def is_for(self, request_line: bytes) -> bool:
        """Return whether an HTTP request that begins with these bytes is for the API."""
        _, blank, rest = request_line.partition(b" ")
        return (blank + rest).startswith(self._beginnings)

    def weight(self, path: str, arguments: Arguments) -> int:
        """Return the request weight of a request, even if it will be refused."""
        route = self._routes.get(path)
        if route is None:
            return 1
        try:
            return route.weight(arguments)
        except Refusal:
            return 1

    def answer(self, path: str, arguments: Arguments, view: View) -> bytes:
        """Return the body of the answer; raise Refusal to refuse the request."""
        route = self._routes.get(path)
        if route is None:
            raise _NOT_FOUND
        return route.answer(arguments, view)

    def _add_rows(self, stream: Stream, backfill: Backfill, example: bytes) -> None:
        path = backfill.endpoint.path
        if self._is_replayed:
            self._routes[path] = NotRecorded(path)
            return
        known: Route | None = self._routes.get(path)
        rows = self._examples.get(path)
        if known is None and rows:
            field_names = payloads.templates(stream, [example])[0].field_names()
            known = rows_route(stream.type, backfill, feeds.kind(stream, field_names), rows[0])
        if known is not None:
            self._routes[path] = known
        if isinstance(known, CandlesRoute):
            known.add_constants(backfill.constants)

    def _add_general(self, root: str, limits: list[object]) -> None:
        self._routes[f"{root}/ping"] = _Constant(1, lambda view: {})
        self._routes[f"{root}/time"] = _Constant(
            1, lambda view: {"serverTime": view.now // view.divisor}
        )
        self._routes[f"{root}/exchangeInfo"] = _Description(limits)


def _nothing(symbol: str) -> None:
    """Return no snapshot."""
