"""What of all that a client receives belongs into a recording: nothing secret, and no account.

Streams of accounts are left out unless they are asked for, and even then the listen keys in their
names are replaced by their labels. Whatever is not known to be public counts as private.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast, get_args, get_type_hints

import msgspec

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.errors import ParameterError, UnknownStreamError, redacted_bytes
from binance_streams_runtime.notices import CLIENT, Notice, Undecodable
from binance_streams_runtime.recording.lines import RAW, frame_line, is_json_line, raw_line

RESPONSE = ""
"""Stands for the stream's name of a message without one."""

_START = b'{"stream":"'
_NAME_STARTS = len(_START)
_LISTEN_KEY = re.compile(rb'("listenKey"\s*:\s*")[^"]*')
# Labels of accounts and listen keys are cut, which no name on the wire is.
_CUT = "…"
_CUT_BYTES = _CUT.encode()
# A server that makes up names must not fill the memory.
_MOST_NAMES = 65_536


class _Message(msgspec.Struct):
    stream: Any = msgspec.UNSET
    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    e: Any = msgspec.UNSET


_decode = msgspec.json.Decoder(_Message).decode
_NOT_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)


class Filter:
    """Decides about each message and notice, and counts what is private and left out."""

    def __init__(
        self,
        catalog: Catalog,
        streams: Iterable[Stream] | None = None,
        accounts: bool = False,
        public: Iterable[str] = (),
    ) -> None:
        """Select everything that is public.

        Args:
            catalog: Says which streams are public.
            streams: The only ones to select; None for all.
            accounts: Whether to select what is about accounts, too.
            public: Names that are in no catalog, such as that of the shutdown's announcement.
        """
        self.left_out: int = 0
        """How many messages and notices were left out, as they are about an account."""
        self._catalog = catalog
        self._accounts = accounts
        self._public = frozenset(public)
        self._only = None if streams is None else {one.name: one.label for one in streams}
        # The names on the wire, each with that in the recording; None if it is left out.
        self._names: dict[bytes, str | None] = {}
        self._private: set[bytes] = set()
        # How messages begin, up to the quote behind their name, if they are kept as they are.
        self._usual: dict[bytes, str] = {}
        self._market_events = {*self._public, *_market_events(catalog)}

    def usual_lines(self, prefix: bytes, items: Sequence[object]) -> tuple[list[str], list[bytes]]:
        """Return the streams and the lines of the messages at the head of ``items``.

        It ends before the first one that is not a message of a known public stream; the rest is for
        ``line``, which costs more.
        """
        usual, streams, lines = self._usual, [], []
        try:
            for item in cast("Sequence[bytes]", items):
                stream = usual[item[: item.find(b'"', _NAME_STARTS)]]
                if not is_json_line(item):
                    break
                streams.append(stream)
                lines.append(prefix + item[1:])
        except (KeyError, AttributeError):
            pass
        return streams, lines

    def line(
        self, prefix: bytes, message: bytes, is_account: bool = False
    ) -> tuple[str, bytes] | None:
        """Return the stream and the line of a message, or None to leave it out.

        ``is_account`` if it came on a connection that carries accounts.
        """
        if is_account:
            return self._account_line(prefix, message)
        if not message.startswith(_START):
            return self._other_line(prefix, message)
        name = message[_NAME_STARTS : message.find(b'"', _NAME_STARTS)]
        return self._named_line(prefix, message, name)

    def binary_line(
        self, prefix: bytes, message: bytes, is_account: bool = False
    ) -> tuple[str, bytes] | None:
        """Return the same for a binary message, which the venue does not send."""
        if is_account:
            self.left_out += 1
            return None
        return RAW, raw_line(prefix, redacted_bytes(message))

    def notice(self, notice: Notice) -> Notice | None:
        """Return a notice as it is to be recorded, or None to leave it out."""
        stream = getattr(notice, "stream", None)
        if isinstance(stream, str) and stream != CLIENT:
            if _CUT in stream and not self._accounts:
                self.left_out += 1
                return None
            if self._only is not None and stream not in self._only.values():
                return None
        elif isinstance(notice, Undecodable):
            return msgspec.structs.replace(notice, raw=self._public_part(notice.raw))
        names = getattr(notice, "streams", None)
        if names:
            kept = tuple(self.labels(names))
            return msgspec.structs.replace(notice, streams=kept)
        return notice

    def labels(self, labels: Iterable[str]) -> Iterable[str]:
        """Yield those of these labels of streams that are selected."""
        only = None if self._only is None else {*self._only.values()}
        for label in labels:
            is_private = _CUT in label and not self._accounts
            if not is_private and (only is None or label in only):
                yield label

    def fact_line(self, line: bytes) -> bytes:
        """Return the line of what the session decided without labels of accounts."""
        if self._accounts or _CUT_BYTES not in line:
            return line
        return msgspec.json.encode(_without_labels(msgspec.json.decode(line)))

    # Messages

    def _look_up(self, name: bytes) -> str | None:
        """Decide about a name that comes for the first time."""
        if len(self._names) >= _MOST_NAMES:
            self._names.clear()
            self._private.clear()
            self._usual.clear()
        stream: str | None
        try:
            # With escapes, it is as the catalog has it only once it is decoded.
            text = msgspec.json.decode(b'"%b"' % name, type=str)
            found = self._catalog.resolve(text)
        except (UnknownStreamError, ParameterError):
            is_public = text in self._public or "@" in text or text.startswith("!")
            stream = text if is_public and self._only is None else None
            if not is_public:
                self._private.add(name)
        except _NOT_JSON:
            self._private.add(name)
            stream = None
        else:
            stream = found.label if self._only is None or text in self._only else None
            if found.is_secret:
                self._private.add(name)
                stream = stream if self._accounts else None
        self._names[name] = stream
        if stream is not None and name not in self._private:
            self._usual[_START + name] = stream
        return stream

    def _named_line(self, prefix: bytes, message: bytes, name: bytes) -> tuple[str, bytes] | None:
        """Return the line of a message with its stream's name, as the name is on the wire."""
        stream = self._names[name] if name in self._names else self._look_up(name)
        if stream is None:
            self.left_out += name in self._private
            return None
        if name in self._private:
            message = _without(message, name, stream)
        return frame_line(stream, prefix, message)

    def _other_line(self, prefix: bytes, message: bytes) -> tuple[str, bytes] | None:
        """Return the line of what does not begin with its stream's name."""
        try:
            found = _decode(message)
        except _NOT_JSON:
            return self._bare_line(prefix, message)
        if isinstance(found.stream, str):
            return self._named_line(prefix, message, msgspec.json.encode(found.stream)[1:-1])
        is_bare = isinstance(found.e, str) and found.e not in self._market_events
        if not is_bare and found.event is msgspec.UNSET:
            return self._bare_line(prefix, message)
        if self._accounts:
            return frame_line(RESPONSE, prefix, _LISTEN_KEY.sub(rb"\1", message))
        self.left_out += 1
        return None

    def _bare_line(self, prefix: bytes, message: bytes) -> tuple[str, bytes]:
        """Return the line of a response, of an event without envelope, or of garbage.

        A response may list streams whose names are listen keys.
        """
        return frame_line(RESPONSE, prefix, redacted_bytes(message))

    def _account_line(self, prefix: bytes, message: bytes) -> tuple[str, bytes] | None:
        """Return the line of an event of an account; answers to requests are no events."""
        try:
            is_event = _decode(message).event is not msgspec.UNSET
        except _NOT_JSON:
            is_event = False
        if not is_event:
            return None
        if not self._accounts:
            self.left_out += 1
            return None
        return frame_line(RESPONSE, prefix, _LISTEN_KEY.sub(rb"\1", message))

    def _public_part(self, message: bytes) -> bytes:
        """Return a message that belongs to no stream without what is secret, or nothing of it."""
        left_out = self.left_out
        is_public = self.line(b"{", message) is not None
        self.left_out = left_out
        return redacted_bytes(message) if is_public else b""


def _market_events(catalog: Catalog) -> Iterator[str]:
    """Yield the event types that messages without envelope have, but for those of accounts."""
    for type in catalog:
        for event in () if type.is_secret else type.events:
            yield from map(str, get_args(get_type_hints(event).get("event_type")))


def _without_labels(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_labels(item) for key, item in value.items()}
    if isinstance(value, list):
        kept = (item for item in value if not (isinstance(item, str) and _CUT in item))
        return [_without_labels(item) for item in kept]
    return value


def _without(message: bytes, name: bytes, label: str) -> bytes:
    """Return a message with a listen key replaced, wherever it is."""
    written = msgspec.json.encode(label)[1:-1]
    return _LISTEN_KEY.sub(rb"\1" + written, message.replace(name, written))
