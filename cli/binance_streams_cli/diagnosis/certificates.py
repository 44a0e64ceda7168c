"""What a server's certificate says, trusted or not."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from binance_streams_cli.diagnosis.finding import Finding, ok
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.url import PORTS
from binance_streams_runtime.transport.connector import Connector
from binance_streams_runtime.transport.deadline_socket import Deadline

_FEW_DAYS = 14


def certificate(tls: ssl.SSLObject) -> Finding:
    """Describe a certificate that was trusted."""
    shown: dict[str, Any] = tls.getpeercert() or {}
    subject, issuer = _name(shown.get("subject")), _name(shown.get("issuer"))
    ends = shown.get("notAfter")
    days = (ssl.cert_time_to_seconds(ends) - time.time()) / 86400 if ends else 0.0
    text = f"{tls.version()}, certificate of {subject} by {issuer}, valid for {days:.0f} days"
    figures: dict[str, Any] = {"subject": subject, "issuer": issuer, "days": round(days, 1)}
    if days < _FEW_DAYS:
        advice = "If the server does not renew it in time, or the clock is wrong, nothing connects."
        return Finding("certificate", "warn", text, advice, figures)
    return ok("certificate", text, **figures)


def presented(url: str, timeout: float, proxy: Proxy | None, addresses: Sequence[Any]) -> str:
    """Say who signed a certificate that is not trusted; an empty text if that cannot be known."""
    try:
        context = _trusting_all()
        raw = _handshake(url, timeout, proxy, addresses, context).getpeercert(binary_form=True)
        if raw is None:
            return ""
        # If it is trusted by itself, it is also parsed.
        context = _trusting_all()
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=raw)
        shown: dict[str, Any] = (
            _handshake(url, timeout, proxy, addresses, context).getpeercert() or {}
        )
    except Exception:
        # Such as a certificate that has expired.
        return ""
    subject, issuer = _name(shown.get("subject")), _name(shown.get("issuer"))
    if subject == issuer:
        return f"The certificate of {subject} is signed by itself."
    return f"The certificate of {subject} is signed by {issuer}."


def _trusting_all() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _handshake(
    url: str,
    timeout: float,
    proxy: Proxy | None,
    addresses: Sequence[Any],
    context: ssl.SSLContext,
) -> ssl.SSLObject:
    """Shake hands in TLS, and hang up: nothing is sent to a server that is not trusted."""
    connector = Connector(Deadline(time.monotonic() + timeout), context, proxy, addresses)
    parts = urlsplit(url)
    try:
        opened = connector.open(parts.hostname or "", parts.port or PORTS[parts.scheme], True)
        assert opened.tls is not None
        return opened.tls.tls
    finally:
        connector.close()


def _name(parts: Any) -> str:
    """Return what a certificate calls somebody: the common name, with the organization."""
    found = {key: value for part in parts or () for key, value in part}
    common, organization = found.get("commonName"), found.get("organizationName")
    names = dict.fromkeys(name for name in (common, organization) if name)
    return " of ".join(repr(name) for name in names) or "nobody"
