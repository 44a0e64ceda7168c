"""Which members of a group live, judged by their heartbeats and one's own clock.

A member's heartbeats are entries of a store that all of them watch. Its own heartbeats come back to
it, too, and only then does time pass here: a member that was suspended, or whose store does not
answer, sees none of its own, and so does not take all the others for dead.
"""

from __future__ import annotations

from msgspec import Struct

INTERVAL = 1.0
"""Seconds between the heartbeats of a member."""
TIMEOUT = 5.0
"""Seconds without a heartbeat after which a member is taken for dead."""

# Seconds of steady heartbeats that a member needs to be live again after a failure, in timeouts:
# 1 after the first, twice as many after each further one, so that a slow machine does not make
# streams move forever.
_LONGEST_PROBATION = 16

# Timeouts of life after which failures are forgiven; of death, after which members are forgotten.
_FORGIVEN = 100
_FORGOTTEN = 100


class Heartbeat(Struct, frozen=True, omit_defaults=True):
    """What a member says of itself once a second."""

    incarnation: str
    """Another one each time the member starts."""
    number: int
    """One more each time, so that one that is read again is no new one."""
    capacity: int | None = None
    """How many streams it takes at most; None: any number."""
    is_able: bool = True
    """Whether it gets anything from the venue."""
    is_leaving: bool = False
    """Whether it waits for others to take its streams, to end then."""


class _Member(Struct):
    """What one knows of a member, in seconds that have passed here."""

    heartbeat: Heartbeat
    # When its last heartbeat was read, and the last one that counts; since when none was late.
    read_at: float
    seen_at: float
    steady_since: float
    is_live: bool = True
    failures: int = 0


class Membership:
    """The members of a group as one of them, ``own``, sees them."""

    def __init__(self, own: str, *, interval: float = INTERVAL, timeout: float = TIMEOUT) -> None:
        self.own = own
        self._interval = interval
        self._timeout = timeout
        self._members: dict[str, _Member] = {}
        # Seconds that have passed while heartbeats of our own came back, and when the last one did.
        self._passed = 0.0
        self._own_at: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the others have had the time to be seen: two heartbeats of ours came back."""
        return self._passed > 0

    def beat(self, now: float, name: str, heartbeat: Heartbeat) -> None:
        """Take note of an entry that was read at ``now``, in seconds of a monotonic clock."""
        member = self._members.get(name)
        if member is None:
            # If it was left behind by one that died long ago, it fails once the timeout has passed.
            self._members[name] = _Member(heartbeat, self._passed, self._passed, self._passed)
        elif heartbeat != member.heartbeat:
            self._update(member, heartbeat)
        else:
            return
        if name == self.own:
            self._pass(now)

    def leave(self, name: str) -> None:
        """Take note that the entry of a member was deleted."""
        self._members.pop(name, None)

    def live(self) -> dict[str, int | None]:
        """Return the members that share the work, with their capacities.

        The own one is always among them, unless it is leaving.
        """
        return {
            name: member.heartbeat.capacity
            for name, member in self._members.items()
            if (member.is_live or name == self.own) and not member.heartbeat.is_leaving
        }

    def forgotten(self) -> list[str]:
        """Return the members that have been dead for so long that their entries may be deleted."""
        limit = self._passed - _FORGOTTEN * self._timeout
        return [name for name, member in self._members.items() if member.read_at < limit]

    def _update(self, member: _Member, heartbeat: Heartbeat) -> None:
        member.heartbeat = heartbeat
        member.read_at = self._passed
        own = self._members.get(self.own)
        # If we get nothing from the venue ourselves, neither may anybody else.
        if not heartbeat.is_able and own is not None and own.heartbeat.is_able:
            return
        if self._is_late(member):
            member.steady_since = self._passed
        member.seen_at = self._passed
        steady = (self._passed - member.steady_since) / self._timeout
        if steady > _FORGIVEN:
            member.failures = 0
        if steady >= min(2 ** (member.failures - 1), _LONGEST_PROBATION):
            member.is_live = True

    def _pass(self, now: float) -> None:
        """Let time pass, as a heartbeat of our own came back; none passes while none does."""
        if self._own_at is not None:
            self._passed += min(now - self._own_at, 2 * self._interval)
        self._own_at = now
        for name, member in self._members.items():
            if name != self.own and member.is_live and self._is_late(member):
                member.is_live = False
                member.failures += 1

    def _is_late(self, member: _Member) -> bool:
        return self._passed - member.seen_at > self._timeout
