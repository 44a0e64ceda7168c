"""A user's subscription to a stream: its name and its state, without its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.client.event_source import E_co, EventSourceBase
from binance_streams_runtime.client.options import FillOptions
from binance_streams_runtime.client.subscription_state import State
from binance_streams_runtime.errors import ParameterError

if TYPE_CHECKING:
    from binance_streams_runtime.tables.batch import EventType


class SubscriptionBase(EventSourceBase[E_co]):
    """One stream of a client, without waiting."""

    _KIND: ClassVar[str] = "a subscription"

    @property
    def name(self) -> str:
        """The stream's raw name, such as ``btcusdt@kline_1m``."""
        return self._route.name

    @property
    def stream(self) -> Stream:
        """The stream: its name, its catalog entry, and its parameters."""
        return self._route.stream

    @property
    def state(self) -> State:
        """``pending`` until the server has confirmed it, then ``confirmed``; finally ``ended``.

        A lost connection makes it ``pending`` again, until the server confirms it on the next one.
        """
        return self._state.value

    def _event_type(self) -> EventType | None:
        """Return of what type its events are; None if of several."""
        from binance_streams_runtime.tables.batch import EventType

        structs = () if self._route.is_raw else self._route.stream.type.events
        return EventType(structs[0], self._route.decoder.numbers) if len(structs) == 1 else None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._route.label} {self._state.value}>"


class CandleSubscriptionBase(SubscriptionBase[E_co]):
    """A stream of candles, which a window may consume."""

    _is_attached: bool
    _has_window: bool = False

    def _check_no_callback(self) -> None:
        super()._check_no_callback()
        if self._has_window and not self._is_attached:
            allowed = "a subscription without window(), or the window itself"
            raise ParameterError("iteration", self._label, allowed)


def check_same(
    subscription: SubscriptionBase[Any], options: FillOptions[Any], is_raw: bool
) -> None:
    """Raise ParameterError if an existing subscription is not what is asked for."""
    label = subscription._label
    if subscription._route.is_raw is not is_raw:
        what = "events" if is_raw else "undecoded messages"
        allowed = f"a stream whose {what} are not subscribed; unsubscribe() first"
        raise ParameterError("stream", label, allowed)
    if options:
        allowed = f"none, as {label} is subscribed already; unsubscribe() first"
        raise ParameterError("options", sorted(options), allowed)
