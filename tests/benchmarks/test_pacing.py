"""The benchmark's server sends evenly, in simulated time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from benchmarks.pacing import send_evenly


@dataclass
class Machine:
    """A clock that moves with every look at it, and by sleeping, which ends late."""

    look: float = 0.000001
    oversleeping: float = 0.0
    now: float = 100.0
    sent: list[float] = field(default_factory=list)

    def clock(self) -> float:
        self.now += self.look
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds + self.oversleeping

    def send(self, _: object) -> None:
        self.sent.append(self.now)


@pytest.mark.parametrize("rate", [200, 2_000, 10_000])
def test_each_message_is_sent_when_it_is_due(rate: int) -> None:
    machine = Machine(oversleeping=0.00002)
    pace = send_evenly(range(1_000), machine.send, rate, machine.clock, machine.sleep)
    due = [machine.sent[0] + number / rate for number in range(1_000)]
    assert machine.sent == pytest.approx(due, abs=0.000005)
    assert (pace.sent, pace.late) == (1_000, 0)
    assert pace.reached == pytest.approx(rate, rel=0.001)


def test_what_is_overdue_is_sent_at_once_and_counted() -> None:
    machine = Machine()

    def send(message: int) -> None:
        machine.send(message)
        if message == 9:
            machine.now += 0.01

    pace = send_evenly(range(100), send, 1_000, machine.clock, machine.sleep)
    # The next ten were due in these 10 ms, the last of them less than an interval ago.
    assert (pace.sent, pace.late) == (100, 9)
    assert machine.sent[19] - machine.sent[10] < 0.001
    assert machine.sent[99] - machine.sent[0] == pytest.approx(0.099, abs=0.00001)


def test_a_slow_server_reports_the_rate_that_it_reached() -> None:
    machine = Machine()

    def send(message: int) -> None:
        machine.send(message)
        machine.now += 0.001

    pace = send_evenly(range(1_000), send, 10_000, machine.clock, machine.sleep)
    assert pace.reached == pytest.approx(1_000, rel=0.01)
    assert pace.late > 990
