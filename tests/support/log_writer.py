"""Messages in a log as collectors write them, published by nats-py alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import msgspec

from binance_streams import Client
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.messaging.message_ids import rule_of
from binance_streams_runtime.messaging.subjects import SNAPSHOTS, Subjects
from tests.support.limits import LIMIT
from tests.support.nats_server import NatsServer

SUBJECTS = Subjects(Client.catalog, "binance.spot")

_BEGAN = 1_700_000_000_000


def trade(id: int, symbol: str = "BTCUSDT") -> bytes:
    """The payload of a trade, as the venue sends it."""
    time = _BEGAN + id
    return (
        f'{{"e":"trade","E":{time},"s":"{symbol}","t":{id},"p":"{id}.5","q":"1.0","T":{time},'
        '"m":true,"M":true}'
    ).encode()


def best(id: int, symbol: str = "BTCUSDT") -> bytes:
    """The payload of the best bid and ask."""
    return f'{{"u":{id},"s":"{symbol}","b":"1.0","B":"1.0","a":"2.0","A":"1.0"}}'.encode()


def depth(first: int, last: int, bids: object = (), symbol: str = "BTCUSDT") -> bytes:
    """The payload of an order book's update."""
    levels = msgspec.json.encode(bids).decode()
    return (
        f'{{"e":"depthUpdate","E":{_BEGAN + last},"s":"{symbol}","U":{first},"u":{last},'
        f'"b":{levels},"a":[]}}'
    ).encode()


def snapshot(last: int, bids: object, asks: object) -> bytes:
    """The body of an order book's snapshot."""
    return msgspec.json.encode({"lastUpdateId": last, "bids": bids, "asks": asks})


class LogWriter:
    """Writes to the log of a server, in the name of any collector."""

    def __init__(self, server: NatsServer) -> None:
        self._server = server

    def write(self, name: str, payloads: Iterable[bytes], by: str = "a") -> None:
        """Write messages of a stream; return once the log has them."""
        self.write_in_turn(name, [(payload, by) for payload in payloads])

    def write_in_turn(self, name: str, payloads: Iterable[tuple[bytes, str]]) -> None:
        """Write messages of a stream, each in the name of a collector, right after each other."""
        stream = Client.catalog.resolve(name)
        self.publish(
            stream.type.key,
            [
                (SUBJECTS.of(stream), _id_of(stream, payload), payload, by)
                for payload, by in payloads
            ],
        )

    def trades(self, ids: Iterable[int], by: str = "a", symbol: str = "BTCUSDT") -> None:
        """Write trades of these ids."""
        self.write(f"{symbol.lower()}@trade", [trade(id, symbol) for id in ids], by)

    def snapshot(self, symbol: str, body: bytes) -> None:
        """Write a snapshot of an order book."""
        id = f"snapshot:{symbol}:{msgspec.json.decode(body)['lastUpdateId']}"
        self.publish(SNAPSHOTS, [(SUBJECTS.snapshots(symbol), id, body, "a")])

    def publish(self, key: str, messages: list[tuple[str, str, bytes, str]]) -> None:
        """Write messages, each with subject, id and collector, to one part of the log."""
        part = SUBJECTS.log_stream(key)

        async def work(connection: Any) -> None:
            jetstream = connection.jetstream(timeout=LIMIT)
            await jetstream.add_stream(name=part.name, subjects=[part.subjects])
            # In this order, and sent together: readers do not wait long for what belongs between.
            sent = (
                jetstream.publish(
                    subject,
                    payload,
                    headers={
                        "Nats-Msg-Id": id,
                        "Binance-Received": str(time.time_ns()),
                        "Binance-Collector": by,
                    },
                )
                for subject, id, payload, by in messages
            )
            await asyncio.gather(*sent)

        self._server.run(work)


def _id_of(stream: Stream, payload: bytes) -> str:
    event = decoder_of(stream.type, str).bare(payload)
    return f"{stream.name}:{rule_of(stream.type)(event, payload)}"
