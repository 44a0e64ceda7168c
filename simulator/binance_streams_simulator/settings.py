"""The options of a simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from binance_streams_runtime.catalog.examples import Example
from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_simulator.protocol import RefusalShape
from binance_streams_simulator.replay import Replay

ReplayEnd = Literal["stay", "close", "loop"]
"""What becomes of connections at the end of a replay: nothing, they are closed for good, or the
replay begins anew for those who connect again."""


class LimitOverrides(TypedDict, total=False):
    """Limits that replace the venue's own. Times are in seconds."""

    messages_per_second: int
    frame_bytes: int
    streams_per_connection: int
    connection_attempts: int
    connection_attempts_window: float
    ping_interval: float
    pong_timeout: float
    connection_lifetime: float
    request_id_length: int


@dataclass(frozen=True)
class Settings:
    """What a server serves, and how."""

    catalog: Catalog
    venue: Venue
    examples: Mapping[str, Sequence[Example]]
    rest_examples: Mapping[str, bytes]
    host: str
    port: int
    seed: int
    symbols: tuple[str, ...]
    only_listed: bool
    book_levels: int
    history: float
    speed: float
    refusal_shape: RefusalShape
    replay: Replay | None
    replay_speed: float | None
    replay_after: frozenset[str]
    replay_end: ReplayEnd
    limits_attempts: bool
    limits_api_attempts: bool
    order_limit: int
