"""One book and its server, with everything between them that can go wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from binance_streams import BookMismatch, BookResynced, BookTicker, Notice
from binance_streams_runtime.order_book.levels import Side
from binance_streams_runtime.order_book.local_book import LocalBook
from binance_streams_runtime.order_book.snapshots import OnSnapshot
from binance_streams_runtime.order_book.synchronizer import Synchronizer
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.protocol.rest import Need, RestFailure
from tests.support.true_book import Levels, TrueBook, Update, plain, rules

DEPTH = 12

Action = tuple[str, int]
"""What happens, and a number that says how."""

ACTIONS = (
    *("change", "change", "change", "send", "send", "receive", "receive", "receive"),
    *("serve", "serve", "serve"),
    *("answer", "answer", "wait", "wait", "message", "message", "message", "lose", "repeat"),
    *("swap", "fail", "interrupt", "confirm", "confirm", "restart", "lose_message", "read"),
    *("flow", "flow"),
)

# How far apart the ids are that a server begins anew with.
_APART = 50_000


class WrongBook(AssertionError):
    """A book was called synced, and was not."""


class BookWorld:
    """Actions change it, and after each of them a book that is called synced is right."""

    def __init__(self, seed: int = 0, *, is_linked: bool = False, depth: int = DEPTH) -> None:
        self.random = Random(seed)
        self.server = TrueBook(self.random, is_linked=is_linked)
        self.rules = rules(is_linked=is_linked)
        self.now = 100.0
        self.notices: list[Notice] = []
        self.changes: list[BookChange[str]] = []
        self.failures: list[RestFailure] = []
        self.requests: dict[int, tuple[int, Need, OnSnapshot]] = {}
        self.asked: list[tuple[float, int, Need]] = []
        self.cancelled: list[int] = []
        self._answers: dict[int, object] = {}
        self._in_flight: deque[Update] = deque()
        self._received: list[Update] = []
        self._messages: deque[BookTicker[str]] = deque()
        self._is_confirmed = False
        self._bases = [k * _APART for k in range(1, 40) if k * _APART != self.server.id]
        self.random.shuffle(self._bases)
        self.local = LocalBook("btcusdt@depth", self.notices.append)
        self.local.on_change = self.changes.append
        self.sync = Synchronizer(
            self.local,
            self.rules,
            depth,
            fetch=self._fetch,
            cancel=self._cancel,
            random=self.random.random,
            on_failed=self.failures.append,
        )
        self.sync.verify(self.rules.best)

    def run(self, actions: Sequence[Action]) -> None:
        """Do all of this, then let everything work again, and see that the book is right."""
        for name, number in actions:
            getattr(self, name)(number)
            self.judge()
        self.heal()
        mismatches = [notice for notice in self.notices if isinstance(notice, BookMismatch)]
        assert mismatches == [], "the server never contradicted itself"

    # What happens

    def change(self, number: int = 0) -> None:
        if number % 8 == 5:
            self.server.rush()
        for _ in range(1 + number % 4):
            self.server.change()

    def send(self, number: int = 0) -> None:
        update = self.server.update()
        if update is not None:
            self._in_flight.append(update)
        self._messages += self.server.messages
        self.server.messages.clear()

    def receive(self, number: int = 0) -> None:
        if self._in_flight:
            update = self._in_flight.popleft()
            self._received.append(update)
            self.sync.update(self.now, update)

    def lose(self, number: int = 0) -> None:
        if self._in_flight:
            self._in_flight.popleft()

    def repeat(self, number: int = 0) -> None:
        """An update comes again, maybe one from long ago."""
        if self._received:
            self.sync.update(self.now, self._received[-1 - number % min(len(self._received), 3)])

    def swap(self, number: int = 0) -> None:
        if len(self._in_flight) > 1:
            self._in_flight.rotate(1)

    def flow(self, number: int = 0) -> None:
        """For a moment, everything works."""
        if not self._is_confirmed:
            self.confirm()
        for _ in range(1 + number % 5):
            self.change(number)
            self.send()
            while self._in_flight:
                self.receive()
                self.judge()
            while self._messages:
                self.message()
                self.judge()
            self.wait(number % 16)
            if number % 5 == 0:
                self._answer_all()
            elif number % 5 == 1:
                self.serve()
                self.answer()

    def serve(self, number: int = 0) -> None:
        """The server makes its answer, which arrives later; it may be behind its own stream."""
        for request, (limit, _, _) in self.requests.items():
            if request not in self._answers:
                self._answers[request] = self.server.snapshot(limit, lag=number % 6)
                return

    def answer(self, number: int = 0) -> None:
        for request, answer in list(self._answers.items()):
            del self._answers[request]
            self._done(request, answer)
            return

    def fail(self, number: int = 0) -> None:
        for request in list(self.requests):
            retry_after = float(number % 9) if number % 2 else None
            self._done(request, RestFailure("503 Service Unavailable", 503, None, retry_after))
            return

    def wait(self, number: int = 0) -> None:
        """Some time passes: what is due meanwhile happens when it is due."""
        until = self.now + (number % 64) / 8
        while self.sync.next_time() <= until:
            self.now = max(self.now, self.sync.next_time())
            self.sync.check(self.now)
            self.judge()
        self.now = until

    def interrupt(self, number: int = 0) -> None:
        """The connection is lost, with what was on its way."""
        self._is_confirmed = False
        self.sync.interrupted(self.now, "the connection was lost")
        self.sync.best_levels_interrupted()
        self._in_flight.clear()
        self._messages.clear()
        if number % 2:
            self.change(number)
            self.server.update()
            self.server.messages.clear()

    def confirm(self, number: int = 0) -> None:
        self._is_confirmed = True
        self.sync.confirmed(self.now)

    def restart(self, number: int = 0) -> None:
        """The server begins anew; who checks its stream may notice that or not."""
        if self._bases and number % 3 == 0:
            self.server.restart(self._bases.pop() + number % 7)
            self._in_flight.clear()
            self._messages.clear()
            self.sync.best_levels_interrupted()
            if number % 2:
                self.sync.gap(self.now, "the ids restarted")

    def message(self, number: int = 0) -> None:
        if self._messages:
            self.sync.best_levels(self.now, self._messages.popleft())

    def lose_message(self, number: int = 0) -> None:
        if self._messages:
            self._messages.popleft()
            self.sync.best_levels_interrupted()

    def read(self, number: int = 0) -> None:
        """Somebody reads some levels, which may sort them."""
        if self.local.book is not None:
            self.local.book.bids.top(number % 40)
            self.local.book.asks.top(number % 7)

    # What must be true

    def judge(self) -> None:
        """Raise WrongBook if the book is called synced, and is not what the server had."""
        book = self.local.book
        if self.local.state != "synced":
            return
        assert book is not None
        states = self.server.history.get(book.update_id, [])
        if not any(
            is_right(book.bids, bids, 1) and is_right(book.asks, asks, -1) for bids, asks in states
        ):
            raise WrongBook(f"at {book.update_id}")

    def heal(self) -> None:
        """Let everything arrive in order from now on, until the book must be right."""
        for _ in range(20):
            self.flow(15)
            self.wait(63)
            self._answer_all()
        book = self.local.book
        assert book is not None
        assert (self.local.state, self.local.reason) == ("synced", "")
        assert book.update_id == self.server.id
        assert book.known_depth >= min(DEPTH / 2, 6)

    def _answer_all(self) -> None:
        while self.requests:
            self._answers.clear()
            self.serve()
            self.answer()
            self.judge()

    def resynced(self) -> list[BookResynced]:
        return [notice for notice in self.notices if isinstance(notice, BookResynced)]

    # REST

    def _fetch(self, limit: int, need: Need, on_done: OnSnapshot) -> int:
        self.asked.append((self.now, limit, need))
        number = len(self.asked)
        assert not self.requests, "one request at a time"
        self.requests[number] = (limit, need, on_done)
        return number

    def _cancel(self, number: int) -> None:
        del self.requests[number]
        self._answers.pop(number, None)
        self.cancelled.append(number)

    def _done(self, request: int, result: object) -> None:
        _, _, on_done = self.requests.pop(request)
        self._answers.pop(request, None)
        on_done(self.now, result)


def is_right(side: Side, truth: Levels, sign: int) -> bool:
    """Whether a side has what the server had: exactly within the horizon, and nothing wrong."""
    levels = plain(side.top(1_000))
    ordered = sorted(levels, key=lambda level: -sign * level[0])
    if levels != ordered or any(truth.get(price) != quantity for price, quantity in levels):
        return False
    if not levels or levels[0][0] != max(truth, key=lambda price: sign * price):
        return False
    bound = None if side.horizon is None else sign * Decimal(side.horizon)
    within = {price for price in truth if bound is None or sign * price >= bound}
    return within <= {price for price, _ in levels}
