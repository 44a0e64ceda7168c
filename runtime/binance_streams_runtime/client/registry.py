"""Which subscriptions a client has."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

S = TypeVar("S")


class SubscriptionRegistry(Generic[S]):
    """The subscriptions of a client by name; all threads look into it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.by_name: dict[str, S] = {}

    def discard(self, name: str, subscription: S) -> None:
        """Forget a subscription, unless another one has taken its name."""
        with self.lock:
            if self.by_name.get(name) is subscription:
                del self.by_name[name]

    def take_all(self) -> list[S]:
        """Forget every subscription, and return them."""
        with self.lock:
            taken = list(self.by_name.values())
            self.by_name.clear()
        return taken
