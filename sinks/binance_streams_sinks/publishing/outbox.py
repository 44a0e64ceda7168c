"""Messages between their receipt and the log: bounded, in order, retried. Pure.

Messages wait in one queue. If the log cannot take those of one part for the moment (its leader is
being elected), they wait apart from the others, each part with its own backoff. Nothing is dropped
without being counted: ``take_losses`` says what was, by stream.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, get_args

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.subjects import LogStream
from binance_streams_sinks.publishing.counts import Counts, Loss
from binance_streams_sinks.publishing.sink import Published, Receipt

Overflow = Literal["drop_oldest", "drop_newest"]
"""Which messages are dropped if the log does not take them and there is no space left."""

OVERHEAD = 400
"""Bytes that a message needs in memory beside its payload, about."""

MOST_ESSENTIAL = 10_000
"""How many essential messages are kept; of more, the oldest are dropped."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Batch(Struct):
    """Messages that are being published."""

    number: int
    messages: list[Published]
    bytes: int


class _Part(Struct):
    """The messages of a part of the log that wait for its next attempt, or until it is prepared."""

    part: LogStream
    messages: deque[tuple[float, Published]]
    pauses: Iterator[float]
    at: float
    """When they may go; infinite until the part is prepared."""


def backoff(random: Callable[[], float]) -> Iterator[float]:
    """Yield the seconds to wait before each attempt: up to 0.1, 0.2, 0.4 ... 5, and 5 from then on.

    ``random`` draws from 0 to 1; at least half of each pause is kept.
    """
    limit = _SHORTEST_PAUSE
    while True:
        yield limit * (0.5 + random() / 2)
        limit = min(2 * limit, _LONGEST_PAUSE)


class Outbox:
    """The messages of one publisher."""

    def __init__(
        self,
        *,
        max_bytes: int,
        max_age: float,
        max_batch: int,
        max_batch_bytes: int,
        backoff: Callable[[], Iterator[float]],
        overflow: Overflow = "drop_oldest",
        is_by_part: bool = False,
    ) -> None:
        """Have no messages.

        ``max_age`` is the seconds since its receipt after which a message is dropped. ``backoff``
        makes the pauses, in seconds, before a part of the log is tried again. ``is_by_part`` is
        that of the sink.
        """
        if overflow not in get_args(Overflow):
            raise ParameterError("overflow", overflow, ", ".join(map(repr, get_args(Overflow))))
        self.counts = Counts()
        self._max_bytes = max_bytes
        self.max_age: float = max_age
        """It may change at any time."""
        self._max_batch = max_batch
        self._max_batch_bytes = max_batch_bytes
        self._backoff = backoff
        self._overflow = overflow
        self._queue: deque[tuple[float, Published]] = deque()
        self._apart: dict[str, _Part] = {}
        self._in_flight: dict[int, tuple[list[float], Batch]] = {}
        self._is_by_part = is_by_part
        self._prepared: set[str] = set()
        self._unprepared: list[LogStream] = []
        self._number = 0
        self._essential = 0
        self._losses: dict[tuple[str, str], Loss] = {}

    def submit(self, now: float, messages: Iterable[Published]) -> None:
        """Add messages that were received at ``now``."""
        counts = self.counts
        for message in messages:
            counts.submitted += 1
            counts.pending += 1
            counts.pending_bytes += len(message.payload) + OVERHEAD
            self._essential += message.is_essential
            self._queue.append((now, message))
        while counts.pending_bytes > self._max_bytes and self._drop_one():
            pass
        while self._essential > MOST_ESSENTIAL and self._drop_essential():
            pass

    def expire(self, now: float) -> None:
        """Drop what has become too old to be stored; ``take`` does it as well."""
        limit = now - self.max_age
        for waiting in (*(part.messages for part in self._apart.values()), self._queue):
            kept: list[tuple[float, Published]] = []
            while waiting and waiting[0][0] < limit:
                time, message = waiting.popleft()
                if message.is_essential:
                    kept.append((time, message))
                else:
                    self._lose(message, f"not stored within {self.max_age:g} s")
            waiting.extendleft(reversed(kept))

    def take(self, now: float) -> Batch | None:
        """Return the next messages to publish, the oldest first; None if there are none now.

        Messages of a part that is not prepared wait apart; see ``take_unprepared``.
        """
        self.expire(now)
        for key, part in list(self._apart.items()):
            if part.at > now or (self._is_by_part and self._is_in_flight(key)):
                continue
            if key not in self._prepared:
                self._set_unprepared(part)
            elif part.messages:
                return self._batch(part.messages, apart=False)
            elif not self._is_in_flight(key):
                # What failed last has been stored.
                del self._apart[key]
        return self._batch(self._queue, apart=True)

    def take_unprepared(self) -> list[LogStream]:
        """Return the parts of the log that messages wait for, and that are to be prepared now."""
        unprepared, self._unprepared = self._unprepared, []
        return unprepared

    def set_prepared(self, now: float, part: LogStream) -> None:
        """Note that messages of this part can be published."""
        self._prepared.add(part.key)
        if part.key in self._apart:
            self._apart[part.key].at = now

    def reopened(self, now: float) -> None:
        """Note that the log was opened, so that every part is to be prepared."""
        self._prepared.clear()
        self._unprepared.clear()
        for part in self._apart.values():
            part.at = now

    def next_time(self) -> float | None:
        """Return when messages that wait for their next attempt may go; None if none do."""
        times = (part.at for part in self._apart.values() if part.messages)
        return min((at for at in times if at < math.inf), default=None)

    def settle(self, now: float, batch: Batch, receipt: Receipt) -> None:
        """Note what the log has answered about a batch."""
        times, _ = self._in_flight.pop(batch.number)
        counts = self.counts
        counts.duplicates += receipt.duplicates
        if not receipt.failures:
            self._stored(batch)
            return
        at = dict(zip(map(id, batch.messages), times, strict=True))
        again: dict[str, list[tuple[float, Published]]] = {}
        reasons: dict[str, str] = {}
        stored = len(batch.messages) - len(receipt.failures)
        for failure in receipt.failures:
            message = failure.message
            if failure.is_final:
                self._lose(message, failure.reason)
            else:
                again.setdefault(message.part.key, []).append((at[id(message)], message))
                reasons[message.part.key] = failure.reason
        counts.stored += stored
        counts.pending -= stored
        failed = {id(failure.message) for failure in receipt.failures}
        for message in batch.messages:
            if id(message) not in failed:
                self._release(message)
        for key, messages in again.items():
            self._retry(now, key, messages)

    def put_back(self, batches: Sequence[Batch]) -> None:
        """Put batches back that were not published, in front of everything else."""
        for batch in sorted(batches, key=lambda batch: batch.number, reverse=True):
            times, _ = self._in_flight.pop(batch.number)
            self.counts.retried += len(batch.messages)
            both = list(zip(times, batch.messages, strict=True))
            self._queue.extendleft(pair for pair in reversed(both) if not self._is_apart(pair[1]))
            for key, part in self._apart.items():
                _insert(part.messages, [pair for pair in both if pair[1].part.key == key])

    def abandon(self, reason: str) -> None:
        """Drop everything that waits, or is being published."""
        for _, batch in self._in_flight.values():
            for message in batch.messages:
                self._lose(message, reason)
        self._in_flight.clear()
        for waiting in (*(part.messages for part in self._apart.values()), self._queue):
            while waiting:
                self._lose(waiting.popleft()[1], reason)
        self._apart.clear()

    def take_losses(self) -> list[Loss]:
        """Return what was dropped since the last call, by subject and reason."""
        losses = list(self._losses.values())
        self._losses.clear()
        return losses

    @property
    def is_empty(self) -> bool:
        """Whether everything has been stored or dropped."""
        return not self.counts.pending

    def oldest(self) -> int | None:
        """Return when the oldest message that is not stored yet was received, in Unix nanoseconds.

        None if there is none.
        """
        heads = [batch.messages[0] for _, batch in self._in_flight.values()]
        heads += [part.messages[0][1] for part in self._apart.values() if part.messages]
        heads += [self._queue[0][1]] if self._queue else []
        return min((message.received for message in heads), default=None)

    def _batch(self, waiting: deque[tuple[float, Published]], apart: bool) -> Batch | None:
        """Make a batch of the first messages; ``apart`` moves those whose part has to wait."""
        taken: list[tuple[float, Published]] = []
        size = 0
        while waiting and len(taken) < self._max_batch:
            message = waiting[0][1]
            first = taken[0][1].part if taken else None
            if apart and (part := self._apart_of(message.part, first)) is not None:
                part.messages.append(waiting.popleft())
                continue
            if taken and size + len(message.payload) > self._max_batch_bytes:
                break
            size += len(message.payload)
            taken.append(waiting.popleft())
        return self._fly(taken) if taken else None

    def _apart_of(self, part: LogStream, first: LogStream | None) -> _Part | None:
        """Return where messages of a part wait apart from the others; None if they do not.

        ``first`` is the part of the batch that is being made, if there is one.
        """
        found = self._apart.get(part.key)
        if found is not None:
            return found
        if part.key not in self._prepared:
            found = _Part(part, deque(), self._backoff(), 0.0)
            self._set_unprepared(found)
        elif self._is_by_part and (first not in (None, part) or self._is_in_flight(part.key)):
            found = _Part(part, deque(), self._backoff(), 0.0)
        if found is not None:
            self._apart[part.key] = found
        return found

    def _set_unprepared(self, part: _Part) -> None:
        part.at = math.inf
        self._unprepared.append(part.part)

    def _fly(self, taken: list[tuple[float, Published]]) -> Batch:
        self._number += 1
        messages = [message for _, message in taken]
        batch = Batch(self._number, messages, sum(len(message.payload) for message in messages))
        self._in_flight[batch.number] = ([time for time, _ in taken], batch)
        return batch

    def _is_in_flight(self, key: str) -> bool:
        if self._is_by_part:
            return any(batch.messages[0].part.key == key for _, batch in self._in_flight.values())
        return any(
            message.part.key == key
            for _, batch in self._in_flight.values()
            for message in batch.messages
        )

    def _is_apart(self, message: Published) -> bool:
        return message.part.key in self._apart

    def _retry(self, now: float, key: str, messages: list[tuple[float, Published]]) -> None:
        self.counts.retried += len(messages)
        part = self._apart.get(key)
        if part is None:
            part = self._apart[key] = _Part(messages[0][1].part, deque(), self._backoff(), now)
        # It may not be there any more.
        self._prepared.discard(key)
        if part.at <= now:
            # Several batches may fail at once; that is one failure.
            part.at = now + next(part.pauses)
        _insert(part.messages, messages)

    def _stored(self, batch: Batch) -> None:
        self.counts.stored += len(batch.messages)
        self.counts.pending -= len(batch.messages)
        for message in batch.messages:
            self._release(message)

    def _release(self, message: Published) -> None:
        self.counts.pending_bytes -= len(message.payload) + OVERHEAD
        self._essential -= message.is_essential

    def _drop_one(self) -> bool:
        """Drop one message as there is no space; return whether there was one."""
        lines = [part.messages for part in self._apart.values()] + [self._queue]
        reason = f"more than {self._max_bytes} bytes waited"
        if self._overflow == "drop_newest":
            return any(_drop(waiting, -1, self._lose, reason) for waiting in reversed(lines))
        ages = sorted((line for line in lines if line), key=lambda line: line[0][0])
        return any(_drop(waiting, 0, self._lose, reason) for waiting in ages)

    def _drop_essential(self) -> bool:
        for waiting in (*(part.messages for part in self._apart.values()), self._queue):
            for index, (_, message) in enumerate(waiting):
                if message.is_essential:
                    del waiting[index]
                    self._lose(message, f"more than {MOST_ESSENTIAL} notices waited")
                    return True
        return False

    def _lose(self, message: Published, reason: str) -> None:
        self.counts.not_stored += 1
        self.counts.pending -= 1
        self._release(message)
        loss = self._losses.get((message.subject, reason))
        if loss is None:
            stream = None if message.stream is None else message.stream.name
            self._losses[message.subject, reason] = Loss(
                *(message.subject, stream, reason, 1, message.id, message.id),
                *(message.received, message.received),
            )
            return
        loss.count += 1
        if message.received < loss.since:
            loss.since, loss.first_id = message.received, message.id
        if message.received >= loss.until:
            loss.until, loss.last_id = message.received, message.id


def _drop(
    waiting: deque[tuple[float, Published]],
    end: int,
    lose: Callable[[Published, str], None],
    reason: str,
) -> bool:
    """Drop the first or the last message that is not essential; return whether there was one."""
    indexes = range(len(waiting)) if end == 0 else range(len(waiting) - 1, -1, -1)
    for index in indexes:
        if not waiting[index][1].is_essential:
            message = waiting[index][1]
            del waiting[index]
            lose(message, reason)
            return True
    return False


def _insert(
    waiting: deque[tuple[float, Published]], messages: list[tuple[float, Published]]
) -> None:
    """Insert messages by their times, before others of the same time."""
    merged = sorted((*messages, *waiting), key=lambda pair: pair[0])
    waiting.clear()
    waiting.extend(merged)
