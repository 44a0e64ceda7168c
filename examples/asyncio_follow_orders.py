"""asyncio: one task follows an account, another one looks at what is open and free.

    python examples/asyncio_follow_orders.py [server]

It places no order: a key that may only read is enough. The environment says which one, never the
source: BINANCE_API_KEY with BINANCE_KEY_FILE (the PEM file of an Ed25519 key) or
BINANCE_SECRET_FILE (a file with the secret of an HMAC key).
"""

import asyncio
import contextlib
import os
import sys
from decimal import Decimal

from binance_streams import (
    AccountState,
    AsyncAccount,
    AsyncClient,
    Ed25519Key,
    ExecutionReport,
    HmacKey,
    SigningKey,
)

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"


def key() -> SigningKey:
    """Return the key that the environment names."""
    api_key = os.environ["BINANCE_API_KEY"]
    if "BINANCE_KEY_FILE" in os.environ:
        return Ed25519Key.from_file(api_key, os.environ["BINANCE_KEY_FILE"])
    return HmacKey.from_file(api_key, os.environ["BINANCE_SECRET_FILE"])


async def follow(account: AsyncAccount[Decimal], state: AccountState[Decimal]) -> None:
    """Keep the state right, and print each change of an order."""
    async for item in account.with_notices():
        state.apply(item)
        if state.needs_refresh:
            await account.refresh(state)
        if isinstance(item, ExecutionReport):
            order = f"{item.symbol} {item.side} {item.quantity:f} at {item.price:f}"
            print(f"{order}: {item.order_status}")


async def watch(state: AccountState[Decimal]) -> None:
    """Print what is open and free, now and then."""
    while True:
        free = " ".join(
            f"{asset} {balance.free:f}" for asset, balance in state.balances.items() if balance.free
        )
        print(f"{len(state.open_orders)} open orders; free: {free}")
        await asyncio.sleep(0.5)


async def main() -> None:
    """Run both tasks until Ctrl-C."""
    async with AsyncClient(SERVER) as client:
        account = client.account(key())
        state = await account.state()
        await asyncio.gather(follow(account, state), watch(state))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
