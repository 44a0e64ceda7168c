"""Looking at a log: its server, and what the collectors that fill it say about themselves."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from binance_streams_cli.diagnosis.finding import Finding, milliseconds, ok
from binance_streams_cli.lines import counted, printable
from binance_streams_runtime.jetstream.address import LogAddress
from binance_streams_runtime.jetstream.connection import (
    STREAM_NOT_FOUND,
    LogFailure,
    NatsConnection,
)
from binance_streams_runtime.messaging.log_notices import Alive, Closed, LogNotice, decode_notice
from binance_streams_runtime.messaging.subjects import NOTICES, Subjects

_SILENT = 20.0
"""Seconds without a notice after which readers take a collector for gone."""

_OF_READERS = ("from", "durable", "reorder")
"""Options of a URL that say how it is read: a look must not continue in a reader's name."""

_MOST_SHOWN = 20


class Said(NamedTuple):
    """The last notice of a collector."""

    collector: str
    notice: LogNotice | None
    """None if a later version wrote it."""
    age: float


def live(url: str) -> str:
    """Return the URL without the options of readers, so that it is read from now on."""
    place, _, query = url.partition("?")
    kept = [one for one in query.split("&") if unquote(one.partition("=")[0]) not in _OF_READERS]
    return f"{place}?{'&'.join(kept)}" if any(kept) else place


def log_and_collectors(
    address: LogAddress, subjects: Subjects, ssl_context: Any, timeout: float
) -> tuple[list[Finding], tuple[str, ...] | None]:
    """Look at the log; return what was found, and the streams that are collected.

    They are None if the log cannot be read.
    """
    begun = time.monotonic()
    try:
        said = asyncio.run(_last_notices(address, subjects, ssl_context, timeout))
    except LogFailure as failure:
        return [Finding("log", "fail", f"{address.url}: {failure.reason}", _ADVICE)], None
    seconds = time.monotonic() - begun
    text = f"{address.url} answers in {milliseconds(seconds)}; subjects {subjects.prefix}.…"
    streams = {
        name
        for one in said
        if _is_live(one) and isinstance(one.notice, Alive)
        for name in one.notice.streams
    }
    found = [ok("log", text, seconds=seconds), *_of_collectors(said, subjects)]
    return found, tuple(sorted(streams))


_ADVICE = (
    "Check that nats-server runs there with JetStream, the user and the password or creds=, and "
    "tls:// with ca= if it wants TLS."
)
_NOTHING = (
    "If they print that the venue cannot be reached, run binance-streams doctor there; "
    "binance-streams group show lists what a group is to collect."
)
_NOBODY = (
    "Start one: binance-streams relay --to URL STREAM ...; if one runs, compare its subjects with "
    "those above (prefix=, server=), and see what it prints."
)


def _of_collectors(said: list[Said], subjects: Subjects) -> Iterator[Finding]:
    for one in said[:_MOST_SHOWN]:
        name, age = printable(one.collector), milliseconds(max(one.age, 0.0))
        figures: dict[str, Any] = {"age": one.age}
        if isinstance(one.notice, Closed):
            continue
        if not _is_live(one):
            text = f"{name} has said nothing for {age}"
            advice = "It was killed, hangs, or cannot reach the log; or the clocks differ."
            yield Finding("collector", "warn", text, advice, figures)
        elif isinstance(one.notice, Alive):
            streams, pending = len(one.notice.streams), one.notice.pending
            text = f"{name} has {counted(streams, 'stream')}, {counted(pending, 'message')} waiting"
            figures |= {"streams": streams, "pending": pending}
            if streams:
                yield ok("collector", f"{text}; said {age} ago", **figures)
            else:
                advice = "It gets nothing from the venue, or has no streams: see what it prints."
                yield Finding("collector", "warn", f"{text}; said {age} ago", advice, figures)
        else:
            yield ok("collector", f"{name} said something {age} ago", **figures)
    if len(said) > _MOST_SHOWN:
        yield Finding("collector", "skip", f"and {len(said) - _MOST_SHOWN} others")
    live = [one for one in said if _is_live(one)]
    if not live:
        text = f"no collector is at work under {subjects.prefix}.…"
        yield Finding("collector", "fail", text, _NOBODY)
    elif all(isinstance(one.notice, Alive) and not one.notice.streams for one in live):
        yield Finding("collector", "fail", "no collector has a stream", _NOTHING)


def _is_live(said: Said) -> bool:
    return said.age <= _SILENT and not isinstance(said.notice, Closed)


async def _last_notices(
    address: LogAddress, subjects: Subjects, ssl_context: Any, timeout: float
) -> list[Said]:
    """Return the last notice of each collector, the newest first; raise LogFailure."""
    reasons: dict[str, str] = {}
    for server in address.servers:
        connection = NatsConnection(address, ssl_context, timeout, timeout, lambda reason: None)
        try:
            await connection.open(server)
            await connection.check()
            return await _read(connection, subjects)
        except LogFailure as error:
            reasons[server.partition("://")[2]] = error.reason
        finally:
            await connection.close()
    if len(set(reasons.values())) > 1:
        raise LogFailure("; ".join(f"{server}: {reason}" for server, reason in reasons.items()))
    raise LogFailure(next(iter(reasons.values())))


async def _read(connection: NatsConnection, subjects: Subjects) -> list[Said]:
    part = subjects.log_stream(NOTICES)
    try:
        info = await connection.ask(
            f"STREAM.INFO.{part.name}", {"subjects_filter": subjects.notices()}
        )
    except LogFailure as failure:
        if failure.code == STREAM_NOT_FOUND:
            return []
        raise
    said = []
    for subject in info["state"].get("subjects") or {}:
        answer = await connection.ask(f"STREAM.MSG.GET.{part.name}", {"last_by_subj": subject})
        message = answer["message"]
        age = time.time() - datetime.fromisoformat(message["time"]).timestamp()
        payload = base64.b64decode(message.get("data", ""))
        said.append(Said(subjects.collector(subject), decode_notice(payload), age))
    return sorted(said, key=lambda one: one.age)
