"""Requests to the server whose answers a user's thread waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from binance_streams_runtime.client.account import AccountBase
from binance_streams_runtime.client.accounts import ClientAccounts
from binance_streams_runtime.client.queries import (
    BUSY,
    CATCH_UP_TIMEOUT,
    PAUSED,
    UNKNOWN,
    Queries,
)
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.protocol.requests import RequestId
from binance_streams_runtime.sync.pending_results import WaitableResults


class BlockingQueries:
    """Sends queries, and blocks until they are answered."""

    def __init__(self, queries: Queries, driver: Driver) -> None:
        self._queries = queries
        self._driver = driver

    def one(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and return the answer."""
        self._driver.check_may_wait()
        pending = WaitableResults()
        self._queries.send(method, params, id, pending)
        return self._results(method, pending)[0]

    def all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, with ``id`` on the first one; return all answers."""
        self._driver.check_may_wait()
        pending = WaitableResults()
        self._queries.send_to_all(method, id, pending)
        return self._results(method, pending)

    def call(
        self,
        accounts: ClientAccounts,
        account: AccountBase[Any, Any],
        method: str,
        params: Mapping[str, object],
    ) -> Any:
        """Send an account's request, and return the result."""
        self._driver.check_may_wait()
        pending = WaitableResults()
        request = accounts.send(account, method, params, pending)
        try:
            return self._results(method, pending, UNKNOWN)[0]
        finally:
            accounts.give_up(request)

    def _results(self, method: str, pending: WaitableResults, note: str = "") -> list[Any]:
        """Wait for the answers; each comes, or fails in time, if its request is sent at all.

        ``note`` is added to an error that says that none was read.
        """
        patience = self._queries.patience
        while not pending.wait(patience):
            text = f"{method} was not answered within {patience:g} s"
            if self._driver.is_paused:
                raise RequestTimeout(f"{text}: {PAUSED}{note}")
            if not self._driver.catch_up(CATCH_UP_TIMEOUT):
                raise RequestTimeout(f"{text}: {BUSY}{note}")
        return pending.results()
