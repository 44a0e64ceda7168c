"""What TLS must refuse by default, and that the server's name is always sent."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.certificates import authority, presenting, trusting
from tests.support.proxies import connection, greet, read_word, refusal
from tests.support.raw_server import RawServer


@pytest.fixture(scope="module")
def ca() -> Any:
    return authority()


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """TLS 1.0 and nothing else, which needs weaker ciphers as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def test_a_good_certificate_is_accepted(ca: Any) -> None:
    """So that the refusals below are for their reasons."""
    with RawServer(greet, presenting(ca.issue_cert("localhost"))) as server:
        url = f"wss://localhost:{server.port}"
        with connection(url, ssl_context=trusting(ca)) as opened:
            assert read_word(opened) == b"hello"


def test_an_address_is_verified_as_an_address(ca: Any) -> None:
    with (
        RawServer(greet, presenting(ca.issue_cert("127.0.0.1"))) as server,
        connection(server.url, ssl_context=trusting(ca)) as opened,
    ):
        assert read_word(opened) == b"hello"


def test_an_unknown_issuer_is_refused_by_default(ca: Any) -> None:
    """Without any context given."""
    with RawServer(greet, presenting(ca.issue_cert("localhost"))) as server:
        reason = refusal(f"wss://localhost:{server.port}").reason
        assert server.peers == []
    assert "SSLCertVerificationError shaking hands in TLS with localhost:" in reason


def test_a_certificate_for_a_name_does_not_cover_its_address(ca: Any) -> None:
    with RawServer(greet, presenting(ca.issue_cert("localhost"))) as server:
        reason = refusal(server.url, ssl_context=trusting(ca)).reason
        assert server.peers == []
    assert "IP address mismatch" in reason


def yesterday() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


@pytest.mark.parametrize(
    ("issue", "text"),
    [
        pytest.param(lambda ca: ca.issue_cert("other.test"), "Hostname mismatch", id="other-host"),
        pytest.param(lambda ca: ca.issue_cert("127.0.0.1"), "Hostname mismatch", id="address-only"),
        pytest.param(
            lambda ca: ca.issue_cert("localhost", not_after=yesterday()),
            "certificate has expired",
            id="expired",
        ),
        pytest.param(
            lambda ca: ca.issue_cert(
                "localhost",
                not_before=yesterday() + timedelta(days=9),
                not_after=yesterday() + timedelta(days=99),
            ),
            "not yet valid",
            id="of-the-future",
        ),
    ],
)
def test_a_wrong_certificate_is_refused(ca: Any, issue: Callable[[Any], Any], text: str) -> None:
    """Although its issuer is trusted."""
    with RawServer(greet, presenting(issue(ca))) as server:
        reason = refusal(f"wss://localhost:{server.port}", ssl_context=trusting(ca)).reason
        assert server.peers == []
    assert text in reason


def test_a_self_signed_certificate_is_refused(ca: Any) -> None:
    """Of an authority that speaks for itself, and that is not the trusted one."""
    stranger = authority().issue_cert("localhost")
    with RawServer(greet, presenting(stranger)) as server:
        reason = refusal(f"wss://localhost:{server.port}", ssl_context=trusting(ca)).reason
    assert "CERTIFICATE_VERIFY_FAILED" in reason


def test_tls_1_0_is_refused(ca: Any) -> None:
    with RawServer(greet, old_tls(presenting(ca.issue_cert("localhost")))) as server:
        url = f"wss://localhost:{server.port}"
        assert "SSLError" in refusal(url, ssl_context=trusting(ca)).reason
        # The server is fine otherwise: who insists gets through.
        with connection(url, ssl_context=old_tls(trusting(ca))) as opened:
            assert opened.tls is not None
            assert opened.tls.tls.version() == "TLSv1"


@pytest.mark.parametrize("is_checking", [True, False])
def test_the_name_is_always_sent(ca: Any, is_checking: bool) -> None:
    """Also by a context that does not check it."""
    names: list[str | None] = []
    context = presenting(ca.issue_cert("localhost"))
    context.sni_callback = lambda _, name, __: names.append(name)
    mine = trusting(ca)
    mine.check_hostname = is_checking
    with (
        RawServer(greet, context) as server,
        connection(f"wss://localhost:{server.port}", ssl_context=mine) as opened,
    ):
        assert read_word(opened) == b"hello"
    assert names == ["localhost"]


def test_checking_no_name_is_not_checking_nothing(ca: Any) -> None:
    """No single switch drops both checks: a stranger's certificate is still refused."""
    mine = trusting(ca)
    mine.check_hostname = False
    with RawServer(greet, presenting(authority().issue_cert("localhost"))) as server:
        reason = refusal(f"wss://localhost:{server.port}", ssl_context=mine).reason
    assert "CERTIFICATE_VERIFY_FAILED" in reason
