"""Messages that a router cannot decode, or that wait apart from the others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_streams import CATALOG, VENUE, Undecodable, UndecodableError, decode
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Batch, Router
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
