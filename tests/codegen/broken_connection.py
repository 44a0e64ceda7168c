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
                ("default_server: got 'prod'; allowed: production, market_data, testnet, demo"),
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
        "    refuses: [user]\n",
        "    limits: {ping_interval: soon}\n",
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
        "    refuses: [user]\n",
        "    limits: {ping_intervall: 180}\n",
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
        "    refuses: [user]\n",
        "    unsupported: [{stream: kline, parameters: {period: 1s}}]\n",
        [
            (
                "»period: 1s",
                ("kline has no parameter 'period' with choices; allowed: interval"),
            ),
        ],
    ),
    "argument of a stream that a server lacks": Rule(
        "connection.yaml",
        "    refuses: [user]\n",
        "    unsupported: [{stream: kline, parameters: {interval: 2s}}]\n",
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
        "    refuses: [user]\n",
        "    limits: {ping_interval: 2500ms}\n",
        [
            (
                "»2500ms",
                ("ping_interval: got '2500ms'; allowed: a whole number of seconds"),
            ),
        ],
    ),
    "package of another module": Rule(
        "connection.yaml",
        "package: binance_streams\n",
        "package: msgspec\n",
        [
            (
                "package: »msgspec",
                ("package: the name msgspec is reserved: another module is called so"),
            ),
        ],
    ),
    "server of another protocol": Rule(
        "connection.yaml",
        "url: wss://demo-stream.binance.com",
        "url: https://demo-stream.binance.com",
        [
            (
                "url: »https://demo-stream.binance.com",
                (
                    "url: got 'https://demo-stream.binance.com'; allowed: an address without a "
                    "path, such as wss://stream.binance.com:9443"
                ),
            ),
        ],
    ),
    "servers of one host": Rule(
        "connection.yaml",
        "url: wss://demo-stream.binance.com",
        "url: wss://stream.binance.com:443",
        [
            (
                "url: »wss://stream.binance.com:443",
                "url: stream.binance.com is the host of the server production, too",
            ),
        ],
    ),
    "port that does not exist": Rule(
        "connection.yaml",
        "url: wss://demo-stream.binance.com",
        "url: wss://demo-stream.binance.com:99999",
        [
            (
                "url: »wss://demo-stream.binance.com:99999",
                "url: the port 99999 does not exist; at most 65535 expected",
            ),
        ],
    ),
    "paths that are the same": Rule(
        "connection.yaml",
        "paths: {raw: /ws, combined: /stream}",
        "paths: {raw: /ws, combined: /ws}",
        [
            ("combined: »/ws}", "combined: got '/ws', which is the path of raw, too"),
        ],
    ),
    "package that is a keyword": Rule(
        "connection.yaml",
        "package: binance_streams\n",
        "package: class\n",
        [
            ("package: »class", ("package: the name 'class' is a Python keyword")),
        ],
    ),
    "package that cannot be imported": Rule(
        "connection.yaml",
        "package: binance_streams\n",
        "package: binance-streams\n",
        [
            (
                "package: »binance-streams",
                (
                    "package: got 'binance-streams'; allowed: lower-case words joined by '_', such "
                    "as binance_streams"
                ),
            ),
        ],
    ),
    "path that is none": Rule(
        "connection.yaml",
        "paths: {raw: /ws,",
        "paths: {raw: public/ws,",
        [
            (
                "raw: »public/ws",
                ("raw: got 'public/ws'; allowed: a path such as /ws or /public/ws"),
            ),
        ],
    ),
    "no path": Rule(
        "connection.yaml",
        "paths: {raw: /ws, combined: /stream}\n",
        "",
        [
            (
                "»name: Binance Spot",
                ("missing key 'paths': the category market has no paths of its own"),
            ),
            (
                "»name: Binance Spot",
                ("missing key 'paths': the category user has no paths of its own"),
            ),
        ],
    ),
    "server that refuses no category": Rule(
        "connection.yaml",
        "refuses: [user]",
        "refuses: [users]",
        [
            ("refuses: [»users", ("got 'users'; allowed: market, user")),
        ],
    ),
    "no way to subscribe": Rule(
        "connection.yaml",
        '  SUBSCRIBE: {params: streams, returns: "null"}\n',
        "",
        [
            ("»methods:", ("missing key 'SUBSCRIBE': the client cannot do without it")),
        ],
    ),
    "method that nobody knows": Rule(
        "connection.yaml",
        "  LIST_SUBSCRIPTIONS:",
        "  LIST_SUBSCRIPTION:",
        [
            (
                "  »LIST_SUBSCRIPTION:",
                (
                    "there is no method 'LIST_SUBSCRIPTION'; allowed: SUBSCRIBE, UNSUBSCRIBE, "
                    "LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY"
                ),
            ),
        ],
    ),
    "method with other parameters": Rule(
        "connection.yaml",
        "  LIST_SUBSCRIPTIONS: {params: none,",
        "  LIST_SUBSCRIPTIONS: {params: streams,",
        [
            (
                "  LIST_SUBSCRIPTIONS: {params: »streams,",
                ("params: got 'streams'; allowed for LIST_SUBSCRIPTIONS: none"),
            ),
        ],
    ),
    "unit of time that nobody knows": Rule(
        "connection.yaml",
        "[MILLISECOND, MICROSECOND]",
        "[MILLISECOND, NANOSECOND]",
        [
            ("»NANOSECOND", ("got 'NANOSECOND'; allowed: MILLISECOND, MICROSECOND")),
        ],
    ),
    "class of the old connector that is none": Rule(
        "connection.yaml",
        "compat: SpotWebsocketStreamClient",
        "compat: yes",
        [
            (
                "compat: »yes",
                (
                    "compat: got 'yes'; allowed: a capital letter, then letters and digits, such "
                    "as SpotWebsocketStreamClient"
                ),
            ),
        ],
    ),
    "class of the old connector that is a keyword": Rule(
        "connection.yaml",
        "compat: SpotWebsocketStreamClient",
        "compat: None",
        [
            ("compat: »None", ("the name 'None' is a Python keyword")),
        ],
    ),
    "package of another market that is its own": Rule(
        "connection.yaml",
        "package: binance_streams_us,",
        "package: binance_streams,",
        [
            (
                "Binance.US, package: »binance_streams,",
                ("package: binance_streams is this market's own"),
            ),
        ],
    ),
    "name of another market's server that is its own": Rule(
        "connection.yaml",
        "servers: [us]",
        "servers: [us, demo]",
        [
            ("us, »demo", ("demo is a server of this market")),
        ],
    ),
    "host of another market that is its own": Rule(
        "connection.yaml",
        "hosts: [stream.binance.us]",
        "hosts: [stream.binance.com]",
        [
            (
                "[»stream.binance.com]",
                ("stream.binance.com is the host of a server of this market"),
            ),
        ],
    ),
    "page that is below no address": Rule(
        "streams/kline.yaml",
        "source: {page: web-socket-streams.md, anchor: klinecandlestick-streams-for-utc,",
        "source: {page: web socket streams,",
        [
            (
                "page: »web socket streams",
                (
                    "page: got 'web socket streams'; allowed: a page such as "
                    "web-socket-streams.md, or an https address"
                ),
            ),
        ],
    ),
    "life that is longer than a client may know": Rule(
        "connection.yaml",
        "connection_lifetime: 86400",
        "connection_lifetime: 2d",
        [
            ("»2d", ("connection_lifetime: got 172800 s; at most 86400 s expected")),
        ],
    ),
    "pings of a server that are too far apart": Rule(
        "connection.yaml",
        "    refuses: [user]\n",
        "    limits: {ping_interval: 17h}\n",
        [
            ("»17h", ("ping_interval: got 61200 s; at most 57600 s expected")),
        ],
    ),
}
