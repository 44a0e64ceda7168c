"""A window of candles: what it shows, asks for and delivers, one thing at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from binance_streams import Gap, RequestError
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.fill_feeds import MINUTE, START
from tests.support.window_world import WindowWorld

UNAVAILABLE = RestFailure("503 Service Unavailable", 503)


def minute(number: int) -> int:
    return START + number * MINUTE


def complete(history: int = 5, count: int = 10, **options: object) -> WindowWorld:
    """A window that is complete, and has an open candle behind the history."""
    world = WindowWorld(history)
    world.candles.publish(world.now)
    world.keep(count, **options)  # type: ignore[arg-type]
    world.run(1)
    assert world.view.is_complete
    return world


def test_a_window_is_incomplete_until_its_history_has_come() -> None:
    world = WindowWorld(5)
    world.candles.publish(world.now)
    world.keep(3)
    assert not world.view.is_complete
    world.run(0.03)
    assert world.view.reason == "there is no history yet"
    world.run(1)
    assert world.view == (world.view.candles, True, "")
    assert world.shown == world.truth(3)
    assert [query["limit"] for query in (request.query for request in world.asked)] == ["3"]
    assert world.subscriber.log == ["confirmed"]


def test_the_last_row_is_an_open_candle_which_the_stream_updates_in_place() -> None:
    """REST does not say whether a candle is closed."""
    world = complete()
    assert [closed for _, _, closed in world.shown] == [True] * 5 + [False]
    world.update()
    assert world.shown == world.truth(10)
    assert len(world.view.candles) == 6
    assert len(world.asked) == 1


def test_what_the_stream_says_before_the_history_comes_is_kept() -> None:
    world = WindowWorld(5)
    world.keep(10)
    world.run(0.03)
    world.update(closed=True)
    world.update(2)
    world.run(1)
    assert world.view.is_complete
    assert world.shown == world.truth(10)


def test_the_oldest_candles_make_room() -> None:
    world = complete(count=3)
    for _ in range(5):
        world.update(closed=True)
    assert world.shown == world.truth(3)
    assert world.view.is_complete


def test_each_closed_candle_is_a_change_once() -> None:
    world = complete(history=1)
    world.update()
    world.update(closed=True)
    world.update()
    assert world.changes == [
        (minute(1), 2, False, False, False),
        (minute(1), 3, True, False, True),
        (minute(2), 1, False, True, False),
    ]


def test_an_old_event_of_a_closed_candle_changes_nothing() -> None:
    world = complete(history=1)
    old = world.candles.publish(world.now)
    world.update(closed=True)
    world.deliver(old)
    assert world.shown == world.truth(10)
    assert [change[2] for change in world.changes] == [True]


def test_an_end_that_was_missed_is_fetched_before_later_changes_are_delivered() -> None:
    world = complete(history=1)
    world.miss(closed=True)
    world.miss(closed=True)
    world.update()
    assert not world.view.is_complete
    assert world.changes == []
    world.run(1)
    assert world.view.is_complete
    assert world.shown == world.truth(10)
    assert world.changes == [
        (minute(1), 2, True, False, True),
        (minute(2), 1, True, True, True),
        (minute(3), 1, False, True, False),
    ]


def test_an_interrupted_window_is_incomplete_until_rest_was_asked_again() -> None:
    world = complete()
    world.update(3)
    world.cut()
    assert not world.view.is_complete
    world.miss(2)
    world.run(5)
    assert world.view.is_complete
    assert world.shown == world.truth(10)
    assert world.asked[-1].query["startTime"] == str(minute(5))
    assert world.subscriber.log == ["confirmed", "interrupted", "confirmed"]


def test_an_answer_from_before_an_interruption_proves_nothing() -> None:
    world = WindowWorld(5)
    world.candles.publish(world.now)
    world.latency = lambda: 3.0
    world.keep(10)
    world.run(1)
    world.cut()
    world.latency = lambda: 10.0
    world.run(7)
    assert not world.view.is_complete
    assert len(world.cancelled) == 1
    world.run(10)
    assert world.view.is_complete


def test_rows_that_lag_behind_are_asked_for_again_after_growing_pauses() -> None:
    world = complete(history=1)
    world.lag = 20.0
    world.miss(closed=True)
    world.update()
    world.run(15)
    assert not world.view.is_complete
    assert "REST does not have the missing candles yet" in world.view.reason
    assert 4 < len(world.asked) < 10
    world.run(20)
    assert world.view.is_complete
    assert world.shown == world.truth(10)


def test_a_market_that_was_halted_has_no_candles_and_lacks_none() -> None:
    world = complete(history=1)
    world.update(closed=True)
    world.candles.halt(5)
    world.update()
    assert not world.view.is_complete
    world.run(1)
    assert world.view.is_complete
    assert world.shown == world.truth(10)
    assert len(world.view.candles) == 3


def test_older_candles_are_fetched_page_by_page() -> None:
    world = complete(history=100, count=70, page=20)
    assert world.shown == world.truth(70)
    assert [request.query["limit"] for request in world.asked] == ["20", "20", "20", "10"]
    assert [request.query.get("endTime") for request in world.asked[:2]] == [
        None,
        str(minute(81) - 1),
    ]


def test_a_young_symbol_has_fewer_candles() -> None:
    world = complete(history=30, count=70, page=20)
    assert world.shown == world.truth(70)
    assert len(world.view.candles) == 31
    assert len(world.asked) == 2


def test_after_a_long_interruption_the_window_begins_anew_and_says_what_it_did_not_deliver() -> (
    None
):
    world = complete(history=30, count=10, page=20)
    world.cut()
    world.miss(50, closed=True)
    world.miss()
    world.run(5)
    assert world.view.is_complete
    assert world.shown == world.truth(10)
    gap, *changes = world.changes
    assert gap == "Gap"
    assert [change[0] for change in changes] == [minute(number) for number in range(71, 81)]
    assert [notice for notice in world.notices if isinstance(notice, Gap)][-1].reason == (
        f"candles are missing that open after {minute(30)} and before {minute(71)}: "
        "more candles than are kept"
    )


def test_changes_wait_for_missing_candles_no_longer_than_the_timeout() -> None:
    world = complete(history=1)
    world.failure = lambda: UNAVAILABLE
    world.miss(closed=True)
    world.update(2)
    world.run(15)
    assert world.changes == []
    world.run(10, pings=5.0)
    assert world.changes == ["Gap", (minute(2), 2, False, True, False)]
    assert not world.view.is_complete
    assert world.view.reason == "candles are missing: 503 Service Unavailable"
    gap = next(notice for notice in world.notices if isinstance(notice, Gap))
    assert "given up after 20 s; REST: 503 Service Unavailable" in gap.reason
    world.failure = lambda: None
    world.run(20)
    assert world.view.is_complete
    assert world.shown == world.truth(10)
    assert len(world.changes) == 2


def test_a_window_without_history_delivers_live_candles_after_the_timeout() -> None:
    world = WindowWorld(3)
    world.failure = lambda: UNAVAILABLE
    world.keep(10)
    world.run(1)
    world.update()
    world.run(25)
    assert world.changes == ["Gap", (minute(3), 1, False, True, False)]


def test_a_failure_that_is_final_ends_the_window() -> None:
    world = WindowWorld()
    world.failure = lambda: RestFailure("Invalid symbol.", 400, -1121, is_final=True)
    world.keep(10)
    world.run(1)
    ended, error = world.subscriber.log
    assert ended == "ended"
    assert isinstance(error, RequestError)
    assert error.code == -1121
    assert "there are no candles of btcusdt, 1m: Invalid symbol." in str(error)


def test_a_server_that_wants_to_be_left_alone_is_even_after_a_new_connection() -> None:
    world = WindowWorld(3)
    world.failure = lambda: RestFailure("429", 429, -1003, retry_after=30.0)
    world.keep(10)
    world.run(1)
    world.cut()
    world.run(20)
    assert len(world.asked) == 1
    world.run(20)
    assert len(world.asked) == 2


def test_the_subscription_of_a_window_keeps_no_events() -> None:
    world = complete()
    world.update(3)
    assert len(world.subscribed.sink) == 0
    assert world.subscribed.messages == 3


def test_a_window_that_nobody_iterates_keeps_no_changes() -> None:
    world = complete(history=1, consumer="unclaimed")
    world.update(3)
    assert world.changes == []
    world.call("attach_consumer", world.window.route, False)
    world.update()
    assert world.changes == [(minute(1), 5, False, False, False)]


def test_a_window_ends_with_its_subscription() -> None:
    world = complete()
    world.call("unsubscribe", world.candles.name, world.subscribed)
    world.run(1)
    assert world.subscriber.log[-2:] == ["ended", None]
    assert not world.view.is_complete
    assert world.view.reason == "the window is closed"
    assert world.streams == set()


def test_the_candles_have_the_clients_number_type() -> None:
    for number in (Decimal, float, str):
        world = complete(number=number)
        world.update()
        shown: tuple[Any, ...] = world.view.candles
        assert {type(candle.open) for candle in shown} == {number}


def test_closing_the_engine_ends_its_windows() -> None:
    world = complete()
    world.call("close")
    assert world.subscriber.log[-2:] == ["ended", None]
