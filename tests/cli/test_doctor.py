"""What the command ``doctor`` finds, against servers with which something is wrong."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance_streams_cli.diagnosis import reaching
from binance_streams_cli.diagnosis.finding import Finding
from binance_streams_cli.doctor import findings
from binance_streams_cli.market import Market
from tests.cli.conftest import Run
from tests.cli.doctored import patient, refusing
from tests.support.certificates import authority, presenting
from tests.support.limits import LIMIT
from tests.support.proxies import closed_port, http_proxy
from tests.support.raw_server import Handle, Peer, RawServer

SHORT = 0.2
"""Seconds of a limit that must fire."""


class Impatient(reaching._Timed):
    """Its limit is short once it is connected, however long that takes."""

    @property
    def step(self) -> str:
        return super().step

    @step.setter
    def step(self, text: str) -> None:
        self.begun.append((text, time.monotonic()))
        if text.startswith("shaking hands"):
            self.deadline.restart(time.monotonic() + SHORT)


VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "BINANCE_STREAMS_SERVER")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def diagnosis(url: str | None, **options: Any) -> dict[str, Finding]:
    """The last finding of each check."""
    options.setdefault("timeout", LIMIT)
    return {finding.check: finding for finding in findings(Market(None), url, **options)}


def verdicts(found: dict[str, Finding]) -> dict[str, str]:
    return {check: finding.verdict for check, finding in found.items() if finding.verdict != "ok"}


# The command


def test_nothing_is_wrong_with_a_server_that_works(command: Run, server: str) -> None:
    ran = command("doctor", server)
    assert (ran.status, ran.err) == (0, "")
    lines = [line.split()[:2] for line in ran.out.splitlines()]
    checks = ["environment", "server", "proxy", "dns", "address", "rest", "clock"]
    checks += ["subscribe", "event"]
    assert lines == [["ok", check] for check in checks]


def test_findings_are_json_lines_on_request(command: Run, server: str) -> None:
    ran = command("doctor", server, "--output", "json", "--stream", "ethusdt@trade")
    found = {one["check"]: one for one in map(json.loads, ran.out.splitlines())}
    assert found["address"]["figures"]["ping"] >= 0
    assert "ethusdt@trade" in found["subscribe"]["text"]


def test_another_market_is_looked_at_too(command: Run) -> None:
    ran = command("doctor", "simulator", "--market", "us")
    assert ran.status == 0
    assert "of Binance.US at ws://127.0.0.1:" in ran.out


def test_a_server_that_cannot_be_reached_is_status_4(command: Run) -> None:
    ran = command("doctor", f"ws://127.0.0.1:{closed_port()}")
    assert ran.status == 4
    assert "Nothing listens there: check the URL and the port" in ran.out
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["nowhere"], 2, "server: got 'nowhere'; allowed: 'production'"),
        (["--stream", "btcusdt@nothing"], 3, "no stream has the name"),
        (["--proxy", "ftp://user:secret@host"], 2, "proxy: got"),
        (["--timeout", "0"], 2, "--timeout"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_looked_at(
    command: Run, arguments: list[str], status: int, text: str
) -> None:
    ran = command("doctor", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert text in ran.err
    assert "secret" not in ran.err


def test_the_server_of_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    monkeypatch.setenv("BINANCE_STREAMS_SERVER", server)
    assert "from BINANCE_STREAMS_SERVER" in diagnosis(None)["server"].text


# Names and addresses


def resolving(monkeypatch: pytest.MonkeyPatch, look_up: Callable[..., Any]) -> None:
    monkeypatch.setattr("binance_streams_cli.diagnosis.reaching.getaddrinfo", look_up)


def test_a_name_that_does_not_exist_ends_the_diagnosis(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*given: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    resolving(monkeypatch, look_up)
    found = diagnosis("ws://venue.test:1")
    assert found["dns"].text == "venue.test cannot be looked up: Name or service not known"
    assert "another DNS server" in found["dns"].advice
    assert "address" not in found


def test_a_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(Peer.hold) as server:
        # The look-up ends with the server.
        resolving(monkeypatch, lambda *given, **options: [server._stopping.wait()][1:])
        found = diagnosis("ws://venue.test:1", timeout=SHORT)
        assert found["dns"].text == "venue.test cannot be looked up: no answer within 0.2 s"


def test_an_address_that_does_not_work_beside_one_that_does_is_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with RawServer(patient()) as server:
        dead = closed_port()
        one = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", dead))
        two = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        with monkeypatch.context() as patched:
            resolving(patched, lambda *given, **options: [one, two])
            found = findings(Market(None), server.url, timeout=LIMIT)
            addresses = [finding for finding in found if finding.check == "address"]
    assert [finding.verdict for finding in addresses] == ["warn", "ok"]
    assert "goes on to the next address" in addresses[0].advice


# What an address does


@pytest.mark.parametrize(
    ("status", "headers", "text", "advice"),
    [
        ("451 Unavailable", [], "the venue does not serve this region", "--market us"),
        ("403 Forbidden", [], "refused by the venue's firewall", "VPNs are often blocked"),
        ("418 I'm a teapot", ["Retry-After: 90"], "banned", "The server asks for 90 s."),
        ("429 Too Many", ["Retry-After: 7"], "too many requests", "The server asks for 7 s."),
        ("302 Found", ["Location: /"], "redirects are not followed", "log in there"),
        ("404 Not Found", [], "HTTP status 404", "check the URL and its port"),
        ("503 Busy", [], "overloaded or under maintenance", "Try again later"),
        ("500 Oops", [], "HTTP status 500", "Check the URL and the port"),
        ("407 Who", [], "a proxy on the way", "with --proxy"),
    ],
)
def test_a_status_is_explained(status: str, headers: list[str], text: str, advice: str) -> None:
    with RawServer(refusing(status, *headers, "Content-Length: 0")) as server:
        found = diagnosis(server.url)["address"]
    assert found.verdict == "fail"
    assert text in found.text
    assert advice in found.advice
    assert found.figures["status"] == int(status[:3])


@pytest.mark.parametrize(
    ("handle", "text", "advice"),
    [
        (Peer.hold, "timed out shaking hands", "does not answer as a WebSocket server"),
        (
            Peer.read_head,
            "closed the connection instead of answering",
            "check the URL and the port",
        ),
        (patient(pongs=False), "the server closed it (close code 1008)", "then silent"),
    ],
)
def test_a_server_that_does_not_answer_is_explained(
    monkeypatch: pytest.MonkeyPatch, handle: Handle, text: str, advice: str
) -> None:
    if handle is Peer.hold:
        monkeypatch.setattr(reaching, "_Timed", Impatient)
    with RawServer(handle) as server:
        all_findings = findings(Market(None), server.url, timeout=LIMIT)
        # What comes after it would wait for an answer of its own.
        found = next(finding for finding in all_findings if finding.check == "address")
    assert found.verdict == "fail"
    assert text in found.text
    assert advice in found.advice


# Certificates


def signed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str, **options: Any
) -> ssl.SSLContext:
    """The server side of a certificate whose authority this machine trusts."""
    ca = authority()
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return presenting(ca.issue_cert(*names, **options))


def test_a_certificate_that_is_trusted_is_described(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = signed(monkeypatch, tmp_path, "127.0.0.1", common_name="venue.test")
    with RawServer(patient(), context) as server:
        found = diagnosis(server.url)
    assert found["address"].verdict == "ok"
    assert "tls" in found["address"].figures
    assert "certificate of 'venue.test' of 'trustme v" in found["certificate"].text
    assert verdicts(found) == {}


def test_a_certificate_that_ends_soon_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    context = signed(monkeypatch, tmp_path, "127.0.0.1", not_after=soon)
    with RawServer(patient(), context) as server:
        found = diagnosis(server.url)["certificate"]
    assert found.verdict == "warn"
    assert "valid for 3 days" in found.text


def test_a_certificate_of_an_unknown_signer_is_explained_with_the_signer() -> None:
    certificate = authority().issue_cert("127.0.0.1", common_name="venue.test")
    with RawServer(patient(), presenting(certificate)) as server:
        found = diagnosis(server.url)["address"]
    assert found.verdict == "fail"
    assert "CERTIFICATE_VERIFY_FAILED" in found.text
    assert "SSL_CERT_FILE" in found.text
    assert "The certificate of 'venue.test' of 'trustme v" in found.advice
    assert "is signed by 'trustme v" in found.advice


def test_a_certificate_of_another_host_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = signed(monkeypatch, tmp_path, "other.test", common_name="other.test")
    with RawServer(patient(), context) as server:
        found = diagnosis(server.url)["address"]
    assert found.verdict == "fail"
    assert "certificate is not valid for '127.0.0.1'" in found.text
    assert "'other.test'" in found.advice


def test_a_certificate_that_has_expired_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)
    context = signed(monkeypatch, tmp_path, "127.0.0.1", not_after=past)
    with RawServer(patient(), context) as server:
        found = diagnosis(server.url)["address"]
    assert "certificate has expired" in found.text
    assert "clock" in found.advice


def test_a_port_that_speaks_no_tls_is_explained() -> None:
    def handle(peer: Peer) -> None:
        peer.socket.recv(4096)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.finish()

    with RawServer(handle) as server:
        found = diagnosis(server.url.replace("ws:", "wss:"))["address"]
    assert found.verdict == "fail"
    assert "does not speak TLS" in found.advice


# REST and the clock


@pytest.mark.parametrize("answers_time", [True, False])
@pytest.mark.parametrize(("clock", "side"), [(60.0, "behind"), (-60.0, "ahead of")])
def test_a_clock_that_is_wrong_by_a_minute_is_a_warning(
    answers_time: bool, clock: float, side: str
) -> None:
    """By the header Date, too, if the server says no time."""
    with RawServer(patient(clock=clock, answers_time=answers_time)) as server:
        found = diagnosis(server.url)["clock"]
    assert found.verdict == "warn"
    assert f"s {side} the server's" in found.text
    offset = found.figures["offset"]
    assert isinstance(offset, float)
    # The limits of this test's own speed are its margin.
    assert abs(offset - clock) < 10
    assert "NTP" in found.advice


@pytest.mark.parametrize(("used", "verdict"), [(10, "ok"), (5000, "warn")])
def test_used_weight_is_shown(used: int, verdict: str) -> None:
    with RawServer(patient(used=used)) as server:
        found = diagnosis(server.url)["rest"]
    assert found.verdict == verdict
    assert f"request weight used by this IP address: {used} of 6000" in found.text


def test_a_rest_api_that_refuses_is_a_warning() -> None:
    with RawServer(patient(answers="451 No")) as server:
        found = diagnosis(server.url)
    assert verdicts(found) == {"rest": "warn"}
    assert "the venue does not serve this region" in found["rest"].text


# The first event


def test_a_subscription_that_is_refused_is_a_failure() -> None:
    with RawServer(patient(confirms=False)) as server:
        found = diagnosis(server.url)
    assert verdicts(found) == {"subscribe": "fail"}
    assert "none today" in found["subscribe"].text


def test_a_stream_without_events_is_a_warning() -> None:
    with RawServer(patient(sends=False)) as server:
        found = diagnosis(server.url, event_timeout=SHORT)
    assert found["event"].verdict == "warn"
    assert "--stream" in found["event"].advice


# Proxies


def test_a_proxy_of_the_environment_that_is_not_used_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://user:secret@127.0.0.1:1")
    found = diagnosis(server)["proxy"]
    assert (found.verdict, found.text) == ("warn", "none is used; in the environment: http_proxy")
    assert "--trust-env" in found.advice


def test_no_proxy_may_name_the_server(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = diagnosis(server)["proxy"]
    assert found.verdict == "ok"
    assert "of which none is for 127.0.0.1" in found.text


@pytest.mark.parametrize("by_environment", [False, True])
def test_the_way_leads_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, server: str, by_environment: bool
) -> None:
    with RawServer(http_proxy([], "user:secret")) as proxy:
        url = f"http://user:secret@127.0.0.1:{proxy.port}"
        if by_environment:
            monkeypatch.setenv("http_proxy", url)
            found = diagnosis(server, trust_env=True)
        else:
            found = diagnosis(server, proxy=url)
    assert verdicts(found) == {}
    assert f"http://127.0.0.1:{proxy.port}" in found["proxy"].text
    assert "tunnel" in found["address"].figures
    assert "secret" not in repr(found)


def test_a_proxy_that_wants_a_password_is_explained(server: str) -> None:
    with RawServer(http_proxy([], "user:secret")) as proxy:
        found = diagnosis(server, proxy=f"http://127.0.0.1:{proxy.port}")["address"]
    assert "asks for a user name and a password" in found.text
    assert "--proxy http://user:password@host:port" in found.advice
