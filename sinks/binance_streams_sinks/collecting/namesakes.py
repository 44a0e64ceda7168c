"""Whether another collector of the log has this one's name, which would make false gaps.

Readers take the notices of one name for those of one collector, started again and again. Two that
are at work at the same time show by their notices: each finds those of the other one in the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.log_notices import session_of
from binance_streams_sinks.publishing.sink import Newest

logger = logging.getLogger("binance_streams.collector")

# How often the other one's notices must have grown more: one that has just been killed may leave a
# last one that is stored late.
_RISES = 2

# By how many notices the other one must be ahead to be the older one, and for how many seconds
# after its start a collector ends if it is. Two that were started together go on, and say so.
_AHEAD = 10
_YOUNG = 60.0

# Seconds for which the next notice of this one waits for the log's answer.
_PATIENCE = 1.0

# After so many looks that did not show it, the other one has ended.
_FORGOTTEN = 12

ALLOWED = "a name that no other collector of the log has; one that is at work has this one"


class Namesakes:
    """Looks for another collector of the same name, each time this one says that it is alive."""

    def __init__(
        self,
        name: str,
        session: str,
        newest: Callable[[], Awaitable[Newest | None]],
        on_older: Callable[[ParameterError], None],
        clock: Callable[[], float],
    ) -> None:
        """``newest`` returns the newest notice of the name, ``clock`` gives seconds.

        ``on_older`` is called if the other one was at work before this one was started.
        """
        self._name = name
        self._session = session
        self._newest = newest
        self._on_older = on_older
        self._clock = clock
        self._begun = clock()
        self._task: asyncio.Task[None] | None = None
        # The newest number of each other session, and how often it has risen.
        self._numbers: dict[str, int] = {}
        self._rises: dict[str, int] = {}
        self._looks_since = _FORGOTTEN

    @property
    def has_any(self) -> bool:
        """Whether another collector of the name is at work."""
        return self._looks_since < _FORGOTTEN

    async def look(self, number: int) -> None:
        """Look for what the other one has said since the last notice of this one, ``number``."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look(number))
        await asyncio.wait([self._task], timeout=_PATIENCE)

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _look(self, number: int) -> None:
        # If the log cannot be asked at the moment, the next look will do.
        with contextlib.suppress(Exception):
            newest = await self._newest()
            if newest is not None:
                self.take(newest.id, number)

    def take(self, id: str, number: int) -> None:
        """Take note of the id of the newest notice; ``number`` is that of this collector's last."""
        self._looks_since += 1
        session, other = session_of(id) or (self._session, 0)
        if session == self._session:
            return
        last = self._numbers.setdefault(session, other)
        if other > last:
            self._numbers[session] = other
            self._rises[session] = self._rises.get(session, 0) + 1
        if other <= last or self._rises[session] < _RISES:
            return
        if not self.has_any:
            logger.error("another collector of the log has the name %s, too", self._name)
        self._looks_since = 0
        if other >= number + _AHEAD and self._clock() - self._begun < _YOUNG:
            self._on_older(ParameterError("name", self._name, ALLOWED))
