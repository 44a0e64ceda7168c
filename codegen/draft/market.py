"""Drafts the folder of a market that is not there yet, from the address of its streams."""

from __future__ import annotations

from urllib.parse import urlsplit

from codegen.check.marks import MARK
from codegen.draft import text
from codegen.draft.messages import DraftError
from codegen.read.problems import shown

_ENDS = ("/ws", "/stream")


def draft_connection(market: str, url: str, schema: str) -> str:
    """Return ``connection.yaml`` of a market whose streams are at an address.

    Raises DraftError if it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.query or parts.username:
        raise DraftError(
            f"--url: got {shown(url)}; allowed: the address of the market's streams, such as "
            "wss://fstream.binance.com or wss://fstream.binance.com/market/ws"
        )
    before = parts.path.rstrip("/")
    for end in _ENDS:
        before = before.removesuffix(end)
    paths = {"raw": f"{before}/ws", "combined": f"{before}/stream"}
    limits = f"{MARK}: compare each with its page; these are the usual ones"
    return "\n".join(
        [
            f"# yaml-language-server: $schema={schema}",
            "# The rules of the market's connections.",
            text.line(0, "name", f"{MARK}: the market's name, such as Binance USD-M Futures"),
            text.line(0, "package", f"binance_streams_{market}"),
            "",
            "default_server: production",
            "servers:",
            "  production:",
            text.line(4, "url", f"{parts.scheme}://{parts.netloc}"),
            "    summary: Production.",
            "",
            text.line(0, "paths", paths, "does the page name both?"),
            "",
            f"# {limits}.",
            "limits:",
            "  messages_per_second: 5",
            "  streams_per_connection: 1024",
            "  ping_interval: 3m",
            "  pong_timeout: 10m",
            "  connection_lifetime: 24h",
            "",
            "methods:",
            '  SUBSCRIBE: {params: streams, returns: "null"}',
            '  UNSUBSCRIBE: {params: streams, returns: "null"}',
            "  LIST_SUBSCRIPTIONS: {params: none, returns: streams}",
            "",
        ]
    )
