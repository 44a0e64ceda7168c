"""What a replayed session says to those who subscribe in the middle of a recording."""

from __future__ import annotations

from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.recording.facts import Confirmed, Fact, Unanswered, error_data
from binance_streams_runtime.recording.replay_session import ReplaySession
from tests.support.simulated_engine import EngineWorld, Subscriber

NAME = "btcusdt@trade"


def joined(*facts: Fact) -> tuple[EngineWorld, Subscriber]:
    """A subscription that begins after these facts."""
    world = EngineWorld(make_session=ReplaySession)
    note(world, *facts)
    return world, world.open_route(NAME)[1]


def note(world: EngineWorld, *facts: Fact) -> None:
    session = world.engine.session
    assert isinstance(session, ReplaySession)
    for fact in facts:
        world.engine.command(world.now, lambda _: session.apply(world.now, fact))  # noqa: B023


def test_a_stream_that_is_confirmed_is_confirmed_at_once() -> None:
    _, subscriber = joined(Confirmed((NAME,)))
    assert subscriber.log == ["confirmed"]


def test_a_stream_whose_request_was_not_answered_is_confirmed_with_the_next_answer() -> None:
    """As it was for whoever joined it while this was recorded."""
    timeout = error_data(RequestTimeout("not answered within 5 s"))
    world, subscriber = joined(Confirmed((NAME,)), Unanswered(NAME, timeout))
    assert subscriber.log == []
    note(world, Confirmed((NAME,)))
    assert subscriber.log == ["confirmed"]
