"""Certificates of tests: an authority that nobody trusts, and contexts for both sides."""

from __future__ import annotations

import ssl
from typing import Any

import pytest


def authority() -> Any:
    """A certificate authority that nobody trusts."""
    reason = "TLS IS NOT TESTED: it needs trustme (pip install trustme)"
    return pytest.importorskip("trustme", reason=reason).CA()


def presenting(certificate: Any) -> ssl.SSLContext:
    """The server side: it shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting(ca: Any) -> ssl.SSLContext:
    """The client side: it trusts what this authority has issued."""
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context
