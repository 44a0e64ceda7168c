"""The registry of a client's subscriptions."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

S = TypeVar("S")


class SubscriptionRegistry(Generic[S]):
    """The subscriptions of a client by name; used by all threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.by_name: dict[str, S] = {}

    def discard(self, name: str, subscription: S) -> None:
        """Remove a subscription, unless another one has its name now."""
        with self.lock:
            if self.by_name.get(name) is subscription:
                del self.by_name[name]

    def take_all(self) -> list[S]:
        """Remove and return all subscriptions."""
        with self.lock:
            taken = list(self.by_name.values())
            self.by_name.clear()
        return taken
