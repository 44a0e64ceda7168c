"""A user's account, whose events and answers tasks can wait for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Mapping
from typing import Any, Generic, Protocol, Self

from binance_streams_runtime.asyncio import event_source
from binance_streams_runtime.asyncio.event_source import AsyncEventSource
from binance_streams_runtime.client.account import AccountBase, StateAttempts, StateT
from binance_streams_runtime.client.event_source import E_co
from binance_streams_runtime.client.stats import StreamStats
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.notices import Notice


class Owner(event_source.Owner, Protocol):
    """What an account needs of its client."""

    async def call(
        self, account: AccountBase[Any, Any], method: str, params: Mapping[str, object]
    ) -> Any: ...


class BaseAsyncAccount(AsyncEventSource[E_co], AccountBase[E_co, StateT], Generic[E_co, StateT]):
    """The base class of the generated accounts, which add the types of requests and answers."""

    _owner: Owner

    def __await__(self) -> Generator[Any, None, Self]:
        yield from self.wait().__await__()
        return self

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until the server has confirmed the subscription; at most ``timeout`` seconds.

        Goes on waiting while the client tries again, as after a lost connection or if the server
        is busy. Raises RequestError if the server refused it for good, ConnectionLost if the
        connection ended for good, ClientClosed if the subscription has ended, SigningError if the
        key did not sign (``subscription`` says ``pending`` if it is asked again, so waiting again
        makes sense), and RequestTimeout if the time ran out: its text says what it waited for, and
        the last error, which is also its ``__cause__``.
        """
        await self._wait(timeout, "was not confirmed")

    async def _request(self, method: str, params: Mapping[str, object]) -> Any:
        """Send a request, for the generated method, which knows the types."""
        return await self._owner.call(self, method, params)

    async def state(self, timeout: float | None = None) -> StateT:
        """Return the account's balances and open orders, asked for once it is subscribed.

        Waits until the subscription is confirmed and both requests are answered, also while the
        client reconnects; at most ``timeout`` seconds, None for no limit. To keep the state right,
        apply the items of ``with_notices()`` to it and ``refresh`` it if needed, which is what
        ``follow()`` does. An account with ``on_event`` gets no notices, so it cannot do that.

        Raises what ``wait`` and ``request`` raise, unless another attempt may help.
        """
        state: StateT = self.state_type(self._rules, *await self._ask_state(timeout))
        return state

    async def refresh(self, state: StateT, timeout: float | None = None) -> None:
        """Ask for the account's state again, if ``state.needs_refresh`` says that it is not known.

        Waits and raises as ``state()`` does.
        """
        state.reset(*await self._ask_state(timeout))

    def follow(self) -> AsyncIterator[tuple[StateT, E_co | Notice | None]]:
        """Iterate the account's state, and the event or notice that it follows from.

        The first item has the state without an event. The state is the same object each time, and
        is asked for again if events are missing. Ends and raises as iteration and ``state()`` do.
        """
        return _Following(self)

    async def _ask_state(self, timeout: float | None) -> list[Any]:
        """Return the answers with the account and its open orders."""
        attempts = StateAttempts(self, timeout)
        if self._is_unclaimed:
            # From now on, as a notice that comes after the answers makes them useless.
            await self._take_over(with_notices=True)()
        while True:
            try:
                await self._wait(attempts.seconds_left, "was not confirmed")
                return [await self._owner.call(self, method, {}) for method in attempts.methods]
            except BinanceStreamsError as error:
                pause = attempts.pause_after(error)
            await self._state.pause(pause)

    def unsubscribe(self) -> None:
        """End the subscription; its iteration ends once what waits has been taken.

        Once this returns, ``on_event`` is no longer called, and what waited for it is dropped; a
        call that awaits something continues.
        """
        self._owner.end(self)

    async def stats(self) -> StreamStats:
        """Return how many messages came, were dropped, or are missing, and when the last came."""
        return await self._owner.stream_stats(self._route)


class _Following(AsyncIterator[tuple[StateT, E_co | Notice | None]]):
    """The state of an account after each item; a cancelled wait loses nothing."""

    def __init__(self, account: BaseAsyncAccount[E_co, StateT]) -> None:
        self._account = account
        self._state: StateT | None = None
        # What has been applied, but not given yet, as the state must be asked for first.
        self._applied: E_co | Notice | None = None

    async def __anext__(self) -> tuple[StateT, E_co | Notice | None]:
        account, state = self._account, self._state
        if state is None:
            # Its notices count from before the state is asked for.
            await account._take_over(with_notices=True)()
            state = self._state = await account.state()
            return state, None
        if self._applied is None:
            self._applied = await anext(account.with_notices())
            state.apply(self._applied)
        if state.needs_refresh:
            await account.refresh(state)
        item, self._applied = self._applied, None
        return state, item
