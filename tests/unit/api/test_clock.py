"""The server's time, by which requests are stamped."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ClockOffset
from binance_streams_runtime.session.api.clock import ServerClock
from tests.support.api_world import ApiWorld, Key, Peer

KEY = Key("mine")


def test_the_offset_is_that_of_the_middle_between_question_and_answer() -> None:
    clock = ServerClock()
    assert not clock.is_trusted
    clock.set(10.0, 14.0, 1_000_012.5)
    assert clock.offset == 1_000_000.5
    assert clock.uncertainty == 2.0
    assert clock.is_trusted


@pytest.mark.parametrize("skew", [60.0, -60.0, 86_400.0, 1.5])
def test_a_clock_that_is_wrong_is_reported_once_and_does_no_harm(skew: float) -> None:
    world = ApiWorld()
    world.skew = skew
    world.open_account(KEY)
    world.run(1)
    (notice,) = world.notices_of(ClockOffset)
    assert notice.connection == 1
    assert notice.seconds == pytest.approx(skew, abs=0.1)
    timestamp = world.peer.requests[-1]["params"]["timestamp"]
    assert timestamp / 1000 == pytest.approx(1000 + skew, abs=0.1)
    world.cut(1)
    world.run(5)
    assert len(world.notices_of(ClockOffset)) == 1


def test_a_clock_that_is_right_to_the_second_is_not_reported() -> None:
    world = ApiWorld()
    world.skew = 0.9
    world.open_account(KEY)
    world.run(1)
    assert world.notices_of(ClockOffset) == []


def test_a_slow_answer_does_not_prove_that_the_clock_is_wrong() -> None:
    def slow(peer: Peer, request: dict[str, Any]) -> None:
        time = round((peer.world.now + 4.0) * 1000)
        peer.answer(request, {"serverTime": time}, 4.0)

    world = ApiWorld(slow)
    world.open_account(KEY)
    world.run(6)
    assert world.notices_of(ClockOffset) == []


def test_microseconds_are_known_by_their_size() -> None:
    def exact(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "time":
            peer.answer(request, {"serverTime": 1_700_000_000_000_000})
        else:
            peer.obey(request)

    world = ApiWorld(exact)
    world.open_account(KEY)
    world.run(1)
    assert world.peer.requests[-1]["params"]["timestamp"] == pytest.approx(1.7e12, rel=1e-6)


def test_the_time_is_asked_for_now_and_then_as_clocks_drift() -> None:
    world = ApiWorld()
    world.open_account(KEY)
    world.run(3600)
    assert 6 <= world.peer.methods.count("time") <= 8
    assert world.opened == [1]


def test_a_timestamp_refused_for_a_user_s_request_sets_the_clock_for_the_next_one() -> None:
    world = ApiWorld()
    world.open_account(KEY)
    world.run(1)
    world.skew = 100.0

    def strict(peer: Peer, request: dict[str, Any]) -> None:
        late = (
            peer.world.now + peer.world.skew - request.get("params", {}).get("timestamp", 0) / 1000
        )
        if request["method"] != "time" and late > 5:
            peer.refuse(request, -1021)
        else:
            peer.obey(request)

    world.react_api = strict
    world.request("account.status", KEY)
    world.run(1)
    world.request("account.status", KEY)
    world.run(1)
    (_, first), (result, second) = world.results
    assert getattr(first, "code", None) == -1021
    assert (result, second) == ({"done": "account.status"}, None)
