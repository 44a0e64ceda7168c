"""Find out why a server cannot be reached, and how well it can.

It goes the way of the client step by step: names, addresses, TLS, handshake, ping, clock, and the
first event; with a log its server, and who collects. Each line says what was found and, if
something is wrong, what to do.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from binance_streams_cli.connecting import connected
from binance_streams_cli.market import Market
from binance_streams_cli.parser import add_market, duration, named_simulator
from binance_streams_cli.status import CONNECTION, DONE, ERROR

if TYPE_CHECKING:
    from binance_streams_cli.diagnosis.finding import Finding
    from binance_streams_runtime.protocol.proxy import Proxy

_ON_THE_WAY = ("dns", "address", "log", "collector", "subscribe", "event")

_BUSY = ("btcusdt@bookTicker", "btcusdt@trade", "btcusdt@aggTrade")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "server",
        nargs="?",
        default=named_simulator(),
        metavar="SERVER",
        help="a server of the market, such as testnet, a ws:// or wss:// URL, a log (nats://...), "
        "or simulator (BINANCE_STREAMS_SERVER, or production)",
    )
    add_market(parser)
    parser.add_argument(
        "--stream", metavar="NAME", help="the stream whose first event is waited for"
    )
    parser.add_argument(
        "--proxy", metavar="URL", help="a proxy: http://..., socks5h://... or socks5://..."
    )
    parser.add_argument(
        "--trust-env",
        action="store_true",
        help="take the proxy from HTTPS_PROXY and the like, as Client(trust_env=True) does",
    )
    parser.add_argument(
        "--timeout",
        type=duration,
        default=10.0,
        metavar="TIME",
        help="how long each step may take (10s)",
    )
    parser.add_argument(
        "--output",
        choices=("text", "json"),
        default="text",
        help="text: a line for each finding, with advice below it (the default); json: an object "
        "in a line for each",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command; return 4 if no event arrives, 1 if something else is wrong, else 0."""
    market = Market(options.market)
    worst: dict[str, bool] = {}
    with connected(options.server, market, ()) as server:
        for finding in findings(
            market,
            server,
            proxy=options.proxy,
            trust_env=options.trust_env,
            stream=options.stream,
            timeout=options.timeout,
        ):
            print(_json(finding) if options.output == "json" else _text(finding), flush=True)
            if finding.verdict == "fail":
                worst[finding.check] = True
    if any(check in worst for check in _ON_THE_WAY):
        return CONNECTION
    return ERROR if worst else DONE


def findings(
    market: Market,
    server: str | None,
    *,
    proxy: str | None = None,
    trust_env: bool = False,
    stream: str | None = None,
    timeout: float = 10.0,
    event_timeout: float | None = None,
) -> Iterator[Finding]:
    """Yield what is found, step by step.

    Each step may take ``timeout`` seconds, and the first event ``event_timeout``, if it is given.

    Raises ParameterError if the server, the proxy or the stream is not allowed, before anything is
    looked at.
    """
    # Imported late: help and completion need none of it.
    from binance_streams_cli.diagnosis.finding import ok
    from binance_streams_cli.diagnosis.surroundings import environment, proxy_in_use
    from binance_streams_runtime.client.options import find_proxy
    from binance_streams_runtime.client.rest_options import rest_server
    from binance_streams_runtime.client.servers import (
        LOGS,
        REPLAY,
        SERVER_VARIABLE,
        default_server,
        find_server,
        stream_url,
    )
    from binance_streams_runtime.errors import ParameterError

    given = default_server(market.venue) if server is None else server
    if given.startswith(REPLAY):
        allowed = "a server; binance-streams info says what is in a recording"
        raise ParameterError("server", given, allowed)
    if given.startswith(LOGS):
        options = {"proxy": proxy, "trust_env": trust_env}
        yield from _of_log(market, given, stream, timeout, event_timeout or timeout, options)
        return
    known, host = find_server(market.venue, given)
    venue = market.venue.at(known)
    url = stream_url(venue, host, None)
    through = find_proxy(proxy, trust_env, url)
    name = market.catalog.resolve(stream or _busy_stream(market)).name
    yield from environment()
    source = f", from {SERVER_VARIABLE}" if server is None and given != venue.default_server else ""
    label = "a server of your own" if known is None else known.name
    yield ok("server", f"{label} of {venue.name} at {url}{source}")
    yield proxy_in_use(url, through, proxy is not None, trust_env)
    is_known = is_open = False
    for finding in _on_the_way(url, through, timeout):
        is_known = is_known or finding.check == "address"
        is_open = is_open or (finding.check == "address" and finding.verdict == "ok")
        yield finding
    if not is_known:
        # Nothing else can be looked up either, and another look-up may hang.
        return
    found = rest_server(venue, known, host, None, None)
    rest_url = None if found is None else found.url
    rest_proxy = None if rest_url is None else find_proxy(proxy, trust_env, rest_url)
    from binance_streams_cli.diagnosis.asking import first_event, rest

    yield from rest(rest_url, venue, rest_proxy, timeout)
    if is_open:
        with contextlib.closing(_client(market, given, proxy, trust_env, timeout)) as client:
            yield from first_event(client, name, timeout, event_timeout or timeout)


def _of_log(
    market: Market,
    given: str,
    stream: str | None,
    timeout: float,
    event_timeout: float,
    options: dict[str, Any],
) -> Iterator[Finding]:
    """Yield what is found of a log: its server, its collectors, and an event."""
    from binance_streams_cli.diagnosis.asking import first_event
    from binance_streams_cli.diagnosis.finding import Finding
    from binance_streams_cli.diagnosis.logs import live, log_and_collectors
    from binance_streams_cli.diagnosis.surroundings import environment
    from binance_streams_runtime.client.forwarding import settings_of

    name = None if stream is None else market.catalog.resolve(stream).name
    with contextlib.closing(_client(market, live(given), **options, timeout=timeout)) as client:
        yield from environment()
        log: Any = settings_of(client).source
        found, streams = log_and_collectors(log.address, log.subjects, log.ssl_context, timeout)
        yield from found
        if streams is None:
            return
        name = name or next((one for one in (*_BUSY, *streams) if one in streams), None)
        if name is None:
            yield Finding("subscribe", "skip", "no collector names a stream; --stream does")
            return
        yield from first_event(client, name, timeout, event_timeout)


def _on_the_way(url: str, proxy: Proxy | None, timeout: float) -> Iterator[Finding]:
    from binance_streams_cli.diagnosis.reaching import Way, each_address, look_up

    way = Way(url, proxy, timeout)
    finding, addresses = look_up(way)
    yield finding
    yield from each_address(way, addresses)


def _client(market: Market, server: str, proxy: str | None, trust_env: bool, timeout: float) -> Any:
    # Notices go nowhere: what they say is found out step by step here.
    return market.module.Client(
        server,
        proxy=proxy,
        trust_env=trust_env,
        connect_timeout=timeout,
        request_timeout=timeout,
        on_notice=lambda notice: None,
    )


def _busy_stream(market: Market) -> str:
    """Return the name of a stream that has events all the time, or of any."""
    from importlib import import_module

    from binance_streams_runtime.errors import BinanceStreamsError

    for name in _BUSY:
        with contextlib.suppress(BinanceStreamsError):
            return market.catalog.resolve(name).name
    examples = import_module(f"{market.package}._examples").EXAMPLES
    names = [str(example.stream) for group in examples.values() for example in group]
    return next(name for name in names if not market.catalog.resolve(name).is_secret)


def _json(finding: Finding) -> str:
    import msgspec

    return msgspec.json.encode(finding).decode()


def _text(finding: Finding) -> str:
    line = f"{finding.verdict:4}  {finding.check:11}  {finding.text}"
    return f"{line}\n{'':19}{finding.advice}" if finding.advice else line
