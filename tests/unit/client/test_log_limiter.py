"""How much is logged, in simulated time: a few lines of each kind, and a count of the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from binance_streams_runtime.client.log_limiter import LogLimiter, Summary


class Log:
    """What a limiter lets through, as the thread of the log would write it."""

    def __init__(self) -> None:
        self.limiter = LogLimiter()
        self.lines: list[tuple[float, str, str]] = []
        self.summaries: list[tuple[float, Summary]] = []

    def add(
        self,
        now: float,
        kind: str,
        subject: str = "a",
        is_vital: bool = False,
        is_long: bool = False,
    ) -> None:
        self.run_until(now)
        if self.limiter.admit(now, kind, subject, is_vital, is_long):
            self.lines.append((now, kind, subject))
        else:
            self.limiter.leave_out(now, kind, subject)

    def run_until(self, end: float) -> None:
        while (due := self.limiter.next_time()) is not None and due <= end:
            self.summaries += [(due, summary) for summary in self.limiter.summaries(due)]

    @property
    def counted(self) -> int:
        return len(self.lines) + sum(summary.lines for _, summary in self.summaries)


def test_a_few_lines_are_logged_at_once() -> None:
    log = Log()
    for step in range(5):
        log.add(step * 0.05, "Gap")
    log.run_until(100)
    assert len(log.lines) == 5
    assert log.summaries == []


def test_a_flood_is_a_few_lines_and_a_count() -> None:
    log = Log()
    for step in range(5000):
        log.add(step / 5000, "Gap", "often" if step % 10 else "seldom")
    assert len(log.lines) == 5
    assert log.summaries == []
    log.run_until(1.0)
    ((at, summary),) = log.summaries
    assert (at, summary.lines, summary.seconds) == (1.0, 4995, 1.0)
    assert summary.subjects.most_common(1) == [("often", 4496)]
    assert log.limiter.next_time() is None


def test_a_flood_that_lasts_is_reported_ever_less_often() -> None:
    log = Log()
    for step in range(36_000):
        log.add(step / 10, "Gap")
    log.run_until(4000)
    assert log.counted == 36_000
    assert len(log.lines) + len(log.summaries) < 6 * 70


def test_after_a_calm_period_lines_are_logged_again() -> None:
    log = Log()
    for _ in range(100):
        log.add(0.0, "Gap")
    log.add(500.0, "Gap")
    assert log.lines[-1] == (500.0, "Gap", "a")
    for _ in range(100):
        log.add(500.0, "Gap")
    log.run_until(501.0)
    assert [at for at, _ in log.summaries] == [1.0, 501.0]


def test_a_kind_does_not_hide_another_one() -> None:
    log = Log()
    for _ in range(1000):
        log.add(0.0, "Gap")
    log.add(0.5, "Disconnected")
    assert log.lines[-1] == (0.5, "Disconnected", "a")


def test_all_kinds_together_are_bounded_but_for_vital_ones() -> None:
    log = Log()
    for step in range(1000):
        log.add(0.0, f"kind {step}")
    assert len(log.lines) == 20
    log.add(0.5, "failure", is_vital=True)
    assert log.lines[-1] == (0.5, "failure", "a")
    log.run_until(1.0)
    assert log.counted == 1001


def test_one_traceback_of_each_subject_is_enough() -> None:
    log = Log()
    for step in range(3000):
        log.add(step / 3000, "callback error", "a", is_vital=True, is_long=True)
    log.add(0.9999, "callback error", "b", is_vital=True, is_long=True)
    assert log.lines == [(0.0, "callback error", "a"), (0.9999, "callback error", "b")]
    log.run_until(1.0)
    assert log.summaries[0][1].lines == 2999


def test_the_last_summaries_do_not_wait() -> None:
    log = Log()
    for _ in range(7):
        log.add(0.0, "Gap")
    (summary,) = log.limiter.summaries(0.1, is_last=True)
    assert (summary.kind, summary.lines, summary.seconds) == ("Gap", 2, 0.1)
    assert log.limiter.summaries(0.1, is_last=True) == []


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from("ab"), st.sampled_from("xyz"))))
def test_every_line_is_logged_or_counted(steps: list[tuple[float, str, str]]) -> None:
    log = Log()
    now = 0.0
    for pause, kind, subject in steps:
        now += pause
        log.add(now, kind, subject)
    log.run_until(now + 60)
    assert log.counted == len(steps)
    assert log.limiter.next_time() is None
