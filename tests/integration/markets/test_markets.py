"""Markets beside Spot, and venues that lack a path: their clients at their simulators."""

from __future__ import annotations

import urllib.error
import urllib.request
import warnings
from typing import Any

import msgspec
import pytest

import binance_streams_us
from binance_streams import VENUE
from binance_streams_runtime.catalog.venue import Paths
from binance_streams_simulator import Simulator
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT

US_STREAMS = """agg_trade all_mini_tickers all_tickers book_ticker diff_book_depth kline mini_ticker
partial_book_depth rolling_window_ticker rolling_window_ticker_all_symbols ticker trade user_data"""


def test_binance_us_has_its_own_streams() -> None:
    assert [type.key for type in binance_streams_us.CATALOG] == US_STREAMS.split()


@pytest.fixture
def us_client_class(front_end: FrontEnd) -> Any:
    return front_end.client_class(binance_streams_us)


def test_binance_us_has_the_limits_that_it_documents(us_client_class: Any) -> None:
    limits = binance_streams_us.VENUE.limits
    assert (limits.ping_interval, limits.pong_timeout, limits.request_ids) == (180, 600, "unsigned")
    with us_client_class() as client:
        assert client.url == "wss://stream.binance.us:9443/stream"
        assert client._settings.timeouts.idle == 270


def test_a_trade_of_binance_us_has_the_ids_of_both_orders() -> None:
    """They may stay away, as they do at Binance Spot."""
    raw = (
        '{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100",%s'
        '"T":1672515782136,"m":true,"M":true}'
    )
    trade = binance_streams_us.decode(raw % '"b":88,"a":50,', binance_streams_us.Trade)
    assert (trade.buyer_order_id, trade.seller_order_id) == (88, 50)
    trade = binance_streams_us.decode(raw % "", binance_streams_us.Trade)
    assert (trade.buyer_order_id, trade.seller_order_id) == (None, None)


@pytest.mark.parametrize(
    "name", ["btcusdt@avgPrice", "btcusdt@kline_1m@+08:00", "btcusdt@blockTrade", "btcusdt@trades"]
)
def test_a_stream_that_binance_us_lacks_is_refused(us_client_class: Any, name: str) -> None:
    with (
        us_client_class("ws://127.0.0.1:9") as client,
        pytest.raises(binance_streams_us.UnknownStreamError),
    ):
        client.subscribe(name)


def test_an_interval_that_binance_us_lacks_is_refused(us_client_class: Any) -> None:
    with (
        us_client_class("ws://127.0.0.1:9") as client,
        pytest.raises(binance_streams_us.ParameterError, match="interval: got '1s'; allowed: '1m'"),
    ):
        client.kline("btcusdt", "1s")


def test_a_client_of_binance_us_takes_no_time_unit(us_client_class: Any) -> None:
    with pytest.raises(TypeError, match="'time_unit'; allowed: server, numbers, on_event, "):
        us_client_class(time_unit="microsecond")


def test_a_client_of_binance_us_lives_with_its_simulator(us_client_class: Any) -> None:
    """Ids that are texts are refused on both sides, and nothing of it is retired."""
    with (
        Simulator(market=binance_streams_us, speed=50) as simulator,
        us_client_class(simulator.url, request_timeout=LIMIT) as client,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        trades = client.trade("btcusdt", id=7)
        trade = trades.get(LIMIT)
        assert isinstance(trade.buyer_order_id, int)
        assert {ticker.event_type for ticker in client.ticker().get(LIMIT)} == {"24hrTicker"}
        assert client.user_data("a" * 60).get(LIMIT).event_type == "outboundAccountPosition"
        assert client.list_subscriptions() == ["btcusdt@trade", "!ticker@arr", "a" * 60]
        with pytest.raises(binance_streams_us.ParameterError, match="id: got 'x'; allowed: an int"):
            client.list_subscriptions(id="x")
        with pytest.raises(ValueError, match=r"Binance\.US announces no shutdown"):
            simulator.shutdown_notice()


def test_the_simulator_serves_a_package_by_its_name() -> None:
    with Simulator(market="binance_streams_us") as simulator:
        assert simulator._settings.venue == binance_streams_us.VENUE


@pytest.mark.parametrize("market", ["binance_streams_eu", "json", "", 5, "binance-streams"])
def test_what_is_no_generated_package_is_refused(market: Any) -> None:
    with pytest.raises(ValueError, match=r"market: got .*; allowed: a generated package, or the"):
        Simulator(market=market)


def test_a_market_without_a_rest_api_has_no_snapshots() -> None:
    servers = tuple(msgspec.structs.replace(server, rest_url=None) for server in VENUE.servers)
    venue = msgspec.structs.replace(VENUE, servers=servers)
    with Simulator(venue=venue) as simulator:
        url = f"{simulator.rest_url}/api/v3/depth?symbol=BTCUSDT"
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(url, timeout=LIMIT)
        refused.value.close()


@pytest.mark.parametrize("paths", [Paths(raw="/public/ws"), Paths(combined="/a/b/stream")])
def test_a_venue_may_have_one_path_only(front_end: FrontEnd, paths: Paths) -> None:
    """Without wrappers, payloads are distinguished by their form and symbol, after a loss too."""
    venue = msgspec.structs.replace(VENUE, paths=paths)
    client_class = front_end.client_class(venue=venue)
    with (
        Simulator(venue=venue, speed=50) as simulator,
        client_class(simulator.url, request_timeout=LIMIT) as client,
    ):
        assert client.url == f"{simulator.url}{paths.raw or paths.combined}"
        trades, others = client.trade("btcusdt"), client.trade("ethusdt")
        tickers = client.mini_ticker()
        for _ in range(2):
            assert trades.get(LIMIT).symbol == "BTCUSDT"
            assert others.get(LIMIT).symbol == "ETHUSDT"
            assert tickers.get(LIMIT)[0].event_type == "24hrMiniTicker"
            simulator.drop_connections()
        assert {one.undecodable for one in client.stats().streams.values()} == {0}
