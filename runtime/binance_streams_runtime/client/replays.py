"""A recording as the server of a client: ``replay:DIR?speed=10``."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.source import Source
from binance_streams_runtime.driver.replay_sockets import ReplaySockets
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.notices import Undecodable
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.recording.facts import (
    Confirmed,
    Interrupted,
    State,
    Subscribed,
    Unsubscribed,
    fact_of,
)
from binance_streams_runtime.recording.lines import read_head
from binance_streams_runtime.recording.moments import unix_ns
from binance_streams_runtime.recording.read_ahead import FACTS
from binance_streams_runtime.recording.replay_session import ReplaySession
from binance_streams_runtime.recording.replayer import Replayer
from binance_streams_runtime.storage.parts import Part, parts_in

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine

PREFIX = "replay:"

_OPTIONS = ("speed", "from", "to", "session")
_FASTEST = 1e6
_MOST_NAMES = 10


class Replay(Source):
    """A recording that a client replays: which parts of it, from when to when, and how fast."""

    what: ClassVar[str] = "a recording that is replayed"
    can_fill: ClassVar[bool] = True
    can_be_recorded: ClassVar[bool] = False
    _replayer: Replayer

    def __init__(self, venue: Venue, market: str, server: str) -> None:
        """Find the recording; raise ParameterError or RecordingError if there is none."""
        path, options = _parse(server)
        self.url: str = server
        self.speed: float = _speed(options.get("speed", "1"))
        """How many times as fast as it was recorded; infinite for as fast as it is taken."""
        parts = _of_session(server, parts_in(path), options.get("session"))
        _check_market(venue, market, parts[0])
        begin = parts[0].begin
        since, until = options.get("from"), options.get("to")
        self.since: int | None = None if since is None else unix_ns("from", since, begin)
        self.until: int | None = None if until is None else unix_ns("to", until, begin)
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ParameterError("to", until, "a moment after that of from=")
        wanted = _parts_between(parts, self.since, self.until)
        if not wanted:
            raise ParameterError("from, to", (since, until), _span(parts))
        self.parts: list[Part] = wanted
        self._names: set[str] | None = None
        self._has_quiet = False

    @property
    def is_greedy(self) -> bool:
        """Whether it is as fast as events are taken, and nothing is dropped."""
        return self.speed == math.inf

    def hold(self, queue: EventQueue) -> None:
        if self.is_greedy:
            queue.take_all()

    @property
    def server(self) -> str:
        """The server that was recorded: its name, or its host and port."""
        return self.parts[0].header.server

    @property
    def time_unit(self) -> str:
        """The unit of all times in the events."""
        return self.parts[0].header.time_unit

    def make_engine(self, client: ClientEngine[Any, Any], make: Callable[..., Engine]) -> Engine:
        replayer = self._replayer = Replayer(self.parts, self.names, self.since, self.until)
        engine = make(
            replayer.clock,
            make_router=lambda shutdown, _: Router(shutdown, _ignore),
            make_session=ReplaySession,
            fetch=replayer.answers.fetch,
            cancel=replayer.answers.cancel,
        )
        assert isinstance(engine.session, ReplaySession)
        replayer.attach(engine, engine.session)
        return engine

    def make_sockets(
        self,
        is_awaited: Callable[[], bool],
        needs_keeper: Callable[[], bool],
        on_over: Callable[[float], None],
    ) -> Callable[..., Sockets]:
        return partial(
            ReplaySockets,
            replayer=self._replayer,
            speed=self.speed,
            is_awaited=is_awaited,
            needs_keeper=needs_keeper,
            on_over=on_over,
        )

    @property
    def names(self) -> Collection[str]:
        """The streams of which the recording has lines."""
        if self._names is None:
            self._names = set().union(*(_names_in(part) for part in self.parts))
        return self._names

    def check(self, stream: Stream) -> None:
        if stream.name in self.names or stream.name in self._quiet_names():
            return
        streams = sorted(name for name in self._all_names() if "@" in name or name[:1] != "!")
        near = difflib.get_close_matches(stream.name, streams, _MOST_NAMES) or streams
        more = f" ... ({len(streams)} in all)" if len(streams) > len(near[:_MOST_NAMES]) else ""
        allowed = ", ".join(near[:_MOST_NAMES]) + more if near else "none: it has no events"
        raise ParameterError("stream", stream.label, f"what the recording has: {allowed}")

    def _all_names(self) -> set[str]:
        special = ("!header", "!notice", "!session", "!rest", "!lost", "!raw")
        names = {*self.names, *self._quiet_names()}
        return {name for name in names if name not in special and "@depthSnapshot" not in name}

    def _quiet_names(self) -> set[str]:
        """Return the streams that were subscribed but may have no events, looking once."""
        if not self._has_quiet:
            self._has_quiet = True
            assert self._names is not None
            for part in self.parts:
                for block in part.blocks():
                    if FACTS in block:
                        self._names |= _subscribed_in(block)
        assert self._names is not None
        return self._names


def _subscribed_in(block: bytes) -> set[str]:
    found: set[str] = set()
    for line in block.split(b"\n"):
        match fact_of(line) if FACTS in line else None:
            case State(confirmed, pending):
                found.update(confirmed, pending)
            case Subscribed(names) | Unsubscribed(names) | Confirmed(names) | Interrupted(names):
                found.update(names)
    return found


def _names_in(part: Part) -> set[str]:
    """Return the streams of which a part has lines, by its index if that is complete."""
    index = part.whole_index()
    if index is not None:
        return set().union(*(block.streams for block in index))
    names: set[str] = set()
    for block in part.blocks():
        for line in block.split(b"\n"):
            if line:
                try:
                    name = read_head(line).stream
                except ValueError:
                    continue
                if name is not None:
                    names.add(name)
    return names


def _parse(server: str) -> tuple[str, dict[str, str]]:
    path, _, query = server.removeprefix(PREFIX).partition("?")
    allowed = f"{PREFIX}DIR, with options such as ?speed=max&from=12:00"
    if not path:
        raise ParameterError("server", server, allowed)
    options: dict[str, str] = {}
    for option in query.split("&") if query else ():
        name, _, value = option.partition("=")
        if name not in _OPTIONS or name in options:
            allowed = f"each of {', '.join(_OPTIONS)} at most once, as in speed=10&from=12:00"
            raise ParameterError("server", server, allowed)
        options[name] = unquote(value)
    return str(Path(path).expanduser()), options


def _speed(text: str) -> float:
    if text == "max":
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed <= _FASTEST:
        allowed = "a number above 0, such as 1 (as it was recorded), 10 or 0.5; or max"
        raise ParameterError("speed", text, allowed)
    return speed


def _of_session(server: str, parts: list[Part], wanted: str | None) -> list[Part]:
    """Return the parts of the wanted session, or of all if they follow each other."""
    sessions: dict[str, list[Part]] = {}
    for part in parts:
        sessions.setdefault(part.header.session, []).append(part)
    listed = ", ".join(
        f"{name} ({found[0].header.server}, {_span(found)})" for name, found in sessions.items()
    )
    if wanted is not None:
        if wanted not in sessions:
            raise ParameterError("session", wanted, listed)
        return sessions[wanted]
    ordered = [*sessions.values()]
    servers = {(found[0].header.package, found[0].header.server) for found in ordered}
    for one, other in pairwise(ordered):
        if len(servers) > 1 or one[-1].end > other[0].begin:
            reason = "are of several servers" if len(servers) > 1 else "overlap"
            allowed = f"one of its sessions, which {reason}, by session=: {listed}"
            raise ParameterError("server", server, allowed)
    return [part for found in ordered for part in found]


def _check_market(venue: Venue, market: str, part: Part) -> None:
    header = part.header
    if header.market != market:
        package = f"from {header.package} import Client"
        allowed = f"a recording of {venue.name}; this one is of another market: {package}"
        raise ParameterError("server", f"{PREFIX}{part.path}", allowed)


def _ignore(stray: Undecodable) -> None:
    """Take no notice of a message of no stream: its notice is in the recording."""


def _parts_between(parts: list[Part], since: int | None, until: int | None) -> list[Part]:
    """Return the parts that may have lines between two moments."""
    kept = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        has_ended = following is not None and since is not None and following.begin <= since
        if not has_ended and (until is None or part.begin <= until):
            kept.append(part)
    if since is not None and kept and kept[-1].end < since:
        return []
    return kept


def _span(parts: list[Part]) -> str:
    begin, end = (
        datetime.fromtimestamp(time / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        for time in (parts[0].begin, parts[-1].end)
    )
    return f"{begin} to {end} UTC"
