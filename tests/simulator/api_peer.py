"""Talking to the simulator's WebSocket API: requests are signed apart from the client's code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from binance_streams_simulator import SimulatedAccount
from tests.support.limits import LIMIT

Sign = Callable[[bytes], str]


def milliseconds(shift: float = 0.0) -> int:
    return int((time.time() + shift) * 1_000)


def hmac_signer(secret: str) -> Sign:
    return lambda payload: hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def private_signer(private: Any) -> Sign:
    """Sign with a private key of Ed25519 or RSA."""

    def sign(payload: bytes) -> str:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(private, RSAPrivateKey):
            return base64.b64encode(private.sign(payload, PKCS1v15(), SHA256())).decode()
        return base64.b64encode(private.sign(payload)).decode()

    return sign


def signed(sign: Sign, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with their signature; values are texts and whole numbers."""
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    return {**params, "signature": sign(payload.encode())}


def unsigned(api_key: str) -> dict[str, Any]:
    """What signed requests have in common; a slow machine has a minute."""
    return {"apiKey": api_key, "timestamp": milliseconds(), "recvWindow": 60_000}


class ApiPeer:
    """One connection to the API."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: list[Any] = []
        """What came while an answer was waited for."""
        self._id = 0

    def send(self, method: str, params: dict[str, Any] | None = None) -> int:
        """Send a request; return its id."""
        self._id += 1
        request: dict[str, Any] = {"id": self._id, "method": method}
        if params is not None:
            request["params"] = params
        self.connection.send(json.dumps(request))
        return self._id

    def ask(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """Send a request and return its answer."""
        id = self.send(method, params)
        while True:
            message = self.next()
            if "status" in message:
                assert message["id"] in (id, None)
                return message
            self.events.append(message)

    def result(self, method: str, params: dict[str, Any] | None = None) -> Any:
        answer = self.ask(method, params)
        assert answer["status"] == 200, answer
        return answer["result"]

    def code(self, method: str, params: dict[str, Any] | None = None) -> int:
        """The code of the error that a request is refused with."""
        code: int = self.ask(method, params)["error"]["code"]
        return code

    def signed(self, account: SimulatedAccount, **params: Any) -> dict[str, Any]:
        """The parameters of a signed request; None leaves one out."""
        assert account.secret is not None
        given = {**unsigned(account.api_key), **params}
        return signed(
            hmac_signer(account.secret),
            {name: value for name, value in given.items() if value is not None},
        )

    def subscribe(self, account: SimulatedAccount) -> int:
        result = self.result("userDataStream.subscribe.signature", self.signed(account))
        id: int = result["subscriptionId"]
        return id

    def next(self) -> Any:
        return json.loads(self.connection.recv(timeout=LIMIT))

    def next_event(self) -> Any:
        """The next event, without its envelope."""
        message = self.events.pop(0) if self.events else self.next()
        return message["event"]

    def ended(self) -> int | None:
        """Read until the connection ends; the code of the close frame."""
        try:
            while True:
                self.connection.recv(timeout=LIMIT)
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code
