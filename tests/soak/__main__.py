"""``python -m tests.soak``: a client for minutes or hours under trouble; 1 if it did not hold."""

from __future__ import annotations

import argparse
import logging
import threading
import time
from collections import Counter
from decimal import Decimal

from binance_streams import Client, Gap, Notice, OrderBook, Undecodable
from tests.soak.meter import Account, Held, held
from tests.soak.trouble import CALM, RemoteSimulator, troubles
from tests.support.books import is_right

SYMBOLS = ("btcusdt", "ethusdt", "bnbusdt", "solusdt", "xrpusdt")

# The share of the run after which memory should have stopped growing, and how much is noise.
_WARM = 0.25
_NOISE_MB = 8.0


class Soak:
    """One run."""

    def __init__(self, seed: int, speed: float) -> None:
        self.notices: Counter[str] = Counter()
        self.accounts = {
            f"{symbol}@{kind}": Account() for symbol in SYMBOLS for kind in ("trade", "aggTrade")
        }
        # How often a book that was called synced was compared, and what was wrong with it.
        self.compared = 0
        self.wrong_books: list[str] = []
        self.events = 0
        self._seed = seed
        self._speed = speed

    def run(self, minutes: float, report_every: float) -> list[str]:
        """Run for ``minutes``; what did not hold, in words."""
        with RemoteSimulator(self._seed, self._speed) as server:
            before = held()
            print(f"before the client: {before}", flush=True)
            with Client(
                server.url,
                on_notice=self._notice,
                idle_timeout=5.0,
                request_timeout=2.0,
                connection_lifetime=60.0,
                # Most streams have no reader: what waits of them must not hide what grows.
                maxsize=100,
            ) as client:
                warm, last, stranded = self._live(client, server, minutes * 60, report_every)
            after = held()
            print(f"after close(): {after}", flush=True)
            violations = server.order("violations")
        return [
            *(f"{name} was not confirmed in the end" for name in stranded),
            *(f"the client broke a limit: {violation}" for violation in violations),
            *self._wrong_accounts(),
            *self.wrong_books,
            *_growth(before, warm, last, after),
        ]

    def _live(
        self, client: Client[Decimal], server: RemoteSimulator, seconds: float, report_every: float
    ) -> tuple[Held, Held, list[str]]:
        # Those that are read drop nothing, however slow the machine.
        steady = [
            client.subscribe(name, maxsize=1_000_000, fill=name.endswith("@aggTrade"))
            for name in self.accounts
        ]
        books = [client.order_book(symbol) for symbol in SYMBOLS[1:]]
        books.append(client.order_book(SYMBOLS[0], verify=True))
        readers = [threading.Thread(target=self._read, args=(one,), daemon=True) for one in steady]
        for reader in readers:
            reader.start()
        others = [
            method(symbol)
            for symbol in SYMBOLS
            for method in (client.mini_ticker, client.book_ticker, client.diff_book_depth)
        ]
        start = time.monotonic()
        warm = None
        next_report = start + report_every
        for number, (pause, name, orders) in enumerate(troubles(self._seed, list(self.accounts))):
            if time.monotonic() - start > seconds:
                break
            for order in orders:
                server.order(*order)
            self.notices[f"trouble: {name}"] += 1
            time.sleep(pause)
            for order in CALM:
                server.order(*order)
            # The streams that nobody reads come and go.
            one = others[number % len(others)]
            one.unsubscribe()
            others[number % len(others)] = client.subscribe(one.name)
            time.sleep(1.0)
            self._compare(server, books)
            if warm is None and time.monotonic() - start > seconds * _WARM:
                warm = held()
                print(f"warm: {warm}", flush=True)
            if time.monotonic() > next_report:
                next_report += report_every
                self._report(client, time.monotonic() - start)
        stranded = [*self._settle(client), *_unsynced(books)]
        self._compare(server, books)
        last = held()
        self._report(client, time.monotonic() - start)
        print(f"with the client, in the end: {last}", flush=True)
        return warm or last, last, stranded

    def _settle(self, client: Client[Decimal]) -> list[str]:
        """After the last trouble: the streams that are not confirmed within a minute."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            pending = [one.name for one in client.subscriptions if one.state != "confirmed"]
            if not pending:
                break
            time.sleep(0.1)
        return pending

    def _read(self, subscription: object) -> None:
        name: str = subscription.name  # type: ignore[attr-defined]
        account = self.accounts[name]
        for item in subscription.with_notices():  # type: ignore[attr-defined]
            if isinstance(item, Gap):
                account.missing += item.missing or 0
            elif not isinstance(item, Notice):
                self.events += 1
                account.take(item.trade_id if name.endswith("@trade") else item.aggregate_trade_id)

    def _compare(self, server: RemoteSimulator, books: list[OrderBook[Decimal]]) -> None:
        """Compare the books that are called synced with the server's, at the same update."""
        for book in books:
            try:
                self.compared += is_right(server, book)
            except AssertionError as wrong:
                self.wrong_books.append(f"{book}: {str(wrong)[:200]}")

    def _notice(self, notice: Notice) -> None:
        self.notices[type(notice).__name__] += 1
        if isinstance(notice, Undecodable) and notice.stream is None:
            self.notices["Undecodable of no stream"] += 1

    def _report(self, client: Client[Decimal], seconds: float) -> None:
        missing = sum(account.missing for account in self.accounts.values())
        print(
            f"{seconds:6.0f} s: {self.events:,} trades read, {missing:,} reported missing, "
            f"{self.compared:,} books compared, {client.stats().reconnects} reconnects, {held()}",
            flush=True,
        )

    def _wrong_accounts(self) -> list[str]:
        return [
            f"{name}: {account.unaccounted} ids neither delivered nor reported missing, "
            f"{account.disorder} out of order"
            for name, account in self.accounts.items()
            if account.unaccounted or account.disorder or not account.delivered
        ]


def _unsynced(books: list[OrderBook[Decimal]]) -> list[str]:
    """After the last trouble: the books that are not synced within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(book.state != "synced" for book in books):
        time.sleep(0.1)
    return [f"{book} ({book.reason})" for book in books if book.state != "synced"]


def _growth(before: Held, warm: Held, last: Held, after: Held) -> list[str]:
    wrong = []
    if last.megabytes > warm.megabytes + _NOISE_MB:
        wrong.append(f"memory grew from {warm.megabytes:.1f} to {last.megabytes:.1f} MB")
    if last.threads > warm.threads + 1 or after.threads > before.threads:
        wrong.append("threads were left behind")
    if last.descriptors > warm.descriptors + 3 or after.descriptors > before.descriptors:
        wrong.append("descriptors were left behind")
    return wrong


def main() -> int:
    """Run as long as was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same troubles")
    parser.add_argument("--speed", type=float, default=20.0, help="of the simulated market")
    parser.add_argument("--report-every", type=float, default=15.0, help="seconds")
    options = parser.parse_args()
    # The notices are counted here; their log would drown the report.
    logging.getLogger("binance_streams").setLevel(logging.CRITICAL)
    soak = Soak(options.seed, options.speed)
    wrong = soak.run(options.minutes, options.report_every)
    for name, count in sorted(soak.notices.items()):
        print(f"{count:8,} {name}")
    print(
        "\n".join(wrong)
        or "held: every trade was delivered or reported missing, no book was wrong, nothing grew"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
