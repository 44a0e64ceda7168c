"""The proof notices what it should: a book with one wrong rule fails it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from binance_streams_runtime.order_book import levels, verification
from binance_streams_runtime.order_book.book import Book
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.messages import Messages
from binance_streams_runtime.order_book.overlay import Overlay
from binance_streams_runtime.order_book.splice import Fit, Splice
from binance_streams_runtime.order_book.synchronizer import Synchronizer
from binance_streams_runtime.order_book.verification import Verification
from tests.support.book_world import BookWorld
from tests.unit.order_book.test_never_wrong import some

Patch = pytest.MonkeyPatch


def apply_whatever_comes(patch: Patch) -> None:
    """A gap between two updates is not seen."""
    patch.setattr(Messages, "follows", lambda self, start, update_id, is_first: True)


def miss_one_id(patch: Patch) -> None:
    """One update may be missing."""
    ids = Messages.ids

    def earlier(self: Messages, update: Any) -> tuple[int, int]:
        start, last = ids(self, update)
        return start - 1, last

    patch.setattr(Messages, "ids", earlier)


def want_the_snapshots_id_in_the_first_update(patch: Patch) -> None:
    """A first update that begins with the id after the snapshot's counts as a gap."""
    ids = Messages.ids

    def later(self: Messages, update: Any) -> tuple[int, int]:
        start, last = ids(self, update)
        return start + 1, last

    patch.setattr(Messages, "ids", later)


def believe_old_snapshots(patch: Patch) -> None:
    """A snapshot from before the first update is taken as if nothing was missing."""
    fit = Splice.fit
    patch.setattr(Splice, "fit", lambda self: _other(fit(self), Fit.OLD, Fit.FITS))


def believe_updates_before_the_snapshot(patch: Patch) -> None:
    """Updates that have not reached the snapshot are laid over it."""
    fit = Splice.fit
    patch.setattr(Splice, "fit", lambda self: _other(fit(self), Fit.AHEAD, Fit.FITS))


def collect_over_gaps(patch: Patch) -> None:
    """While a snapshot is on its way, updates may be missing."""
    patch.setattr(Splice, "follows", lambda self, start: True)


def forget_the_updates_of_the_first_moment(patch: Patch) -> None:
    """What comes between the request for more levels and its answer is not kept."""
    patch.setattr(Overlay, "add", lambda self, last, bids, asks: setattr(self, "last", last))


def let_old_updates_change_the_book(patch: Patch) -> None:
    """An update that is in the book already is applied again."""

    apply = LocalBook.apply
    update = Synchronizer.update

    def again(self: Synchronizer, now: float, event: Any) -> None:
        update(self, now, event)
        book = self.local.book
        if self.local.is_synced and book is not None and event.last_update_id < book.update_id:
            apply(self.local, book.update_id, event.bids, event.asks, None)

    patch.setattr(Synchronizer, "update", again)


def know_all_levels(patch: Patch) -> None:
    """A snapshot counts as the whole book, however deep it is."""
    create = Book.__init__

    def make(self: Book, update_id: int, bids: Any, asks: Any, limit: int, _: Any) -> None:
        create(self, update_id, bids, asks, limit + 1)

    patch.setattr(Book, "__init__", make)


def ignore_the_horizon(patch: Patch) -> None:
    """A best level beyond all known ones counts as the best."""
    patch.setattr(levels.Side, "is_exhausted", property(lambda self: False))


def remove_only_by_one_text(patch: Patch) -> None:
    """Only zeros that are written in one way remove a level."""
    patch.setattr(levels, "ZEROS", frozenset({"0.00000000"}))


def compare_at_once(patch: Patch) -> None:
    """The last message about the best levels is believed to be the last one."""

    def message(self: Verification, event: Any) -> tuple[int, str, str] | None:
        said = self._best_of(event)
        if not self._states:
            return None
        update_id, best = self._states[-1]
        is_same = all(map(verification._is_same, best, said))
        return None if is_same else (update_id, "", "")

    patch.setattr(Verification, "message", message)


def compare_over_gaps(patch: Patch) -> None:
    """Messages about the best levels may be missing."""
    patch.setattr(Verification, "interrupted", lambda self: None)
    patch.setattr(Verification, "restart", lambda self: None)


def trust_ids_for_ever(patch: Patch) -> None:
    """Ids that restarted without a word are old ones."""
    patch.setattr(Synchronizer, "_begins_anew", lambda self, now, is_certain=False: False)


def never_deepen(patch: Patch) -> None:
    patch.setattr(Synchronizer, "deepen", lambda self, now: None)


MUTANTS: Sequence[Callable[[Patch], None]] = (
    apply_whatever_comes,
    miss_one_id,
    want_the_snapshots_id_in_the_first_update,
    believe_old_snapshots,
    believe_updates_before_the_snapshot,
    collect_over_gaps,
    forget_the_updates_of_the_first_moment,
    let_old_updates_change_the_book,
    know_all_levels,
    ignore_the_horizon,
    remove_only_by_one_text,
    compare_at_once,
    compare_over_gaps,
    trust_ids_for_ever,
    never_deepen,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_wrong_rule_is_noticed(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    assert any(_fails(seed, is_linked) for seed in range(40) for is_linked in (False, True))


def _fails(seed: int, is_linked: bool) -> bool:
    try:
        BookWorld(seed, is_linked=is_linked).run(some(seed))
    except (AssertionError, RecursionError):
        return True
    return False


def _other(fit: Fit, one: Fit, other: Fit) -> Fit:
    return other if fit is one else fit
