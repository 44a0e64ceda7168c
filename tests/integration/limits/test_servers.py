"""What holds at which server: limits, pings, ids, streams."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

import binance_streams_us
from binance_streams import CATALOG, VENUE, ParameterError
from binance_streams.compat import SpotWebsocketStreamClient
from binance_streams_runtime.catalog.venue import Server, Unsupported, Venue
from binance_streams_runtime.client.options import Settings, make_timeouts
from binance_streams_runtime.client.servers import find_server
from binance_streams_runtime.compat import client as compat
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_simulator import Simulator
from binance_streams_simulator.protocol import Session, Target
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT
from tests.support.simulated_session import World

US_URL = "wss://stream.binance.us:443"
HOUR = 3600
FAR_LIMITS = msgspec.structs.replace(
    VENUE.limits, ping_interval=180, pong_timeout=600, request_ids="unsigned"
)
# A server with limits of its own, and without some of the streams.
FAR = Server(
    name="far",
    url="wss://stream.example:9443",
    summary="Far away.",
    unsupported=(Unsupported("kline", {"interval": "1s"}), Unsupported("avg_price")),
    limits=FAR_LIMITS,
)
FAR_URL = "wss://stream.example:443"
FAR_VENUE = msgspec.structs.replace(VENUE, servers=(*VENUE.servers, FAR))


@pytest.fixture
def far_client(front_end: FrontEnd) -> Any:
    """The class of clients of the venue that has that server as well."""
    return front_end.client_class(venue=FAR_VENUE)


def timing_at(server: str, **given: float) -> Timeouts:
    known, _ = find_server(FAR_VENUE, server)
    return make_timeouts(FAR_VENUE.at(known).limits, 10.0, **given)


@pytest.mark.parametrize(
    ("server", "seconds"),
    [
        ("production", 30),
        ("testnet", 30),
        ("far", 270),
        (FAR.url, 270),
        (FAR_URL, 270),
        ("wss://STREAM.Example", 270),
        ("wss://stream.binance.com:443", 30),
        ("ws://127.0.0.1:9443", 30),
    ],
)
def test_the_silence_that_ends_a_connection_follows_from_the_pings(
    far_client: Any, server: str, seconds: float
) -> None:
    """Whether the server is named, or a URL leads to its host."""
    assert timing_at(server).idle == seconds
    with far_client(server) as client:
        assert client._settings.timeouts.idle == seconds


def test_a_silence_that_is_given_holds_at_every_server(far_client: Any) -> None:
    assert timing_at("far", idle=5.0).idle == 5.0
    with far_client("far", idle_timeout=60) as client:
        assert client._settings.timeouts.idle == 60


def test_a_connection_that_is_pinged_every_three_minutes_is_left_alone() -> None:
    """For as long as the server leaves it alone, although no event comes."""
    world = World(timeouts=timing_at("far"))
    world.subscribe("zilusdt@trade")
    world.run(12 * HOUR, pings=FAR_LIMITS.ping_interval)
    assert len(world.opened) == 1
    assert not any(isinstance(notice, Disconnected) for notice in world.notices)


def test_a_server_that_pings_no_more_is_dead_after_its_own_time() -> None:
    world = World(timeouts=timing_at("far"), reconnect=True)
    world.subscribe("zilusdt@trade")
    world.run(260, pings=None)
    assert len(world.opened) == 1
    world.run(20, pings=None)
    assert len(world.opened) == 2


@pytest.mark.parametrize("server", ["far", FAR_URL])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("kline", ["btcusdt", "1s"]),
        ("avg_price", ["btcusdt"]),
    ],
)
def test_a_stream_that_a_server_lacks_is_refused(
    far_client: Any, server: str, method: str, arguments: list[str]
) -> None:
    """It would be acknowledged, and silent."""
    with far_client(server) as client:
        with pytest.raises(ParameterError, match=r"server: got 'far'; allowed: .*'production'"):
            getattr(client, method)(*arguments)
        assert client.subscriptions == ()


def test_a_raw_name_that_a_server_lacks_is_refused(far_client: Any) -> None:
    with far_client("far") as client, pytest.raises(ParameterError, match="btcusdt@kline_1s"):
        client.subscribe("btcusdt@kline_1s")


def test_what_a_server_lacks_is_there_elsewhere() -> None:
    """And the server has all others."""
    for name in ("production", "testnet", "demo"):
        known, _ = find_server(VENUE, name)
        assert known is not None
        assert known.unsupported == ()
    assert FAR.supports(CATALOG.resolve("btcusdt@kline_1m"))
    assert FAR.supports(CATALOG.resolve("btcusdt@trade"))


def test_what_servers_lack_are_streams_of_the_catalog() -> None:
    keys = {type.key for type in CATALOG}
    lacking = [item for server in VENUE.servers for item in server.unsupported]
    assert [item.stream for item in lacking if item.stream not in keys] == []


@pytest.mark.parametrize("id", ["abc", "1", -1, 2**63])
def test_ids_that_a_server_does_not_take_are_refused(far_client: Any, id: Any) -> None:
    with far_client("far") as client:
        with pytest.raises(ParameterError, match="allowed: an int from 0 to 9223372036854775807"):
            client.trade("btcusdt", id=id)
        with pytest.raises(ParameterError):
            client.list_subscriptions(id=id)


def test_ids_of_the_clients_own_are_unsigned() -> None:
    world = World()
    world.subscribe("btcusdt@trade")
    world.run(1)
    assert [request["id"] >= 0 for request in world.requests] == [True]


def test_the_old_client_knows_the_server_by_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    class MadeError(Exception):
        """Stops the client before it connects."""

    def engine(venue: Venue, settings: Settings) -> None:
        raise MadeError(venue, settings)

    monkeypatch.setattr(compat, "ThreadedEngine", engine)
    monkeypatch.setattr(SpotWebsocketStreamClient, "venue", FAR_VENUE)
    with pytest.raises(MadeError) as caught:
        SpotWebsocketStreamClient(FAR.url)
    venue, settings = caught.value.args
    assert venue.limits == FAR.limits
    assert settings.timeouts.idle == 270


def test_the_simulator_has_the_limits_of_a_server() -> None:
    """Its own ones if they are given."""
    with Simulator(venue=FAR_VENUE, server="far") as simulator:
        limits = simulator._settings.venue.limits
        assert (limits.ping_interval, limits.pong_timeout) == (180, 600)
    with Simulator(venue=FAR_VENUE, server="far", ping_interval=0.5) as simulator:
        limits = simulator._settings.venue.limits
        assert (limits.ping_interval, limits.pong_timeout) == (0.5, 600)
    with pytest.raises(ValueError, match=r"allowed: 'production', .*'demo'"):
        Simulator(server="eu")


def test_a_client_lives_with_a_simulator_of_that_server(connect: Connect) -> None:
    with Simulator(venue=FAR_VENUE, server="far", speed=50) as simulator:
        client = connect(simulator.url)
        trades = client.trade("btcusdt")
        assert trades.get(LIMIT).symbol == "BTCUSDT"
        assert client.list_subscriptions() == ["btcusdt@trade"]


@pytest.mark.parametrize(("id", "is_taken"), [(1, True), (0, True), ("a", False), (-1, False)])
def test_the_simulator_takes_the_ids_of_a_server(id: Any, is_taken: bool) -> None:
    venue = FAR_VENUE.at(FAR)
    target = Target.parse("/ws", venue)
    assert target is not None
    request = {"method": "LIST_SUBSCRIPTIONS", "id": id}
    answer = json.loads(
        Session(venue, target, 1024, "documented").answer(json.dumps(request).encode()).reply
    )
    assert ("result" in answer) is is_taken


@pytest.mark.parametrize("server", ["us", US_URL, "wss://STREAM.Binance.US", f"{US_URL}/ws"])
def test_a_server_of_another_market_is_refused_with_the_import_of_its_package(
    client_class: Any, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names it, and however."""
    hint = "Binance.US is a market of its own: from binance_streams_us import Client"
    with pytest.raises(ParameterError, match=f"^server: got '{server}'; allowed: .*; {hint}$"):
        client_class(server)
    if "://" in server:
        with pytest.raises(ParameterError, match=hint):
            SpotWebsocketStreamClient(server)
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", server)
    with pytest.raises(ParameterError, match=f"^BINANCE_STREAMS_SERVER: got .*; {hint}$"):
        client_class()


@pytest.mark.parametrize("server", ["testnet", "wss://stream.binance.com:443"])
def test_the_other_market_says_the_same_of_the_servers_of_spot(
    front_end: FrontEnd, server: str
) -> None:
    hint = "Binance Spot is a market of its own: from binance_streams import Client"
    with pytest.raises(ParameterError, match=f"; {hint}$"):
        front_end.client_class(binance_streams_us)(server)


def test_the_environment_names_the_default_server(
    client_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name or URL; a server that is given comes first, and an empty variable names none."""
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "testnet")
    with client_class() as client:
        assert client.url == "wss://stream.testnet.binance.vision/stream"
    with client_class("demo") as client:
        assert client.url == "wss://demo-stream.binance.com/stream"
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "ws://127.0.0.1:9443")
    with client_class() as client:
        assert client.url == "ws://127.0.0.1:9443/stream"
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", "")
    with client_class() as client:
        assert client.url == "wss://stream.binance.com:9443/stream"


@pytest.mark.parametrize("wrong", ["prod", "ws://", "wss://host/path"])
def test_a_wrong_server_of_the_environment_is_reported_with_the_name_of_the_variable(
    client_class: Any, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", wrong)
    with pytest.raises(ParameterError, match=f"^BINANCE_STREAMS_SERVER: got '{wrong}'; allowed: "):
        client_class()
