"""Reaching a server: its addresses, and the way to each of them, up to the answer to a ping."""

from __future__ import annotations

import queue
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from socket import SOCK_STREAM, getaddrinfo
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from binance_streams_cli.diagnosis.certificates import certificate, presented
from binance_streams_cli.diagnosis.finding import Finding, milliseconds, ok
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.protocol.frames import PING, Closed, FrameReader, Pong
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.url import PORTS
from binance_streams_runtime.transport.connector import Connector, Opened
from binance_streams_runtime.transport.deadline_socket import Deadline
from binance_streams_runtime.transport.dialer import open_websocket
from binance_streams_runtime.transport.websocket_client import encode_frame

_MOST_ADDRESSES = 8

_PINGS = 3

_ADVICE = {
    403: "The firewall refuses this network or this program. Data centers and VPNs are often "
    "blocked: try another network, and wait some minutes if there were many attempts.",
    418: "This IP address is banned because of too many requests. Stop all programs that connect "
    "from it, and wait; each attempt may prolong the ban.",
    429: "Too many requests came from this IP address. Stop some of the programs that connect "
    "from it, and wait.",
    451: "The venue does not serve the region of this IP address. A program in the USA may use "
    "Binance.US (--market us); the server market_data has public data only.",
    404: "This is not the address of the streams: check the URL and its port.",
    407: "A proxy on the way wants a user name and a password: give them with --proxy.",
    503: "Try again later, or another server.",
}


# By OpenSSL's X509_V_ERR_*.
_CERTIFICATE_ADVICE = {
    9: "It is not valid yet: check the clock of this machine.",
    10: "It has expired: check the clock of this machine.",
    62: "Another server answers in its place: check the URL, the DNS server, and proxies.",
    64: "Another server answers in its place: check the URL, the DNS server, and proxies.",
}


class Way(Struct, frozen=True):
    """Where a server is, and how connections get there."""

    url: str
    proxy: Proxy | None
    timeout: float

    @property
    def host(self) -> str:
        """The host to look up and to connect to: the server's, or the proxy's."""
        return self.proxy.host if self.proxy else urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Its port."""
        parts = urlsplit(self.url)
        return self.proxy.port if self.proxy else parts.port or PORTS[parts.scheme]


def look_up(way: Way) -> tuple[Finding, list[Any]]:
    """Look up the host; return what was found, and the results of ``getaddrinfo``."""
    # Nothing can stop it, so it runs in a thread that is left alone if it takes too long.
    outcomes: queue.Queue[list[Any] | OSError] = queue.Queue()
    begun = time.monotonic()
    threading.Thread(target=_look_up, args=(way, outcomes), daemon=True).start()
    whose = "the proxy " if way.proxy else ""
    try:
        outcome: list[Any] | OSError = outcomes.get(timeout=way.timeout)
    except queue.Empty:
        outcome = OSError(f"no answer within {way.timeout:g} s")
    seconds = time.monotonic() - begun
    if isinstance(outcome, OSError):
        reason = outcome.strerror or str(outcome)
        advice = (
            "Check the name, the connection to the internet, and the DNS server of this machine; "
            "some providers block names: try another DNS server, such as 1.1.1.1."
        )
        text = f"{whose}{way.host} cannot be looked up: {reason}"
        return Finding("dns", "fail", text, advice), []
    addresses = list(dict.fromkeys(found[4][0] for found in outcome))
    if not addresses:
        return Finding("dns", "fail", f"{whose}{way.host} has no address", "Check the name."), []
    count = f"{len(addresses)} addresses" if len(addresses) > 1 else "one address"
    text = f"{whose}{way.host} has {count}, found in {milliseconds(seconds)}: "
    return ok("dns", text + ", ".join(addresses), seconds=seconds), outcome


def _look_up(way: Way, outcomes: queue.Queue[list[Any] | OSError]) -> None:
    try:
        outcomes.put(getaddrinfo(way.host, way.port, type=SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        outcomes.put(error if isinstance(error, OSError) else OSError(str(error)))


def each_address(way: Way, found: Sequence[Any]) -> Iterator[Finding]:
    """Open a WebSocket by each address, and ping the server."""
    by_address = {one[4][0]: one for one in found}
    findings = _at_once(way, list(by_address.values())[:_MOST_ADDRESSES])
    has_worked = any(finding.verdict == "ok" for finding, _ in findings)
    for finding, _ in findings:
        if finding.verdict == "fail" and has_worked:
            advice = f"The client goes on to the next address. {finding.advice}".strip()
            yield Finding(finding.check, "warn", finding.text, advice, finding.figures)
        else:
            yield finding
    shown = next((one for _, one in findings if one is not None), None)
    if shown is not None:
        yield shown


def _at_once(way: Way, addresses: Sequence[Any]) -> list[tuple[Finding, Finding | None]]:
    """Look at all addresses at the same time, as each may take long; return in their order."""
    found: dict[int, tuple[Finding, Finding | None]] = {}

    def look(position: int, address: Any) -> None:
        found[position] = _by_address(way, address)

    threads = [threading.Thread(target=look, args=one, daemon=True) for one in enumerate(addresses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[position] for position in sorted(found)]


class _Timed(Connector):
    """Notes when each step of an attempt began."""

    def __init__(self, *given: Any) -> None:
        self.begun: list[tuple[str, float]] = []
        super().__init__(*given)

    @property
    def step(self) -> str:
        return self.begun[-1][0]

    @step.setter
    def step(self, text: str) -> None:
        self.begun.append((text, time.monotonic()))

    def took(self, until: float) -> dict[str, float]:
        """Return how many seconds each kind of step took."""
        ends = [at for _, at in self.begun[1:]] + [until]
        seconds: dict[str, float] = {}
        for (text, at), end in zip(self.begun, ends, strict=True):
            kind = next((kind for start, kind in _KINDS if text.startswith(start)), None)
            if kind is not None:
                seconds[kind] = end - at
        return seconds


_KINDS = (
    ("connecting to", "tcp"),
    ("asking", "tunnel"),
    ("shaking hands in TLS", "tls"),
    ("shaking hands with", "upgrade"),
)


def _by_address(way: Way, found: Any) -> tuple[Finding, Finding | None]:
    """Return what happened at one address, and what was found about its certificate."""
    address = found[4][0]
    deadline = Deadline(time.monotonic() + way.timeout)
    connector = _Timed(deadline, None, way.proxy, [found])
    try:
        opened = open_websocket(way.url, connector)
        took = connector.took(time.monotonic())
        shown = None if opened.tls is None else certificate(opened.tls.tls)
        deadline.restart(time.monotonic() + way.timeout)
        connector.step = f"pinging {connector.target}"
        took["ping"] = _ping(opened)
    except Exception as error:
        lost = connector.explain(error, f"not open after {way.timeout:g} s")
        advice = _advice(lost, error, connector)
        if isinstance(error, ssl.SSLCertVerificationError):
            presenting = presented(way.url, way.timeout, way.proxy, [found])
            advice = f"{presenting} {advice}".strip()
        figures: dict[str, Any] = {"address": address, "status": lost.status}
        return Finding("address", "fail", f"{address}: {lost.reason}", advice, figures), None
    finally:
        connector.close()
    times = ", ".join(f"{kind} {milliseconds(seconds)}" for kind, seconds in took.items())
    return ok("address", f"{address}: {times}", address=address, **took), shown


def _ping(opened: Opened) -> float:
    """Return the shortest time between a ping and the answer to it."""
    reader, shortest = FrameReader(), float("inf")
    for number in range(_PINGS):
        payload = f"doctor {number}".encode()
        begun = time.monotonic()
        opened.stream.sendall(encode_frame(PING, payload))
        while True:
            data = opened.stream.recv(4096)
            if not data:
                raise ConnectionLost("the server closed the connection instead of answering a ping")
            items = reader.feed(data)
            closed = next((item for item in items if isinstance(item, Closed)), None)
            if closed is not None:
                raise ConnectionLost(f"the server closed it (close code {closed.code})")
            if Pong(payload) in items:
                break
        shortest = min(shortest, time.monotonic() - begun)
    return shortest


def _advice(lost: ConnectionLost, error: Exception, connector: Connector) -> str:
    """Say what to do about an attempt that failed."""
    if lost.reason.startswith("the proxy "):
        if lost.status == 407 or "password" in lost.reason:
            return "Name both: --proxy http://user:password@host:port."
        return "Ask whoever runs the proxy, or use another one (--proxy)."
    if lost.status is not None:
        wait = "" if lost.retry_after is None else f" The server asks for {lost.retry_after:g} s."
        if 300 <= lost.status < 400:
            return (
                "Something on the way answers in the server's place, such as the log-in page of a "
                "network: open any page in a browser, and log in there."
            )
        advice = _ADVICE.get(lost.status, "Check the URL and the port; try again later.")
        return advice + wait
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE_ADVICE.get(error.verify_code, "")
    if isinstance(error, ssl.SSLError):
        return "Something on the way does not speak TLS: check the port (wss:// or ws://)."
    if "pinging" in connector.step:
        return "The connection opens and is then silent: a firewall or proxy may hold it up."
    if "shaking hands" in connector.step:
        return (
            "It accepts connections and does not answer as a WebSocket server does: check the URL "
            "and the port; a firewall or proxy may answer in its place."
        )
    if isinstance(error, ConnectionRefusedError):
        return "Nothing listens there: check the URL and the port, and that the server runs."
    return (
        "A firewall may block this port: try another network, or port 443 instead of 9443, or a "
        "proxy (--proxy)."
    )
