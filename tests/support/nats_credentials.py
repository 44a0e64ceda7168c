"""A NATS server whose users sign with keys: its configuration, and the file of a user."""

from __future__ import annotations

import base64
import json
import os
from typing import Any


def signed_access() -> tuple[str, str]:
    """Return the settings of a server that trusts one operator, and a user's credentials file.

    They are what ``nsc`` would make: an operator, an account with JetStream, and a user.
    """
    import nkeys

    operator, account, system, user = (
        nkeys.from_seed(nkeys.encode_seed(os.urandom(32), prefix))
        for prefix in (
            nkeys.PREFIX_BYTE_OPERATOR,
            nkeys.PREFIX_BYTE_ACCOUNT,
            nkeys.PREFIX_BYTE_ACCOUNT,
            nkeys.PREFIX_BYTE_USER,
        )
    )
    none = {"subs": -1, "data": -1, "payload": -1, "conn": -1, "imports": -1, "exports": -1}
    storage = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    tokens = {
        name: _token(operator, key, "account", limits={**none, **limits, "wildcards": True})
        for name, key, limits in (("account", account, storage), ("system", system, {}))
    }
    system_name = _name(system)
    settings = f"""
operator: {_token(operator, operator, "operator", system_account=system_name)}
system_account: {system_name}
resolver: MEMORY
resolver_preload: {{ {_name(account)}: {tokens["account"]}, {system_name}: {tokens["system"]} }}
"""
    token = _token(account, user, "user", subs=-1, data=-1, payload=-1)
    file = f"""-----BEGIN NATS USER JWT-----
{token}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
{user.seed.decode()}
------END USER NKEY SEED------
"""
    return settings, file


def _name(key: Any) -> str:
    name: str = key.public_key.decode()
    return name


def _token(issuer: Any, subject: Any, kind: str, **claims: object) -> str:
    """Return what ``issuer`` signs about ``subject``."""
    head = {"typ": "JWT", "alg": "ed25519-nkey"}
    body = {
        "jti": os.urandom(8).hex(),
        "iat": 0,
        "iss": _name(issuer),
        "sub": _name(subject),
        "name": kind,
        "nats": {"type": kind, "version": 2, **claims},
    }
    signed = b".".join(_encode(json.dumps(part).encode()) for part in (head, body))
    return (signed + b"." + _encode(issuer.sign(signed))).decode()


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
