"""What tests observe and control of the WebSocket API and its accounts."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from websockets.frames import CloseCode

from binance_streams_simulator.accounts.demo import DEFAULT_BALANCES, DEMO_API_KEY, DEMO_SECRET
from binance_streams_simulator.accounts.keys import ALL_PERMISSIONS, AccountKey
from binance_streams_simulator.amounts import Amount, scaled
from binance_streams_simulator.api.errors import MESSAGES
from binance_streams_simulator.api.faults import ApiFaults, Cut
from binance_streams_simulator.api.handle import SimulatedAccount
from binance_streams_simulator.api.service import ApiRequestRecord, ApiService
from binance_streams_simulator.hub import text_frame
from binance_streams_simulator.refusals import Refusal

T = TypeVar("T")


class ApiControl(ABC):
    """The part of a simulator that is about its WebSocket API. Every method may be called anywhere.

    Each raises ValueError if the market has no such API.
    """

    # Accounts

    @property
    def demo_account(self) -> SimulatedAccount:
        """The account that is always there: its key and secret are those of the documentation."""
        return self._do_api(
            lambda api: SimulatedAccount(
                api.exchange.accounts[0], DEMO_API_KEY, DEMO_SECRET, self._do_api
            )
        )

    def add_account(
        self,
        api_key: str | None = None,
        *,
        secret: str | None = None,
        public_key: str | bytes | None = None,
        balances: Mapping[str, Amount] = DEFAULT_BALANCES,
        permissions: Collection[str] = ALL_PERMISSIONS,
    ) -> SimulatedAccount:
        """Add an account with one API key.

        Args:
            api_key: 64 letters and digits; None makes one up.
            secret: The secret of an HMAC key; if there is no public key either, one is made up.
            public_key: The public half of an Ed25519 or RSA key in PEM format.
            balances: What the account has, by asset.
            permissions: What the key may do: ``TRADE``, ``USER_DATA``, ``USER_STREAM``.

        Raises ValueError if a key is malformed or in use.
        """
        amounts = {asset: scaled(amount) for asset, amount in balances.items()}

        def add(api: ApiService) -> SimulatedAccount:
            count = len(api.exchange.accounts)
            chosen = api_key or _made_up("key", count)
            chosen_secret = secret
            if secret is None and public_key is None:
                chosen_secret = _made_up("secret", count)
            key = AccountKey(chosen, chosen_secret, public_key, frozenset(permissions))
            account = api.exchange.add(key, amounts)
            return SimulatedAccount(account, chosen, chosen_secret, self._do_api)

        return self._do_api(add)

    # Observations

    @property
    def api_connections(self) -> int:
        """How many connections of the WebSocket API are open."""
        return self._do_api(lambda api: len(api.channels))

    @property
    def api_connection_attempts(self) -> int:
        """How many handshakes of it were attempted, including rejected ones."""
        return self._do_api(lambda api: len(api.admission.attempts))

    @property
    def api_requests(self) -> list[ApiRequestRecord]:
        """Every request to it that could be read, in order."""
        return self._do_api(lambda api: list(api.requests))

    @property
    def api_subscriptions(self) -> list[dict[int, str]]:
        """The subscriptions of each open connection: the API key by their id."""
        return self._do_api(
            lambda api: [
                {id: one.key.api_key for id, one in channel.session.subscriptions.items()}
                for channel in api.channels.values()
            ]
        )

    # Faults

    def api_shutdown_notice(self) -> None:
        """Announce to every connection of the API that the server is about to go down."""
        self._do_api(ApiService.notice_shutdown)

    def drop_api_connections(self) -> None:
        """Reset every TCP connection of the API."""

        def drop(api: ApiService) -> None:
            for connection in list(api.channels):
                connection.reset()

        self._do_api(drop)

    def close_api_connections(self, code: int = 1001, reason: str = "") -> None:
        """Close every connection of the API with a close frame."""

        def close(api: ApiService) -> None:
            for connection in list(api.channels):
                connection.end(CloseCode(code), reason)

        self._do_api(close)

    def refuse_api_connections(
        self, status: int | None = None, *, retry_after: int | None = None
    ) -> None:
        """Reject new connections of the API: with an HTTP status, or by a reset."""

        def refuse(faults: ApiFaults) -> None:
            faults.is_refusing = True
            faults.refusal_status, faults.retry_after = status, retry_after

        self._set_api_faults(refuse)

    def accept_api_connections(self) -> None:
        """Accept new connections of the API again."""

        def accept(faults: ApiFaults) -> None:
            faults.is_refusing = False

        self._set_api_faults(accept)

    def stall_api(self) -> None:
        """Stop sending anything on connections of the API, but keep them open."""

        def stall(faults: ApiFaults) -> None:
            faults.is_stalled = True

        self._set_api_faults(stall)

    def unstall_api(self) -> None:
        """Resume sending; what was due meanwhile is lost."""

        def unstall(faults: ApiFaults) -> None:
            faults.is_stalled = False

        self._set_api_faults(unstall)

    def shift_clock(self, seconds: float) -> None:
        """Set the API's clock ahead of the true time, or behind it if below zero."""

        def shift(faults: ApiFaults) -> None:
            faults.clock_shift = seconds

        self._set_api_faults(shift)

    def delay_api(self, *, answers: float = 0.0, events: float = 0.0) -> None:
        """Send answers and events of the API late, by so many seconds."""
        if answers < 0 or events < 0:
            raise ValueError(f"a delay is 0 seconds or more, got {answers} and {events}")

        def delay(faults: ApiFaults) -> None:
            faults.answer_delay, faults.event_delay = answers, events

        self._set_api_faults(delay)

    def ignore_api_requests(self, count: int = 1, method: str | None = None) -> None:
        """Neither do nor answer the next ``count`` requests (of a method)."""
        self._set_api_faults(lambda faults: faults.ignored.arm(method, count))

    def cut_api(self, when: Cut, count: int = 1, method: str | None = None) -> None:
        """Cut the connection at each of the next ``count`` requests (of a method).

        Args:
            when: ``"received"``: the request is lost. ``"executed"``: it is done, but not answered.
                ``"answered"``: it is answered, but its events are lost.
            count: How many requests.
            method: Of which method; None is any.
        """
        self._set_api_faults(lambda faults: faults.cuts[when].arm(method, count))

    def refuse_api_requests(
        self,
        code: int,
        count: int = 1,
        method: str | None = None,
        *,
        status: int = 400,
        message: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Refuse the next ``count`` requests (of a method).

        Args:
            code: The error code, such as -1021.
            count: How many requests.
            method: Of which method; None is any.
            status: The status of the answer.
            message: The text; None is the venue's for this code.
            retry_after: After how many seconds the client may go on; None leaves it out.
        """
        text = MESSAGES.get(code, MESSAGES[-1000]) if message is None else message

        def refuse(faults: ApiFaults) -> None:
            faults.refusal = Refusal(code, text, status, retry_after)
            faults.refused.arm(method, count)

        self._set_api_faults(refuse)

    def hold_api_answers(self, count: int = 1, method: str | None = None) -> None:
        """Send the answers to the next ``count`` requests (of a method) after the next event.

        ``release_api_answers()`` sends them without one.
        """
        self._set_api_faults(lambda faults: faults.held.arm(method, count))

    def release_api_answers(self) -> None:
        """Send the answers that wait for an event."""

        def release(api: ApiService) -> None:
            for channel in api.channels.values():
                channel.release()

        self._do_api(release)

    def skip_account_events(self, count: int = 1) -> None:
        """Do not send the next ``count`` events of accounts, on any connection."""

        def skip(faults: ApiFaults) -> None:
            faults.events_to_skip = count

        self._set_api_faults(skip)

    def repeat_account_events(self, count: int = 1) -> None:
        """Send the next ``count`` events of accounts twice, on any connection."""

        def repeat(faults: ApiFaults) -> None:
            faults.events_to_repeat = count

        self._set_api_faults(repeat)

    def send_api_raw(self, data: str | bytes) -> None:
        """Send to every connection of the API: a text in a frame, or bytes exactly as they are."""
        frame = text_frame(data.encode()) if isinstance(data, str) else data

        def send(api: ApiService) -> None:
            for connection in list(api.channels):
                connection.push(frame)
                connection.flush()

        self._do_api(send)

    def _set_api_faults(self, change: Callable[[ApiFaults], None]) -> None:
        self._do_api(lambda api: change(api.faults))

    @abstractmethod
    def _do_api(self, work: Callable[[ApiService], T]) -> T:
        """Run ``work`` in the server's thread and return what it returns."""


def _made_up(what: str, number: int) -> str:
    return hashlib.sha256(f"{what} {number}".encode()).hexdigest()
