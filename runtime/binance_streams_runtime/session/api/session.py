"""The accounts and requests of a client, and the connections to the WebSocket API for them."""

from __future__ import annotations

from binance_streams_runtime.protocol.api_requests import ApiRequest, Call, Prepared, SigningKey


class ApiSession:
    """The subscriptions of accounts, and requests."""

    def subscribe_account(
        self, now: float, name: str, key: SigningKey, recv_window: float | None
    ) -> None:
        """Subscribe to the account of ``key``; ``name`` is that of its stream."""
        raise NotImplementedError

    def request(self, now: float, request: ApiRequest) -> None:
        """Send a request on the first connection; open one if there is none."""
        raise NotImplementedError

    def prepared(self, now: float, call: Call, prepared: Prepared) -> None:
        """Send what was prepared, if its connection is still open."""
        raise NotImplementedError
