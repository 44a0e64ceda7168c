"""Which subscription of a connection is which account's."""

from __future__ import annotations

from collections import deque

from binance_streams_runtime.protocol.api_replies import ApiMessage

# Events that are kept until an answer says whose they are.
_MAX_EARLY_EVENTS = 1024


class EarlyEvent:
    """An event whose subscription no answer has named yet."""

    __slots__ = ("message", "subscription", "text")

    def __init__(self, subscription: int | None, message: ApiMessage, text: bytes) -> None:
        self.subscription = subscription
        """Its id; None if the event has none, which the documentation allows."""
        self.message = message
        self.text = text


class Bindings:
    """The subscription ids of one connection.

    The answer to a subscription has its id, and whether events may come before that is not
    documented. So those of an unknown id are kept until an answer names it.
    """

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        # What has been unsubscribed, or has ended: the server may have sent events before that.
        self._ended: set[int] = set()
        self._early: deque[EarlyEvent] = deque()

    def name_of(self, id: int) -> str | None:
        """Return the account of a subscription, or None if no answer has named it."""
        return self._names.get(id)

    def has_ended(self, id: int) -> bool:
        """Return whether a subscription has ended, so that its events are ignored."""
        return id in self._ended

    def only_name(self) -> str | None:
        """Return the account that an event without an id must be of, or None."""
        return next(iter(self._ids)) if len(self._ids) == 1 else None

    def bind(self, name: str, id: int) -> list[EarlyEvent]:
        """Note that a subscription is an account's; return its events that have come before.

        Those without an id are among them.
        """
        self.unbind(name)
        self._ended.discard(id)
        self._names[id], self._ids[name] = name, id
        found = [early for early in self._early if early.subscription in (id, None)]
        if found:
            self._early = deque(one for one in self._early if one.subscription not in (id, None))
        return found

    def unbind(self, name: str) -> int | None:
        """Forget the subscription of an account, and return its id or None."""
        id = self._ids.pop(name, None)
        if id is not None:
            del self._names[id]
            self.end(id)
        return id

    def end(self, id: int) -> None:
        """Ignore the events of a subscription from now on."""
        self._ended.add(id)
        self._early = deque(early for early in self._early if early.subscription != id)

    def keep(self, early: EarlyEvent) -> list[EarlyEvent]:
        """Keep an event until its subscription is known; return those that are too many."""
        self._early.append(early)
        return [self._early.popleft()] if len(self._early) > _MAX_EARLY_EVENTS else []

    def take_early(self) -> list[EarlyEvent]:
        """Remove and return all events whose subscription is still unknown."""
        taken, self._early = list(self._early), deque()
        return taken
