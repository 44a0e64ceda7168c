"""What type checkers must infer of accounts, their requests and their state. Never run."""

from decimal import Decimal
from typing import assert_type

from binance_streams import (
    Account,
    AccountEvent,
    AccountState,
    AccountStatus,
    AsyncAccount,
    AsyncClient,
    Client,
    Ed25519Key,
    ExecutionReport,
    HmacKey,
    Notice,
    Order,
    RsaKey,
    ServerTime,
    SigningKey,
    StreamStats,
)


class Vault:
    """A key of the user's own."""

    api_key = "vmPU"

    def sign(self, payload: bytes) -> str:
        return payload.hex()


def signing(pem: str) -> list[SigningKey]:
    return [HmacKey("k", "s"), Ed25519Key("k", pem, "password"), RsaKey("k", pem), Vault()]


def take(event: AccountEvent[float]) -> None:
    print(event)


with Client(numbers=float) as client:
    account = client.account(Vault(), recv_window=6000.5, maxsize=10, overflow="raise")
    assert_type(account, Account[float])
    client.account(HmacKey("k", "s"), on_event=take)
    assert_type(client.accounts, tuple[Account[float], ...])
    account.wait(10)
    assert_type(account.request("time"), ServerTime)
    assert_type(account.request("account.status", omitZeroBalances=True), AccountStatus[float])
    assert_type(account.request("openOrders.status", symbol="BTCUSDT"), list[Order[float]])
    assert_type(account.request("openOrders.status", recvWindow=5000), list[Order[float]])
    assert_type(account.get(1), AccountEvent[float])
    assert_type(account.stats(), StreamStats)
    state = account.state()
    assert_type(state, AccountState[float])
    assert_type(state.open_orders, dict[tuple[str, int], Order[float]])
    account.refresh(state, timeout=10)
    for event in account:
        if isinstance(event, ExecutionReport):
            assert_type(event.price, float)
    for followed, item in account.follow():
        assert_type(followed, AccountState[float])
        if isinstance(item, ExecutionReport):
            assert_type(item, ExecutionReport[float])
    for either in account.with_notices():
        if isinstance(either, Notice):
            print(either)


def exact(client: Client) -> Decimal:
    account = client.account(Vault())
    assert_type(account, Account[Decimal])
    return account.state().balances["BTC"].free


async def asynchronous(client: AsyncClient[str]) -> None:
    account = await client.account(Vault())
    assert_type(account, AsyncAccount[str])
    assert_type(await account.request("time"), ServerTime)
    assert_type(await account.request("account.status"), AccountStatus[str])
    state = await account.state()
    assert_type(state, AccountState[str])
    await account.refresh(state)
    async for event in account:
        if isinstance(event, ExecutionReport):
            assert_type(event.price, str)
    async for followed, _ in account.follow():
        assert_type(followed.balances["BTC"].free, str)
