"""Rules of the connection: its servers, and their limits."""

from __future__ import annotations

from tests.codegen.rule import Rule

RULES = {
    "default server that does not exist": Rule(
        "connection.yaml",
        "default_server: production",
        "default_server: prod",
        [
            (
                "default_server: »prod",
                ("default_server: got 'prod'; allowed: production, market_data, testnet, demo, us"),
            ),
        ],
    ),
    "limit that is none": Rule(
        "connection.yaml",
        "messages_per_second: 5",
        "messages_per_second: 0",
        [
            ("  messages_per_second: »0", ("messages_per_second: got 0; at least 1 expected")),
        ],
    ),
    "limit of a server that is none": Rule(
        "connection.yaml",
        "{ping_interval: 180, ",
        "{ping_interval: soon, ",
        [
            (
                "ping_interval: »soon",
                (
                    "ping_interval: got 'soon'; allowed: seconds, or a duration such as 20s, 3m or "
                    "24h"
                ),
            ),
        ],
    ),
    "limit of a server that does not exist": Rule(
        "connection.yaml",
        "{ping_interval: 180, ",
        "{ping_intervall: 180, ",
        [
            (
                "»ping_intervall: 180",
                (
                    "unknown key 'ping_intervall'; allowed: messages_per_second, frame_bytes, "
                    "streams_per_connection, connection_attempts, connection_attempts_window, "
                    "ping_interval, pong_timeout, connection_lifetime, request_id_length, "
                    "request_ids"
                ),
            ),
        ],
    ),
    "parameter of a stream that a server lacks": Rule(
        "connection.yaml",
        "{interval: 1s}",
        "{period: 1s}",
        [
            (
                "»period: 1s",
                ("kline has no parameter 'period' with choices; allowed: interval"),
            ),
        ],
    ),
    "argument of a stream that a server lacks": Rule(
        "connection.yaml",
        "{interval: 1s}",
        "{interval: 2s}",
        [
            (
                "interval: »2s",
                (
                    "interval: got '2s'; allowed: 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, "
                    "12h, 1d, 3d, 1w, 1M"
                ),
            ),
        ],
    ),
    "limit that is no duration": Rule(
        "connection.yaml",
        "connection_lifetime: 86400",
        "connection_lifetime: a day",
        [
            (
                "»a day",
                (
                    "connection_lifetime: got 'a day'; allowed: seconds, or a duration such as "
                    "20s, 3m or 24h"
                ),
            ),
        ],
    ),
    "limit that is no whole number of seconds": Rule(
        "connection.yaml",
        "{ping_interval: 180,",
        "{ping_interval: 2500ms,",
        [
            (
                "»2500ms",
                ("ping_interval: got '2500ms'; allowed: a whole number of seconds"),
            ),
        ],
    ),
}
