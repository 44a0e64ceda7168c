"""A user's subscription to a stream, whose events threads can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, cast, overload

from binance_streams_runtime.client.event_source import E_co
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.client.subscription import CandleSubscriptionBase, SubscriptionBase
from binance_streams_runtime.sync.event_source import EventSource

if TYPE_CHECKING:
    import pandas
    import polars

    from binance_streams_runtime.client.candle_window import WindowOptions
    from binance_streams_runtime.client.client_engine import ClientEngine
    from binance_streams_runtime.client.frames import FrameOptions
    from binance_streams_runtime.sync.candle_window import CandleWindow

C = TypeVar("C")


class Subscription(EventSource[E_co], SubscriptionBase[E_co]):
    """One stream of a client. Iterate it for its events, in the order the server sent them.

    Iteration blocks until an event comes, also while the client reconnects. It ends quietly after
    ``unsubscribe()`` and with the client's ``close()``. Otherwise it raises an error:
    ``ClientClosed`` if it began after ``close()``, once what waited has been taken,
    ``RequestError`` if the server rejected the stream, ``ConnectionLost`` if the connection ended
    for good, ``QueueOverflow`` if the queue was full and its policy is ``raise``. Leaving a loop
    loses nothing: the next one continues with the next event.
    """

    def wait(self, timeout: float | None = None) -> None:
        """Block until the server has confirmed the subscription; at most ``timeout`` seconds.

        Raises RequestError if the server rejected it, ConnectionLost if the connection ended for
        good, RequestTimeout if the time ran out or the server did not answer (the request is
        repeated, so waiting again makes sense), and ClientClosed if the subscription has ended. The
        text of a RequestTimeout says what it waited for, and the last error, which is also its
        ``__cause__``.
        """
        self._wait(timeout, "was not confirmed")

    def unsubscribe(self) -> None:
        """End the subscription; its iteration ends once what waits has been taken.

        Once this returns, ``on_event`` is no longer called, and what waited for it is dropped.
        It waits for a running call, at most 1 second, unless that call is the one that
        unsubscribes. (A client's own ``on_event`` may get one more event, if it was about to.)
        """
        self._owner.end(self)

    def stats(self) -> StreamStats:
        """Return how many messages came, were dropped, or are missing, and when the last came."""
        return self._owner.stream_stats(self._route)

    @overload
    def frames(
        self, library: Literal["polars"], seconds: float = 10, **options: Unpack[FrameOptions]
    ) -> Iterator[polars.DataFrame]: ...

    @overload
    def frames(
        self, library: Literal["pandas"], seconds: float = 10, **options: Unpack[FrameOptions]
    ) -> Iterator[pandas.DataFrame]: ...

    @overload
    def frames(
        self, library: Literal["arrow"], seconds: float = 10, **options: Unpack[FrameOptions]
    ) -> Iterator[Any]: ...

    def frames(
        self, library: str, seconds: float = 10, **options: Unpack[FrameOptions]
    ) -> Iterator[Any]:
        """Iterate the events as tables of ``polars``, ``pandas`` or ``arrow``.

        Every ``seconds``, counted from the first wait on, there is a frame of what came meanwhile,
        of no rows if nothing came; with ``max_rows`` also once there are so many. A list of events,
        as streams of all symbols give them, is not split. At the end of the iteration, which is
        that of the subscription, the last frame has what is left.

        The columns, their types and the options ``numbers``, ``levels`` and ``times`` are those of
        ``to_polars``; a frame of no rows has the same types.

        Raises ParameterError if an argument is invalid or the stream has events of several types;
        ImportError if the library is not installed, such as ``pip install
        'binance-streams[polars]'``.
        """
        # On demand only, as few need them.
        from binance_streams_runtime.client.frames import FrameCollector
        from binance_streams_runtime.sync.frames import Frames

        collector = FrameCollector(self._route, library, seconds, **options)
        self._take_over(with_notices=False)
        return Frames(self._queue, collector, self._owner.is_closed)


class CandleSubscription(Subscription[E_co], CandleSubscriptionBase[E_co], Generic[E_co, C]):
    """A stream whose events are the states of candles, ``C``, of which REST has the history."""

    def window(self, count: int = 500, **options: Unpack[WindowOptions[C]]) -> CandleWindow[C]:
        """Return the last ``count`` candles: begun with history, continued without a seam.

        Returns at once; ``wait()`` on the result blocks until the window is complete. A
        subscription has one window, and the same arguments give the same one. Unless it
        is iterated already, or has a callback, its events go to the window only. ``fill=True`` is
        not needed, as the window fetches what it lacks itself.

        Args:
            count: How many candles, the open one included: 1 to 10,000. A request has 1,000.
            options: ``on_event``, ``maxsize`` and ``overflow``, of the window's changes.

        Raises ParameterError for an argument that is not allowed, or if the server's REST API is
        unknown; TypeError for an unknown option; ClientClosed if the subscription has ended.
        """
        # On demand only, as few programs have windows.
        from binance_streams_runtime.client.windows import open_window
        from binance_streams_runtime.sync.candle_window import CandleWindow

        client = cast("ClientEngine[Any, Any]", self._owner)
        return open_window(client, self, CandleWindow, count, cast("WindowOptions[Any]", options))
