"""The server's end of one connection to the WebSocket API, with all that may go wrong there."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.server import Connection
from tests.support.frames import frame
from tests.support.true_account import Moment, TrueAccount
from tests.support.true_orders import Json

if TYPE_CHECKING:
    from tests.simulation.accounts import AccountsWorld
    from tests.simulation.client import Client

Refusal = tuple[int, int, str]

# What heals by itself or by another attempt.
REFUSALS: tuple[Refusal, ...] = (
    (400, -1000, "An unknown error occurred while processing the request."),
    (500, -1001, "Internal error; unable to process your request. Please try again."),
    (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    (503, -1008, "Server is currently overloaded with other requests."),
    (429, -1003, "Too much request weight used."),
)
# Seconds by which what an answer says may be old.
_MEMORY = 1.0

_ACTIVE: Refusal = (400, -2035, "User Data Stream subscription already active.")
_NOT_ACTIVE: Refusal = (400, -2036, "User Data Stream subscription not active.")
_REVOKED: Refusal = (401, -2015, "Invalid API-key, IP, or permissions for action.")
_UNAUTHORIZED: Refusal = (400, -1002, "You are not authorized to execute this request.")


@dataclass(eq=False)
class SimulatedAccount:
    """An account at the server, and what its memory must know."""

    api_key: str
    secret: str
    true: TrueAccount
    oldest: int = 0
    """The oldest moment that an answer may be from."""
    times: list[float] = field(default_factory=lambda: [0.0])
    """When each moment came."""

    def is_signed(self, params: Json) -> bool:
        """Whether a request has the signature that belongs to it, as the documentation has it."""
        names = sorted(name for name in params if name != "signature")
        payload = "&".join(f"{name}={params[name]}" for name in names)
        expected = hmac.new(self.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        return bool(params.get("signature") == expected)

    def remember(self) -> None:
        """Answer nothing older from now on than what has happened."""
        self.oldest = len(self.true.moments) - 1

    def moment(self, now: float, chance: Random) -> Moment:
        """What an answer from memory says, which is at most a second old."""
        moments = self.true.moments
        for place in range(len(moments) - 1, self.oldest, -1):
            if moments[place].is_unannounced or self.times[place] <= now - _MEMORY:
                self.oldest = place
                break
        return moments[chance.randint(self.oldest, len(moments) - 1)]


class ApiConnection(Connection):
    """One connection to the WebSocket API."""

    world: AccountsWorld

    def __init__(self, world: AccountsWorld, client: Client, number: int) -> None:
        super().__init__(world, client, number)
        self.subscriptions: dict[int, SimulatedAccount] = {}
        self.session: SimulatedAccount | None = None
        self._by_session: int | None = None
        self._is_revoked = False
        self._next_id = 0

    # Requests

    def _react(self, request: Json) -> None:
        world, chance = self.world, self.world.chance
        method, params = request["method"], request.get("params", {})
        world.requests.append((world.now, self.number, method))
        if self._is_revoked and method != "time" and "signature" not in params:
            self._is_revoked = False
            self._decline(None, _REVOKED)
            return
        account = self.session
        if "signature" in params:
            account = world.accounts_by_key.get(params["apiKey"])
            if account is None or not account.is_signed(params):
                world.broken.append(f"{method} was not signed as it should")
                return
            late = (world.now + world.offset) * 1000 - params["timestamp"]
            if not -1000 < late <= 5000:
                self._decline(request["id"], REFUSALS[2])
                return
        if world.is_faulty and chance.random() < world.ignores:
            if chance.random() < 0.5:
                self._do(request["id"], method, params, account, is_answered=False)
            return
        if world.is_faulty and chance.random() < world.refuses and method != "time":
            self._decline(request["id"], chance.choice(REFUSALS))
            return
        if world.is_faulty and chance.random() < world.cuts_at_answers:
            self._do(request["id"], method, params, account, is_answered=False)
            self.end(chance.choice(("eof", "reset", "close")), 1001)
            return
        self._do(request["id"], method, params, account)

    def _do(
        self,
        id: int | str,
        method: str,
        params: Json,
        account: SimulatedAccount | None,
        is_answered: bool = True,
    ) -> None:
        world = self.world
        result: object = {}
        match method:
            case "time":
                result = {"serverTime": int((world.now + world.offset) * 1000)}
            case "session.logon":
                self.session, self._is_revoked = account, False
            case "session.logout":
                self.session = None
                self._end(self._by_session)
            case "userDataStream.subscribe" | "userDataStream.subscribe.signature":
                if account is None:
                    self._decline(id, _UNAUTHORIZED)
                    return
                if account in self.subscriptions.values():
                    self._decline(id, _ACTIVE)
                    return
                result = {"subscriptionId": self._subscribe(account, method)}
            case "userDataStream.unsubscribe":
                if params["subscriptionId"] not in self.subscriptions:
                    self._decline(id, _NOT_ACTIVE)
                    return
                self._end(params["subscriptionId"])
            case "account.status" | "openOrders.status":
                if account is None:
                    self._decline(id, _UNAUTHORIZED)
                    return
                moment = account.moment(world.now, world.chance)
                result = moment.account if method == "account.status" else moment.orders
            case _:
                world.broken.append(f"{method} was asked for")
        if is_answered:
            self._answer_with_weight(id, result)

    def _subscribe(self, account: SimulatedAccount, method: str) -> int:
        number, self._next_id = self._next_id, self._next_id + 1
        self.subscriptions[number] = account
        if method == "userDataStream.subscribe":
            self._by_session = number
        # What it answers from now on contains what the subscription has not reported.
        account.remember()
        return number

    def _end(self, number: int | None) -> None:
        """End a subscription, and say so."""
        if number is not None and self.subscriptions.pop(number, None) is not None:
            event = {"e": "eventStreamTerminated", "E": int(self.world.now * 1000)}
            self._send_event({"subscriptionId": number, "event": event})

    def _answer_with_weight(self, id: int | str, result: object) -> None:
        limit = {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": 6000,
            "count": 70,
        }
        self._answer_soon({"id": id, "status": 200, "result": result, "rateLimits": [limit]})

    def _decline(self, id: int | str | None, refusal: Refusal) -> None:
        status, code, text = refusal
        error: Json = {"code": code, "msg": text}
        if status == 429:
            now = self.world.now + self.world.offset
            after = now + self.world.chance.choice((0.5, 3.0))
            error["data"] = {"serverTime": int(now * 1000), "retryAfter": int(after * 1000)}
        self._answer_soon({"id": id, "status": status, "error": error})

    def _answer_soon(self, body: Json) -> None:
        """Answers may be later than events that happen after them, or earlier."""
        delays = self.world.delays if self.world.is_faulty else (0.0,)
        data = frame(json.dumps(body))
        self.world.at(self.world.now + self.world.chance.choice(delays), partial(self.send, data))

    # The server's own doing

    def publish_events(self, account: SimulatedAccount, events: list[Json]) -> None:
        """Send events of an account, if it is subscribed here."""
        for number, subscribed in self.subscriptions.items():
            if subscribed is account:
                for event in events:
                    self._send_event({"subscriptionId": number, "event": event})

    def _send_event(self, body: Json) -> None:
        data = frame(json.dumps(body))
        self.world.at(self.world.now + self.lag, partial(self.send, data))

    def terminate(self) -> None:
        """End a subscription that nobody wants to end."""
        if self.subscriptions:
            self._end(self.world.chance.choice(list(self.subscriptions)))

    def revoke_session(self) -> None:
        """End the session, as if its key had been revoked and then allowed again."""
        if self.session is not None:
            self.session, self._is_revoked = None, True
            self._end(self._by_session)

    def announce(self) -> None:
        """Say that the server is about to go down."""
        event = {"e": "serverShutdown", "E": int(self.world.now * 1000)}
        self.send(frame(json.dumps({"event": event})))

    def _forget(self) -> None:
        super()._forget()
        self.subscriptions.clear()
