"""Keys of each kind subscribe and sign requests; the server verifies what they sign."""

from __future__ import annotations

import os
from typing import Any

import pytest

from binance_streams import BalanceUpdate, ClientClosed, Ed25519Key, RsaKey
from binance_streams_simulator import Simulator
from tests.support.accounts import key_of, methods
from tests.support.clients import Connect
from tests.support.limits import LIMIT
from tests.support.processes import in_child


def pair(kind: str) -> tuple[bytes, bytes]:
    """A private key in PEM format, and its public half."""
    pytest.importorskip("cryptography", reason="NO KEY PAIR IS TESTED: no cryptography")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    private: Any = (
        ed25519.Ed25519PrivateKey.generate()
        if kind == "Ed25519"
        else rsa.generate_private_key(65537, 2048)
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return (
        private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
        private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.mark.parametrize(
    ("kind", "subscribing"),
    [
        ("Ed25519", ["session.logon", "userDataStream.subscribe"]),
        ("RSA", ["userDataStream.subscribe.signature"]),
    ],
)
def test_a_key_pair(
    connect: Connect, simulator: Simulator, kind: str, subscribing: list[str]
) -> None:
    """An Ed25519 key logs on, so that later requests need no signature."""
    private, public = pair(kind)
    mine = simulator.add_account(public_key=public)
    key = (Ed25519Key if kind == "Ed25519" else RsaKey)(mine.api_key, private)
    account: Any = connect(simulator.url).account(key)
    account.wait(LIMIT)
    assert account.request("account.status", recvWindow=6000.5).balances
    assert methods(simulator) == [*subscribing, "account.status"]
    mine.deposit("BTC", 1)
    assert isinstance(account.get(LIMIT), BalanceUpdate)


def test_two_key_pairs_on_one_connection(connect: Connect, simulator: Simulator) -> None:
    """Requests are those of the account that makes them, whoever is logged on."""
    accounts = []
    client: Any = connect(simulator.url)
    for asset in ("BTC", "ETH"):
        private, public = pair("Ed25519")
        mine = simulator.add_account(public_key=public, balances={asset: 5})
        accounts.append((client.account(Ed25519Key(mine.api_key, private)), asset))
    for account, asset in accounts:
        account.wait(LIMIT)
        balances = account.request("account.status", omitZeroBalances=True).balances
        assert [balance.asset for balance in balances] == [asset]
    assert simulator.api_connections == 1


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_has_no_account(connect: Connect, simulator: Simulator) -> None:
    """Neither its connection nor its events; the parent's go on."""
    mine = simulator.add_account()
    client: Any = connect(simulator.url)
    account = client.account(key_of(mine))
    account.wait(LIMIT)
    engine = getattr(client, "_real", client)._engine

    def use() -> str:
        assert engine.accounts.all == ()
        with pytest.raises(ClientClosed, match="make another one in a forked child"):
            engine.command(lambda now, engine: None)
        return str(account.subscription)

    assert in_child(use) == "'ended'"
    mine.deposit("BTC", 1)
    assert isinstance(account.get(LIMIT), BalanceUpdate)
    assert account.request("account.status").balances
