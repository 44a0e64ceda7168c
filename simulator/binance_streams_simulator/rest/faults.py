"""Faults of the REST API that are injected on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["refuse", "stall", "truncate", "slow", "reset"]


@dataclass(frozen=True)
class Misbehavior:
    """What happens to requests, instead of a good answer or to it."""

    kind: Kind
    status: int = 503
    retry_after: int | None = None
    body: bytes = b""
    seconds: float = 0.0
    """How long a slow answer takes."""


@dataclass
class RestFaults:
    """The active faults. Tests set them, the server's thread reads them."""

    lag: float = 0.0
    """By how many seconds the newest rows are late."""
    snapshot_lag: float = 0.0
    """By how many seconds snapshots of books are late."""
    misbehavior: Misbehavior | None = None
    requests: int | None = None
    """How many requests it still happens to; None is all until it is ended."""

    def take(self) -> Misbehavior | None:
        """Return what is to happen to the next request."""
        if self.misbehavior is None or self.requests is None:
            return self.misbehavior
        if self.requests <= 0:
            return None
        self.requests -= 1
        return self.misbehavior
