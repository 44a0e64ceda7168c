"""Messages passed on as they were received, from a real server."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from binance_streams import ParameterError, UnknownStreamError
from binance_streams_runtime.client.forwarding import open_feed
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.notices import Disconnected, Gap, Notice
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import wait_until

TRADES = "btcusdt@trade"
DEPTH = "btcusdt@depth@100ms"


class Fed:
    """A feed of a client, and what it was given."""

    def __init__(self, client: Any, front_end: FrontEnd) -> None:
        self.front_end = front_end
        self.items: list[tuple[str, RawMessage | Notice]] = []
        self.states: list[tuple[str, str, BaseException | None]] = []
        self.received: list[int] = []
        self.threads: set[int] = set()
        self.failures: list[Exception] = []
        real = getattr(client, "_real", client)
        self.feed = front_end.do(lambda: open_feed(real, self.on_items, self.on_state))

    def on_items(self, items: list[Any], received: int) -> None:
        self.threads.add(threading.get_ident())
        self.items += [(stream.name, item) for stream, item in items]
        self.received.append(received)
        if self.failures:
            raise self.failures.pop()

    def on_state(self, stream: Any, state: str, error: BaseException | None) -> None:
        self.threads.add(threading.get_ident())
        self.states.append((stream.name, state, error))

    def do(self, method: str, *names: str) -> None:
        self.front_end.do(lambda: getattr(self.feed, method)(names))

    def messages(self, name: str) -> list[Any]:
        return [item for one, item in self.items if one == name and isinstance(item, RawMessage)]

    def notices(self, kind: type[Notice]) -> list[Any]:
        return [item for _, item in self.items if isinstance(item, kind)]


def ids(messages: list[Any]) -> list[int]:
    return [json.loads(message.data)["t"] for message in messages]


def test_a_feed_passes_on_messages_with_the_time_of_the_read(
    shared_simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    before = time.time_ns()
    client = connect(shared_simulator.url)
    fed = Fed(client, front_end)
    fed.do("add", TRADES, DEPTH)
    wait_until(lambda: len(fed.messages(TRADES)) > 20 and len(fed.messages(DEPTH)) > 3)
    assert {state[:2] for state in fed.states} == {(TRADES, "confirmed"), (DEPTH, "confirmed")}
    numbers = ids(fed.messages(TRADES))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(message.stream == TRADES for message in fed.messages(TRADES))
    assert before <= fed.received[0] <= fed.received[-1] <= time.time_ns()
    assert fed.feed.streams == {TRADES, DEPTH}


def test_streams_come_and_go(simulator: Simulator, connect: Connect, front_end: FrontEnd) -> None:
    fed = Fed(connect(simulator.url), front_end)
    fed.do("add", TRADES)
    wait_until(lambda: fed.messages(TRADES))
    fed.do("remove", TRADES, DEPTH)
    wait_until(lambda: simulator.subscriptions == [set()])
    fed.do("add", DEPTH)
    wait_until(lambda: fed.messages(DEPTH))
    front_end.do(fed.feed.close)
    wait_until(lambda: simulator.subscriptions == [set()])
    assert fed.feed.streams == frozenset()


@pytest.mark.parametrize(
    ("name", "error"), [("btcusdt@nothing", UnknownStreamError), ("a" * 60, ParameterError)]
)
def test_a_name_that_is_not_allowed_adds_none(
    shared_simulator: Simulator,
    connect: Connect,
    front_end: FrontEnd,
    name: str,
    error: type[Exception],
) -> None:
    """A listen key is nothing to pass on."""
    fed = Fed(connect(shared_simulator.url), front_end)
    with pytest.raises(error) as raised:
        fed.do("add", TRADES, name)
    assert "a" * 60 not in str(raised.value)
    assert fed.feed.streams == frozenset()


def test_a_cut_is_an_interruption_and_nothing_more(
    simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    fed = Fed(connect(simulator.url), front_end)
    fed.do("add", TRADES)
    wait_until(lambda: len(fed.messages(TRADES)) > 5)
    simulator.drop_connections()
    # Some messages that were sent before may still be read.
    wait_until(lambda: len(fed.states) >= 3)
    count = len(fed.messages(TRADES))
    wait_until(lambda: len(fed.messages(TRADES)) > count + 5)
    assert len(fed.notices(Disconnected)) == 1
    assert [state for _, state, _ in fed.states] == ["confirmed", "interrupted", "confirmed"]
    numbers = ids(fed.messages(TRADES))
    missing = sum(gap.missing or 0 for gap in fed.notices(Gap))
    assert numbers == sorted(set(numbers))
    assert numbers[-1] - numbers[0] + 1 == len(numbers) + missing


def test_what_a_callback_raises_is_reported_and_costs_nothing(
    shared_simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    errors: list[BaseException] = []
    client = connect(shared_simulator.url, on_error=errors.append)
    fed = Fed(client, front_end)
    fed.failures.append(ValueError("a test's own"))
    fed.do("add", TRADES)
    wait_until(lambda: len(fed.received) > 3)
    assert [str(error) for error in errors] == ["a test's own"]
    numbers = ids(fed.messages(TRADES))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_feed_a_subscription_and_a_book_share_a_stream(
    shared_simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    client = connect(shared_simulator.url)
    fed = Fed(client, front_end)
    fed.do("add", DEPTH)
    book = client.order_book("BTCUSDT", speed=100)
    updates = client.diff_book_depth("BTCUSDT", speed=100)
    book.wait(30)
    first = next(iter(updates))
    wait_until(lambda: any(m.last_update_id >= first.last_update_id for m in fed.messages(DEPTH)))
    assert client.list_subscriptions().count(DEPTH) == 1
    assert book.best_bid is not None


def test_streams_fail_with_the_client(
    simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    fed = Fed(connect(simulator.url, reconnect=False), front_end)
    fed.do("add", TRADES)
    wait_until(lambda: fed.messages(TRADES))
    simulator.drop_connections()
    wait_until(lambda: fed.states and fed.states[-1][1] == "failed")
    name, _, error = fed.states[-1]
    assert name == TRADES
    assert error is not None
    assert fed.feed.streams == frozenset()
