"""The spec's example payloads, for the simulator and the conformance suite.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from binance_streams_runtime.catalog_api import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "agg_trade": (
        Example(
            id="documented",
            stream="bnbbtc@aggTrade",
            parameters={"symbol": "bnbbtc"},
            payload=(
                b'{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001",'
                b'"q":"100","f":100,"l":105,"T":1672515782136,"m":true,"M":true}'
            ),
        ),
        Example(
            id="recorded",
            stream="btcusdt@aggTrade",
            parameters={"symbol": "BTCUSDT"},
            payload=(
                b'{"e":"aggTrade","E":1592584651517,"s":"BTCUSDT","a":315753210,'
                b'"p":"9319.00000000","q":"0.01864900","f":343675554,"l":343675554,'
                b'"T":1592584651516,"m":false,"M":true}'
            ),
        ),
    ),
    "all_mini_tickers": (
        Example(
            id="recorded",
            stream="!miniTicker@arr",
            parameters={},
            payload=(
                b'[{"e":"24hrMiniTicker","E":1592594715455,"s":"ETHBTC","c":"0.02456700",'
                b'"o":"0.02459800","h":"0.02470900","l":"0.02438100","v":"163116.18600000",'
                b'"q":"4006.04936991"},{"e":"24hrMiniTicker","E":1592594715775,'
                b'"s":"BTCUSDT","c":"9342.70000000","o":"9393.74000000",'
                b'"h":"9438.30000000","l":"9215.79000000","v":"47798.03832300",'
                b'"q":"446546826.58722200"}]'
            ),
        ),
    ),
    "all_tickers": (
        Example(
            id="documented",
            stream="!ticker@arr",
            parameters={},
            payload=(
                b'[{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015",'
                b'"P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10",'
                b'"b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025",'
                b'"l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,'
                b'"n":18151}]'
            ),
        ),
    ),
    "book_ticker": (
        Example(
            id="documented",
            stream="bnbusdt@bookTicker",
            parameters={"symbol": "bnbusdt"},
            payload=(
                b'{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000",'
                b'"a":"25.36520000","A":"40.66000000"}'
            ),
        ),
    ),
    "diff_book_depth": (
        Example(
            id="documented",
            stream="bnbbtc@depth",
            parameters={"symbol": "bnbbtc", "speed": 1000},
            payload=(
                b'{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,'
                b'"b":[["0.0024","10"]],"a":[["0.0026","100"]]}'
            ),
        ),
        Example(
            id="every_100_ms",
            stream="bnbbtc@depth@100ms",
            parameters={"symbol": "bnbbtc", "speed": 100},
            payload=(
                b'{"e":"depthUpdate","E":1672515782236,"s":"BNBBTC","U":161,"u":163,'
                b'"b":[["0.0024","0"],["0.0023","12"]],"a":[]}'
            ),
        ),
    ),
    "kline": (
        Example(
            id="documented",
            stream="bnbbtc@kline_1m",
            parameters={"symbol": "bnbbtc", "interval": "1m"},
            payload=(
                b'{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,'
                b'"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010",'
                b'"c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,'
                b'"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}'
            ),
        ),
        Example(
            id="without_trades",
            stream="belbtc@kline_1m",
            parameters={"symbol": "belbtc", "interval": "1m"},
            payload=(
                b'{"e":"kline","E":1681154040004,"s":"BELBTC","k":{"t":1681153980000,'
                b'"T":1681154039999,"s":"BELBTC","i":"1m","f":-1,"L":-1,"o":"0.00002369",'
                b'"c":"0.00002369","h":"0.00002369","l":"0.00002369","v":"0.00000000",'
                b'"n":0,"x":true,"q":"0.00000000","V":"0.00000000","Q":"0.00000000",'
                b'"B":"0"}}'
            ),
        ),
    ),
    "mini_ticker": (
        Example(
            id="documented",
            stream="bnbbtc@miniTicker",
            parameters={"symbol": "bnbbtc"},
            payload=(
                b'{"e":"24hrMiniTicker","E":1672515782136,"s":"BNBBTC","c":"0.0025",'
                b'"o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18"}'
            ),
        ),
    ),
    "partial_book_depth": (
        Example(
            id="documented",
            stream="bnbbtc@depth5",
            parameters={"symbol": "bnbbtc", "level": 5, "speed": 1000},
            payload=(b'{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}'),
        ),
        Example(
            id="twenty_levels_every_100_ms",
            stream="bnbbtc@depth20@100ms",
            parameters={"symbol": "bnbbtc", "level": 20, "speed": 100},
            payload=(
                b'{"lastUpdateId":161,"bids":[["0.0024","10"],["0.0023","7.5"]],'
                b'"asks":[["0.0026","100"],["0.0027","3"]]}'
            ),
        ),
    ),
    "rolling_window_ticker": (
        Example(
            id="documented",
            stream="bnbbtc@ticker_1h",
            parameters={"symbol": "bnbbtc", "windowSize": "1h"},
            payload=(
                b'{"e":"1hTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00",'
                b'"o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025","w":"0.0018",'
                b'"v":"10000","q":"18","O":0,"C":1675216573749,"F":0,"L":18150,"n":18151}'
            ),
        ),
        Example(
            id="one_day",
            stream="bnbbtc@ticker_1d",
            parameters={"symbol": "bnbbtc", "windowSize": "1d"},
            payload=(
                b'{"e":"1dTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00",'
                b'"o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025","w":"0.0018",'
                b'"v":"10000","q":"18","O":0,"C":1675216573749,"F":0,"L":18150,"n":18151}'
            ),
        ),
    ),
    "rolling_window_ticker_all_symbols": (
        Example(
            id="documented",
            stream="!ticker_1h@arr",
            parameters={"windowSize": "1h"},
            payload=(
                b'[{"e":"1hTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015",'
                b'"P":"250.00","o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025",'
                b'"w":"0.0018","v":"10000","q":"18","O":0,"C":1675216573749,"F":0,'
                b'"L":18150,"n":18151}]'
            ),
        ),
    ),
    "ticker": (
        Example(
            id="documented",
            stream="bnbbtc@ticker",
            parameters={"symbol": "bnbbtc"},
            payload=(
                b'{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015",'
                b'"P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10",'
                b'"b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025",'
                b'"l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,'
                b'"n":18151}'
            ),
        ),
        Example(
            id="recorded",
            stream="btcusdt@ticker",
            parameters={"symbol": "btcusdt"},
            payload=(
                b'{"e":"24hrTicker","E":1592593727005,"s":"BTCUSDT","p":"-65.00000000",'
                b'"P":"-0.693","w":"9343.29777965","x":"9383.27000000","c":"9318.48000000",'
                b'"Q":"0.00250000","b":"9318.18000000","B":"0.32000000",'
                b'"a":"9318.47000000","A":"0.35414300","o":"9383.48000000",'
                b'"h":"9438.30000000","l":"9215.79000000","v":"48745.36667100",'
                b'"q":"455442476.18534620","O":1592507327001,"C":1592593727001,'
                b'"F":343178738,"L":343729077,"n":550340}'
            ),
        ),
    ),
    "trade": (
        Example(
            id="documented",
            stream="bnbbtc@trade",
            parameters={"symbol": "bnbbtc"},
            payload=(
                b'{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001",'
                b'"q":"100","b":88,"a":50,"T":1672515782136,"m":true,"M":true}'
            ),
        ),
    ),
    "user_data": (
        Example(
            id="account_position",
            stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            parameters={
                "listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            },
            payload=(
                b'{"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,'
                b'"B":[{"a":"ETH","f":"10000.000000","l":"0.000000"}]}'
            ),
        ),
        Example(
            id="balance_update",
            stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            parameters={
                "listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            },
            payload=(
                b'{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000",'
                b'"T":1573200697068}'
            ),
        ),
        Example(
            id="execution_report",
            stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            parameters={
                "listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            },
            payload=(
                b'{"e":"executionReport","E":1499405658658,"s":"ETHBTC",'
                b'"c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",'
                b'"q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000",'
                b'"g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":4293153,'
                b'"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,'
                b'"T":1499405658657,"t":-1,"I":8641984,"w":true,"m":false,"M":false,'
                b'"O":1499405658657,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000",'
                b'"W":1499405658657,"V":"NONE"}'
            ),
        ),
        Example(
            id="execution_report_with_conditional_fields",
            stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            parameters={
                "listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            },
            payload=(
                b'{"e":"executionReport","E":1499405658658,"s":"ETHBTC",'
                b'"c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",'
                b'"q":"1.00000000","p":"0.10264410","P":"0.00000000","d":4,'
                b'"F":"0.00000000","g":-1,"C":null,"x":"TRADE_PREVENTION",'
                b'"X":"EXPIRED_IN_MATCH","r":"NONE","i":4293153,"l":"0.00000000",'
                b'"z":"0.00000000","L":"0.00000000","n":"0.00000001","N":"BNB",'
                b'"T":1499405658657,"t":77517,"v":3,"I":8641984,"w":true,"m":false,'
                b'"M":false,"O":1499405658657,"Z":"0.00000000","Y":"0.00000000",'
                b'"Q":"0.00000000","D":1668680518494,"W":1668683798379,"V":"EXPIRE_TAKER",'
                b'"u":1,"U":37,"A":"3.000000","B":"3.000000"}'
            ),
        ),
        Example(
            id="list_status",
            stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
            parameters={
                "listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
            },
            payload=(
                b'{"e":"listStatus","E":1564035303637,"s":"ETHBTC","g":2,"c":"OCO",'
                b'"l":"EXEC_STARTED","L":"EXECUTING","r":"NONE",'
                b'"C":"F4QN4G8DlFATFlIUQ0cjdD","T":1564035303625,"O":[{"s":"ETHBTC","i":17,'
                b'"c":"AJYsMjErWJesZvqlJCTUgL"},{"s":"ETHBTC","i":18,'
                b'"c":"bfYPSQdLoqAJeNrOr9adzq"}]}'
            ),
        ),
    ),
}
"""Every stream's examples, by its key in the catalog."""

REST_EXAMPLES: dict[str, bytes] = {
    "/api/v3/aggTrades": (
        b'[{"a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27781,'
        b'"T":1498793709153,"m":true,"M":true}]'
    ),
    "/api/v3/depth": (
        b'{"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],'
        b'"asks":[["4.00000200","12.00000000"]]}'
    ),
    "/api/v3/klines": (
        b'[[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100",'
        b'"148976.11427815",1499644799999,"2434.19055334",308,"1756.87402397",'
        b'"28.46694368","17928899.62484339"]]'
    ),
}
"""A documented answer of every request of the REST API, by its path."""
