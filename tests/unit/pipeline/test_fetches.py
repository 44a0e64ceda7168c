"""The REST requests of an engine: numbered, answered once, cancelled for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from binance_streams_runtime.pipeline.fetches import Fetches
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest
from tests.support.simulated_engine import EngineWorld

REQUEST = RestRequest("http://server", "/path", {}, 1, Need.FILL, 10.0, bytes.decode)


class Asker:
    """Notes what was sent and what came of it."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.cancelled: list[int] = []
        self.results: list[tuple[float, object]] = []

    def fetch(self, number: int, request: RestRequest) -> None:
        self.sent.append(number)

    def on_done(self, now: float, result: object) -> None:
        self.results.append((now, result))


def make(asker: Asker, fetch: Callable[..., None] | None = None) -> Fetches:
    return Fetches(fetch or asker.fetch, asker.cancelled.append, lambda: None)


def test_a_result_is_handed_to_whoever_asked_once() -> None:
    asker = Asker()
    fetches = make(asker)
    number = fetches.start(REQUEST, asker.on_done)
    fetches.done(2.0, number, "rows")
    fetches.done(3.0, number, "rows again")
    assert (asker.sent, asker.results) == ([number], [(2.0, "rows")])


def test_the_result_of_a_cancelled_request_is_ignored() -> None:
    asker = Asker()
    fetches = make(asker)
    number = fetches.start(REQUEST, asker.on_done)
    fetches.cancel(number)
    fetches.cancel(number)
    fetches.done(2.0, number, "rows")
    assert (asker.cancelled, asker.results) == ([number], [])


def test_an_engine_without_rest_fails_each_request_at_its_next_turn() -> None:
    world, asker = EngineWorld(), Asker()
    world.engine.fetches.start(REQUEST, asker.on_done)
    assert asker.results == []
    world.run(0.1)
    (_, failure), *others = asker.results
    assert isinstance(failure, RestFailure)
    assert (failure.reason, failure.is_final, others) == ("there is no REST API", True, [])


def test_closing_an_engine_cancels_its_requests() -> None:
    asker = Asker()
    world = EngineWorld(fetch=asker.fetch, cancel=asker.cancelled.append)
    first = world.engine.fetches.start(REQUEST, asker.on_done)
    second = world.engine.fetches.start(REQUEST, asker.on_done)
    world.engine.fetched(0.5, first, "rows")
    world.engine.close(1.0)
    assert (asker.cancelled, asker.results) == ([second], [(0.5, "rows")])


def test_what_a_result_leads_to_is_done_at_once() -> None:
    """The engine does what was decided by whoever got the result."""
    asker = Asker()
    world = EngineWorld(fetch=asker.fetch)

    def subscribe(now: float, result: Any) -> None:
        world.engine.session.subscribe(now, "btcusdt@trade", None)

    number = world.engine.fetches.start(REQUEST, subscribe)
    world.engine.fetched(0.0, number, "rows")
    assert len(world.engine.take_actions()) == 1
