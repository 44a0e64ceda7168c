"""A user's account, whose events and answers threads can wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, Protocol

from binance_streams_runtime.client.account import AccountBase, StateAttempts, StateT
from binance_streams_runtime.client.event_source import E_co
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.sync import event_source
from binance_streams_runtime.sync.event_source import EventSource


class Owner(event_source.Owner, Protocol):
    """What an account needs of its client."""

    def call(
        self, account: AccountBase[Any, Any], method: str, params: Mapping[str, object]
    ) -> Any: ...


class BaseAccount(EventSource[E_co], AccountBase[E_co, StateT], Generic[E_co, StateT]):
    """The base class of the generated accounts, which add the types of requests and answers."""

    _owner: Owner

    def wait(self, timeout: float | None = None) -> None:
        """Block until the server has confirmed the subscription; at most ``timeout`` seconds.

        Goes on waiting while the client tries again, as after a lost connection or if the server
        is busy. Raises RequestError if the server refused it for good, ConnectionLost if the
        connection ended for good, ClientClosed if the subscription has ended, SigningError if the
        key did not sign (``subscription`` says ``pending`` if it is asked again, so waiting again
        makes sense), and RequestTimeout if the time ran out: its text says what it waited for, and
        the last error, which is also its ``__cause__``.
        """
        self._wait(timeout, "was not confirmed")

    def _request(self, method: str, params: Mapping[str, object]) -> Any:
        """Send a request, for the generated method, which knows the types."""
        return self._owner.call(self, method, params)

    def state(self, timeout: float | None = None) -> StateT:
        """Return the account's balances and open orders, asked for once it is subscribed.

        Blocks until the subscription is confirmed and both requests are answered, also while the
        client reconnects; at most ``timeout`` seconds, None for no limit. To keep the state right,
        apply the items of ``with_notices()`` to it and ``refresh`` it if needed, which is what
        ``follow()`` does. An account with ``on_event`` gets no notices, so it cannot do that.

        Raises what ``wait`` and ``request`` raise, unless another attempt may help.
        """
        state: StateT = self.state_type(self._rules, *self._ask_state(timeout))
        return state

    def refresh(self, state: StateT, timeout: float | None = None) -> None:
        """Ask for the account's state again, if ``state.needs_refresh`` says that it is not known.

        Waits and raises as ``state()`` does.
        """
        state.reset(*self._ask_state(timeout))

    def follow(self) -> Iterator[tuple[StateT, E_co | Notice | None]]:
        """Iterate the account's state, and the event or notice that it follows from.

        The first item has the state without an event. The state is the same object each time, and
        is asked for again if events are missing. Ends and raises as iteration and ``state()`` do.
        """
        # Its notices count from before the state was asked for.
        items = self.with_notices()
        state = self.state()
        yield state, None
        for item in items:
            state.apply(item)
            if state.needs_refresh:
                self.refresh(state)
            yield state, item

    def _ask_state(self, timeout: float | None) -> list[Any]:
        """Return the answers with the account and its open orders."""
        attempts = StateAttempts(self, timeout)
        if self._is_unclaimed:
            # From now on, as a notice that comes after the answers makes them useless.
            self._take_over(with_notices=True)
        while True:
            try:
                self._wait(attempts.seconds_left, "was not confirmed")
                return [self._owner.call(self, method, {}) for method in attempts.methods]
            except BinanceStreamsError as error:
                pause = attempts.pause_after(error)
            self._state.pause(pause)

    def unsubscribe(self) -> None:
        """End the subscription; its iteration ends once what waits has been taken.

        Once this returns, ``on_event`` is no longer called, and what waited for it is dropped.
        It waits for a running call, at most 1 second, unless that call is the one that
        unsubscribes.
        """
        self._owner.end(self)

    def stats(self) -> StreamStats:
        """Return how many messages came, were dropped, or are missing, and when the last came."""
        return self._owner.stream_stats(self._route)
