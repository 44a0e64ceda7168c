"""No listen key, API key or signature is in any byte of a recording, whatever happens."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from binance_streams import Gap, HmacKey, Notice, NotRecorded, RetiredStreamWarning
from binance_streams_runtime.storage.parts import find_parts
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.recordings import lines_in

LISTEN_KEY = "canaryLISTENkey" * 4
API_KEY = "vmPUcanaryAPIKEY" + "canaryAPIKEY" * 4
SECRET = "canarySECRET" * 5


class Signer:
    """A key that keeps what it signs with."""

    def __init__(self) -> None:
        self.signatures: list[str] = []
        self._key: Any = HmacKey(API_KEY, SECRET)
        self.algorithm = self._key.algorithm
        self.api_key = self._key.api_key

    def sign(self, payload: bytes) -> str:
        self.signatures.append(self._key.sign(payload))
        return self.signatures[-1]


def _not_recorded(notices: list[Notice]) -> list[Notice]:
    return [one for one in notices if isinstance(one, NotRecorded)]


@pytest.mark.parametrize("accounts", [False, True])
def test_what_is_about_accounts_is_recorded_on_request_and_never_a_secret(
    simulator: Simulator, connect: Connect, tmp_path: Path, accounts: bool
) -> None:
    notices: list[Notice] = []
    mine = simulator.add_account(API_KEY, secret=SECRET)
    client: Any = connect(simulator.url, on_notice=notices.append)
    recording = client.record(tmp_path, accounts=accounts)
    key = Signer()
    account = client.account(key)
    account.wait(LIMIT)
    client.trade("btcusdt").get(LIMIT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RetiredStreamWarning)
        user_data = client.user_data(LISTEN_KEY)
    user_data.wait(LIMIT)
    user_data.get(LIMIT)
    mine.deposit("BTC", 1)
    account.get(LIMIT)
    account.request("account.status")
    client.list_subscriptions()
    for text in (
        f'{{"stream":"{LISTEN_KEY}","data":{{"e":"later","listenKey":"{LISTEN_KEY}"}}}}',
        f'{{"e":"listenKeyExpired","listenKey":"{LISTEN_KEY}"}}',
        f'{{"error":{{"code":2,"msg":"{API_KEY} {key.signatures[0]}"}},"id":1}}',
        f'["{LISTEN_KEY}"]',
        f'{{"stream":"{LISTEN_KEY}","da',
    ):
        simulator.send_raw(text)
    simulator.send_api_raw(f'{{"id":7,"status":200,"result":{{"apiKey":"{API_KEY}"}}}}')
    simulator.drop_api_connections()
    wait_until(lambda: any(isinstance(one, Gap) and "account" in one.stream for one in notices))
    simulator.drop_connections()
    client.trade("btcusdt").get(LIMIT)
    in_time(recording.close)

    content = b"".join(block for part in find_parts(tmp_path) for block in part.blocks())
    names = b" ".join(str(path).encode() for path in tmp_path.rglob("*"))
    for canary in (LISTEN_KEY, API_KEY, SECRET, *key.signatures):
        assert canary.encode() not in content
        assert canary.encode() not in names
    texts = content.decode()
    for mark in ("account vmPU…", LISTEN_KEY[:4] + "…", "balanceUpdate"):
        assert (mark in texts) == accounts, mark
    assert ("outboundAccountPosition" in texts) == accounts
    # The thread that writes hands it over to others.
    wait_until(lambda: accounts or _not_recorded(notices))
    assert len(_not_recorded(notices)) == (0 if accounts else 1)
    assert (recording.stats().left_out > 0) == (not accounts)
    assert lines_in(tmp_path)[0]["data"]["accounts"] is accounts
