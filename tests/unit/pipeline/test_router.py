"""Messages that a router cannot decode, or that wait apart from the others."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from binance_streams import CATALOG, VENUE, Undecodable, UndecodableError, decode
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.protocol.frames import Item, Ping
from tests.support.frames import trade, wrapped

KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"


def router_of(*names: str) -> Router:
    """A router with the routes of these streams."""
    router = Router(VENUE.shutdown_event, lambda notice: None)
    for name in names:
        stream = CATALOG.resolve(name)
        router.add(Route(stream, decoder_of(stream.type, Decimal), EventQueue()))
    return router


def test_an_unknown_kind_of_event_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UndecodableError, match=r"event type 'news' is not one of executionReport"):
        decode('{"e":"news","E":1}', KEY)


def test_a_message_that_cannot_be_decoded_shows_no_listen_key() -> None:
    router = router_of(KEY)
    router.decode([wrapped(KEY, '{"e":"news","E":1}').encode()], [])
    (notice,) = router.collect().items
    assert isinstance(notice, Undecodable)
    assert KEY not in repr(notice)
    assert "news" in repr(notice)


def test_a_wrapped_message_in_another_order_that_cannot_be_decoded_is_one_notice() -> None:
    """The slow path, as the data comes before the name."""
    router = router_of("btcusdt@trade")
    router.decode([b'{"data":{"e":"trade"},"stream":"btcusdt@trade"}'], [])
    assert [type(item) for item in router.collect().items] == [Undecodable]


def test_what_waits_for_a_handover_is_dropped_if_its_stream_is_over_by_then() -> None:
    router = router_of("btcusdt@trade", "ethusdt@trade")
    messages = [wrapped(f"{name}usdt@trade", trade(1)).encode() for name in ("btc", "eth")]
    batch = Batch()
    router.decode([*messages], [], batch)
    router.remove("btcusdt@trade")
    router.release(batch)
    assert [route.stream.name for route in router.collect().routes] == ["ethusdt@trade"]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 40])
@pytest.mark.parametrize("odd", range(0, 40, 3))
@pytest.mark.parametrize("symbols", [["BTCUSDT"], ["BTCUSDT", "ETHUSDT"]])
def test_messages_are_decoded_the_same_however_many_come_at_once(
    size: int, odd: int, symbols: list[str]
) -> None:
    """Most are of one stream, or of two in turn; something else stands at any place among them."""
    strange: list[Item] = [
        Ping(b""),
        b"[]",
        wrapped("btcusdt@trade", "{}").encode(),
        wrapped("ethusdt@trade", trade(7, "ETHUSDT")).encode(),
        b'{"result":null,"id":1}',
    ]
    items: list[Item] = [
        wrapped(f"{symbol.lower()}@trade", trade(id, symbol)).encode()
        for id, symbol in enumerate(itertools.islice(itertools.cycle(symbols), 40))
    ]
    items[odd] = strange[odd % len(strange)]
    router = router_of("btcusdt@trade", "ethusdt@trade")
    expected: list[tuple[str, object]] = []
    others: list[object] = []
    for item in items:
        router.decode([item], others)
        expected += shown(router.collect())
    together: list[object] = []
    found: list[tuple[str, object]] = []
    for start in range(0, len(items), size):
        router.decode(items[start : start + size], together)
        found += shown(router.collect())
    assert (found, together) == (expected, others)


def shown(batch: Batch) -> list[tuple[str, object]]:
    """The items of a batch, each with the name of its stream."""
    return [
        (route.name, getattr(item, "trade_id", item))
        for route, item in zip(batch.routes, batch.items, strict=True)
    ]


def test_a_reason_does_not_quote_a_whole_value() -> None:
    """Some errors of msgspec do, however long it is."""
    router = router_of("btcusdt@trade")
    message = wrapped("btcusdt@trade", '{"e":"%s"}' % ("x" * 100_000)).encode()
    router.decode([message], [])
    (notice,) = router.collect().items
    assert isinstance(notice, Undecodable)
    assert len(notice.reason) < 500
    with pytest.raises(UndecodableError) as caught:
        decode(message)
    assert len(str(caught.value)) < 500
