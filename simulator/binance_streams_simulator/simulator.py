"""The simulator as tests use it: a server in its own thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any, Self, TypeVar, Unpack, cast, get_args

import msgspec

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.storage.events import Moment
from binance_streams_simulator.api.control import ApiControl
from binance_streams_simulator.api.service import ApiService
from binance_streams_simulator.control import StreamControl
from binance_streams_simulator.market import LEVELS
from binance_streams_simulator.package import DEFAULT_MARKET, GeneratedPackage
from binance_streams_simulator.protocol import RefusalShape
from binance_streams_simulator.recorded import RecordedFolder, is_recording
from binance_streams_simulator.replay import Recording, Replay, Source
from binance_streams_simulator.rest.control import RestControl
from binance_streams_simulator.rest.service import RestService
from binance_streams_simulator.rest.weights import with_rest_limits
from binance_streams_simulator.server import VenueServer
from binance_streams_simulator.settings import LimitOverrides, ReplayEnd, Settings

T = TypeVar("T")
DEFAULT_SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "BNBBTC")
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 10.0
_CALL_TIMEOUT = 60.0


class Simulator(StreamControl, RestControl, ApiControl):
    """A local server that behaves like the venue, and misbehaves on request.

    Args:
        seed: The same seed gives the same market.
        port: Where to listen; 0 takes any free port.
        host: The address to listen at.
        server: The name of a server of the market, such as ``testnet``, whose limits hold; None is
            the default server. A client that connects by URL does not know them: if they differ
            from the market's, and pings are far apart, it needs a longer ``idle_timeout``.
        symbols: What is listed: the symbols of streams of the whole market. A stream of any other
            symbol is confirmed and stays silent, as at the venue. None (the default) lists some,
            and gives any other symbol that is subscribed to a market of its own.
        speed: How many times faster than the venue streams are updated.
        refusal_shape: ``"documented"``: ``{"code", "msg", "id"}``, or ``"nested"``:
            ``{"error": {"code", "msg"}, "id"}``.
        replay: What was recorded: the folder of ``client.record``, or one of its files. There
            is nothing else then, and the order books of REST are those of the recording. Or a file
            of JSON lines, or their objects: their streams carry nothing else then.
        replay_speed: How many times faster than recorded; None is as fast as possible.
        replay_from: From when on a recording is replayed: a datetime, a text such as
            ``2026-11-25T12:00`` or ``12:00`` (UTC), or Unix seconds.
        replay_to: Up to when, likewise.
        replay_cuts: Whether connections are cut where those of a recording were.
        replay_end: What becomes of connections at the end: ``"close"`` closes them, and refuses
            later ones (the default for a recording), ``"loop"`` closes them, and begins anew with
            the next subscription, ``"stay"`` leaves them (the default for JSON lines).
        replay_after: Streams that must have been subscribed to before the replay starts; by
            default it starts with the first subscription to any of its streams.
        market: What to serve: a generated package, as a module or by the name that imports it,
            such as ``"binance_streams"`` (the default).
        catalog, venue, examples: What to serve in place of the market's own.
        history: Seconds before the start from which there are candles already.
        book_levels: The fewest levels on each side of an order book.
        rest_weight: The request weight that an address may use in a window; by default the
            venue's. An address that goes on after it was refused several times is banned.
        rest_window: How long such a window is, in seconds; by default the venue's.
        limits: Any of the venue's limits, such as ``ping_interval=0.5``. Connection attempts
            are only limited if ``connection_attempts`` is given.
        api_limits: The same for connections of the WebSocket API.
        order_limit: How many orders an account may place within 10 seconds.

    Every method may be called from any thread.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        port: int = 0,
        host: str = "127.0.0.1",
        server: str | None = None,
        symbols: Iterable[str] | None = None,
        speed: float = 1.0,
        refusal_shape: RefusalShape = "documented",
        replay: Source | None = None,
        replay_speed: float | None = None,
        replay_from: Moment | None = None,
        replay_to: Moment | None = None,
        replay_cuts: bool = False,
        replay_end: ReplayEnd | None = None,
        replay_after: Collection[str] = (),
        market: str | ModuleType = DEFAULT_MARKET,
        catalog: Catalog | None = None,
        venue: Venue | None = None,
        examples: Mapping[str, Sequence[Example]] | None = None,
        history: float = 0.0,
        book_levels: int = LEVELS,
        rest_weight: int | None = None,
        rest_window: float | None = None,
        api_limits: LimitOverrides | None = None,
        order_limit: int = 50,
        **limits: Unpack[LimitOverrides],
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above zero, got {speed}")
        if history < 0:
            raise ValueError(f"history must be zero or above, got {history}")
        listed = DEFAULT_SYMBOLS if symbols is None else _symbols(symbols)
        generated = GeneratedPackage(market)
        venue = with_rest_limits(_at(venue or generated.venue, server), rest_weight, rest_window)
        venue = _with_limits(venue, limits, api_limits or {})
        if replay_end not in (None, *get_args(ReplayEnd)):
            raise ParameterError("replay_end", replay_end, "'close', 'loop', 'stay', None")
        catalog = catalog or generated.catalog
        recording: Replay | None = None
        if is_recording(replay):
            recording = RecordedFolder(
                *(cast("str | Path", replay), catalog, generated.name),
                *(replay_from, replay_to, replay_cuts),
            )
        elif replay is not None:
            for name, given in (("replay_from", replay_from), ("replay_to", replay_to)):
                if given is not None:
                    raise ParameterError(name, given, "None, as replay is no recording's folder")
            recording = Recording(replay)
        self._settings = Settings(
            catalog=catalog,
            venue=venue,
            examples=generated.examples if examples is None else examples,
            rest_examples=generated.rest_examples,
            host=host,
            port=port,
            seed=seed,
            symbols=listed,
            only_listed=symbols is not None,
            book_levels=book_levels,
            history=history,
            speed=speed,
            refusal_shape=refusal_shape,
            replay=recording,
            replay_speed=replay_speed,
            replay_after=frozenset(replay_after),
            replay_end=replay_end or ("close" if is_recording(replay) else "stay"),
            limits_attempts="connection_attempts" in limits,
            order_limit=order_limit,
            limits_api_attempts="connection_attempts" in (api_limits or {}),
        )
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event
        self._server: VenueServer
        self._port = 0
        self._failure: BaseException | None = None
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="binance-simulator", daemon=True)
        self._thread.start()
        if not self._is_ready.wait(_START_TIMEOUT):
            raise TimeoutError("the simulator did not start")
        if self._failure is not None:
            self._thread.join(_STOP_TIMEOUT)
            raise self._failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Simulator {self.url}>"

    def close(self) -> None:
        """Stop serving; returns within some seconds, may be called twice."""
        if self._thread.is_alive():
            # The loop may just be closing.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_STOP_TIMEOUT)

    # Addresses

    @property
    def port(self) -> int:
        """The port that the server listens at."""
        return self._port

    @property
    def url(self) -> str:
        """The URL of streams, without a path, as a client's ``server``."""
        return f"ws://{self._settings.host}:{self._port}"

    @property
    def rest_url(self) -> str:
        """The URL of the REST API, without a path, as a client's ``rest_url``."""
        return f"http://{self._settings.host}:{self._port}"

    @property
    def api_url(self) -> str:
        """The URL of the WebSocket API with its path, as a client's ``api_url``."""
        api = self._settings.venue.api
        if api is None:
            raise ValueError(f"{self._settings.venue.name} has no WebSocket API")
        return f"{self.url}{api.path}"

    @property
    def has_api(self) -> bool:
        """Whether the market has a WebSocket API."""
        return self._settings.venue.api is not None

    @property
    def has_snapshots(self) -> bool:
        """Whether the market has a REST API."""
        return self._settings.venue.has_snapshots

    # Observations

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._do(lambda server: len(server.connections))

    @property
    def connection_attempts(self) -> int:
        """How many handshakes were attempted, including rejected ones."""
        return self._do(lambda server: len(server.admission.attempts))

    @property
    def subscriptions(self) -> list[set[str]]:
        """The stream names of each open connection."""
        return self._do(
            lambda server: [set(one.session.subscriptions) for one in server.connections]
        )

    @property
    def received(self) -> list[Mapping[str, Any]]:
        """Every control message that could be read, in order."""
        return self._do(lambda server: list(server.received))

    @property
    def violations(self) -> list[str]:
        """Every violation of a limit by a client, as a text."""
        return self._do(lambda server: list(server.violations))

    @property
    def is_replay_done(self) -> bool:
        """Whether the last record of the replay has been sent."""
        return self._do(lambda server: server.replay is not None and server.replay.is_done)

    @property
    def recorded_streams(self) -> frozenset[str]:
        """The streams of the replay."""
        replay = self._settings.replay
        return frozenset() if replay is None else replay.streams

    @property
    def replay_skipped(self) -> int:
        """Records of the replay that name no stream, or do not match the spec."""
        return 0 if self._settings.replay is None else self._settings.replay.skipped

    def wait_for(self, condition: Callable[[], object], timeout: float = 10.0) -> None:
        """Return as soon as ``condition()`` is true; raise TimeoutError after ``timeout`` s."""
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"timed out after {timeout} s")
            time.sleep(0.005)

    def wait_for_replay(self, timeout: float = 30.0) -> None:
        """Return as soon as the last record was sent."""
        self.wait_for(lambda: self.is_replay_done, timeout)

    # The thread

    def _do_rest(self, work: Callable[[RestService], T]) -> T:
        return self._do(lambda server: work(server.rest))

    def _do_api(self, work: Callable[[ApiService], T]) -> T:
        def do(server: VenueServer) -> T:
            if server.api is None:
                raise ValueError(f"{self._settings.venue.name} has no WebSocket API")
            return work(server.api)

        return self._do(do)

    def _do(self, work: Callable[[VenueServer], T]) -> T:
        """Run ``work`` in the server's thread and return what it returns."""
        if not self._thread.is_alive():
            # The server has stopped, so this thread may use it.
            return work(self._server)
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work(self._server))
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(_CALL_TIMEOUT)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self._failure = error
        finally:
            self._is_ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._server = VenueServer(self._settings)
        self._port = await self._server.start()
        running = self._loop.create_task(self._server.run())
        self._is_ready.set()
        try:
            await self._stopping.wait()
        finally:
            running.cancel()
            await asyncio.wait([running])
            await self._server.stop()


def _at(venue: Venue, name: str | None) -> Venue:
    servers = {server.name: server for server in venue.servers}
    if name is not None and name not in servers:
        raise ParameterError("server", name, ", ".join(map(repr, servers)))
    return venue.at(servers[name or venue.default_server])


def _with_limits(venue: Venue, limits: LimitOverrides, api_limits: LimitOverrides) -> Venue:
    """Return the same rules with other limits of connections."""
    changed: dict[str, Any] = {**limits}
    venue = msgspec.structs.replace(venue, limits=msgspec.structs.replace(venue.limits, **changed))
    if not api_limits:
        return venue
    if venue.api is None:
        raise ValueError(f"{venue.name} has no WebSocket API")
    changed = {**api_limits}
    api = msgspec.structs.replace(
        venue.api, limits=msgspec.structs.replace(venue.api.limits, **changed)
    )
    return msgspec.structs.replace(venue, api=api)


def _symbols(given: Iterable[str]) -> tuple[str, ...]:
    # A text is iterable, too: each letter would be a symbol.
    listed = () if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    if not listed:
        allowed = "one symbol or more, in a list such as ['BTCUSDT']"
        raise ParameterError("symbols", given, allowed)
    for symbol in listed:
        Symbol("symbols").encode(symbol)
    return listed
