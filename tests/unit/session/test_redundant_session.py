"""A session with several connections for each stream, where users and connections cross."""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest.mock import Mock

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.actions import Abort, Confirm, Fail, Interrupt, Send
from binance_streams_runtime.session.redundancy.coverage import Coverage
from binance_streams_runtime.session.redundancy.line import LineRouter
from binance_streams_runtime.session.redundancy.session import RedundantSession
from tests.support.frames import frame, trade, trade_frame, wrapped
from tests.support.simulated_engine import EngineWorld, items

TRADE = "btcusdt@trade"
OTHER = "ethusdt@trade"


def world(**options: Any) -> EngineWorld:
    return EngineWorld(make_session=partial(RedundantSession, 2), **options)


def carried() -> tuple[EngineWorld, Any]:
    """Make a world in which both connections carry a stream; return it and the stream's route."""
    both = world()
    route, _ = both.open_route(TRADE)
    both.run(1.0)
    return both, route


def asked(both: EngineWorld) -> list[tuple[int, str]]:
    """Return what was requested on which connection."""
    return [
        (server.number, request["method"])
        for server in both.servers.values()
        for request in server.requests
    ]


# Requests of users


def test_a_second_subscription_to_a_carried_stream_is_confirmed_once() -> None:
    both, _ = carried()
    both.session.subscribe(both.now, TRADE)
    assert both.session.take_actions() == [Confirm(TRADE, True)]


def test_a_stream_that_is_subscribed_to_among_several_keeps_what_it_has() -> None:
    both, route = carried()
    both.receive(trade_frame(1), 1)
    other, _ = both.make_route(OTHER)
    both.call("subscribe_many", [TRADE, OTHER], [route, other], 7)
    both.run(1.0)
    both.receive(trade_frame(1) + trade_frame(2), 2)
    assert items(route) == [1, 2]
    assert [both.engine.carriers(one) for one in (route, other)] == [2, 2]


def test_what_is_not_subscribed_is_unsubscribed_on_one_connection_for_the_answer() -> None:
    both, _ = carried()
    answers: list[Any] = []
    request = Request("UNSUBSCRIBE", [OTHER], 7, [lambda *answer: answers.append(answer)])
    both.session.unsubscribe(both.now, OTHER, request)
    both.run(1.0)
    assert answers == [(None, None)]
    both.session.unsubscribe_many(both.now, [OTHER, "bnbusdt@trade"], 8)
    both.run(1.0)
    both.session.unsubscribe(both.now, OTHER)
    both.run(1.0)
    assert [one for one in asked(both) if one[1] == "UNSUBSCRIBE"] == [(1, "UNSUBSCRIBE")] * 2


def test_all_connections_are_kept_without_any_stream() -> None:
    both = world()
    both.session.keep_alive(both.now)
    both.run(60.0)
    assert [one.state for one in both.session.connections()] == ["open", "open"]


def test_later_connections_get_the_properties_on_each_line() -> None:
    both, _ = carried()
    both.session.remember_property("combined", True)
    for number in (1, 2):
        both.lose(number, ConnectionLost("reset"))
    both.run(60.0)
    properties = [one for one in asked(both) if one[1] == "SET_PROPERTY"]
    assert properties == [(3, "SET_PROPERTY"), (4, "SET_PROPERTY")]


def test_a_ping_goes_out_on_a_connection_that_is_open() -> None:
    both, _ = carried()
    both.opens_after = None
    both.lose(1, ConnectionLost("reset"))
    both.session.ping(both.now)
    assert both.session.take_actions() == [Send(2, "ping", b"")]


def test_why_a_stream_is_not_confirmed_is_said() -> None:
    both = world()
    assert both.session.reason_of(both.now, TRADE) == ("it is about to be subscribed to", None)
    both.opens_after = None
    both.open_route(TRADE)
    alone = EngineWorld()
    alone.opens_after = None
    alone.open_route(TRADE)
    reason = both.session.reason_of(both.now, TRADE)
    assert reason == alone.session.reason_of(alone.now, TRADE)


def test_several_streams_are_noted_once_in_a_recording() -> None:
    both = world()
    recorder = Mock(spec=Recorder)
    both.session.record(recorder)
    both.session.subscribe_many(both.now, [TRADE, OTHER], 7)
    both.session.subscribe_many(both.now, [TRADE, OTHER], 8)
    assert [call.args for call in recorder.subscribed.call_args_list] == [(TRADE,), (OTHER,)]


# What comes on connections


def test_nothing_is_kept_of_connections_that_were_replaced() -> None:
    both, _ = carried()
    for _ in range(5):
        both.call("command", lambda session: session.rotate(both.now, TRADE, "a test"))
        both.run(60.0)
    assert both.opened == [*range(1, 13)]
    session: Any = both.session
    for router in session._routers:
        assert len(router.alive_at) <= 2


def test_a_connection_that_is_not_needed_any_more_is_aborted_and_not_read() -> None:
    both, route = carried()
    both.session.opened(both.now, 99)
    assert both.session.take_actions() == [Abort(99)]
    assert both.session.received(both.now, 99, trade_frame(1))
    assert items(route) == []


def test_a_message_that_cannot_be_decoded_is_reported_once() -> None:
    both, route = carried()
    bad = frame(wrapped(TRADE, trade(2).replace('"t":2', '"t":"x"')))
    for number in (1, 2):
        both.receive(trade_frame(1) + bad + trade_frame(2), number)
    assert items(route) == [1, "Undecodable", 2]


def test_an_event_of_a_stream_that_is_not_subscribed_is_dropped() -> None:
    """It may be on its way when the stream is unsubscribed."""
    both, _ = carried()
    other, _ = both.make_route(OTHER)
    both.router.add(other)
    both.receive(trade_frame(1, "ETHUSDT"), 1)
    assert items(other) == []


def test_what_waits_for_a_line_is_dropped_without_its_user() -> None:
    both, route = carried()
    for number in (1, 2):
        both.receive(trade_frame(1), number)
    both.receive(trade_frame(3), 1)
    both.router.remove(TRADE)
    both.run(30.0)
    assert items(route) == [1]
    assert not both.session.is_handing_over()


def test_what_a_handover_says_of_a_stream_that_was_unsubscribed_is_dropped() -> None:
    both, route = carried()
    main = Router("", both.notices.append)
    main.add(route)
    line = LineRouter(0, main, {}, lambda number, notice: notice)
    batch = Batch()
    batch.routes.append(route)
    batch.items.append(Interruption("reset"))
    batch.routes.append(route)
    batch.items.append(object())
    line.release(batch)
    assert main.arrivals.items == []
    assert items(route) == []


class Line:
    """A session of one line that has decided something."""

    def __init__(self, *actions: Any) -> None:
        self.actions = list(actions)

    def take_actions(self) -> list[Any]:
        taken, self.actions = self.actions, []
        return taken


def test_what_a_line_has_decided_of_a_stream_that_was_unsubscribed_is_dropped() -> None:
    line: Any = Line(Confirm(TRADE), Interrupt(TRADE), Fail(TRADE, ConnectionLost("reset")))
    actions: list[Any] = []
    coverage = Coverage([line], str, Mock(side_effect=AssertionError), actions)
    coverage.reduced.append({})
    coverage.collect(0.0, 0)
    assert actions == []
