"""Events that wait far back in a queue wait as bytes, and come out as they went in."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, Gap, Message, Notice
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.compat.texts import TextDecoder
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.memory import memory_of
from binance_streams_runtime.pipeline.queues import Numbered
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sink import Sink
from binance_streams_runtime.pipeline.unread import UnreadMonitor
from binance_streams_runtime.sync.queue import WaitableQueue
from tests.support.frames import trade, wrapped

MIB = 1024 * 1024

CASES = {
    f"{key}-{example.id}": example for key, examples in EXAMPLES.items() for example in examples
}


def all_types(value: Any) -> list[type[Any]]:
    """The type of a value and of all in it, in order."""
    types = [type(value)]
    parts = value if isinstance(value, list | tuple) else ()
    for part in [
        *parts,
        *(getattr(value, name) for name in getattr(value, "__struct_fields__", ())),
    ]:
        types += all_types(part)
    return types


@pytest.mark.parametrize("numbers", [Decimal, float, str])
@pytest.mark.parametrize("name", list(CASES))
def test_every_event_comes_out_as_it_went_in(name: str, numbers: Any) -> None:
    decoder = decoder_of(CATALOG.resolve(CASES[name].stream).type, numbers)
    event = decoder.bare(CASES[name].payload)
    assert decoder.packer is not None
    packed = decoder.packer.pack(event)
    assert isinstance(packed, Packed)
    assert packed.unpack() == event
    assert repr(packed.unpack()) == repr(event)
    assert all_types(packed.unpack()) == all_types(event)
    # The smallest event has a time and nothing else.
    assert memory_of(packed) <= memory_of(event)


def decoded(price: str, numbers: Any, id: str = "1") -> tuple[Any, Any]:
    """A trade with this price, and what is packed of it."""
    decoder = decoder_of(CATALOG.resolve("btcusdt@trade").type, numbers)
    assert decoder.packer is not None
    text = trade(1).replace("1.00000000", price).replace("1700000000000", id)
    event = decoder.bare(text.encode())
    return event, decoder.packer.pack(event)


@pytest.mark.parametrize("price", ["0E-8", "1E+30", "NaN", "Infinity", "-0", "0.10", "9" * 60])
@pytest.mark.parametrize("numbers", [Decimal, float, str])
def test_odd_numbers_come_out_as_they_went_in(price: str, numbers: Any) -> None:
    event, packed = decoded(price, numbers)
    assert isinstance(packed, Packed)
    assert repr(packed.unpack()) == repr(event)


def test_a_number_that_is_too_large_to_be_packed_waits_as_it_is() -> None:
    event, packed = decoded("1", Decimal, str(2**70))
    assert packed is event
    assert event.trade_time == 2**70


def test_a_text_waits_as_it_is() -> None:
    assert TextDecoder(is_combined=True).packer is None


class Channel:
    """Two streams of trades, in queues that pack all behind three events."""

    def __init__(self, client_consumes: bool = False) -> None:
        self.notices: list[Notice] = []
        self.router = Router("serverShutdown", self.notices.append)
        self.client = self.queue()
        self.delivery = Delivery(
            self.router,
            self.client,
            client_consumes,
            notify=self.notices.append,
            on_overflow=lambda route, error: None,
            unix_time=lambda moment: moment,
        )
        self.routes = [self.route(name) for name in ("btcusdt@trade", "ethusdt@trade")]

    def queue(self) -> WaitableQueue:
        queue = WaitableQueue()
        queue.pack_after = 3
        return queue

    def route(self, name: str) -> Route:
        stream = CATALOG.resolve(name)
        route = Route(stream, decoder_of(stream.type, Decimal), self.queue())
        self.delivery.add(route)
        return route

    def receive(self, *ids: int) -> None:
        """Each stream delivers these ids, in turn."""
        for id in ids:
            for route in self.routes:
                message = wrapped(route.stream.name, trade(id)).encode()
                self.router.decode([message], [])
                self.delivery.flush(1.0)


def taken(queue: Sink) -> list[Any]:
    assert isinstance(queue, WaitableQueue)
    queue.close()
    return list(queue.iterate())


def packed_of(queue: Sink) -> int:
    return sum(isinstance(getattr(item, "event", item), Packed) for item in queue.sample(10**9))


IDS = list(range(1, 11))


def test_a_subscription_takes_what_nobody_took() -> None:
    feed = Channel()
    feed.receive(*IDS)
    route = feed.routes[0]
    assert packed_of(route.sink) == 7
    feed.delivery.attach_consumer(route, with_notices=False)
    feed.receive(11)
    assert [event.trade_id for event in taken(route.sink)] == [*IDS, 11]


def test_the_client_takes_what_nobody_took_in_the_order_of_arrival() -> None:
    feed = Channel()
    feed.receive(*IDS)
    feed.delivery.attach_client()
    feed.receive(11)
    assert packed_of(feed.client) == 16
    messages = taken(feed.client)
    assert {type(item) for item in messages} == {Message}
    assert [(item.stream, item.data.trade_id) for item in messages] == [
        (route.stream.name, id) for id in [*IDS, 11] for route in feed.routes
    ]


def test_a_subscription_takes_its_events_from_the_client() -> None:
    feed = Channel(client_consumes=True)
    feed.receive(*IDS)
    assert packed_of(feed.client) == 17
    feed.delivery.attach_consumer(feed.routes[0], with_notices=False)
    assert [event.trade_id for event in taken(feed.routes[0].sink)] == IDS
    assert [item.data.trade_id for item in taken(feed.client)] == IDS
    assert packed_of(feed.client) == 0


def test_notices_keep_their_places() -> None:
    feed = Channel()
    route = feed.routes[0]
    feed.delivery.attach_consumer(route, with_notices=True)
    feed.receive(*IDS)
    feed.receive(15)
    items = taken(route.sink)
    assert isinstance(items[10], Gap)
    assert [item.trade_id for item in items if not isinstance(item, Gap)] == [*IDS, 15]


def test_what_a_full_queue_drops_may_be_packed() -> None:
    feed = Channel()
    route = feed.routes[0]
    route.sink.maxsize = 5
    feed.receive(*IDS)
    assert route.dropped == 5
    feed.delivery.attach_consumer(route, with_notices=False)
    assert [event.trade_id for event in taken(route.sink)] == IDS[5:]


@pytest.mark.parametrize("pack_after", [3, 10**9])
def test_the_number_of_an_event_that_nobody_takes_is_measured_too(pack_after: int) -> None:
    """It takes two thirds of what a small event takes as bytes."""
    feed = Channel()
    (route, _), count = feed.routes, 1000
    route.sink.pack_after = pack_after
    feed.receive(*range(1, count + 1))
    watch = UnreadMonitor(MIB, feed.delivery.sinks, lambda notice: None, lambda *_: None)
    unnumbered = WaitableQueue()
    unnumbered.put([numbered.event for numbered in route.sink.sample(10**9)])
    unnumbered.pack_after = pack_after
    more = watch.bytes_of(1.0, route, route.sink) - watch.bytes_of(1.0, route, unnumbered)
    assert more / count == pytest.approx(
        sys.getsizeof(Numbered(1, None)) + sys.getsizeof(count), abs=16
    )


def test_a_queue_holds_some_mebibytes_as_objects_and_the_rest_as_bytes() -> None:
    """How many that is depends on the size of its events, and on how many queues there are."""
    queues = [WaitableQueue() for _ in range(100)]
    pairs: list[tuple[Route | None, WaitableQueue]] = [(None, queue) for queue in queues]
    watch = UnreadMonitor(256 * MIB, lambda: pairs, lambda notice: None, lambda *_: None)
    for queue, size in zip(queues, (1024, 16 * 1024, MIB), strict=False):
        queue.put([b"x" * size] * 20)
    watch.measure(0.0, 1)
    watch.measure(1.0, 2)
    assert [queue.pack_after for queue in queues[:3]] == [
        pytest.approx(2800, rel=0.1),
        pytest.approx(180, rel=0.1),
        64,
    ]
    assert not queues[3].is_long()
    for queue in queues:
        queue.put([b"x" * 1024] * 20)
    watch.measure(2.0, 3)
    watch.measure(3.0, 4)
    assert queues[3].pack_after == pytest.approx(290, rel=0.1)
