"""Options that are taken, and those that a stream refuses before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import ParameterError
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time


def test_options_of_which_none_is_given_are_taken(connect: Connect, simulator: Simulator) -> None:
    """None is the default of each that may be None."""
    client = connect(
        simulator.url, backoff=None, proxy=None, connection_lifetime=None, reconnect=True
    )
    subscription = client.trade("BTCUSDT", max_idle=None, maxsize=None, overflow=None)
    assert in_time(lambda: subscription.get(LIMIT)).symbol == "BTCUSDT"


@pytest.mark.parametrize("is_default", [False, True], ids=["own", "default"])
def test_the_latest_of_a_diff_book_depth_alone_is_refused_before_anything_is_sent(
    connect: Connect, simulator: Simulator, is_default: bool
) -> None:
    """Its events build on each other. It says which stream, and an own policy is taken."""
    client = connect(simulator.url, **({"overflow": "latest"} if is_default else {}))
    own: dict[str, Any] = {} if is_default else {"overflow": "latest"}
    for call in (
        lambda: client.diff_book_depth("BTCUSDT", **own),
        lambda: client.subscribe("btcusdt@depth@100ms", **own),
        lambda: client.diff_book_depth("BTCUSDT", id=5, **own),
    ):
        with pytest.raises(ParameterError, match="builds on the one before") as caught:
            call()
        assert caught.value.name == "overflow"
        assert "btcusdt@depth" in str(caught.value)
    assert (client.subscriptions, simulator.connection_attempts) == ((), 0)
    # The id is free again, and other streams may have the policy.
    in_time(client.partial_book_depth("BTCUSDT", level=5, overflow="latest", id=5).wait)
    in_time(client.diff_book_depth("BTCUSDT", overflow="drop_oldest").wait)


def test_the_longest_time_is_taken(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url, idle_timeout=86400, connect_timeout=86400)
    assert in_time(lambda: client.trade("BTCUSDT").get(LIMIT)).symbol == "BTCUSDT"
