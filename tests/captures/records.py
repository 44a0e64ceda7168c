"""The recorded messages, if they are there."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[3] / "shared" / "captures"

FOLDER = Path(os.environ.get("BINANCE_STREAMS_CAPTURES") or _BESIDE_THE_REPOSITORY)

needs_captures = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"NO RECORDED MESSAGES in {FOLDER}: nothing real was decoded; set "
    "BINANCE_STREAMS_CAPTURES to the folder that holds them",
)

# A stream whose messages have the form of each kind, for records that name none.
STREAM_OF_KIND = {
    "aggTrade": "btcusdt@aggTrade",
    "avgPrice": "btcusdt@avgPrice",
    "blockTrade": "btcusdt@blockTrade",
    "bookTicker": "btcusdt@bookTicker",
    "diffDepth": "btcusdt@depth",
    "kline": "btcusdt@kline_1m",
    "miniTicker": "btcusdt@miniTicker",
    "miniTickerArr": "!miniTicker@arr",
    "partialDepth": "btcusdt@depth5",
    "referencePrice": "btcusdt@referencePrice",
    "rollingTicker": "btcusdt@ticker_1h",
    "rollingTickerArr": "!ticker_1h@arr",
    "ticker": "btcusdt@ticker",
    "tickerArr": "!ticker@arr",
    "trade": "btcusdt@trade",
    "userData": "AnyListenKeyOfSomebody",
}


@dataclass(frozen=True)
class Deviation:
    """A value that an example of some documentation has, and that no server ever sent."""

    kind: str
    key: str
    documented: object
    wire: object
    why: str


DEVIATIONS = (
    Deviation(
        "userData:executionReport",
        "Q",
        0,
        "0.00000000",
        "made-up messages in another client's tests; quantities are texts on the wire",
    ),
    Deviation(
        "userData:executionReport",
        "Y",
        0,
        "0.00000000",
        "made-up messages in another client's tests; quantities are texts on the wire",
    ),
    Deviation(
        "userData:listenKeyExpired",
        "E",
        "1699596037418",
        1699596037418,
        "the testnet's page quotes the time; the page of production and all other events do not",
    ),
)


@dataclass(frozen=True)
class Record:
    """One recorded message, and where it is."""

    place: str
    kind: str
    named: str | None
    is_wrapped: bool
    is_recorded: bool
    raw: str

    @property
    def stream(self) -> str:
        """The stream that it came from, or one of the same form."""
        return self.named or STREAM_OF_KIND[self.kind.partition(":")[0]]

    @property
    def payload(self) -> Any:
        """The payload as plain data, without its envelope."""
        message = json.loads(self.raw)
        for envelope in ("data", "event"):
            if isinstance(message, dict) and envelope in message:
                return message[envelope]
        return message

    def repaired(self) -> Record:
        """The record with what only its documentation has wrong put right, else itself."""
        payload = self.payload
        changes = {
            known.key: known.wire
            for known in DEVIATIONS
            if known.kind == self.kind and not self.is_recorded and self._is_off(known)
        }
        if not changes:
            return self
        return replace(self, raw=json.dumps({**payload, **changes}), is_wrapped=False)

    def _is_off(self, known: Deviation) -> bool:
        value = self.payload.get(known.key)
        return type(value) is type(known.documented) and value == known.documented


def records() -> list[Record]:
    """Every record of a single message that the spec covers, repaired if it must be."""
    return [
        record.repaired()
        for path in sorted(FOLDER.glob("*.jsonl"))
        for record in _records(path)
        if record.kind.partition(":")[0] in STREAM_OF_KIND
    ]


def control_records() -> list[Record]:
    return list(_records(FOLDER / "control.jsonl"))


def sequences() -> dict[str, list[dict[str, Any]]]:
    """The recorded sequences: their lines, in order."""
    found = {}
    for path in sorted((FOLDER / "sequences").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found[path.name] = [json.loads(line) for line in lines]
    return found


def _records(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            given = json.loads(line)
            yield Record(
                f"{path.name}:{number}",
                given["kind"],
                given["stream"],
                given["wrapped"],
                given["captured"] is True,
                given["raw"],
            )
