"""Which streams a command is about: by their names, or every stream of a symbol."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from binance_streams_cli.parser import nearest
from binance_streams_cli.status import STREAM, USAGE, CommandError
from binance_streams_runtime.catalog.parameters import Choice, Parameter, Symbol, Text
from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType
from binance_streams_runtime.errors import (
    ParameterError,
    RetiredStreamWarning,
    UnknownStreamError,
    shown,
)

if TYPE_CHECKING:
    from binance_streams_cli.market import Market

LISTEN_KEY = "MadeUpListenKeyOfTheCommand"
_EXAMPLE_SYMBOL = "btcusdt"
_LISTED = "names look like btcusdt@trade: binance-streams streams lists them"


@dataclass(frozen=True)
class Chosen:
    """Streams, and those that were left out, each with the reason."""

    streams: tuple[Stream, ...]
    left_out: tuple[str, ...] = ()

    def symbols(self) -> list[str]:
        """Return the symbols that the streams are about, in upper case."""
        found = (
            str(stream.parameters[parameter.name]).upper()
            for stream in self.streams
            for parameter in stream.type.parameters
            if isinstance(parameter, Symbol)
        )
        return list(dict.fromkeys(found))


def choose(
    market: Market,
    names: Sequence[str],
    symbol: str | None,
    is_simulator: bool,
    is_enough: bool = False,
) -> Chosen:
    """Find the streams with these names, and every stream of ``symbol`` if that is given.

    Raises CommandError with the nearest names if one does not exist, and if there are no names,
    unless something else ``is_enough``.
    """
    if not names and symbol is None and not is_enough:
        raise CommandError(
            "which streams? Give names such as btcusdt@trade, or --all SYMBOL "
            "(binance-streams streams lists them)",
            USAGE,
        )
    found = [resolve(market.catalog, name) for name in names]
    if symbol is None:
        return Chosen(_unique(found))
    everything = every_stream(market, symbol, is_simulator)
    return Chosen(_unique([*found, *everything.streams]), everything.left_out)


def books_of(
    market: Market, chosen: Chosen, symbols: Sequence[str], with_streams: bool
) -> list[dict[str, object]]:
    """Return the arguments of the order books that give snapshots, one for each.

    They are those of ``symbols``, and ``with_streams`` those of the streams of changes.
    """
    rules = market.catalog.order_book
    if rules is None:
        if symbols:
            raise CommandError(f"--book: {market.venue.name} has no order books", USAGE)
        return []
    books: list[dict[str, object]] = [{"symbol": Symbol("--book").encode(one)} for one in symbols]
    if with_streams:
        found = (one for one in chosen.streams if one.type is rules.updates)
        books += [dict(stream.parameters) for stream in found]
    return books


def resolve(catalog: Catalog, name: str) -> Stream:
    """Return the stream with this name, or raise CommandError with the nearest names."""
    try:
        return catalog.resolve(name)
    except UnknownStreamError as error:
        near = _nearest_names(catalog, name)
        hint = f"did you mean {' or '.join(near)}?" if near else _LISTED
        text = f"no stream has the name {shown(name)}; {hint}"
        raise CommandError(text, STREAM) from error
    except ParameterError as error:
        raise CommandError(str(error), STREAM) from error


def every_stream(market: Market, symbol: str, is_simulator: bool) -> Chosen:
    """Choose every stream on the simulator, and on a real server those that need no account."""
    chosen = []
    left_out = []
    for type in market.catalog:
        if not is_simulator and type.lifecycle.retired is not None:
            left_out.append(f"{type.key} (retired on {type.lifecycle.retired})")
        elif not is_simulator and type.is_secret:
            left_out.append(f"{type.key} (needs an account)")
        else:
            method = getattr(market.module.Client, type.method)
            given = {one.name: _argument(one, method, symbol) for one in type.parameters}
            chosen.append(type.stream(**given))
    return Chosen(tuple(chosen), tuple(left_out))


def names_of(type: StreamType, symbol: str) -> Iterator[str]:
    """Yield the name of every stream of a type for a symbol: one for each allowed value."""
    written = []
    for part in type.segments:
        if isinstance(part, str):
            written.append([part])
        elif isinstance(part, Choice):
            written.append(list(part.written.values()))
        elif isinstance(part, Text):
            written.append([part.example])
        else:
            written.append([symbol])
    return ("".join(parts) for parts in itertools.product(*written))


def subscribe(
    client: Any, chosen: Chosen, fill: bool, is_simulator: bool, is_raw: bool = False
) -> list[str]:
    """Subscribe to the streams; return a line for each one that has been retired.

    ``is_raw`` if to their messages as they are received.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RetiredStreamWarning)
        for stream in chosen.streams:
            if is_raw:
                client.raw(stream.name)
            else:
                client.subscribe(stream.name, fill=fill and stream.type.backfill is not None)
    # The simulator still has what production has retired.
    return [] if is_simulator else [str(one.message) for one in caught]


def check_fill(chosen: Chosen) -> None:
    """Raise CommandError if none of the streams can be filled."""
    if not any(stream.type.backfill is not None for stream in chosen.streams):
        labels = ", ".join(stream.label for stream in chosen.streams)
        raise CommandError(f"--fill: REST has no events of {labels}", USAGE)


def _unique(streams: Iterable[Stream]) -> tuple[Stream, ...]:
    return tuple({stream.name: stream for stream in streams}.values())


def _nearest_names(catalog: Catalog, name: str) -> list[str]:
    if "@" not in name and "!" not in name:
        # All streams of the symbol are as near.
        return []
    symbol = name.partition("@")[0].lower() or _EXAMPLE_SYMBOL
    known: list[str] = []
    for type in catalog:
        if not type.is_secret:
            known += names_of(type, symbol)
    same = [one for one in known if one.lower() == name.lower()]
    near = same or nearest(name, known)
    # With a symbol that is none, the name of a stream is the same, and as wrong.
    return [one for one in near if one != name]


def _argument(parameter: Parameter, method: Any, symbol: str) -> object:
    if isinstance(parameter, Symbol):
        return symbol
    if isinstance(parameter, Choice):
        default = inspect.signature(method).parameters[parameter.name].default
        return default if default in parameter.values else parameter.values[0]
    return parameter.example if isinstance(parameter, Text) else LISTEN_KEY
