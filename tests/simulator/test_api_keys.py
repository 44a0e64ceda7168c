"""Who may do what: signatures, time windows, sessions, permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams_simulator import DEMO_API_KEY, DEMO_SECRET
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.api.request import parse, payload_of
from tests.simulator.api_peer import hmac_signer, milliseconds, private_signer, signed, unsigned

OTHER_KEY = "4yNzx3yWC5bS6YTwEkSRaC0nRmSQIIStAUOh1b6kqaBrTLIhjCpI5lJH8q8R8WNO"
# RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


def made(kind: str) -> tuple[Any, str]:
    """A private key, and its public half as PEM."""
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private: Any = (
        generate_private_key(65_537, 2_048)
        if kind == "RSA"
        else Ed25519PrivateKey.from_private_bytes(SEED)
    )
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private, pem.decode()


# The published vectors of web-socket-api.md.
@pytest.mark.parametrize(
    ("params", "signature"),
    [
        (
            '{"timestamp": 1649729878532}',
            "1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed",
        ),
        (
            '{"symbol": "BTCUSDT", "timestamp": 1660813156812}',
            "d632b3fdb8a81dd44f82c7c901833309dd714fe508772a89b0a35b0ee0c48b89",
        ),
        (
            '{"symbol": "BTCUSDT", "side": "SELL", "type": "LIMIT", "timeInForce": "GTC", '
            '"quantity": "0.01000000", "price": "52000.00", "recvWindow": 100, '
            '"timestamp": 1645423376532}',
            "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24",
        ),
        (
            '{"symbol": "\\uff11\\uff12\\uff13\\uff14\\uff15\\uff16", "side": "BUY", '
            '"type": "LIMIT", "timeInForce": "GTC", "quantity": "1.00000000", '
            '"price": "0.10000000", "recvWindow": 5000, "timestamp": 1645423376532}',
            "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd",
        ),
        (
            '{"timestamp": 1747385641636789, "recvWindow": 6000.346}',
            "770a96ddf14d65a74368cd9229e31a3b14c4921b88f5724f8bc3045c29ee6ab1",
        ),
    ],
)
def test_published_signatures_are_accepted(params: str, signature: str) -> None:
    """What is signed is the text of the frame: numbers are not read and written again."""
    frame = f'{{"id": 1, "method": "any", "params": {params[:-1]}, "apiKey": "{DEMO_API_KEY}"}}}}'
    payload = payload_of(parse(frame.encode()).params)
    key = AccountKey(DEMO_API_KEY, DEMO_SECRET)
    assert key.is_signature(payload, signature)
    assert key.is_signature(payload, signature.upper())
    assert not key.is_signature(payload + b" ", signature)


def test_an_ed25519_vector_is_accepted() -> None:
    _, pem = made("ED25519")
    key = AccountKey(OTHER_KEY, public_key=pem)
    payload = f"apiKey={OTHER_KEY}&timestamp=1649729878532".encode()
    signature = (
        "NBJq5sX1RkU7ta3XDctruMgnrhyBcouMvvPIxxQSCUbVWxhp3ai6W7a0Iip/3nOwmJxkVIv6n20cekYCOa5qAg=="
    )
    assert key.is_signature(payload, signature)
    assert not key.is_signature(payload, signature.lower())
    assert not key.is_signature(payload, signature.rstrip("="))
    assert not key.is_signature(payload, "no base64")


@pytest.mark.parametrize("kind", ["ED25519", "RSA"])
def test_a_private_key_signs(start: Any, dial: Any, kind: str) -> None:
    private, pem = made(kind)
    simulator = start()
    account = simulator.add_account(OTHER_KEY, public_key=pem)
    peer = dial(simulator)
    params = unsigned(OTHER_KEY)
    right = signed(private_signer(private), params)
    assert peer.result("userDataStream.subscribe.signature", right) == {"subscriptionId": 0}
    assert peer.code("account.status", {**right, "recvWindow": 59_000}) == -1022
    account.deposit("BTC", 1)
    assert peer.next_event()["e"] == "balanceUpdate"


def test_no_key_is_made_of_nonsense(start: Any) -> None:
    simulator = start()
    for options in (
        {"api_key": "short", "secret": "s"},
        {"api_key": OTHER_KEY, "secret": "s", "public_key": "p"},
        {"api_key": DEMO_API_KEY, "secret": "s"},
        {"permissions": ["ALL"]},
    ):
        with pytest.raises(ValueError, match=r"key|permissions"):
            simulator.add_account(**options)


def test_a_timestamp_must_be_near(start: Any, dial: Any) -> None:
    """Less than a second ahead, and not older than recvWindow, in either unit."""
    simulator = start()
    account = simulator.demo_account
    peer = dial(simulator)

    def error(shift: float, **params: Any) -> Any:
        answer = peer.ask(
            "account.status", peer.signed(account, timestamp=milliseconds(shift), **params)
        )
        return answer.get("error")

    ahead = {
        "code": -1021,
        "msg": "Timestamp for this request was 1000ms ahead of the server's time.",
    }
    late = {
        "code": -1021,
        "msg": "Timestamp for this request is outside of the recvWindow.",
    }
    assert error(30) == ahead
    assert error(-30, recvWindow=None) == late
    assert error(-30, recvWindow=60_000) is None
    assert error(-30, recvWindow="29999.999") == late
    simulator.shift_clock(-30)
    assert error(0) == ahead
    assert error(-30) is None
    simulator.shift_clock(30)
    assert error(30) is None
    assert peer.result("time")["serverTime"] > milliseconds(20)
    micro = peer.signed(account, timestamp=milliseconds(30) * 1_000)
    assert peer.ask("account.status", micro)["status"] == 200
    # Without the parameter it is 5 s.
    assert error(24, recvWindow=None) == late


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"apiKey": None}, -1102, "Mandatory parameter 'apiKey' was not sent"),
        ({"timestamp": None}, -1102, "Mandatory parameter 'timestamp' was not sent"),
        ({"signature": ""}, -1102, "Mandatory parameter 'signature' was not sent"),
        ({"apiKey": "short"}, -2014, "API-key format invalid."),
        ({"apiKey": OTHER_KEY}, -2015, "Invalid API-key, IP, or permissions for action."),
        ({"signature": "0" * 64}, -1022, "Signature for this request is not valid."),
        ({"timestamp": "now"}, -1100, "legal range is '^[0-9]{1,20}$'"),
        ({"recvWindow": 60_001}, -1102, "'recvWindow' contains unexpected value. Cannot be gr"),
        ({"recvWindow": "1.0001"}, -1111, "Parameter 'recvWindow' has too much precision."),
        ({"recvWindow": ""}, -1105, "Parameter 'recvWindow' was empty."),
    ],
)
def test_what_is_signed_wrongly_is_refused(
    start: Any, dial: Any, change: dict[str, Any], code: int, text: str
) -> None:
    simulator = start()
    peer = dial(simulator)
    params = {**peer.signed(simulator.demo_account), **change}
    answer = peer.ask(
        "account.status", {name: value for name, value in params.items() if value is not None}
    )
    assert (answer["status"], answer["error"]["code"]) == (400, code)
    assert text in answer["error"]["msg"]


def test_a_key_may_do_what_it_is_permitted(start: Any, dial: Any) -> None:
    simulator = start()
    account = simulator.add_account(permissions=["USER_STREAM"])
    peer = dial(simulator)
    peer.subscribe(account)
    assert peer.code("account.status", peer.signed(account)) == -2015


def test_a_session_signs_for_its_requests(start: Any, dial: Any) -> None:
    """Once logged on, only the time is needed; explicit keys are for one request."""
    private, pem = made("ED25519")
    simulator = start()
    simulator.add_account(OTHER_KEY, public_key=pem, balances={"ETH": 7})
    peer = dial(simulator)
    nobody = peer.result("session.status")
    assert (nobody["apiKey"], nobody["authorizedSince"]) == (None, None)
    assert peer.code("userDataStream.subscribe") == -1002
    logon = signed(private_signer(private), unsigned(OTHER_KEY))
    session = peer.result("session.logon", logon)
    assert list(session) == [
        *("apiKey", "authorizedSince", "connectedSince", "returnRateLimits", "serverTime"),
        "userDataStream",
    ]
    assert (session["apiKey"], session["userDataStream"]) == (OTHER_KEY, False)
    assert session["connectedSince"] <= session["authorizedSince"] <= session["serverTime"]
    assert peer.code("account.status") == -1102
    mine = peer.result("account.status", {"timestamp": milliseconds()})
    assert [row["asset"] for row in mine["balances"]] == ["ETH"]
    other = peer.result("account.status", peer.signed(simulator.demo_account))
    assert len(other["balances"]) == 4
    assert peer.result("userDataStream.subscribe") == {"subscriptionId": 0}
    assert peer.code("userDataStream.subscribe", {"timestamp": 1}) == -1104
    assert peer.result("session.status")["userDataStream"] is True


def test_a_logout_ends_only_the_subscription_of_the_session(start: Any, dial: Any) -> None:
    private, pem = made("ED25519")
    simulator = start()
    simulator.add_account(OTHER_KEY, public_key=pem)
    peer = dial(simulator)
    peer.subscribe(simulator.demo_account)
    logon = signed(private_signer(private), unsigned(OTHER_KEY))
    peer.result("session.logon", logon)
    peer.result("userDataStream.subscribe")
    # A second logon changes the key, and leaves the subscriptions.
    peer.result("session.logon", logon)
    assert len(peer.result("session.subscriptions")) == 2
    gone = peer.result("session.logout")
    assert (gone["apiKey"], gone["userDataStream"]) == (None, True)
    assert peer.next() == {
        "subscriptionId": 1,
        "event": {"e": "eventStreamTerminated", "E": pytest.approx(milliseconds(), abs=60_000)},
    }
    assert peer.result("session.subscriptions") == [{"subscriptionId": 0}]
    assert peer.result("session.logout")["apiKey"] is None


def test_only_ed25519_keys_log_on(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    assert peer.code("session.logon", peer.signed(simulator.demo_account)) == -2015


def test_a_revoked_key_ends_its_session_with_the_next_request(start: Any, dial: Any) -> None:
    private, pem = made("ED25519")
    simulator = start()
    account = simulator.add_account(OTHER_KEY, public_key=pem)
    peer = dial(simulator)
    params = unsigned(OTHER_KEY)
    peer.result("session.logon", signed(private_signer(private), params))
    account.revoke()
    peer.send("time")
    message = "Invalid API-key, IP, or permissions for action."
    assert peer.next() == {"id": None, "status": 401, "error": {"code": -2015, "msg": message}}
    assert peer.result("session.status")["apiKey"] is None
    assert peer.code("session.logon", signed(private_signer(private), params)) == -2015


def test_a_revoked_key_may_end_its_subscriptions(start: Any, dial: Any) -> None:
    simulator = start()
    first, second = simulator.add_account(), simulator.add_account()
    peer = dial(simulator)
    peer.subscribe(first)
    peer.subscribe(second)
    first.revoke(terminates=True)
    message = peer.next()
    assert (message["subscriptionId"], message["event"]["e"]) == (0, "eventStreamTerminated")
    assert simulator.api_subscriptions == [{1: second.api_key}]


def test_hmac_signatures_do_not_cover_ids_and_methods(start: Any, dial: Any) -> None:
    simulator = start()
    peer = dial(simulator)
    params = {**unsigned(DEMO_API_KEY), "returnRateLimits": "false"}
    params = signed(hmac_signer(DEMO_SECRET), params)
    peer.connection.send(
        json.dumps({"params": params, "method": "v3/account.status", "id": "any text"})
    )
    answer = peer.next()
    assert list(answer) == ["id", "status", "result"]
    assert answer["id"] == "any text"
