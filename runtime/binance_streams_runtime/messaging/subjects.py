"""The subjects of messages in a log: one for each stream, and back.

``<prefix>.<stream key>[.<parameter value>...]``: ``binance.spot.agg_trade.BTCUSDT``,
``binance.spot.kline.BTCUSDT.1m``, ``binance.spot.all_mini_tickers``. The values are in the order of
the stream's name; symbols are in upper case. Beside them are ``<prefix>._notice.<collector>`` and
``<prefix>._snapshot.<SYMBOL>``. All of it follows from the catalog.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from binance_streams_runtime.catalog.parameters import Choice, Parameter, Symbol
from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType
from binance_streams_runtime.catalog.venue import Server, Venue
from binance_streams_runtime.errors import ParameterError

NOTICES = "_notice"
"""The place of a stream's key in the subjects of collectors' notices."""

SNAPSHOTS = "_snapshot"
"""The place of a stream's key in the subjects of order book snapshots."""

_COLLECTOR = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_UNSAFE = re.compile(r"[^\w-]")
_EMPTY = "%"
"""Stands for an empty value; a percent sign of a value is escaped."""


def default_prefix(venue: Venue, server: Server | None, url: str) -> str:
    """Return the prefix of the subjects of a server's streams.

    Each server has one of its own, so that messages of a test network never mix with others. It is
    the venue's prefix for the default server; ``url`` distinguishes servers that have no name.
    """
    if server is None:
        split = urlsplit(url)
        place = f"{split.hostname}_{split.port}" if split.port else f"{split.hostname}"
        return f"{venue.subjects}_{re.sub('[^A-Za-z0-9]', '_', place)}"
    if server.name == venue.default_server:
        return venue.subjects
    return f"{venue.subjects}_{server.name}"


def check_prefix(prefix: object) -> str:
    """Return the prefix; raise ParameterError if no subject can begin with it."""
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix) or len(prefix) > 100:
        allowed = "words of ASCII letters, digits, '_' and '-', joined by '.': binance.spot"
        raise ParameterError("prefix", prefix, allowed)
    return prefix


def check_collector(name: object) -> str:
    """Return the name of a collector; raise ParameterError if it cannot be part of a subject."""
    if not isinstance(name, str) or not _COLLECTOR.fullmatch(name):
        allowed = "1 to 64 ASCII letters, digits, '_' and '-'"
        raise ParameterError("name", name, allowed)
    return name


class LogStream(Struct, frozen=True):
    """A part of the log that is kept and de-duplicated on its own, such as a JetStream stream."""

    name: str
    """Without dots: ``binance-spot-agg_trade``."""
    subjects: str
    """What its subjects match: ``binance.spot.agg_trade.>``."""
    key: str
    """The key of its stream type, ``_notice`` or ``_snapshot``."""


class Subjects:
    """The subjects under one prefix."""

    def __init__(self, catalog: Catalog, prefix: str) -> None:
        """Raise ParameterError if the prefix is invalid."""
        self.prefix: str = check_prefix(prefix)
        self.catalog: Catalog = catalog
        """Describes the streams."""
        self._types = {type.key: type for type in catalog if not type.is_secret}

    def of(self, stream: Stream) -> str:
        """Return the subject of a stream; raise ParameterError if its name is a secret."""
        return f"{self.prefix}.{'.'.join((stream.type.key, *self._values(stream)))}"

    def symbol_of(self, stream: Stream) -> str | None:
        """Return the symbol of a stream as its subject has it, or None if it has none."""
        for parameter in stream.type.parameters:
            if isinstance(parameter, Symbol):
                return _token(parameter, stream.parameters[parameter.name])
        return None

    def symbol_of_updates(self, name: str | None) -> str | None:
        """Return the symbol of the stream of updates that a request names; None if it has none."""
        return None if name is None else self.symbol_of(self.catalog.resolve(name))

    def stream(self, subject: str) -> Stream:
        """Return the stream of a subject; raise ParameterError if there is none."""
        key, *tokens = self._split(subject)
        type = self._types.get(key)
        if type is None or len(tokens) != len(type.parameters):
            raise self._error(subject)
        try:
            return type.stream(
                **{
                    parameter.name: _value(parameter, token)
                    for parameter, token in zip(type.parameters, tokens, strict=True)
                }
            )
        except ParameterError:
            raise self._error(subject) from None

    def every(self, type: StreamType) -> str:
        """Return what the subjects of a stream type match, with NATS' wildcard ``>``."""
        return f"{self.prefix}.{type.key}{'.>' if type.parameters else ''}"

    def notices(self, collector: str = "*") -> str:
        """Return the subject of a collector's notices; ``*`` matches those of all collectors."""
        name = collector if collector == "*" else check_collector(collector)
        return f"{self.prefix}.{NOTICES}.{name}"

    def collector(self, subject: str) -> str:
        """Return the collector of a subject of notices; raise ParameterError if it is none."""
        key, *tokens = self._split(subject)
        if key != NOTICES or len(tokens) != 1:
            raise self._error(subject)
        return tokens[0]

    def snapshots(self, symbol: str) -> str:
        """Return the subject of the snapshots of an order book; ``*`` matches all of them."""
        token = symbol if symbol == "*" else _token(Symbol("symbol"), symbol)
        return f"{self.prefix}.{SNAPSHOTS}.{token}"

    def log_stream(self, key: str) -> LogStream:
        """Return the part of the log for a stream type's key, ``_notice`` or ``_snapshot``."""
        if key in (NOTICES, SNAPSHOTS):
            subjects = f"{self.prefix}.{key}.*"
        else:
            subjects = self.every(self._types[key])
        return LogStream(f"{self.prefix.replace('.', '-')}-{key}", subjects, key)

    def _values(self, stream: Stream) -> list[str]:
        if stream.is_secret:
            raise ParameterError("stream", stream.label, "a stream whose name is no secret")
        return [
            _token(parameter, stream.parameters[parameter.name])
            for parameter in stream.type.parameters
        ]

    def _split(self, subject: str) -> list[str]:
        if not subject.startswith(f"{self.prefix}."):
            raise self._error(subject)
        return subject[len(self.prefix) + 1 :].split(".")

    def _error(self, subject: str) -> ParameterError:
        allowed = f"{self.prefix}.<stream key>, and the stream's parameters, joined by '.'"
        return ParameterError("subject", subject, allowed)


def _token(parameter: Parameter, value: object) -> str:
    text = str(value)
    # A few letters have no upper case that leads back to them.
    if isinstance(parameter, Symbol) and text.upper().lower() == text.lower():
        text = text.upper()
    return _UNSAFE.sub(_escaped, text) or _EMPTY


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _value(parameter: Parameter, token: str) -> object:
    """Return the value that ``_token`` writes as ``token``."""
    text = "" if token == _EMPTY else unquote(token)
    if isinstance(parameter, Choice):
        return next((value for value in parameter.values if str(value) == text), text)
    return text
