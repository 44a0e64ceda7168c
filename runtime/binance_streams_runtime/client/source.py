"""What takes the place of a server: a recording that is replayed, or a log that is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.pipeline.queues import EventQueue

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine


class Source(ABC):
    """What a client reads instead of connecting to a server of the venue."""

    what: ClassVar[str]
    """What it is, for errors."""
    is_acknowledged: bool = False
    """Whether it remembers what its user has finished with."""
    can_fill: ClassVar[bool]
    """Whether missed events can be fetched."""
    can_be_recorded: ClassVar[bool]
    """Whether what is read can be recorded."""

    @abstractmethod
    def hold(self, queue: EventQueue) -> None:
        """Have a new queue drop nothing, if reading waits for who takes its events."""

    @abstractmethod
    def check(self, stream: Stream) -> None:
        """Raise ParameterError if it can never have a stream."""

    @abstractmethod
    def make_engine(self, client: ClientEngine[Any, Any], make: Callable[..., Engine]) -> Engine:
        """Make the engine of a client; ``make`` has all but the clock and what is special."""

    @abstractmethod
    def make_sockets(
        self,
        is_awaited: Callable[[], bool],
        needs_keeper: Callable[[], bool],
        on_over: Callable[[float], None],
    ) -> Callable[..., Sockets]:
        """Return what makes the sockets of a driver.

        Args:
            is_awaited: Whether anybody has waited for anything yet.
            needs_keeper: Whether somebody waits who drives neither by itself nor in a loop.
            on_over: Called with the time at the end, if there is one.
        """
