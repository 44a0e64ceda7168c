"""No secret of an account appears in anything that a client shows, whatever happens to it."""

from __future__ import annotations

import itertools
import logging
import pickle
import queue
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from binance_streams import (
    BinanceStreamsError,
    Disconnected,
    Ed25519Key,
    Gap,
    HmacKey,
    RequestError,
    SigningError,
    Terminated,
    Undecodable,
)
from binance_streams_runtime.session.api import desired_account
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.secrets import shown_by

API_KEY = "vmPUcanaryAPIKEY" + "canaryAPIKEY" * 4
SECRET = "canarySECRET" * 5
PASSWORD = "canaryPASSWORD"

_PEM = serialization.Encoding.PEM
_PUBLIC = serialization.PublicFormat.SubjectPublicKeyInfo


class Recorded:
    """A key that keeps what it signs with, which nobody else may show."""

    __slots__ = ("__weakref__", "_key", "failure", "signatures")

    def __init__(self, key: Any) -> None:
        self.signatures: list[str] = []
        self.failure: BaseException | None = None
        self._key = key

    @property
    def algorithm(self) -> Any:
        return self._key.algorithm

    @property
    def api_key(self) -> Any:
        return self._key.api_key

    def sign(self, payload: bytes) -> str:
        # Read once, as a test may change it meanwhile.
        failure = self.failure
        if failure is not None:
            raise failure
        self.signatures.append(self._key.sign(payload))
        return self.signatures[-1]


class Everything(logging.Handler):
    """Whatever is logged by anybody, and what else the test is shown."""

    def __init__(self) -> None:
        super().__init__(1)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("websockets."):
            # The simulator, which is sent the signatures.
            return
        self.texts.append(record.getMessage())
        self.texts.append(repr(vars(record)))
        if record.exc_info is not None and record.exc_info[1] is not None:
            self.texts.append(shown_by(record.exc_info[1]))

    def add(self, what: Any) -> None:
        """Note how something is shown: printed, pickled, or as an error with all that it has."""
        self.texts += [repr(what), str(what)]
        if isinstance(what, BaseException):
            self.texts.append(shown_by(what))
            return
        try:
            self.texts.append(repr(pickle.dumps(what)))
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            self.texts.append(repr(error))


@pytest.fixture
def everything() -> Iterator[Everything]:
    """Every logger at its lowest level, with that of websocket-client, which is set to trace."""
    seen = Everything()
    root = logging.getLogger()
    level = root.level
    root.addHandler(seen)
    root.setLevel(1)
    traces = logging.getLogger("websocket")
    before = traces.level
    websocket.enableTrace(True, handler=seen)
    yield seen
    websocket.enableTrace(False)
    traces.setLevel(before)
    traces.removeHandler(seen)
    root.removeHandler(seen)
    root.setLevel(level)


def _pem(private: Any, password: str | None) -> str:
    encryption: Any = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password.encode())
    made: bytes = private.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, encryption)
    return made.decode()


def _hmac(simulator: Simulator) -> tuple[Any, Any, list[str]]:
    return simulator.add_account(API_KEY, secret=SECRET), HmacKey(API_KEY, SECRET), [SECRET]


def _ed25519(simulator: Simulator) -> tuple[Any, Any, list[str]]:
    private = ed25519.Ed25519PrivateKey.generate()
    mine = simulator.add_account(
        API_KEY, public_key=private.public_key().public_bytes(_PEM, _PUBLIC)
    )
    encrypted, plain = _pem(private, PASSWORD), _pem(private, None)
    lines = [line for pem in (encrypted, plain) for line in pem.splitlines()[1:-1]]
    return mine, Ed25519Key(API_KEY, encrypted, PASSWORD), [*lines, PASSWORD]


def _raised(function: Callable[[], Any]) -> BaseException:
    with pytest.raises(BinanceStreamsError) as caught:
        function()
    return caught.value


@pytest.mark.parametrize("kind", [_hmac, _ed25519])
def test_no_secret_is_shown(
    kind: Any,
    connect: Connect,
    simulator: Simulator,
    everything: Everything,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Subscribed, asked, refused, interrupted, terminated, with a key that fails, and revoked."""
    monkeypatch.setattr(desired_account, "_SHORTEST", 20 * MS)
    mine, key, secrets = kind(simulator)
    recorded = Recorded(key)
    notices: queue.Queue[Any] = queue.Queue()
    client: Any = connect(
        simulator.url, on_notice=notices.put, backoff=lambda: itertools.repeat(20 * MS)
    )
    everything.add(client)

    def await_notice(kind: type) -> None:
        while True:
            notice = notices.get(timeout=LIMIT)
            everything.add(notice)
            if isinstance(notice, kind):
                return

    def show() -> None:
        for one in (client, account, client.accounts, client.stats(), account.stats()):
            everything.texts += [repr(one), str(one)]

    account = client.account(recorded)
    account.wait(LIMIT)
    show()
    mine.deposit("BTC", 1)
    everything.add(account.get(LIMIT))
    everything.add(account.request("account.status"))
    unknown = {"symbol": "BTCUSDT", "orderId": 5}
    everything.add(_raised(lambda: account.request("order.status", **unknown)))
    everything.add(_raised(lambda: client.account(recorded, recv_window=0)))
    simulator.send_api_raw(f'{{"id":7,"status":200,"result":{{"apiKey":"{API_KEY}"}}}}')
    simulator.send_api_raw(f'{{"subscriptionId":9,"event":{{"e":"new","key":"{API_KEY}"}}}}')
    await_notice(Undecodable)
    simulator.send_api_raw(f'{{"subscriptionId":0,"event":{{"e":5,"key":"{API_KEY}"}}}}')
    await_notice(Undecodable)
    simulator.drop_api_connections()
    await_notice(Gap)
    mine.terminate()
    await_notice(Terminated)
    account.wait(LIMIT)
    recorded.failure = OSError("a vault that is away")
    if recorded.algorithm != "Ed25519":
        failed = _raised(lambda: account.request("account.status"))
        assert isinstance(failed, SigningError)
        everything.add(failed)
    # With Ed25519 only connections are signed for.
    simulator.drop_api_connections()
    await_notice(Disconnected)
    # It may be notified a moment before whoever waits knows of it.
    wait_until(lambda: account.subscription != "confirmed")
    failed = _raised(lambda: account.wait(LIMIT))
    assert isinstance(failed, SigningError)
    everything.add(failed)
    recorded.failure = None
    wait_until(lambda: account.subscription == "confirmed")
    mine.revoke()
    everything.add(_raised(lambda: account.request("account.status")))
    simulator.drop_api_connections()
    ended = _raised(lambda: list(account))
    assert isinstance(ended, RequestError)
    everything.add(ended)
    show()
    wait_until(lambda: account.subscription == "ended")
    client.close()
    everything.add(_raised(lambda: account.request("account.status")))
    everything.add(_raised(lambda: client.account(key)))
    everything.texts += [repr(thread) for thread in threading.enumerate()]
    everything.texts.append("".join(traceback.format_stack()))

    assert recorded.signatures
    assert any("account vmPU…" in text for text in everything.texts)
    canaries = [API_KEY, API_KEY[4:], *secrets, *recorded.signatures]
    assert list(_around(canaries, everything.texts)) == []


def test_a_callback_that_fails_is_logged_without_secrets(
    connect: Connect, simulator: Simulator, everything: Everything
) -> None:
    """With the local variables of all frames of ours that it was called from."""
    mine, key, secrets = _hmac(simulator)
    recorded = Recorded(key)

    def fail(event: object) -> None:
        raise ValueError("a mistake of the program")

    account: Any = connect(simulator.url).account(recorded, on_event=fail)
    account.wait(LIMIT)
    mine.deposit("BTC", 1)
    wait_until(lambda: any("a mistake of the program" in text for text in everything.texts))
    canaries = [API_KEY, API_KEY[4:], *secrets, *recorded.signatures]
    assert list(_around(canaries, everything.texts)) == []


def _around(canaries: list[str], texts: list[str]) -> Iterator[str]:
    """What stands around each canary that is shown."""
    for text in texts:
        for canary in canaries:
            at = text.find(canary)
            if at >= 0:
                yield text[max(0, at - 200) : at + 200]
