"""The events and requests of one account, for asyncio.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

# Parameters have the names that the venue gives them, recvWindow too.
# ruff: noqa: N803

from __future__ import annotations

from typing import Any, Generic, Literal, overload

from binance_streams._api import AccountState
from binance_streams._structs import (
    AccountEvent,
    AccountStatus,
    AccountSubscription,
    Order,
    ServerTime,
    SessionStatus,
)
from binance_streams_runtime.async_api import BaseAsyncAccount
from binance_streams_runtime.generated_api import N


class AsyncAccount(BaseAsyncAccount[AccountEvent[N], AccountState[N]], Generic[N]):
    """The events and requests of one account of Binance Spot for asyncio."""

    state_type = AccountState

    @overload
    async def request(
        self,
        method: Literal["account.status"],
        /,
        *,
        omitZeroBalances: bool | None = None,
        recvWindow: float | None = None,
    ) -> AccountStatus[N]: ...

    @overload
    async def request(
        self,
        method: Literal["openOrders.status"],
        /,
        *,
        symbol: str | None = None,
        recvWindow: float | None = None,
    ) -> list[Order[N]]: ...

    @overload
    async def request(self, method: Literal["ping"], /) -> Any: ...

    @overload
    async def request(self, method: Literal["session.status"], /) -> SessionStatus: ...

    @overload
    async def request(
        self, method: Literal["session.subscriptions"], /
    ) -> list[AccountSubscription]: ...

    @overload
    async def request(self, method: Literal["time"], /) -> ServerTime: ...

    async def request(self, method: str, /, **params: Any) -> Any:
        """Send a request to the WebSocket API; return the ``result`` of its answer.

        The API key, the timestamp and the signature are added if the method needs them. The request
        weight is counted: a request waits for its turn if the limit is used up. Never sent twice:
        if no answer comes, the error says whether the request was sent; if the task is cancelled,
        it is not sent any more, but may have been sent before. It needs a connection, but no
        confirmed subscription, and also works after ``unsubscribe()``.

        Args:
            method: The venue's name, such as ``openOrders.status``.
            params: Its parameters by the venue's names, such as ``symbol``. Prices and quantities
                are Decimal, text or int, as a float is not exact; what is None is left out.

        Returns:
            The result: a struct if the spec describes it, otherwise plain JSON objects.

        Raises:
            ParameterError: There is no such method, or a parameter is not allowed; nothing is sent.
            RequestError: The server refuses it; the error has the code and what to do about it.
            RequestTimeout: No answer came in time.
            ConnectionLost: The connection ended before the answer.
            SigningError: The key does not sign.
            UndecodableError: The answer does not match the spec.
            ClientClosed: The client has been closed.
        """
        return await self._request(method, params)
