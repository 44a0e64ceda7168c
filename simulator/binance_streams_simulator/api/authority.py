"""Who may do what a request asks for: its key, its time and its signature."""

from __future__ import annotations

from binance_streams_runtime.catalog.api import Api, ApiMethod
from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey, is_well_formed
from binance_streams_simulator.api.arguments import Arguments
from binance_streams_simulator.api.errors import (
    AHEAD,
    BAD_KEY_FORMAT,
    BAD_SIGNATURE,
    EXPIRED,
    REJECTED_KEY,
)
from binance_streams_simulator.api.methods import SIGNS_ITSELF
from binance_streams_simulator.api.request import ApiRequest, payload_of
from binance_streams_simulator.api.session import ApiSession
from binance_streams_simulator.refusals import Refusal

_MOST_AHEAD = 1_000_000
"""A timestamp must be less than so many microseconds ahead of the server's clock."""


class Authority:
    """Checks signed requests. In which order the venue does so is not documented."""

    def __init__(self, api: Api, exchange: Exchange) -> None:
        self._api = api
        self._exchange = exchange

    def signer(
        self,
        method: ApiMethod,
        request: ApiRequest,
        arguments: Arguments,
        session: ApiSession,
        now: int,
    ) -> tuple[Account, AccountKey]:
        """Return whose request it is; raise Refusal if it is nobody's."""
        is_explicit = method.name in SIGNS_ITSELF or session.key is None
        is_explicit = is_explicit or arguments.has("apiKey") or arguments.has("signature")
        if is_explicit and not is_well_formed(arguments.text("apiKey")):
            raise Refusal(*BAD_KEY_FORMAT)
        if is_explicit:
            arguments.text("signature")
        self._check_time(arguments, now)
        if is_explicit:
            found = self._exchange.find(arguments.text("apiKey"))
        else:
            assert session.account is not None
            assert session.key is not None
            found = session.account, session.key
        if found is None or found[1].is_revoked:
            raise Refusal(*REJECTED_KEY)
        _, key = found
        if is_explicit and not key.is_signature(
            payload_of(request.params), arguments.text("signature")
        ):
            raise Refusal(*BAD_SIGNATURE)
        is_logon = method.security == "SIGNED"
        # Which code another kind of key gets at a logon is not documented.
        if not (key.kind == "ED25519" if is_logon else key.allows(method.security)):
            raise Refusal(*REJECTED_KEY)
        return found

    def _check_time(self, arguments: Arguments, now: int) -> None:
        timestamp = arguments.timestamp()
        window = arguments.recv_window(self._api.recv_window, self._api.max_recv_window)
        if timestamp >= now + _MOST_AHEAD:
            raise Refusal(*AHEAD)
        if now - timestamp > window:
            raise Refusal(*EXPIRED)
