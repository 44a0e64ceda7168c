"""What must be true of how a client keeps its accounts, whatever happens."""

from __future__ import annotations

import json
from collections import Counter, deque
from typing import TYPE_CHECKING

from binance_streams import Disconnected, Gap, Terminated
from binance_streams_runtime.protocol.api_requests import Call
from tests.simulation.api_server import ApiConnection
from tests.simulation.client import Episode

if TYPE_CHECKING:
    from tests.simulation.accounts import AccountsWorld

# The most requests of the client's own in a minute: a handful for each of its attempts to connect.
_MOST_IN_A_MINUTE = 60


class CheckedEpisode(Episode):
    """The subscription of an account: each interruption has one gap, when it is confirmed again."""

    was_confirmed = False
    gaps_before = 0

    def interrupted(self) -> None:
        if self.state == "confirmed":
            self.gaps_before = self.route.gaps
        super().interrupted()

    def confirmed(self) -> None:
        if self.state == "pending" and self.was_confirmed:
            gaps = self.route.gaps - self.gaps_before
            assert gaps == 1, f"{gaps} gaps after an interruption of {self.name}"
        self.was_confirmed = True
        super().confirmed()


class Texts:
    """Each text goes to the connection that it was prepared for, and once."""

    def __init__(self) -> None:
        self._connections: dict[int | str, int] = {}
        self._sent: set[int | str] = set()

    def prepared(self, call: Call) -> None:
        assert call.id not in self._connections, "an id was used twice"
        self._connections[call.id] = call.connection

    def send(self, connection: int, payload: bytes) -> None:
        id = json.loads(payload)["id"]
        assert self._connections[id] == connection, "a text was sent on another connection"
        assert id not in self._sent, "a text was sent twice"
        self._sent.add(id)


def check_session(world: AccountsWorld) -> None:
    """In the quiet of the evening each account is subscribed, once, and nobody was in a hurry."""
    connections = [
        one
        for one in world.client.connections.values()
        if isinstance(one, ApiConnection) and one.is_open and one.is_held
    ]
    subscribed = Counter(
        account.api_key for one in connections for account in one.subscriptions.values()
    )
    for follower in world.followers:
        assert follower.episode.state == "confirmed", f"{follower.name}: {follower.episode.state}"
        count = subscribed[follower.account.api_key]
        # While a connection is being replaced, the other one may have it, too.
        most = 2 if world.client.engine.api_session.is_handing_over() else 1
        assert 1 <= count <= most, f"{follower.name} is subscribed {count} times"
        _check_causes(world, follower.name)
    _check_pace(world)


def _check_causes(world: AccountsWorld, name: str) -> None:
    """There are no more gaps than something has happened."""
    causes = gaps = 0
    for notice in world.client.notices:
        causes += isinstance(notice, Disconnected | Terminated)
        gaps += isinstance(notice, Gap) and notice.stream == name
        # What is reported of a connection may follow the gap that it has left.
        assert gaps <= causes + 1, f"{gaps} gaps of {name}, but {causes} interruptions"


def _check_pace(world: AccountsWorld) -> None:
    recent: deque[float] = deque()
    for time, _, method in world.requests:
        if method.endswith(".status") and method != "session.status":
            # A program asked for it.
            continue
        recent.append(time)
        while recent[0] < time - 60.0:
            recent.popleft()
        assert len(recent) <= _MOST_IN_A_MINUTE, f"{len(recent)} requests in a minute"
