"""What a route notes of its events, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from binance_streams import CATALOG, ConnectionLost, Dropped, Gap, Late, Message, Notice
from binance_streams_runtime.decoding.json import PayloadDecoder, decoder_of
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.idle import IdleMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Consumer, Route
from binance_streams_runtime.pipeline.router import Router
from tests.support.frames import trade, wrapped

STREAM = CATALOG.resolve("btcusdt@trade")


class Channel:
    """One stream of trades, from the message to the queue."""

    def __init__(
        self,
        unix_time: Callable[[float], float] = lambda moment: moment,
        maxsize: int = 65_536,
    ) -> None:
        self.notices: list[Notice] = []
        self.router = Router("serverShutdown", self.notices.append)
        self.everything = EventQueue(maxsize)
        self._maxsize = maxsize
        self.delivery = Delivery(
            self.router,
            self.everything,
            client_consumes=False,
            notify=self.notices.append,
            on_overflow=lambda route, error: None,
            unix_time=unix_time,
        )
        self.route = self.add(STREAM.name)

    def add(self, name: str) -> Route:
        stream = CATALOG.resolve(name)
        queue = EventQueue(self._maxsize)
        route = Route(stream, decoder_of(stream.type, str), queue, max_idle=10.0)
        self.delivery.add(route)
        return route

    def deliver(self, *messages: bytes) -> None:
        self.router.decode([*messages], [])
        self.delivery.flush(1.0)

    @property
    def state(self) -> object:
        """What waits where, and what is noted of each stream."""
        queues = [self.everything, *(route.sink for route in self.router)]
        notes = [
            (route.messages, route.gaps, route.last_received, route.last_event, route.interruption)
            for route in self.router
        ]
        return [queue.sample(100) for queue in queues], notes, self.notices

    def receive(self, now: float, *ids: int) -> None:
        messages = [
            wrapped(
                self.route.stream.name,
                f'{{"e":"trade","E":{id},"s":"BTCUSDT","t":{id},"p":"1","q":"1","T":{id},'
                '"m":true,"M":true}',
            ).encode()
            for id in ids
        ]
        self.router.decode(list(messages), [])
        self.delivery.flush(now)


def test_a_gap_ends_after_it_began_whatever_the_wall_clock_does() -> None:
    looks = count()
    feed = Channel(lambda moment: moment + 1e9 - 3600 * next(looks))
    feed.receive(1.0, 1)
    feed.receive(3.0, 5)
    (gap,) = feed.notices
    assert isinstance(gap, Gap)
    assert gap.since is not None
    assert gap.until is not None
    assert gap.until - gap.since == pytest.approx(2.0)


def test_events_that_come_again_are_no_sign_of_life() -> None:
    feed = Channel()
    silent: list[Route] = []
    watch = IdleMonitor(silent.append)
    watch.start(0.0, feed.route)
    for now in range(1, 31):
        feed.receive(float(now), 7)
        watch.check(float(now))
    assert silent == [feed.route] * 2
    assert feed.route.last_received == 1.0
    assert (feed.route.messages, feed.route.duplicates) == (30, 29)


def test_while_nothing_is_read_no_stream_is_silent() -> None:
    feed = Channel()
    silent: list[Route] = []
    watch = IdleMonitor(silent.append)
    watch.start(0.0, feed.route)
    watch.pause()
    watch.check(1000.0)
    assert (watch.next_time(), silent) == (None, [])
    watch.resume(1000.0)
    watch.check(1009.0)
    assert silent == []
    watch.check(1010.0)
    assert silent == [feed.route]


def test_late_events_are_counted() -> None:
    feed = Channel()
    feed.receive(1.0, 1, 4, 2, 3, 5)
    assert [type(notice) for notice in feed.notices] == [Gap, Late, Late]
    assert (feed.route.gaps, feed.route.missing, feed.route.late) == (1, 2, 2)


def test_what_was_dropped_is_reported_before_what_was_kept() -> None:
    feed = Channel(maxsize=2)
    feed.delivery.attach_consumer(feed.route, with_notices=True)
    feed.receive(1.0, 1, 2, 3, 4, 5)
    feed.receive(2.5)
    items = feed.route.sink.sample(10**9)
    assert items[0] == Dropped(STREAM.name, 3, "drop_oldest", "maxsize")
    assert [item.trade_id for item in items[1:]] == [4, 5]


def test_drops_are_reported_before_the_stream_ends() -> None:
    """Although it is less than a second since the last report."""
    feed = Channel(maxsize=2)
    feed.receive(1.0, 1, 2, 3)
    feed.receive(1.1, 4)
    feed.delivery.remove(feed.route)
    assert [notice.count for notice in feed.notices if isinstance(notice, Dropped)] == [1, 1]


def test_the_client_may_claim_everything_twice() -> None:
    feed = Channel()
    feed.receive(1.0, 1)
    feed.delivery.attach_client()
    feed.delivery.attach_client()
    feed.receive(2.0, 2)
    assert [message.data.trade_id for message in feed.everything.items] == [1, 2]


def test_of_streams_that_are_over_no_more_is_kept_than_the_client_may_keep() -> None:
    """The events of those that ended first go first."""
    feed = Channel(maxsize=3)
    feed.receive(1.0, 1, 2)
    feed.delivery.remove(feed.route)
    feed.route = feed.add("ethusdt@trade")
    feed.receive(2.0, 3, 4)
    feed.delivery.remove(feed.route)
    feed.delivery.attach_client()
    assert [message.data.trade_id for message in feed.everything.items] == [3, 4]


def test_a_message_does_not_show_a_listen_key() -> None:
    key = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
    assert key not in repr(Message(key, 1))
    assert repr(Message(STREAM.name, 1)) == "Message(stream='btcusdt@trade', data=1)"


def test_events_of_several_streams_stay_in_order_in_each_queue() -> None:
    feed = Channel()
    other = feed.add("ethusdt@trade")
    for route in (feed.route, other):
        feed.delivery.attach_consumer(route, with_notices=False)
    first, second = trade_message(1), trade_message(1, "ETHUSDT")
    feed.router.decode([first, second, trade_message(2), trade_message(2, "ETHUSDT")], [])
    feed.delivery.flush(1.0)
    for route in (feed.route, other):
        assert [event.trade_id for event in route.sink.sample(10)] == [1, 2]


@pytest.mark.parametrize("consumer", ["unclaimed", "subscription", "notices", "client"])
@pytest.mark.parametrize("size", [2, 3, 12])
@pytest.mark.parametrize("symbols", [["BTCUSDT"], ["BTCUSDT", "ETHUSDT"]])
def test_events_are_delivered_the_same_however_many_come_at_once(
    consumer: Consumer, size: int, symbols: list[str]
) -> None:
    messages = [
        trade_message(number, symbol) for number in (1, 2, 3, 4, 8, 9) for symbol in symbols
    ]
    one_by_one, together = (of_two_streams(consumer) for _ in range(2))
    for message in messages:
        one_by_one.deliver(message)
    for start in range(0, len(messages), size):
        together.deliver(*messages[start : start + size])
    assert together.state == one_by_one.state


def of_two_streams(consumer: Consumer) -> Channel:
    feed = Channel()
    for route in (feed.route, feed.add("ethusdt@trade")):
        route.consumer = consumer
    return feed


def test_whoever_wants_notices_no_longer_finds_none() -> None:
    feed = Channel()
    feed.delivery.attach_consumer(feed.route, with_notices=True)
    feed.receive(1.0, 1, 5)
    assert [type(item).__name__ for item in feed.route.sink.sample(10)] == ["Trade", "Gap", "Trade"]
    feed.delivery.attach_consumer(feed.route, with_notices=False)
    feed.receive(2.0, 6)
    assert [event.trade_id for event in feed.route.sink.sample(10)] == [1, 5, 6]


def test_the_client_takes_nothing_of_a_stream_that_somebody_takes() -> None:
    feed = Channel()
    feed.delivery.attach_consumer(feed.route, with_notices=False)
    feed.receive(1.0, 1)
    feed.delivery.attach_client()
    feed.receive(2.0, 2)
    assert not feed.everything.items
    assert [event.trade_id for event in feed.route.sink.sample(10)] == [1, 2]


def test_a_client_that_is_closed_still_gives_what_had_come() -> None:
    """Of the streams that ended, and then of those that had not; the error shows after them."""
    feed = Channel()
    feed.receive(1.0, 1)
    feed.delivery.remove(feed.route)
    feed.route = feed.add("ethusdt@trade")
    feed.receive(2.0, 2)
    feed.everything.close(ConnectionLost("a test"))
    feed.delivery.attach_client()
    assert [message.data.trade_id for message in feed.everything.items] == [1, 2]


@pytest.mark.parametrize("is_claimed", [True, False])
def test_what_cannot_be_packed_waits_as_it_came(is_claimed: bool) -> None:
    feed = Channel()
    decoder = PayloadDecoder(STREAM.type, str)
    decoder.packer = None
    feed.route.decoder = decoder
    if is_claimed:
        feed.delivery.attach_client()
    for queue in (feed.route.sink, feed.everything):
        queue.pack_after = 0
    feed.receive(1.0, 1)
    if not is_claimed:
        feed.delivery.attach_consumer(feed.route, with_notices=False)
    (item,) = feed.everything.items if is_claimed else feed.route.sink.sample(1)
    assert (item.data if is_claimed else item).trade_id == 1


def trade_message(number: int, symbol: str = "BTCUSDT") -> bytes:
    return wrapped(f"{symbol.lower()}@trade", trade(number, symbol)).encode()


def test_the_client_gets_events_of_several_streams_in_the_order_of_their_arrival() -> None:
    """Also those that had come before it asked for them."""
    feed = Channel()
    feed.add("ethusdt@trade")
    messages = [
        trade_message(number, symbol) for number in (1, 2) for symbol in ("BTCUSDT", "ETHUSDT")
    ]
    feed.router.decode([*messages], [])
    feed.delivery.flush(1.0)
    feed.delivery.attach_client()
    names = [message.stream for message in feed.everything.items]
    assert names == ["btcusdt@trade", "ethusdt@trade"] * 2


def test_a_subscription_may_take_its_events_twice() -> None:
    feed = Channel()
    for now in (1, 2):
        feed.delivery.attach_consumer(feed.route, with_notices=False)
        feed.receive(float(now), now)
    assert [event.trade_id for event in feed.route.sink.sample(10)] == [1, 2]
