"""Accounts in a simulated world, and programs that follow them as the documentation says."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from binance_streams import EventStreamTerminated, Gap, HmacKey, Notice
from binance_streams._api import API
from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from binance_streams_runtime.decoding.json import concrete, decoder_of, json_decoder
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.api_requests import ApiRequest, ApiServer, Call
from binance_streams_runtime.session.actions import Open, Send
from binance_streams_runtime.signing.prepare import prepared
from tests.simulation.account_checks import CheckedEpisode, Texts, check_session
from tests.simulation.api_server import ApiConnection, SimulatedAccount
from tests.simulation.client import Client
from tests.simulation.feeds import Feed
from tests.simulation.server import Connection
from tests.simulation.world import World
from tests.support import account_messages
from tests.support.account_world import known_order
from tests.support.true_account import TrueAccount

RULES = API.state
assert RULES is not None
METHODS = (RULES.balances_method, RULES.orders_method)
_CALM = 250.0

FAULTS = (
    *("close", "eof", "reset", "shutdown", "shutdown and gone", "mute", "dead", "outage", "stall"),
    *("pause", "terminate", "revoke", "replace", "replace"),
)


class LogOnKey(HmacKey):
    """A key by which a connection can be logged on; the simulated server does not care how."""

    __slots__ = ()
    algorithm = "Ed25519"  # type: ignore[assignment]


class Follower:
    """A program that follows an account: what ``follow()`` does, in simulated time."""

    def __init__(self, client: AccountsClient, account: SimulatedAccount, key: HmacKey) -> None:
        self.client = client
        self.account = account
        self.key = key
        self.name = f"account {account.api_key[:4]}…"
        stream = Stream(self.name, API.account, {})
        self.queue = EventQueue(1 << 20)
        self.route = Route(stream, decoder_of(API.account, Decimal), self.queue)
        self.route.consumer = "notices"
        self.route.subscriber = self.episode = CheckedEpisode(client, self.name, self.route)
        self.state: BaseAccountState[Any, Any, Any] | None = None
        self.log: list[object] = []
        self.refreshes = 0
        self._asked: list[Any] | None = None
        self._is_late = client.world.chance.random() < 0.5

    def start(self) -> None:
        world = self.client.world
        self.client.engine.subscribe_account(world.now, self.route, self.key)
        self._go_on()

    def _go_on(self) -> None:
        """Take what has come, as long as the state is right, and look again soon."""
        world = self.client.world
        items = self.queue.items
        while self._asked is None:
            if self.state is None or self.state.needs_refresh:
                self._ask()
                break
            if not items:
                break
            (item,) = self.queue.take_many(1)
            self.log.append(item)
            if isinstance(item, Gap):
                # What came before it is forgotten, so the answers must know it.
                self.account.remember()
            self.state.apply(item)
        world.at(world.now + (1.0 if self._is_late and world.is_faulty else 0.05), self._go_on)

    def _ask(self) -> None:
        """Ask for the state if the subscription is confirmed; try again later if that fails."""
        if self.episode.state == "confirmed":
            self._asked = []
            self._request()

    def _request(self) -> None:
        assert self._asked is not None
        method = API.methods[METHODS[len(self._asked)]]
        decoder = json_decoder(concrete(method.result, Decimal), Decimal)
        request = ApiRequest(method, {}, decoder.decode, self._answered, self.key)
        self.client.engine.request(self.client.world.now, request)

    def _answered(self, result: Any, error: BaseException | None) -> None:
        if error is not None:
            self._asked = None
            return
        assert self._asked is not None
        self._asked.append(result)
        if len(self._asked) < len(METHODS):
            self.client.world.at(self.client.world.now, self._request)
            return
        (account, orders), self._asked = self._asked, None
        self.refreshes += 1
        if self.state is None:
            assert RULES is not None
            self.state = BaseAccountState(RULES, account, orders)
        else:
            self.state.reset(account, orders)


class AccountsClient(Client):
    """A client that has accounts."""

    world: AccountsWorld

    def __init__(self, world: World, attempts: ConnectLimiter) -> None:
        self.texts = Texts()
        api = ApiServer(API, "ws://server/api", self._prepare, self)
        super().__init__(world, attempts, api=api)

    def _prepare(self, call: Call) -> None:
        """Sign a call in a thread that takes its time."""
        world = self.world
        delay = world.chance.choice((0.0, 0.01, 0.5)) if world.is_faulty else 0.0

        self.texts.prepared(call)

        def done() -> None:
            self.engine.prepared(world.now, call, prepared(call, lambda: world.now))

        world.at(world.now + delay, done)

    def replace_account(self, name: str) -> None:
        """Have another connection in the place of the one that carries the account."""
        now = self.world.now
        self.engine.command(now, lambda _: self.engine.api_session.rotate(now, name, "replaced"))

    def answered(self, call: Call, *_: object) -> None:
        """Count no weight."""

    def _do(self, action: Any) -> None:
        if isinstance(action, Open):
            self.world.attempted.append(self.world.now)
            number = action.connection
            connection = self.connections[number] = ApiConnection(self.world, self, number)
            self.world.connect(connection)
        else:
            if isinstance(action, Send) and action.kind == "text":
                self.texts.send(action.connection, action.payload)
            super()._do(action)


class AccountsWorld(World):
    """One seed's world of accounts."""

    def __init__(self, seed: int) -> None:
        self.requests: list[tuple[float, int, str]] = []
        self.accounts_by_key: dict[str, SimulatedAccount] = {}
        super().__init__(seed)
        chance = self.chance
        self.rate = 1_000_000
        self.offset = 1_700_000_000.0 + chance.choice((0.0, 0.0, 61.0, -3600.0))
        self.ignores = chance.choice((0.0, 0.0, 0.1))
        self.refuses = chance.choice((0.0, 0.0, 0.1, 0.3))
        self.cuts_at_answers = chance.choice((0.0, 0.0, 0.1, 0.3))
        self.delays = chance.choice(((0.0,), (0.0, 0.05, 0.5), (0.0, 1.0, 4.0)))
        self.client = AccountsClient(self, ConnectLimiter(300, 300.0))
        self.clients = [self.client]
        self.followers: list[Follower] = []
        for number in range(chance.choice((1, 1, 2))):
            self._add_account(number)
        self.checked = 0

    def _draw_venue(self) -> None:
        super()._draw_venue()
        self.limits = API.limits

    def make_feeds(self) -> dict[str, Feed]:
        return {}

    def make_client(self, attempts: ConnectLimiter) -> AccountsClient:
        return AccountsClient(self, attempts)

    def _add_account(self, number: int) -> None:
        chance = self.chance
        api_key, secret = f"{number}key{'k' * 60}", f"{number}secret{'s' * 57}"
        has_positions = chance.random() < 0.7
        true = TrueAccount(chance, int((self.now + self.offset) * 1000), has_positions)
        account = self.accounts_by_key[api_key] = SimulatedAccount(api_key, secret, true)
        kind = chance.choice((HmacKey, LogOnKey))
        self.followers.append(Follower(self.client, account, kind(api_key, secret)))

    def _plan(self) -> None:
        """Plan nothing yet: the accounts are not there."""

    def _check_bounds(self) -> None:
        """Nothing: it is of streams."""

    def run(self) -> None:
        """Let days pass, each with trouble and then a quiet evening at which all is checked."""
        for follower in self.followers:
            self.at(self.now + self.chance.choice((0.0, 0.0, 5.0)), follower.start)
        for _ in range(self.chance.choice((1, 2, 3))):
            self._live_a_day()
            self.check()

    def _live_a_day(self) -> None:
        chance = self.chance
        self.is_faulty = True
        calm = self.now + chance.choice((20.0, 60.0, 120.0))
        moments = [self.now]
        for _ in range(chance.choice((1, 3, 8))):
            moments.append(chance.uniform(self.now, calm))
            self.at(moments[-1], partial(self._account_fault, chance.choice(FAULTS)))
        for _ in range(chance.randrange(20, 80)):
            # Most happens where something goes wrong.
            at = chance.uniform(self.now, calm)
            if chance.random() < 0.6:
                at = min(calm, chance.choice(moments) + chance.expovariate(0.7))
            for _ in range(chance.choice((1, 1, 3, 6))):
                self.at(at, partial(self._step, chance.choice(self.followers).account))
                at += chance.choice((0.0, 0.001, 0.05, 0.3))
        self.at(calm, self._calm_down)
        self._run_to(calm + _CALM)

    def _step(self, account: SimulatedAccount) -> None:
        account.true.time = max(account.true.time, int((self.now + self.offset) * 1000))
        events = account.true.step()
        account.times.append(self.now)
        for connection in list(self.client.connections.values()):
            assert isinstance(connection, ApiConnection)
            connection.publish_events(account, events)

    def _account_fault(self, kind: str) -> None:
        connections: list[Connection] = list(self.client.connections.values())
        opened = [one for one in connections if isinstance(one, ApiConnection) and one.is_open]
        if kind == "replace":
            self.client.replace_account(self.chance.choice(self.followers).name)
        elif kind not in ("terminate", "revoke"):
            self._fault(kind)
        elif opened:
            connection = self.chance.choice(opened)
            connection.terminate() if kind == "terminate" else connection.revoke_session()

    def check(self) -> None:
        """Raise AssertionError if a program believes anything that is not so."""
        assert not self.broken, self.broken[0]
        for follower in self.followers:
            check_follower(follower)
            check_events(follower)
            self.checked += 1
        check_session(self)


def check_follower(follower: Follower) -> None:
    """Compare what a program knows with what the server has; and its events with all there were."""
    state, true = follower.state, follower.account.true
    assert state is not None, f"{follower.name} has never answered"
    assert not state.needs_refresh
    assert not follower.queue.items
    account = account_messages.account_of(true.account)
    balances = {balance.asset: balance for balance in account.balances}
    assert state.balances == balances, f"balances {state.balances}, not {balances}"
    orders = account_messages.orders_of(true.orders)
    expected = {(order.symbol, order.order_id): known_order(order) for order in orders}
    found = {key: known_order(order) for key, order in state.open_orders.items()}
    assert found == expected, f"orders {found}, not {expected}"


def check_events(follower: Follower) -> None:
    """Events came in their order, none of them twice, and none is missing without a gap.

    If two connections were subscribed at about the same time, it may only be known afterwards that
    an event was late: then a gap follows it before anything else.
    """
    events = [account_messages.event_of(event) for event in follower.account.true.events]
    # Where the next event may be; several places, as two events may say the same.
    places, may_skip, is_late = {0}, True, False
    for item in follower.log:
        if isinstance(item, Gap):
            may_skip, is_late = True, False
        if isinstance(item, Notice | EventStreamTerminated):
            continue
        if may_skip:
            places = set(range(min(places), len(events)))
        found = {place + 1 for place in places if place < len(events) and events[place] == item}
        if not found:
            assert follower.log.count(item) <= events.count(item), f"{item} came twice"
            assert item in events[: min(places)], f"one before {item} is missing"
            is_late = True
            continue
        assert not is_late, f"{item} came after something late, without a gap"
        places, may_skip = found, False
    assert may_skip or len(events) in places, f"{events[min(places)]} is missing at the end"


def gaps_of(world: AccountsWorld) -> int:
    """How often the programs were notified that events are missing."""
    return sum(isinstance(item, Gap) for one in world.followers for item in one.log)
