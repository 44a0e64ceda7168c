"""API keys, and whether a signature was made with them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any, Literal

Kind = Literal["HMAC", "RSA", "ED25519"]
ALL_PERMISSIONS = frozenset({"TRADE", "USER_DATA", "USER_STREAM"})
_api_key = re.compile(r"[A-Za-z0-9]{64}")


def is_well_formed(api_key: str) -> bool:
    """Return whether a text looks like an API key: 64 letters and digits."""
    return _api_key.fullmatch(api_key) is not None


class AccountKey:
    """An API key with what checks its signatures: a secret, or a public key in PEM format.

    Raises ValueError for anything else, ImportError if a public key needs ``cryptography``.
    """

    def __init__(
        self,
        api_key: str,
        secret: str | None = None,
        public_key: str | bytes | None = None,
        permissions: frozenset[str] = ALL_PERMISSIONS,
    ) -> None:
        if not is_well_formed(api_key):
            raise ValueError(f"an API key has 64 letters and digits, got {len(api_key)} characters")
        if (secret is None) == (public_key is None):
            raise ValueError("an API key has either a secret or a public key")
        unknown = permissions - ALL_PERMISSIONS
        if unknown:
            raise ValueError(f"permissions are {sorted(ALL_PERMISSIONS)}, got {sorted(unknown)}")
        self.api_key = api_key
        self.permissions = permissions
        self.is_revoked = False
        self._secret = None if secret is None else secret.encode("ascii")
        self._public: Any = None if public_key is None else _public(public_key)
        self.kind: Kind = "HMAC" if self._public is None else _kind(self._public)

    def allows(self, permission: str) -> bool:
        """Return whether requests of this security type may be signed with the key."""
        return not self.is_revoked and permission in self.permissions

    def is_signature(self, payload: bytes, signature: str) -> bool:
        """Return whether ``signature`` was made for ``payload`` with the key."""
        if self._secret is not None:
            expected = hmac.new(self._secret, payload, hashlib.sha256).hexdigest()
            # Letters of hexadecimal signatures may have either case.
            given = signature.lower().encode(errors="replace")
            return hmac.compare_digest(expected.encode(), given)
        try:
            raw = base64.b64decode(signature.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return False
        return _verifies(self._public, raw, payload)


def _public(text: str | bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return load_pem_public_key(text.encode() if isinstance(text, str) else text)


def _kind(public: Any) -> Kind:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    if isinstance(public, Ed25519PublicKey):
        return "ED25519"
    if isinstance(public, RSAPublicKey) and 2048 <= public.key_size <= 4096:
        return "RSA"
    raise ValueError("a public key is for Ed25519, or for RSA with 2048 to 4096 bits")


def _verifies(public: Any, signature: bytes, payload: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if isinstance(public, RSAPublicKey):
            public.verify(signature, payload, PKCS1v15(), SHA256())
        else:
            public.verify(signature, payload)
    except InvalidSignature:
        return False
    return True
