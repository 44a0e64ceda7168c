"""Messages in Kafka, against the brokers that librdkafka has for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import repeat

import pytest

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks import kafka_sink
from binance_streams_sinks.kafka_sink import KafkaSink, topic_of
from binance_streams_sinks.publishing.publisher import Publisher
from binance_streams_sinks.publishing.sink import SinkError, SinkOptions
from tests.support.kafka import Brokers
from tests.support.limits import LIMIT, MS
from tests.support.loops import run
from tests.support.published import SUBJECTS, message, part


@pytest.fixture(scope="module")
def brokers() -> Brokers:
    return Brokers(3)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[KafkaSink]:
    sink = KafkaSink(parse_address(url), SinkOptions())
    try:
        await sink.open()
        yield sink
    finally:
        await sink.close()


def test_a_message_has_its_topic_its_key_its_headers_and_its_bytes(brokers: Brokers) -> None:
    async def test() -> None:
        async with opened(brokers.url) as sink:
            await sink.prepare(part("kline"))
            assert not (await sink.publish([message(7, "btcusdt@kline_1m")])).failures

    run(test)
    (stored,) = brokers.read("binance.spot.kline", 1)
    assert (stored.key, stored.value) == ("BTCUSDT", b"xxxxxxxxxx")
    assert stored.headers == {
        "Nats-Msg-Id": "btcusdt@kline_1m:7",
        "Binance-Received": "7000000000",
        "Binance-Collector": "tests",
        "Binance-Subject": "binance.spot.kline.BTCUSDT.1m",
    }


def test_the_order_of_each_symbol_is_kept(brokers: Brokers) -> None:
    symbols = ("btcusdt", "ethusdt", "bnbbtc")
    batches = [[message(at, f"{symbol}@trade") for symbol in symbols] for at in range(50)]

    async def test() -> None:
        sink = KafkaSink(parse_address(brokers.url), SinkOptions())
        publisher = Publisher(sink, backoff=lambda: repeat(MS))
        publisher.start()
        for batch in batches:
            publisher.submit(batch)
        assert await publisher.flush(LIMIT)
        await publisher.close()

    run(test)
    stored = brokers.read("binance.spot.trade", 150)
    for symbol in symbols:
        ids = [one.headers["Nats-Msg-Id"] for one in stored if one.key == symbol.upper()]
        assert ids == [f"{symbol}@trade:{number}" for number in range(50)]


def test_what_has_no_symbol_stays_in_order_as_well(brokers: Brokers) -> None:
    async def test() -> None:
        async with opened(brokers.url) as sink:
            batch = [message(number, "!miniTicker@arr") for number in range(20)]
            assert not (await sink.publish(batch)).failures

    run(test)
    stored = brokers.read("binance.spot.all_mini_tickers", 20)
    assert len({one.partition for one in stored}) == 1
    assert {one.key for one in stored} == {"all_mini_tickers"}


def test_a_message_that_is_too_large_fails_alone_and_for_good(brokers: Brokers) -> None:
    async def test() -> None:
        async with opened(brokers.url) as sink:
            large = message(1, "btcusdt@depth", size=2_000_000)
            receipt = await sink.publish([large, message(2, "btcusdt@depth")])
            (failure,) = receipt.failures
            assert failure.is_final
            assert failure.message is large
            assert "MSG_SIZE_TOO_LARGE" in failure.reason

    run(test)
    (stored,) = brokers.read("binance.spot.diff_book_depth", 1)
    assert stored.headers["Nats-Msg-Id"] == "btcusdt@depth:2"


def test_brokers_that_are_gone_fail_for_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        gone = Brokers(1)
        url = f"{gone.url}?message.timeout.ms={round(100 * MS * 1000)}"
        async with opened(url) as sink:
            del gone
            (failure,) = (await sink.publish([message(2)])).failures
            assert not failure.is_final
            assert "timed out" in failure.reason
            monkeypatch.setattr(kafka_sink, "TIMEOUT", 100 * MS)
            with pytest.raises(SinkError, match="_TRANSPORT") as refused:
                await sink.prepare(part("trade"))
            assert not refused.value.is_final
        with pytest.raises(SinkError, match="_TRANSPORT") as refused:
            async with opened(url):
                pass
        assert not refused.value.is_final

    run(test)


def test_topics_are_named_by_the_stream_type() -> None:
    assert topic_of(SUBJECTS.log_stream("kline")) == "binance.spot.kline"
    assert topic_of(SUBJECTS.log_stream("all_mini_tickers")) == "binance.spot.all_mini_tickers"
    assert topic_of(SUBJECTS.log_stream("_notice")) == "binance.spot._notice"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("kafka://host?compresion.type=lz4", 'No such configuration property: "compresion.type"'),
        ("kafka://host?acks=many", "Invalid value"),
        ("kafka:host", "kafka://HOST:PORT"),
        ("kafka://host/topic", "kafka://HOST:PORT"),
    ],
)
def test_other_addresses_are_refused(url: str, reason: str) -> None:
    with pytest.raises(ParameterError, match=reason):
        KafkaSink(parse_address(url), SinkOptions())


def test_passwords_are_never_shown() -> None:
    address = parse_address("kafka://user:rightpassword@host:9092?acks=many")
    with pytest.raises(ParameterError) as refused:
        KafkaSink(address, SinkOptions())
    assert "rightpassword" not in repr(refused.value)
    sink = KafkaSink(parse_address("kafka://user:rightpassword@host:9092"), SinkOptions())
    assert sink.display_name == "kafka://host:9092"
