"""Requests to the server whose answers a task waits for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from binance_streams_runtime.asyncio.pending_results import AsyncResults
from binance_streams_runtime.asyncio.waking import ClientLoop
from binance_streams_runtime.client.account import AccountBase
from binance_streams_runtime.client.accounts import ClientAccounts
from binance_streams_runtime.client.queries import BUSY, PAUSED, UNKNOWN, Queries
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.protocol.requests import RequestId


class AsyncQueries:
    """Sends queries, and waits until they are answered."""

    def __init__(
        self,
        queries: Queries,
        driver: Driver,
        client_loop: ClientLoop,
        catch_up: Callable[[], Awaitable[bool]],
    ) -> None:
        """``catch_up`` waits until everything that has arrived is read, if that is in time."""
        self._queries = queries
        self._driver = driver
        self._client_loop = client_loop
        self._catch_up = catch_up

    async def one(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and return the answer."""
        pending = self._pending()
        self._queries.send(method, params, id, pending)
        return (await self._results(method, pending))[0]

    async def all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, with ``id`` on the first one; return all answers."""
        pending = self._pending()
        self._queries.send_to_all(method, id, pending)
        return await self._results(method, pending)

    async def call(
        self,
        accounts: ClientAccounts,
        account: AccountBase[Any, Any],
        method: str,
        params: Mapping[str, object],
    ) -> Any:
        """Send an account's request, and return the result."""
        pending = self._pending()
        request = accounts.send(account, method, params, pending)
        try:
            return (await self._results(method, pending, UNKNOWN))[0]
        finally:
            accounts.give_up(request)

    def _pending(self) -> AsyncResults:
        # Before anything is sent, as the wrong loop could not wait for the answer.
        self._client_loop.bind()
        return AsyncResults(self._client_loop)

    async def _results(self, method: str, pending: AsyncResults, note: str = "") -> list[Any]:
        """Wait for the answers; each comes, or fails in time, if its request is sent at all.

        ``note`` is added to an error that says that none was read.
        """
        patience = self._queries.patience
        while not await pending.wait(patience):
            text = f"{method} was not answered within {patience:g} s"
            if self._driver.is_paused:
                raise RequestTimeout(f"{text}: {PAUSED}{note}")
            if not await self._catch_up():
                raise RequestTimeout(f"{text}: {BUSY}{note}")
        return pending.results()
