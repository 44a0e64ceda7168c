"""Which collectors collect which streams: rendezvous hashing, so nobody has to decide it.

Every collector computes the same assignment from the same names. If a collector joins or leaves,
only the streams move that it gets or had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

COPIES = 2
"""How many collectors collect a stream, if nothing else is chosen."""


def assign(
    streams: Iterable[str], members: Mapping[str, int | None], copies: int = COPIES
) -> dict[str, tuple[str, ...]]:
    """Return the members that each stream is assigned to, the first choice first.

    ``members`` maps the name of each to how many streams it takes at most, None if it takes any
    number. A stream gets ``copies`` members, or all of them if there are fewer. If one is full, the
    stream's next choice takes its place; then more may move than one member's streams. If all are
    full, streams get fewer members or none, but none gets two before every one has got one.
    """
    room = {name: limit for name, limit in members.items() if limit is not None}
    # Sorted, as with limits the order decides.
    choices = {stream: ranking(stream, members) for stream in sorted({*streams})}
    assigned: dict[str, list[str]] = {stream: [] for stream in choices}
    for _ in range(copies):
        for stream, left in choices.items():
            while left:
                name = left.pop(0)
                if room.get(name, 1) > 0:
                    assigned[stream].append(name)
                    if name in room:
                        room[name] -= 1
                    break
    return {stream: tuple(names) for stream, names in assigned.items()}


def ranking(stream: str, members: Iterable[str]) -> list[str]:
    """Return the members in the order in which this stream chooses among them."""
    return sorted(members, key=lambda name: (_weight(name, stream), name), reverse=True)


def _weight(member: str, stream: str) -> bytes:
    # The same in every process, which hash() is not.
    return blake2b(f"{member}\0{stream}".encode(), digest_size=8).digest()
