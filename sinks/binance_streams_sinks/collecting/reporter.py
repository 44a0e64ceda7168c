"""What a collector says about itself and its order books, in its log and to whoever runs it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.errors import redacted
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    Interrupted,
    LogGap,
    LogNotice,
    NotStored,
    Refused,
    Stopped,
    encode_notice,
    notice_id,
    snapshot_id,
)
from binance_streams_runtime.messaging.subjects import NOTICES, SNAPSHOTS, Subjects
from binance_streams_runtime.notices import Gap
from binance_streams_sinks.collecting.states import States
from binance_streams_sinks.publishing.counts import Loss
from binance_streams_sinks.publishing.publisher import Publisher
from binance_streams_sinks.publishing.sink import Published

logger = logging.getLogger("binance_streams.collector")

_MOST_LOGGED = 3


class Reporter:
    """Publishes the notices of one collector, and its snapshots."""

    def __init__(
        self,
        name: str,
        subjects: Subjects,
        states: States,
        publisher: Publisher,
        on_notice: Callable[[LogNotice], object] | None,
    ) -> None:
        """``on_notice`` gets each notice that is published."""
        self.gaps: int = 0
        self._name = name
        self._subjects = subjects
        self._states = states
        self._publisher = publisher
        self._on_notice = on_notice
        self.session: str = secrets.token_hex(4)
        self.number: int = 0
        """That of the last notice."""
        self._is_due = False

    def changed(self) -> None:
        """Report soon what has become of streams; what changes together is one notice."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.report)

    def report(self) -> None:
        """Report what the states of streams have become."""
        self._is_due = False
        interrupted, collecting = self._states.take_changes()
        for (since, reason), names in interrupted.items():
            self._say(Interrupted, streams=tuple(sorted(names)), since=since, reason=reason)
        if collecting:
            self._say(Collecting, streams=tuple(sorted(collecting)))

    def gap(self, stream: Stream, gap: Gap) -> None:
        """Report that messages were missed."""
        self.gaps += 1
        self._say(
            LogGap,
            stream=stream.name,
            first_missing=gap.first_missing,
            last_missing=gap.last_missing,
            since=_nanoseconds(gap.since),
            until=_nanoseconds(gap.until),
            reason=redacted(gap.reason),
            key=gap.key,
        )

    def stopped(self, names: Iterable[str]) -> None:
        """Report streams that are not collected any more."""
        streams = tuple(sorted(names))
        if streams:
            self._say(Stopped, streams=streams)

    def refused(self, stream: Stream, error: BaseException) -> None:
        """Report a stream that cannot be collected."""
        logger.warning("%s is not collected: %s", stream.label, error)
        self._say(Refused, stream=stream.name, reason=redacted(str(error)))

    def losses(self, losses: Iterable[Loss]) -> None:
        """Report what could not be stored."""
        losses = list(losses)
        log_losses(losses)
        for loss in losses:
            if loss.stream is not None:
                self._say(
                    NotStored,
                    stream=loss.stream,
                    count=loss.count,
                    first_id=loss.first_id,
                    last_id=loss.last_id,
                    since=loss.since,
                    until=loss.until,
                    reason=loss.reason,
                )

    def alive(self, streams: Iterable[str], interval: float) -> None:
        """Report that the collector is at work."""
        stats = self._publisher.stats()
        self._say(
            Alive,
            streams=tuple(sorted(streams)),
            interval=interval,
            stored_until=stats.oldest or time.time_ns(),
            pending=stats.pending,
        )

    def snapshot(self, symbol: str, update_id: int, body: bytes) -> None:
        """Publish a snapshot of an order book that contains this update as its last."""
        self._publisher.submit(
            [
                Published(
                    self._subjects.snapshots(symbol),
                    snapshot_id(symbol, update_id),
                    *(body, time.time_ns(), self._name),
                    *(self._subjects.log_stream(SNAPSHOTS), symbol),
                )
            ]
        )

    def closed(self) -> None:
        """Report the end."""
        self._say(Closed)

    def _say(self, kind: type[LogNotice], **fields: Any) -> None:
        self.number += 1
        at = time.time_ns()
        notice = kind(
            collector=self._name, session=self.session, number=self.number, at=at, **fields
        )
        message = Published(
            subject=self._subjects.notices(self._name),
            id=notice_id(notice),
            payload=encode_notice(notice),
            received=at,
            collector=self._name,
            part=self._subjects.log_stream(NOTICES),
            # Also if it only was alive: a number that is left out means a notice that was lost.
            is_essential=True,
        )
        self._publisher.submit([message])
        if self._on_notice is not None:
            self._on_notice(notice)


def log_losses(losses: Sequence[Loss]) -> None:
    """Log that messages were not stored: of a few streams each, of many in one line."""
    if len(losses) > _MOST_LOGGED:
        count = sum(loss.count for loss in losses)
        reasons = "; ".join(dict.fromkeys(loss.reason for loss in losses))
        text = "%d messages of %d streams were not stored: %s"
        logger.warning(text, count, len(losses), reasons)
        return
    for loss in losses:
        logger.warning(
            "%s: %d messages were not stored (%s to %s): %s",
            *(loss.stream or loss.subject, loss.count, loss.first_id, loss.last_id, loss.reason),
        )


def _nanoseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1e9)
