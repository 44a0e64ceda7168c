"""The simulated days of accounts notice it if the session is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Confirmation
from binance_streams_runtime.pipeline.trackers.identified import IdentifiedTracker
from binance_streams_runtime.session.api import account_connection
from binance_streams_runtime.session.api.bindings import Bindings
from binance_streams_runtime.session.api.clock import ServerClock
from binance_streams_runtime.session.api.pending_requests import PendingRequests
from tests.simulation.accounts import AccountsWorld

pytestmark = pytest.mark.slow

Patch = pytest.MonkeyPatch
_SEEDS = range(20)


def report_no_gap(patch: Patch) -> None:
    patch.setattr(IdentifiedTracker, "interrupt", lambda self: None)


def report_a_gap_at_each_confirmation(patch: Patch) -> None:
    confirm = IdentifiedTracker.confirm

    def doubt(self: IdentifiedTracker) -> list[Any]:
        self._is_interrupted = True
        return confirm(self)

    patch.setattr(IdentifiedTracker, "confirm", doubt)


def take_two_events_for_one(patch: Patch) -> None:
    """Events are identified by their types alone."""
    init = IdentifiedTracker.__init__

    def alike(self: IdentifiedTracker, stream: str, identity: object) -> None:
        init(self, stream, lambda event: type(event))

    patch.setattr(IdentifiedTracker, "__init__", alike)


def deliver_what_both_have(patch: Patch) -> None:
    patch.setattr(IdentifiedTracker, "resume", lambda self: None)


def forget_what_a_lost_connection_delivered(patch: Patch) -> None:
    patch.setattr(IdentifiedTracker, "_expect", lambda self, repeated: None)


def confirm_without_a_mark(patch: Patch) -> None:
    """Gaps would come with the next confirmation, if at all."""
    mark = Router.mark

    def skip(self: Router, name: str, given: Any) -> None:
        if not isinstance(given, Confirmation):
            mark(self, name, given)

    patch.setattr(Router, "mark", skip)


def end_what_is_active(patch: Patch) -> None:
    """A subscription whose answer was lost is taken for somebody else's."""
    patch.setattr(account_connection, "remedy_of", lambda *arguments: "end")


def trust_the_machine_s_clock(patch: Patch) -> None:
    def believe(self: ServerClock, sent_at: float, now: float, server_time: float) -> None:
        self.offset, self.is_trusted, self.ask_at = 1_700_000_000.0, True, now + 600

    patch.setattr(ServerClock, "set", believe)


def send_what_was_signed_for_another_connection(patch: Patch) -> None:
    def adopt(self: PendingRequests, other: PendingRequests) -> None:
        for id, pending in list(other.begun.items()):
            if not pending.is_sent:
                del other.begun[id]
                self.begun[id] = pending
        self._texts += [(pending, f'{{"id": {id}}}') for id, pending in self.begun.items()]

    patch.setattr(PendingRequests, "adopt", adopt)


def bind_to_the_wrong_account(patch: Patch) -> None:
    patch.setattr(Bindings, "name_of", lambda self, id: next(iter(self._ids), None))


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    report_no_gap,
    report_a_gap_at_each_confirmation,
    take_two_events_for_one,
    deliver_what_both_have,
    forget_what_a_lost_connection_delivered,
    confirm_without_a_mark,
    end_what_is_active,
    trust_the_machine_s_clock,
    send_what_was_signed_for_another_connection,
    bind_to_the_wrong_account,
)


def is_noticed() -> bool:
    """Whether any of the worlds fails."""
    for seed in _SEEDS:
        try:
            AccountsWorld(seed).run()
        except (AssertionError, KeyError):
            return True
    return False


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_broken_session_is_noticed(mutate: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """The same seeds pass with the session as it is: see test_accounts.py."""
    mutate(monkeypatch)
    assert is_noticed()
