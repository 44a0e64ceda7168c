"""One connection of the WebSocket API: its URL, who is logged on, and its subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.api.errors import (
    NO_SUBSCRIPTION_ID,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_INACTIVE,
)
from binance_streams_simulator.moments import Moment
from binance_streams_simulator.refusals import Refusal

MOST_IDS = 65_535
"""How many subscriptions a connection may have in its life."""
_UNITS = {"MILLISECOND": 1_000, "MICROSECOND": 1}
INVALID_TIME_UNIT = (
    -1194,
    "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
)


@dataclass(frozen=True)
class ApiTarget:
    """What the URL of a handshake requests."""

    divisor: int = 1_000
    """Microseconds in the unit of times."""
    returns_limits: bool = True

    @classmethod
    def parse(cls, query: str) -> ApiTarget:
        """Parse the query of a URL; raise Refusal if the time unit is unknown."""
        values = dict(parse_qsl(query))
        unit = values.get("timeUnit", "MILLISECOND")
        divisor = _UNITS.get(unit.upper())
        if divisor is None or unit not in (unit.upper(), unit.lower()):
            raise Refusal(*INVALID_TIME_UNIT)
        return cls(divisor, values.get("returnRateLimits", "true") != "false")


@dataclass(frozen=True)
class ApiSubscription:
    """A subscription to the events of an account."""

    id: int
    account: Account
    key: AccountKey
    is_of_session: bool
    """Whether it was made for the key that the connection was logged on with."""


class ApiSession:
    """The state of one connection."""

    def __init__(self, target: ApiTarget, connected: int, most_subscriptions: int) -> None:
        self.target = target
        self.connected = connected
        self.most_subscriptions = most_subscriptions
        self.account: Account | None = None
        self.key: AccountKey | None = None
        """Of the account that the connection is logged on with."""
        self.authorized: int | None = None
        self.subscriptions: dict[int, ApiSubscription] = {}
        self.next_id = 0

    def log_on(self, account: Account, key: AccountKey, now: int) -> None:
        """Log on, or change the key."""
        self.account, self.key, self.authorized = account, key, now

    def log_out(self) -> list[ApiSubscription]:
        """Forget the key; return the subscriptions that end."""
        self.account = self.key = self.authorized = None
        return self._end(lambda one: one.is_of_session)

    def subscribe(self, account: Account, key: AccountKey, is_of_session: bool) -> int:
        """Subscribe to an account; return the id of the subscription."""
        if any(one.account is account for one in self.subscriptions.values()):
            raise Refusal(*SUBSCRIPTION_ACTIVE)
        if len(self.subscriptions) >= self.most_subscriptions:
            # Which code it has is not documented.
            raise Refusal(
                -1191,
                "Too many subscriptions. Connection may create up to "
                f"'{self.most_subscriptions}' subscriptions at a time.",
            )
        if self.next_id >= MOST_IDS:
            raise Refusal(*NO_SUBSCRIPTION_ID)
        id = self.next_id
        self.next_id += 1
        self.subscriptions[id] = ApiSubscription(id, account, key, is_of_session)
        return id

    def unsubscribe(self, id: int | None) -> list[ApiSubscription]:
        """End one subscription, or all; return those that end."""
        if id is not None and id not in self.subscriptions:
            raise Refusal(*SUBSCRIPTION_INACTIVE)
        return self._end(lambda one: id is None or one.id == id)

    def end_all_of(self, account: Account) -> list[ApiSubscription]:
        """End the subscription to an account; return it if there was one."""
        return self._end(lambda one: one.account is account)

    def end_all_with(self, key: AccountKey) -> list[ApiSubscription]:
        """End the subscriptions that were made with a key; return them."""
        return self._end(lambda one: one.key is key)

    def described(self, now: int) -> Mapping[str, object]:
        """Return the session as the venue describes it."""
        return {
            "apiKey": None if self.key is None else self.key.api_key,
            "authorizedSince": None if self.authorized is None else Moment(self.authorized),
            "connectedSince": Moment(self.connected),
            "returnRateLimits": self.target.returns_limits,
            "serverTime": Moment(now),
            "userDataStream": bool(self.subscriptions),
        }

    def _end(self, ends: Callable[[ApiSubscription], bool]) -> list[ApiSubscription]:
        ended = [one for one in self.subscriptions.values() if ends(one)]
        for one in ended:
            del self.subscriptions[one.id]
        return ended
