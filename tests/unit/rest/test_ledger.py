"""Request weight: one process is never refused, whatever the server's clock and the network do."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from binance_streams_runtime.rest.ledger import WeightLedger


class Server:
    """Counts as the venue does: by full minutes of its own clock."""

    def __init__(self, limit: int, window: float, offset: float, says_time: bool = True) -> None:
        self.limit = limit
        self.window = window
        self._offset = offset
        self._says_time = says_time
        self._used: dict[int, int] = {}
        self.refused = 0

    def number(self, now: float) -> int:
        return math.floor((now + self._offset) / self.window)

    def used(self, now: float) -> int:
        return self._used.get(self.number(now), 0)

    def arrive(self, now: float, weight: int) -> tuple[int, float | None]:
        """Count a request; what the answer says."""
        used = self.used(now) + weight
        self._used[self.number(now)] = used
        self.refused += used > self.limit
        return used, float(math.floor(now + self._offset)) if self._says_time else None

    def by_window(self) -> list[int]:
        return list(self._used.values())


def exchange(
    ledger: WeightLedger, server: Server, now: float, weight: int, there: float, back: float
) -> float:
    """Send a request and get its answer; when it came."""
    number = ledger.sent(now, weight)
    used, time = server.arrive(now + there, weight)
    ledger.answered(now + there + back, number, used, time)
    return now + there + back


@pytest.mark.parametrize("says_time", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_one_process_is_never_refused(seed: int, says_time: bool) -> None:
    """Several requests at once, answers in any order, windows that begin at any moment."""
    chance = random.Random(seed)
    window = chance.choice([10.0, 60.0])
    limit = chance.choice([50, 1200, 6000])
    server = Server(limit, window, chance.uniform(1e9, 2e9), says_time)
    ledger = WeightLedger(limit, window)
    latency = chance.choice([0.001, 0.05, 0.8])
    now, end = 0.0, 6 * window
    # Arrivals and answers to come: when, what.
    coming: list[tuple[float, Callable[[float], None]]] = []
    at_once = chance.choice([1, 1, 3])
    pending: list[int] = []

    def send(weight: int) -> None:
        number = ledger.sent(now, weight)
        pending.append(number)

        def arrive(moment: float) -> None:
            used, time = server.arrive(moment, weight)
            coming.append((moment + chance.uniform(0, latency), answer(used, time)))

        def answer(used: int, time: float | None) -> Callable[[float], None]:
            def answered(moment: float) -> None:
                pending.remove(number)
                ledger.answered(moment, number, used, time)

            return answered

        coming.append((now + chance.uniform(0, latency), arrive))

    while now < end:
        weight = chance.choice([1, 2, 4, 5, 25, min(250, limit)])
        delay = ledger.delay(now, weight, 0)
        if len(pending) < at_once and delay == 0:
            send(weight)
            now += chance.choice([0.0, 0.001, 0.1])
        elif coming:
            coming.sort(key=lambda one: one[0])
            moment, happen = coming.pop(0)
            now = max(now, moment)
            happen(now)
        else:
            now += delay
    assert server.refused == 0
    if says_time and limit == 1200 and window == 60 and latency < 0.1:
        # Most windows are used until the next request does not fit: it waits no longer than that.
        assert sorted(server.by_window())[len(server.by_window()) // 2] > limit - 250


def test_a_full_window_is_waited_for_and_not_longer_than_the_clocks_are_uncertain() -> None:
    server, ledger = Server(100, 60.0, 1_000_000_000.0), WeightLedger(100, 60.0)
    # 20 s into a minute of the server: 1,000,000,000 is 40 s into one.
    now = exchange(ledger, server, 40.0, 100, 0.01, 0.01)
    assert server.number(40.0) == server.number(79.9) == server.number(80.0) - 1
    assert 40.0 < ledger.delay(now, 1, 0) + now - 40.0 < 44.0
    assert ledger.delay(now + 44.0, 100, 0) == 0


def test_a_reserve_is_left_to_others() -> None:
    server, ledger = Server(100, 60.0, 1e9), WeightLedger(100, 60.0)
    now = exchange(ledger, server, 0.0, 60, 0.01, 0.01)
    assert ledger.delay(now, 15, 25) == 0
    assert ledger.delay(now, 16, 25) > 1


def test_what_others_have_used_of_the_reserve_is_not_kept_free_again() -> None:
    server, ledger = Server(100, 60.0, 1e9), WeightLedger(100, 60.0)
    server.arrive(0.0, 16)
    now = exchange(ledger, server, 0.1, 50, 0.01, 0.01)
    assert ledger.used(now) == 66
    assert ledger.delay(now, 26, 24) == 0
    assert ledger.delay(now, 27, 24) > 1


def test_a_margin_stays_free_even_if_others_have_used_all_of_the_reserve() -> None:
    server, ledger = Server(100, 60.0, 1e9), WeightLedger(100, 60.0)
    server.arrive(0.0, 60)
    now = exchange(ledger, server, 0.1, 10, 0.01, 0.01)
    assert ledger.delay(now, 25, 40) == 0
    assert ledger.delay(now, 26, 40) > 1


def test_the_header_of_an_old_answer_does_not_lower_what_was_sent_since() -> None:
    ledger = WeightLedger(100, 60.0)
    first = ledger.sent(0.0, 5)
    second = ledger.sent(0.1, 50)
    ledger.answered(0.2, second, 55, 1e9)
    ledger.sent(0.3, 30)
    ledger.answered(0.4, first, 5, 1e9)
    assert ledger.used(0.5) >= 85


def test_a_request_under_way_may_be_counted_after_a_later_one() -> None:
    ledger = WeightLedger(100, 60.0)
    ledger.sent(0.0, 60)
    ledger.answered(0.2, ledger.sent(0.1, 30), 30, 1e9)
    assert ledger.used(0.3) == 90


def test_what_the_server_counts_is_right() -> None:
    """It may count less than is documented, too."""
    server, ledger = Server(100, 60.0, 1e9), WeightLedger(100, 60.0)
    number = ledger.sent(0.0, 50)
    ledger.answered(0.1, number, *server.arrive(0.05, 10))
    assert ledger.used(0.2) == 10


def test_a_request_without_an_answer_counts() -> None:
    ledger = WeightLedger(100, 60.0)
    ledger.answered(1.0, ledger.sent(0.0, 90), None, None)
    assert ledger.used(2.0) == 90
    assert 58.0 < ledger.delay(2.0, 20, 0) < 61.0


def test_what_is_too_heavy_for_the_limit_is_sent_if_nothing_else_counts() -> None:
    ledger = WeightLedger(100, 60.0)
    assert ledger.delay(0.0, 250, 25) == 0
    ledger.answered(0.1, ledger.sent(0.0, 1), 1, 1e9)
    assert ledger.delay(0.2, 250, 25) > 0


@pytest.mark.parametrize(
    ("retry_after", "wait"), [(7.0, 7.0), (0.0, 1.0), (1e9, 3 * 24 * 3600.0), (120.0, 120.0)]
)
def test_a_refusal_is_waited_for_as_long_as_the_server_says(
    retry_after: float, wait: float
) -> None:
    ledger = WeightLedger(6000, 60.0)
    assert ledger.refused(5.0, 429, retry_after) == wait
    assert ledger.delay(5.0, 1, 0) == wait
    assert ledger.delay(5.0 + wait, 1, 0) == 0


def test_a_wait_is_not_a_little_longer_by_rounding() -> None:
    """Rounded up to whole seconds, it would be a second longer."""
    now, wait = 3000.1, 3600.0
    assert (now + wait) - now > wait
    assert WeightLedger(6000, 60.0).refused(now, 429, wait) == wait


def test_refusals_that_say_nothing_are_waited_for_longer_each_time() -> None:
    ledger = WeightLedger(6000, 60.0)
    now, waits = 0.0, []
    for _ in range(3):
        waits.append(ledger.refused(now, 429, None))
        now += waits[-1]
    assert waits == [5.0, 10.0, 20.0]
    ledger.accepted()
    assert ledger.refused(now, 429, None) == 5.0
    assert WeightLedger(6000, 60.0).refused(0.0, 418, None) == 120.0


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    ledger = WeightLedger(6000, 60.0)
    ledger.refused(0.0, 418, 300.0)
    assert ledger.refused(1.0, 429, 2.0) == 299.0


def test_a_clock_that_is_set_is_believed_again() -> None:
    """A laptop that slept: its clock and the server's have moved against each other."""
    server, ledger = Server(100, 60.0, 1e9), WeightLedger(100, 60.0)
    exchange(ledger, server, 0.0, 50, 0.01, 0.01)
    later = Server(100, 60.0, 1e9 + 5000.0)
    now = exchange(ledger, later, 1.0, 90, 0.01, 0.01)
    assert ledger.used(now) >= 90
    start = now + ledger.delay(now, 50, 0)
    assert later.number(start) > later.number(now)


@pytest.mark.parametrize("is_reported", [True, False])
def test_a_request_that_was_not_sent_does_not_count(is_reported: bool) -> None:
    """Whether others were answered before it was noted, or since."""
    ledger = WeightLedger(100, 60.0)
    first = ledger.sent(0.0, 10)
    if is_reported:
        ledger.answered(1.0, first, 30, None)
    dropped = ledger.sent(2.0, 50)
    assert ledger.used(2.0) == (80 if is_reported else 60)
    if not is_reported:
        ledger.answered(3.0, first, 30, None)
        assert ledger.used(3.0) == 80
    ledger.dropped(dropped)
    assert ledger.used(3.0) == 30
