"""List all streams, or describe one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from binance_streams_cli.parser import add_market, did_you_mean
from binance_streams_cli.status import STREAM, CommandError

if TYPE_CHECKING:
    from binance_streams_cli.market import Market
    from binance_streams_runtime.catalog.parameters import Parameter
    from binance_streams_runtime.catalog.streams import StreamType

_EXAMPLE_SYMBOL = "btcusdt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="describe this one: a stream's name such as btcusdt@trade, a method such as "
        "agg_trade, or a name with placeholders as in the list",
    )
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="what is printed (text)"
    )
    add_market(parser)


def run(options: argparse.Namespace) -> int:
    """Print the list, or the description; return the exit status."""
    from binance_streams_cli.market import Market

    market = Market(options.market)
    if options.name is None:
        _list(market, options.output == "json")
    else:
        for type in _find(market, options.name):
            _describe(market, type, options.output == "json")
    return 0


def _list(market: Market, is_json: bool) -> None:
    rows = [(type.template, type.method, _speed(type), _title(type)) for type in market.catalog]
    if is_json:
        print_json([_entry(type) for type in market.catalog])
        return
    print_columns(("name", "method", "sent", "title"), rows)


def _find(market: Market, name: str) -> list[StreamType]:
    """Return the entries that a name means; several if a method has several."""
    found = [type for type in market.catalog if name in (type.key, type.template)]
    found = found or [type for type in market.catalog if type.method == name]
    if found:
        return found
    if "@" in name or "!" in name:
        from binance_streams_cli.choose import resolve

        return [resolve(market.catalog, name).type]
    known = [one for type in market.catalog for one in (type.method, type.key)]
    hint = did_you_mean(name, known) or f"; allowed: {', '.join(dict.fromkeys(known))}"
    raise CommandError(f"there is no stream {name!r}{hint}", STREAM)


def _describe(market: Market, type: StreamType, is_json: bool) -> None:
    from binance_streams_cli.choose import names_of
    from binance_streams_cli.describe import descriptions, fields_of

    texts = descriptions(market.package)
    events = {event.__name__: fields_of(event, texts) for event in type.events}
    if is_json:
        fields = {
            event: [{"name": name, "type": kind, "description": text} for name, kind, text in rows]
            for event, rows in events.items()
        }
        print_json({**_entry(type), "events": fields})
        return
    print(f"{type.template}  {type.title}")
    print(f"  sent      {_speed(type)}")
    print(f"  method    client.{type.method}({', '.join(one.name for one in type.parameters)})")
    for parameter in type.parameters:
        print(f"  {parameter.name:9} {_allowed(parameter)}")
    lifecycle = type.lifecycle
    if lifecycle.retired is not None:
        print(f"  retired   {lifecycle.retired}: use {lifecycle.use}")
    if type.backfill is not None:
        print("  missed    can be fetched: --fill")
    if not type.is_secret:
        print(f"  example   binance-streams watch '{next(names_of(type, _EXAMPLE_SYMBOL))}'")
    print(f"  page      {type.source}")
    for event, rows in events.items():
        print(f"\n{event}" + (", in a list" if type.is_array else ""))
        print_columns((), [(f"  {name}", kind, text) for name, kind, text in rows])


def print_columns(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table whose last column may be as wide as it likes."""
    table = [head, *rows] if head else rows
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _entry(type: StreamType) -> dict[str, Any]:
    return {
        "key": type.key,
        "name": type.template,
        "method": type.method,
        "title": type.title,
        "update_speed": _speed(type),
        "parameters": {one.name: _allowed(one) for one in type.parameters},
        "fill": type.backfill is not None,
        "retired": type.lifecycle.retired,
        "page": type.source,
    }


def _title(type: StreamType) -> str:
    retired = type.lifecycle.retired
    return type.title if retired is None else f"{type.title} (retired on {retired})"


def _speed(type: StreamType) -> str:
    speed = type.update_speed
    if speed.milliseconds is None and speed.by is None:
        return "in real time"
    text = "in real time" if speed.milliseconds is None else f"every {speed.milliseconds} ms"
    for value, milliseconds in speed.exceptions.items():
        text += f", {milliseconds} ms if {speed.by} is {value}"
    return text


def _allowed(parameter: Parameter) -> str:
    from binance_streams_runtime.catalog.parameters import Choice, Symbol, Text

    if isinstance(parameter, Choice):
        return ", ".join(str(value) for value in parameter.values)
    if isinstance(parameter, Symbol):
        return "a symbol, such as btcusdt"
    return parameter.allowed if isinstance(parameter, Text) else "a key, which is secret"


def print_json(value: Any) -> None:
    """Print a value as JSON that is easy to read."""
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value)).decode())
