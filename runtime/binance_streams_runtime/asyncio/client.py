"""The base class of the generated asyncio clients: everything but the methods for their streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from functools import partial
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, Unpack

from binance_streams_runtime.asyncio.account import BaseAsyncAccount
from binance_streams_runtime.asyncio.engine import AsyncEngine
from binance_streams_runtime.asyncio.order_book import AsyncOrderBook
from binance_streams_runtime.asyncio.subscription import AsyncCandleSubscription, AsyncSubscription
from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.base import ClientBase
from binance_streams_runtime.client.event_source import warn_shared
from binance_streams_runtime.client.health import Health
from binance_streams_runtime.client.options import Settings, SubscribeOptions, check_flag
from binance_streams_runtime.client.order_book import BookOptions
from binance_streams_runtime.client.queries import check_property, names_in
from binance_streams_runtime.client.stats import Stats
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.protocol.api_requests import SigningKey
from binance_streams_runtime.protocol.requests import Action, RequestId
from binance_streams_runtime.types import N

if TYPE_CHECKING:
    from binance_streams_runtime.asyncio.recording import AsyncRecording

A = TypeVar("A", bound=BaseAsyncAccount[Any, Any])

__all__ = ["Action", "BaseAsyncClient", "RequestId", "SubscribeOptions"]


class BaseAsyncClient(ClientBase[AsyncSubscription[Any]], Generic[N]):
    """The base class of every generated asyncio client, which adds a method for each stream.

    It belongs to the event loop in which it is first used, not made. Callbacks are called in that
    loop; if one returns something that can be awaited, as an ``async def`` does, it is awaited
    before the next call for the same stream.
    """

    _engine: AsyncEngine
    _when_attached: Callable[[], Awaitable[None]]

    def _make_engine(self, venue: Venue, settings: Settings) -> AsyncEngine:
        engine = AsyncEngine(venue, settings)
        engine.queue.on_shared = partial(warn_shared, "tasks", "one client", 4)
        return engine

    def raw(
        self, name: str, id: RequestId = None, **kwargs: Unpack[SubscribeOptions[RawMessage]]
    ) -> AsyncSubscription[RawMessage]:
        """Subscribe to a stream's messages as they are received, undecoded, by its raw name.

        They have the stream's sequence: each comes once, in order, and what was missed is a
        ``Gap``, as with events. ``decode(message.frame)`` makes the event of one. A ``RawMessage``
        is not checked against the spec: only the numbers of its sequence are read.

        Returns at once, as ``subscribe`` does. A stream has events or messages: its subscription to
        the other must end first. An order book or a window may use the same stream.

        Raises UnknownStreamError if the name matches no stream in the catalog, ParameterError for a
        stream of a user or an ``id`` or option that is not allowed, and ClientClosed.
        """
        subscription: AsyncSubscription[RawMessage] = self._raw(name, id, kwargs)
        return subscription

    async def list_subscriptions(self, id: RequestId = None) -> list[str]:
        """Return the names of the streams that the server lists as subscribed, on all connections.

        Opens a connection if there is none, and fails at once while waiting for the next attempt.
        So it returns within ``connect_timeout`` plus ``request_timeout`` plus 2 s.

        Raises RequestError if the server rejects it, RequestTimeout if it does not answer,
        ConnectionLost with the reason if there is no connection, ClientClosed, and ParameterError
        if the venue has no such request.
        """
        self._check_method("LIST_SUBSCRIPTIONS")
        return names_in(await self._engine.query_all("LIST_SUBSCRIPTIONS", id))

    async def get_property(self, name: str, id: RequestId = None) -> Any:
        """Return the server's value of a connection property; ``combined`` is the only one.

        Raises RequestError(code 0, "Unknown property") for another one, and what
        ``list_subscriptions`` raises.
        """
        self._check_method("GET_PROPERTY")
        return await self._engine.query("GET_PROPERTY", [check_property(name)], id)

    async def set_property(self, name: str, value: bool, id: RequestId = None) -> None:
        """Set a connection property; ``combined`` is the only one.

        The client connects with ``combined`` true, so that each message names its stream. With
        false, the client identifies the stream by the message's form and symbol; a message that
        matches several streams becomes an ``Undecodable`` notice.

        Raises RequestError if the server rejects it, and what ``list_subscriptions`` raises.
        """
        check_flag("value", value)
        self._check_method("SET_PROPERTY")
        await self._engine.set_property(check_property(name), value, id)

    def __aiter__(self) -> AsyncIterator[Message[Any]]:
        """Iterate all events that no subscription takes itself, in order of arrival.

        Waits until an event comes; ends quietly with ``close()``. Raises the error that ended a
        stream (ConnectionLost, RequestError) at its place; a new loop continues after it. A loop
        that begins after ``close()`` raises ClientClosed, once what waited has been taken.
        """
        if self._settings.on_event is not None:
            raise ParameterError("iteration", "a client with on_event", "a client without")
        if not self._is_iterated:
            self._when_attached = self._engine.attach_client()
            self._is_iterated = True
        return self._engine.queue.iterate(self._when_attached, self._engine.is_closed)

    def _candle_stream(
        self,
        type: StreamType,
        arguments: dict[str, object],
        id: RequestId,
        action: Action,
        options: SubscribeOptions[Any],
    ) -> AsyncCandleSubscription[Any, Any]:
        """Do what ``_stream`` does, for a stream of candles."""
        subscription = self._stream(type, arguments, id, action, options, stacklevel=5)
        assert isinstance(subscription, AsyncCandleSubscription)
        return subscription

    def _order_book(
        self,
        arguments: dict[str, object],
        depth: int,
        verify: bool | None,
        options: BookOptions[Any],
    ) -> AsyncOrderBook[Any]:
        """Open an order book, for the generated method; ``arguments`` are those of its updates."""
        self._engine.bind_if_running()
        book = self._open_book(arguments, depth, verify, options)
        assert isinstance(book, AsyncOrderBook)
        return book

    def _account(
        self,
        kind: type[A],
        key: SigningKey,
        recv_window: float | None,
        options: SubscribeOptions[Any],
    ) -> A:
        """Subscribe to an account, for the generated method, which knows its class."""
        self._engine.bind_if_running()
        return self._open_account(kind, key, recv_window, options)

    def record(
        self,
        dir: str | PathLike[str],
        *,
        rotate: str | None = "1h",
        streams: Iterable[str] | None = None,
        accounts: bool = False,
        level: int = 1,
        max_pending_bytes: int = 64 * 1024 * 1024,
    ) -> AsyncRecording:
        """Record everything that the client receives from now on, until it is closed.

        Each message is kept byte for byte, with when it was received (ns) and on which connection;
        so are notices, order book snapshots and fetched events, in their place. The files are JSON
        lines compressed with zstd, in ``dir/<server>/<date>/``; docs/recording.md says what is in
        them. A ``Client("replay:dir")`` replays them, ``read_recording`` reads them. Nothing else
        waits for the disk: what it cannot take is dropped, and reported by ``NotRecorded``.

        A client may have several recordings. None contains a listen key, API key or signature.

        Args:
            dir: The folder; it is created if need be. No file in it is ever overwritten.
            rotate: When another file begins: a time such as ``15m``, ``1h`` or ``1d``, in full
                hours and days of UTC; a size on disk such as ``512MB``; or None for never.
            streams: The names of the only streams to record, such as ``btcusdt@trade``; None for
                all.
            accounts: Whether to record the events of accounts, too.
            level: The level of compression, from 1 to 19. Messages become smaller from 6 on only.
            max_pending_bytes: How much may wait for the disk in memory, at least 1 MiB.

        Raises RecordingError if the first file cannot be created, or if zstd is missing (the extra
        ``record``), ParameterError, UnknownStreamError for a name in ``streams``, and ClientClosed.
        """
        # On demand only: few clients record.
        from binance_streams_runtime.asyncio.recording import AsyncRecording
        from binance_streams_runtime.client.record import start_recording

        self._engine.bind_if_running()
        recording = start_recording(
            *(AsyncRecording, self._engine, self.catalog, self.package, self.market, dir),
            *(rotate, streams, accounts, level, max_pending_bytes),
        )
        recording._watch(self._engine.client_loop)
        return recording

    async def run_forever(self) -> None:
        """Wait while callbacks do the work, until the task is cancelled or ``close()`` is called.

        Raises the error that ended the last stream (ConnectionLost, RequestError), as no event
        would ever come again; BrokenPipeError if a callback prints and the reader of the output is
        gone, as with ``| head``; RuntimeError in a callback, which would wait for itself;
        ClientClosed if the client was closed before, unless by a callback.
        """
        await self._engine.run_forever()

    async def stats(self) -> Stats:
        """Messages, bytes, drops, gaps and lag, by connection and by stream, as of now."""
        return await self._engine.stats()

    async def health(self) -> Health:
        """Whether the client does what is expected of it, and if not, why.

        Costs nothing until it is called, and no request.
        """
        return await self._engine.health()

    def close(self) -> Awaitable[None]:
        """Close every connection and end every iteration; await it to wait for the end.

        Begins at once, awaited or not, so any callback or signal handler may call it, and any
        thread; also more than once. The wait is over within 2 seconds, and does not end earlier if
        its task is cancelled. A callback that is still awaiting something then is cancelled.
        """
        self._engine.close()
        return _Closing(self._engine)

    async def __aenter__(self) -> Self:
        self._engine.client_loop.bind()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class _Closing:
    """What ``close`` returns: unlike a coroutine, it need not be awaited."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __await__(self) -> Generator[Any, None, None]:
        return self._engine.wait_closed().__await__()
