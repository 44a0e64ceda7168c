"""A user's window of candles, without waiting: what can be read of it, and its options."""

from __future__ import annotations

from collections.abc import Callable
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    TypedDict,
    cast,
    get_origin,
    get_type_hints,
    overload,
)

from binance_streams_runtime.candles.feed import WindowFeed
from binance_streams_runtime.candles.values import C, CandleChange
from binance_streams_runtime.client.event_source import EventSourceBase
from binance_streams_runtime.client.subscription import SubscriptionBase
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.pipeline.queues import Overflow
from binance_streams_runtime.types import Numbers

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from binance_streams_runtime.tables.batch import Times


class WindowOptions(TypedDict, Generic[C], total=False):
    """Options of a window; ``C`` is the type of its candles."""

    on_event: Callable[[CandleChange[C]], object] | None
    """Called with each change, where the client calls all its callbacks."""
    maxsize: int | None
    """How many changes may wait; None for the client's ``maxsize``."""
    overflow: Overflow | None
    """What happens to changes beyond that; None for the client's ``overflow``."""


class CandleWindowBase(EventSourceBase[CandleChange[C]], Generic[C]):
    """The last candles of one subscription.

    All that is read here is a copy of one moment, and may be read in any thread; it waits for
    nothing.
    """

    _KIND: ClassVar[str] = "a window"
    _feed: WindowFeed
    _subscription: SubscriptionBase[Any]
    _close: Callable[[], None]

    @property
    def name(self) -> str:
        """The stream's raw name, such as ``btcusdt@kline_1m``."""
        return self._route.name

    @property
    def count(self) -> int:
        """How many candles the window has at most."""
        return self._feed.count

    @property
    def candles(self) -> tuple[C, ...]:
        """The last candles, the oldest first; the last one is the open one, unless it was closed.

        Fewer than ``count`` if the symbol is younger, or until the history has come.
        """
        return cast("tuple[C, ...]", self._feed.view.candles)

    @property
    def is_complete(self) -> bool:
        """Whether no candle is missing, and each is as the server has it.

        False until the history has come, while the connection is lost, and while candles that were
        missed are fetched.
        """
        return self._feed.view.is_complete and self._state.value != "ended"

    @property
    def reason(self) -> str:
        """Why the window is not complete; empty if it is."""
        view = self._feed.view
        if view.is_complete and self._state.value == "ended":
            return "the window is closed"
        return view.reason

    def __len__(self) -> int:
        return len(self._feed.view.candles)

    @overload
    def __getitem__(self, index: int) -> C: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[C, ...]: ...

    def __getitem__(self, index: int | slice) -> C | tuple[C, ...]:
        """Return a candle, or several of one moment; ``window[-1]`` is the newest one."""
        return self.candles[index]

    def __bool__(self) -> bool:
        # Else it would be false while it has no candles.
        return True

    def to_polars(
        self, *, numbers: Numbers | None = None, times: Times = "datetime"
    ) -> polars.DataFrame:
        """Return the candles as a ``polars.DataFrame``, with a row for each; see ``to_polars``.

        Raises ParameterError if an argument is invalid, ImportError if polars is not installed.
        """
        from binance_streams_runtime.tables_api import to_polars

        return to_polars(self.candles, type=self._candle_type(), numbers=numbers, times=times)

    def to_pandas(
        self, *, numbers: Numbers | None = None, times: Times = "datetime"
    ) -> pandas.DataFrame:
        """Return the candles as a ``pandas.DataFrame``; as ``to_polars``."""
        from binance_streams_runtime.tables_api import to_pandas

        return to_pandas(self.candles, type=self._candle_type(), numbers=numbers, times=times)

    def to_arrow(
        self, *, numbers: Numbers | None = None, times: Times = "datetime"
    ) -> pyarrow.Table:
        """Return the candles as a ``pyarrow.Table``; as ``to_polars``."""
        from binance_streams_runtime.tables_api import to_arrow

        return to_arrow(self.candles, type=self._candle_type(), numbers=numbers, times=times)

    def _candle_type(self) -> Any:
        """Return the struct of the candles, which makes the columns if there are none."""
        stream = self._route.stream.type
        assert stream.backfill is not None
        assert stream.backfill.candle is not None
        found: Any = stream.events[0]
        *path, _ = stream.backfill.candle.is_closed.split(".")
        for name in path:
            annotation = get_type_hints(found)[name]
            found = get_origin(annotation) or annotation
        return found[self._route.decoder.numbers] if found.__parameters__ else found

    def close(self) -> None:
        """End the window and its subscription; iteration ends once what waits has been taken.

        The candles can still be read. Also at the end of a ``with`` (or ``async with``) statement.
        """
        self._close()

    @property
    def _label(self) -> str:
        return f"the window of {self._route.label}"

    def _timeout(self, text: str) -> RequestTimeout:
        if self._subscription.state == "pending":
            reason, cause = self._owner.reason_of(self._subscription)
        else:
            reason, cause = self.reason or "no candle has changed", None
        error = RequestTimeout(f"{self._label} {text}: {reason}")
        error.__cause__ = cause
        return error

    def __repr__(self) -> str:
        state = "closed" if self._state.value == "ended" else f"{len(self)} of {self.count} candles"
        return f"<{type(self).__name__} {self._route.label} {state}>"
