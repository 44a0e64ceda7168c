"""What one collector of a group collects, as the others join, leave, die and come back.

A stream that is no longer a member's own is held until those that it belongs to now have taken it,
so that it is collected all the time. Too many collectors do no harm, as the log keeps each message
once; too few may.
"""

from __future__ import annotations

from collections.abc import Collection

from binance_streams_runtime.messaging.assignment import COPIES, assign
from binance_streams_runtime.messaging.membership import (
    INTERVAL,
    TIMEOUT,
    Heartbeat,
    Membership,
)


class Group:
    """The group as one member, ``own``, sees it."""

    def __init__(
        self,
        own: str,
        *,
        interval: float = INTERVAL,
        timeout: float = TIMEOUT,
    ) -> None:
        self.membership = Membership(own, interval=interval, timeout=timeout)
        self.collected: frozenset[str] = frozenset()
        """The streams that this member has to collect now."""
        self.assigned: dict[str, tuple[str, ...]] = {}
        """The members that each stream of the group belongs to."""
        self._own = own
        self._copies = COPIES
        self._streams: frozenset[str] = frozenset()
        self._taken: dict[str, frozenset[str]] = {}
        self._live: dict[str, int | None] = {}

    def on_work(self, streams: Collection[str], copies: int) -> None:
        """Take note of what the group is to collect, and by how many members each stream."""
        self._streams = frozenset(streams)
        self._copies = copies
        self._reassign()

    def on_heartbeat(self, now: float, name: str, heartbeat: Heartbeat) -> None:
        """Take note of a heartbeat, read at ``now`` seconds of a monotonic clock."""
        was_settled = self.membership.is_settled
        self.membership.beat(now, name, heartbeat)
        if self.membership.is_settled > was_settled or self.membership.live() != self._live:
            self._reassign()

    def on_taken(self, name: str, streams: Collection[str]) -> None:
        """Take note of the streams that a member gets from the venue."""
        self._taken[name] = frozenset(streams)
        self._collect()

    def on_leave(self, name: str) -> None:
        """Take note that a member is gone."""
        self.membership.leave(name)
        self._taken.pop(name, None)
        self._reassign()

    def missing(self) -> dict[str, int]:
        """Return the streams that have too few collectors, as all are full, and how many."""
        wanted = min(self._copies, len(self._live))
        return {
            stream: len(names) for stream, names in self.assigned.items() if len(names) < wanted
        }

    def _reassign(self) -> None:
        self._live = self.membership.live()
        # A member that has just joined may not have seen the others yet.
        if self.membership.is_settled:
            self.assigned = assign(self._streams, self._live, self._copies)
        self._collect()

    def _collect(self) -> None:
        self.collected = frozenset(
            stream
            for stream in self._streams
            if self._own in (assigned := self.assigned.get(stream, ()))
            or (stream in self.collected and not self._is_taken(stream, assigned))
        )

    def _is_taken(self, stream: str, assigned: tuple[str, ...]) -> bool:
        """Whether all that a stream belongs to get it; if it belongs to nobody, nobody does."""
        return bool(assigned) and all(stream in self._taken.get(name, ()) for name in assigned)
