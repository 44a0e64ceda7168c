"""What the session of one line knows of the client: a router that gives all to the arbiters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Confirmation, Interruption, Mark, Overlap
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestRequest
from binance_streams_runtime.session.redundancy.arbiter import Arbiter


class LineRouter(Router):
    """The client's router, as the session of one line sees it.

    What arrives goes to the arbiter of its stream, which decides what reaches the client.
    """

    def __init__(
        self,
        number: int,
        main: Router,
        arbiters: dict[str, Arbiter],
        describe: Callable[[int, Disconnected], Disconnected],
    ) -> None:
        """Belong to the line of a number; ``describe`` corrects which streams a notice names."""
        super().__init__("", lambda notice: None)
        self.number = number
        self.now: float = 0.0
        """The time of the input that is being handled."""
        self.connection: int = 0
        """The number of the connection on which it came."""
        self.alive_at: dict[int, float] = {}
        """When something last came on each connection, by its number."""
        self._main = main
        self._arbiters = arbiters
        self._describe = describe

    def get(self, name: str) -> Route | None:
        return self._main.get(name)

    def newest(self, names: Iterable[str]) -> dict[str, Any]:
        return self._main.newest(names)

    def on_control(self, item: object) -> None:
        self._main.on_control(item)

    def mark(self, name: str, mark: Mark) -> None:
        """Note what happens to a stream on this line."""
        arbiter = self._arbiters.get(name)
        if arbiter is None:
            return
        if mark is Overlap.ENDS:
            arbiter.rewound(self.number)
        elif mark is Confirmation.CONFIRMED:
            arbiter.confirmed(self.now, self.number)
        elif isinstance(mark, Disconnected):
            described = self._describe(self.number, mark)
            alive_at = self.alive_at.get(mark.connection, 0.0)
            arbiter.interrupted(self.now, self.number, described, alive_at)
        elif isinstance(mark, Interruption):
            arbiter.interrupted(self.now, self.number, mark, 0.0)

    def release(self, batch: Batch) -> None:
        """Take what a handover of this line delivers."""
        now, number = self.now, self.number
        skipped = self._repeated(batch)
        for route, item in zip(batch.routes, batch.items, strict=True):
            if skipped.get(route.name) and not isinstance(item, Mark):
                skipped[route.name] -= 1
                continue
            if isinstance(item, Interruption):
                self.mark(route.name, item)
                continue
            arbiter = self._arbiters.get(route.name)
            if arbiter is not None:
                add = arbiter.add_mark if isinstance(item, Mark) else arbiter.add
                add(now, number, item, None)

    def _repeated(self, batch: Batch) -> dict[str, int]:
        """Return how many of a handover's first events are left out, by stream."""
        by_name: dict[str, list[Any]] = {}
        for route, item in zip(batch.routes, batch.items, strict=True):
            if not isinstance(item, Mark):
                by_name.setdefault(route.name, []).append(item)
        return {
            name: self._arbiters[name].repeated(self.number, events)
            for name, events in by_name.items()
            if name in self._arbiters
        }

    def decode(self, items: list[Item], others: list[Any], into: Batch | None = None) -> None:
        """Give messages to the arbiters; decode those that are no copies of delivered ones."""
        main = self._main
        if into is not None:
            # A handover compares the events of two connections.
            main.decode(items, others, into)
            return
        if main.recorder is not None:
            self._decode_recorded(main.recorder, items, others)
            return
        now, number = self.now, self.number
        arbiters, route_of = self._arbiters, main.route_of
        for item in items:
            route = route_of(item)
            arbiter = None if route is None else arbiters.get(route.name)
            if route is None or arbiter is None:
                self._decode_one(item, others)
                continue
            hashed = hash(item)
            if arbiter.offer(now, number, item, hashed):  # type: ignore[arg-type]
                continue
            try:
                event = route.decode(item).data  # type: ignore[arg-type]
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                self._decode_one(item, others)
                continue
            route.bytes += len(item)  # type: ignore[arg-type]
            arbiter.add(now, number, event, hashed)

    def _decode_one(self, item: Item, others: list[Any]) -> Batch:
        """Decode what is no event, cannot be decoded, or is not as the server usually writes it."""
        batch = Batch()
        self._main.decode([item], others, batch)
        self._add(batch, hash(item) if isinstance(item, bytes) else None)
        return batch

    def _add(self, batch: Batch, hashed: int | None) -> None:
        for route, event in zip(batch.routes, batch.items, strict=True):
            arbiter = self._arbiters.get(route.name)
            if arbiter is not None:
                add = arbiter.add_mark if isinstance(event, Mark) else arbiter.add
                add(self.now, self.number, event, hashed)

    def _decode_recorded(self, recorder: Recorder, items: list[Item], others: list[Any]) -> None:
        """Do the same while the client is recorded: a replay decodes all messages."""
        for item in items:
            batch = Batch()
            self._main.decode([item], others, batch)
            recorder.held(self.connection, batch.routes, batch.items, True)
            self._add(batch, hash(item) if isinstance(item, bytes) else None)


class LineRecorder:
    """Notes what comes on one line; what becomes of streams is noted for all lines together."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def received(
        self,
        now: float,
        connection: int,
        items: list[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        self._recorder.received(now, connection, items, size, is_account)

    def held(
        self, connection: int, routes: list[Route], items: list[object], is_kept: bool
    ) -> None:
        # The arbiters may keep anything.
        self._recorder.held(connection, routes, items, True)

    def arrived(self, route: Route, item: object) -> None:
        """Do nothing: the client's router notes what arrives."""

    def subscribed(self, name: str) -> None:
        """Do nothing."""

    def unsubscribed(self, name: str) -> None:
        """Do nothing."""

    def fetched(self, now: float, request: RestRequest, result: object) -> None:
        """Do nothing: no line fetches."""
