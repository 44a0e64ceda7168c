"""What the seeds have found, each once more by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from binance_streams import CATALOG, VENUE
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout
from binance_streams_runtime.notices import Resubscribed
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.frames import frame, trade_frame
from tests.support.simulated_session import Server, World, behave


def silent(server: Server, request: dict[str, Any]) -> None:
    """Neither obey nor answer."""


def late_with_lists(server: Server, request: dict[str, Any]) -> None:
    """Obey at once, but say what is subscribed two seconds later only."""
    server.obey(request)
    server.confirm(request, 2.0 if request["method"] == "LIST_SUBSCRIPTIONS" else 0.01)


def test_the_answer_to_an_earlier_question_ends_no_connection() -> None:
    """The successor is lost while the old one is asked; the next one is not open yet."""
    world = World(react=late_with_lists, timeouts=Timeouts(handover=1.0), reconnect=True)
    world.subscribe("a")
    world.run(6)
    world.call("rotate", "a", "test")
    world.run(2)
    assert [request["method"] for request in world.servers[1].requests][-1] == "LIST_SUBSCRIPTIONS"
    world.opens_after = 5.0
    world.servers[2].is_open = False
    world.servers[2].streams.clear()
    world.call("lost", 2, ConnectionLost("gone"))
    world.run(4)
    assert world.dropped == []
    assert world.streams == {"a"}
    world.run(20)
    assert world.dropped == [1]
    assert world.streams == {"a"} == world.believed


def refuse(server: Server, request: dict[str, Any]) -> None:
    """The first server does what it is asked; the others refuse the stream ``a``."""
    if server.number > 1 and request["params"] == ["a"]:
        server.answer({"code": 2, "msg": "Too many subscriptions", "id": request["id"]})
    else:
        behave(server, request)


def test_a_stream_that_only_the_new_connection_carries_is_not_held_back() -> None:
    """The handover waits for a stream that is refused; what came later does not wait with it."""
    world = World(react=refuse, reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.call("rotate", "a", "test")
    world.run(1)
    name = "btcusdt@trade"
    stream = CATALOG.resolve(name)
    world.router.add(Route(stream, decoder_of(stream.type, Decimal), EventQueue()))
    world.subscribe(name)
    world.run(1)
    assert name in world.servers[2].streams
    world.servers[2].send(trade_frame(7))
    world.run(1)
    assert [event.trade_id for event in world.router.collect().items] == [7]


def test_a_server_that_shuts_down_at_each_connect_is_asked_for_everything() -> None:
    world = World(reconnect=True)
    names = [f"s{number}@trade" for number in range(1000)]
    for name in names:
        world.subscribe(name)
    notice = frame('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}')

    def shut_down() -> None:
        for server in world.servers.values():
            server.send(notice)

    for step in range(600):
        world.at(world.now + step / 10, shut_down)
    world.run(60)
    assert set(names) <= world.streams


def test_a_hopeless_successor_ends_nothing_that_lives() -> None:
    """Nobody wants another attempt; the old connection goes on to its own end."""
    world = World(reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.opens_after = None
    world.call("rotate", "a", "test")
    world.retries = False
    world.call("lost", 2, ConnectionLost("gone"))
    world.run(30)
    assert world.ended == {}
    assert world.streams == {"a"} == world.believed
    world.call("lost", 1, ConnectionLost("gone, too"))
    assert set(world.ended) == {"a"}


def test_while_the_new_connection_is_not_open_the_old_one_is_asked() -> None:
    world = World(reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.opens_after = 60.0
    world.call("rotate", "a", "test")
    world.subscribe("b")
    answers: list[object] = []
    request = Request("LIST_SUBSCRIPTIONS", on_result=[lambda found, _: answers.append(found)])
    world.call("query", request)
    world.run(3)
    assert answers == [["a", "b"]]
    assert "b" in world.confirmed


def test_an_idle_connection_is_left_though_nothing_else_happens() -> None:
    world = World(reconnect=True)
    names = [f"s{number}@trade" for number in range(VENUE.limits.streams_per_connection + 1)]
    for name in names:
        world.subscribe(name)
    world.run(30)
    world.unsubscribe(names[-1])
    world.run(15)
    assert world.dropped == [2]


def test_a_message_that_trickles_in_ends_the_connection() -> None:
    world = World(reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(b"\x81\x7e\xff\xff")
    for step in range(1, 200):
        world.servers[1].send(b"x", float(step))
    world.run(100)
    assert world.opened[:2] == [1, 2]


def test_a_shutdown_notice_that_cannot_be_read_kills_nothing() -> None:
    world = World(reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(frame(b'{"stream":"!serverShutdown","data":{"E":"\xff\xfe"}}'))
    world.run(5)
    assert "a" in world.believed


def test_an_unanswered_unsubscribe_confirms_nothing() -> None:
    world = World()
    world.subscribe("a")
    world.run(1)
    world.react = silent
    world.confirmed.clear()
    world.call("resubscribe", "a")
    world.run(5.2)
    assert world.confirmed == []
    world.react = behave
    world.run(30)
    assert world.confirmed[-1:] == ["a"]
    assert world.streams == {"a"} == world.believed


def test_a_recovery_of_nothing_is_not_reported() -> None:
    """All that was interrupted was unsubscribed before the next connection was open."""
    world = World(opens_after=3.0, reconnect=True)
    world.subscribe("a")
    world.run(10)
    world.call("lost", 1, ConnectionLost("gone"))
    world.run(1)
    world.unsubscribe("a")
    world.subscribe("b")
    world.run(30)
    assert world.believed == {"b"}
    assert not any(isinstance(notice, Resubscribed) for notice in world.notices)


def test_no_request_runs_out_of_time_while_nothing_is_read() -> None:
    world = World(react=silent)
    fate: list[BaseException | None] = []
    query = Request("LIST_SUBSCRIPTIONS", [], None, [lambda _, error: fate.append(error)])
    world.call("query", query)
    world.run(1)
    world.session.pause()
    world.run(20)
    assert fate == []
    world.call("resume")
    world.run(4.9)
    assert fate == []
    world.run(0.3)
    assert isinstance(fate[0], RequestTimeout)
