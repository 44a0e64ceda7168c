"""Seeing what a client reports and delivers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, TypeVar

from binance_streams import Connected, Disconnected, Gap, Notice, Resubscribed
from tests.support.front_ends import Items
from tests.support.limits import in_time, wait_until

K = TypeVar("K", bound=Notice)


class Notices:
    """All notices of one client, in order; given to it as ``on_notice``."""

    def __init__(self) -> None:
        self.all: list[Notice] = []

    def __call__(self, notice: Notice) -> None:
        self.all.append(notice)

    def of(self, kind: type[K]) -> list[K]:
        return [notice for notice in self.all if isinstance(notice, kind)]

    def wait_for(self, kind: type[K], count: int = 1) -> list[K]:
        """Those of one kind, as soon as there are ``count`` of them."""
        wait_until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    @property
    def story(self) -> list[str]:
        """The names of the notices about the connection, in order."""
        kinds = Connected, Disconnected, Resubscribed, Gap
        return [type(notice).__name__ for notice in self.all if isinstance(notice, kinds)]


def at_once() -> Iterator[float]:
    """A backoff that never waits."""
    return itertools.repeat(0.0)


def outline(items: list[Any]) -> list[Any]:
    """Trades by their ids, gaps by what is missing, other notices by their kind."""
    reported: list[Any] = []
    for item in items:
        if isinstance(item, Gap):
            reported.append((item.first_missing, item.last_missing))
        elif isinstance(item, Notice):
            reported.append(type(item).__name__)
        else:
            reported.append(item.trade_id)
    return reported


def take(iterator: Iterator[Any], count: int) -> list[Any]:
    """The next ``count`` items, in time."""
    if isinstance(iterator, Items):
        return in_time(lambda: iterator.take(count))
    return in_time(lambda: list(itertools.islice(iterator, count)))


def ids(events: list[Any]) -> list[int]:
    return [event.trade_id for event in events]
