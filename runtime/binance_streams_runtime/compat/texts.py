"""Messages as the raw text they came in, for clients whose events are texts.

Such a client shows everything: answers and unexpected messages are texts among the others, in order
of arrival.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import Stream, StreamType, UpdateSpeed
from binance_streams_runtime.decoding.json import Envelope, PayloadDecoder
from binance_streams_runtime.notices import Undecodable
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import UNROUTED, Batch, Router
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import INTERNAL_IDS

_NO_TYPE = StreamType("unrouted", "", "", "", (), (), UpdateSpeed(None))


class ControlItem(msgspec.Struct, frozen=True, gc=False):
    """An item among the texts that is not a message, such as a ping."""

    what: object


class TextDecoder(PayloadDecoder):
    """Returns the text of the whole message if ``is_combined``, else that of its payload."""

    def __init__(self, is_combined: bool) -> None:
        self.is_combined = is_combined
        self._payload = msgspec.json.Decoder(Envelope[msgspec.Raw]).decode
        self.wrapped: Callable[[bytes], Any] = self._text_of
        self.bare: Callable[[bytes], Any] = bytes.decode

    @property
    def packer(self) -> None:
        """None: a text is as small as it can be."""

    def decode_partial(self, message: bytes) -> tuple[list[Any], list[tuple[bytes, str]]]:
        """Raise DecodeError, because a text is never decoded in part."""
        raise msgspec.DecodeError("no array")

    def _text_of(self, message: bytes) -> Envelope[str]:
        if self.is_combined:
            return Envelope(message.decode())
        return Envelope(str(self._payload(message).data, "utf-8"))


class TextRouter(Router):
    """Routes every message to the client's texts, including those that belong to no stream."""

    def __init__(
        self, shutdown_event: str, on_stray: Callable[[Undecodable], None], decoder: TextDecoder
    ) -> None:
        super().__init__(shutdown_event, on_stray)
        self._decoder = decoder
        self._unrouted = Route(Stream(UNROUTED, _NO_TYPE, {}), decoder, EventQueue())
        self._unrouted.consumer = "client"
        self._by_name[UNROUTED] = self._unrouted

    def on_control(self, item: object) -> None:
        """Append an item that is not a message; the text of a reply was appended on decoding."""
        if not isinstance(item, Reply):
            self.arrivals.append(self._unrouted, ControlItem(item))

    def _decode_slow(self, message: bytes, others: list[Any], batch: Batch) -> None:
        try:
            reply = self._reply_decoder.decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._undecodable(None, message, error, batch)
            return
        is_own = reply.is_response and isinstance(reply.id, int) and reply.id in INTERNAL_IDS
        if reply.stream is not None:
            route = self._by_name.get(reply.stream, self._unrouted)
            self._decode_wrapped(route, message, batch)
        elif not is_own:
            self._append_text(self._unrouted, message, batch)
        if reply.stream not in self._by_name or reply.stream is None:
            others.append(reply)

    def _undecodable(
        self, route: Route | None, message: bytes, error: Exception, batch: Batch
    ) -> None:
        """Append the message as a text, which need not be JSON, only UTF-8."""
        self._append_text(route, message, batch)

    def _append_text(self, route: Route | None, message: bytes, batch: Batch) -> None:
        try:
            text = message.decode()
        except UnicodeDecodeError as error:
            super()._undecodable(route, message, error, batch)
        else:
            batch.append(self._unrouted, text)
