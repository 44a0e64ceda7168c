"""What the command prints of the documented messages: ``python -m tests.cli.golden`` writes it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from binance_streams import CATALOG, decode
from binance_streams._examples import EXAMPLES
from binance_streams_cli.formats import Csv, Format, JsonLines
from binance_streams_cli.lines import LineWriter
from binance_streams_cli.rows import Row, Rows
from binance_streams_runtime.catalog.streams import StreamType

FILES = ("events.jsonl", "events.csv", "fields.csv")
# Not all, so that a stream that is added changes none of the files.
_KEYS = (
    "agg_trade",
    "all_mini_tickers",
    "kline",
    "diff_book_depth",
    "partial_book_depth",
    "user_data",
)
_TYPES = [CATALOG[key] for key in _KEYS]
_FIELDS = ("stream", "symbol", "price", "close", "kline.is_closed", "bids")


def printed_examples(name: str) -> str:
    """Return what is printed of the documented messages, in the form of this file."""
    out = io.BytesIO()
    with LineWriter(out, lambda: None) as writer:
        if name == "fields.csv":
            _print(Csv(writer, all_rows := Rows(_TYPES, _FIELDS), False), all_rows, _TYPES)
        else:
            for type in _TYPES:
                rows = Rows([type], None)
                form = Csv(writer, rows, False) if name == "events.csv" else JsonLines(writer)
                _print(form, rows, [type])
    return out.getvalue().decode()


def _print(form: Format[Row], rows: Rows, types: Iterable[StreamType]) -> None:
    form.begin()
    for type in types:
        for example in EXAMPLES[type.key]:
            label = CATALOG.resolve(example.stream).label
            for row in rows.of(label, decode(example.payload, example.stream, str)):
                form.write(row)


if __name__ == "__main__":
    for one in FILES:
        path = Path(__file__).parent / "golden" / one
        path.parent.mkdir(exist_ok=True)
        path.write_text(printed_examples(one), encoding="utf-8")
