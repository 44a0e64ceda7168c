"""The contenders: their names, modules and imports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contender:
    """One library, used in one way."""

    name: str
    module: str
    variant: str = ""
    is_ours: bool = False
    isolated: tuple[str, ...] = ()
    """The packages of peers-isolated.txt that it uses."""
    is_paced: bool = True
    """Whether it is measured at the market's pace and over TLS, too: each library's usual way."""
    is_newer: bool = False
    """Whether it needs a newer Python than the other peers."""


def _ours(name: str, variant: str, is_paced: bool = True) -> Contender:
    return Contender(f"ours: {name}", "ours", variant, is_ours=True, is_paced=is_paced)


CONTENDERS = (
    _ours("Decimal, subscription", "decimal-iterate"),
    _ours("float, subscription", "float-iterate", is_paced=False),
    _ours("str, subscription", "str-iterate"),
    _ours("Decimal, client", "decimal-client", is_paced=False),
    _ours("str, client", "str-client", is_paced=False),
    _ours("Decimal, callback", "decimal-callback", is_paced=False),
    _ours("batches", "str-batches"),
    Contender("ours: async", "ours_async", is_ours=True),
    Contender("ours: async, uvloop", "ours_async", "uvloop", is_ours=True, isolated=("uvloop",)),
    Contender("ours: compat, raw text", "ours_compat", "text", is_ours=True, is_paced=False),
    Contender("ours: compat + json", "ours_compat", is_ours=True),
    Contender("the limit: picows + msgspec, one type", "limit"),
    Contender("the limit on uvloop", "limit", "uvloop", isolated=("uvloop",)),
    Contender("websockets + msgspec, one type", "websockets_msgspec"),
    Contender("aiohttp + msgspec, one type", "aiohttp_msgspec"),
    Contender("websocket-client + json", "websocket_client_json"),
    Contender(
        "websocket-client + json, wsaccel",
        "websocket_client_json",
        isolated=("wsaccel",),
        is_paced=False,
    ),
    Contender("binance-connector", "binance_connector", isolated=("binance-connector",)),
    Contender(
        "binance-connector, wsaccel", "binance_connector", isolated=("binance-connector", "wsaccel")
    ),
    Contender(
        "binance-connector, raw text",
        "binance_connector",
        "text",
        isolated=("binance-connector",),
        is_paced=False,
    ),
    Contender(
        "binance-connector, raw text, wsaccel",
        "binance_connector",
        "text",
        isolated=("binance-connector", "wsaccel"),
        is_paced=False,
    ),
    Contender("binance-sdk-spot", "binance_sdk_spot"),
    Contender("python-binance", "python_binance"),
    Contender("unicorn-binance-websocket-api", "unicorn"),
    Contender("typed-binance", "typed_binance"),
    Contender("ccxt", "ccxt_pro"),
)

RECORDERS = (
    Contender("ours: record, nobody reads", "ours_record", is_ours=True),
    Contender("ours: record beside a callback, str", "ours_record", "callback", is_ours=True),
    Contender("ours: record beside a loop, str", "ours_record", "loop", is_ours=True),
    Contender("ours: the loop alone, str", "ours_record", "loop-alone", is_ours=True),
    Contender("collector's way, websockets", "collector"),
    Contender("collector's way, picows", "collector", "picows"),
    Contender("cryptofeed: raw capture", "cryptofeed_raw", is_newer=True),
)
"""Those that record what they receive; the loop alone is there for what recording adds to it."""

RECORDING_PEERS = tuple(one.name for one in RECORDERS if not one.is_ours)

LINES = (
    Contender("ours: redundancy=1", "ours", "str-iterate", is_ours=True),
    Contender("ours: redundancy=2", "ours", "str-redundant", is_ours=True),
    Contender("websockets + msgspec, one connection", "websockets_msgspec"),
    Contender("the same twice, the first copy wins", "websockets_msgspec", "twice"),
)
"""One connection, and two that carry the same."""

COLLECTORS = {
    "nats": (
        Contender("ours: Collector", "log_collector", "nats", is_ours=True),
        Contender("nats-py, await publish", "log_by_hand", "nats-await"),
        Contender("nats-py, gather", "log_by_hand", "nats-gather"),
    ),
    "redis": (
        Contender("ours: Collector", "log_collector", "redis", is_ours=True),
        Contender("redis-py, await xadd", "log_by_hand", "redis-await"),
        Contender("redis-py, pipeline", "log_by_hand", "redis-pipeline"),
    ),
}
"""Those that publish what they receive, by the kind of the log."""

BASELINES = (CONTENDERS[0].name, CONTENDERS[3].name)
"""The baseline of ratios: the default way or, if that takes only one stream, the next one."""

LIMIT = "the limit: picows + msgspec, one type"


@dataclass(frozen=True)
class Package:
    """A distribution, and how a program imports it to use streams."""

    distribution: str
    statement: str
    is_ours: bool = False
    isolated: tuple[str, ...] = ()
    part: str = ""
    """What is imported, if a distribution is measured more than once."""

    @property
    def name(self) -> str:
        """Its row in the table."""
        return f"{self.distribution}, {self.part}" if self.part else self.distribution


PACKAGES = (
    Package("binance-streams", "from binance_streams import Client", is_ours=True),
    Package(
        "binance-streams",
        "from binance_streams import AsyncClient",
        is_ours=True,
        part="AsyncClient",
    ),
    Package(
        "binance-connector",
        "from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient",
        isolated=("binance-connector",),
    ),
    Package("binance-sdk-spot", "from binance_sdk_spot.spot import Spot"),
    Package("python-binance", "from binance import AsyncClient, BinanceSocketManager"),
    Package(
        "unicorn-binance-websocket-api",
        "from unicorn_binance_websocket_api import BinanceWebSocketApiManager",
    ),
    Package("typed-binance", "from typed_binance import Binance"),
    Package("ccxt", "import ccxt.pro"),
)
