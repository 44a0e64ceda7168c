"""Streams of other markets, which have what no stream of Spot has."""

from __future__ import annotations

CONTRACT_INFO = """\
stream: contract_info
title: Contract Info Stream
summary: News of contracts, with the brackets of their leverage.
source: {page: "https://example.com/contract-info", checked: 2026-07-21}
method: contract_info
name: "!contractInfo"
update_speed: real-time
event: ContractInfo
structs:
  ContractInfo:
    summary: What has changed of one contract.
    fields:
      e: {name: event_type, constant: contractInfo, description: Event type.}
      E: {name: event_time, type: timestamp, description: When the server sent the event.}
      s: {name: symbol, type: symbol, description: The contract.}
      dp: {name: delivery_price, type: decimal, empty: true, description: Empty before delivery.}
      bks: {name: brackets, type: {list: Bracket}, optional: true, description: The brackets.}
  Bracket:
    summary: One bracket of leverage.
    fields:
      bs: {name: bracket, type: count, description: The number of the bracket.}
      mmr: {name: maintenance_margin_ratio, type: number, description: A fraction of 1.}
      cf: {name: cumulative, type: number, description: An auxiliary number.}
examples:
  - id: documented
    stream: "!contractInfo"
    payload:
      {
        "e":"contractInfo",          // Event Type: see https://example.com
        "E":1669356423908,           // Event Time
        "s":"IOTAUSDT",              // Symbol
        "dp":"",                     // "Delivery price"
        "bks":[
          {
            "bs":1,                  // Notional bracket
            "mmr":0.010,             // Maintenance ratio
            "cf":2.5e-2              // [Auxiliary number]
          }
        ]
      }
  - id: delivered
    stream: "!contractInfo"
    payload: {"e": contractInfo, "E": 1669356423908, "s": IOTAUSDT, "dp": "25.10"}
"""

CONTINUOUS_KLINE = """\
stream: continuous_kline
title: Continuous Contract Kline Streams
summary: The latest kline of a pair's contracts of one type.
source: {page: "https://example.com/continuous-kline", checked: 2026-07-21}
method: continuous_kline
name: <pair>_<contractType>@continuousKline_<interval>
parameters:
  pair: {type: text, pattern: "[a-z0-9]+", example: btcusdt, case: lower, description: "The pair."}
  contractType:
    choices: [perpetual, current_quarter, next_quarter, tradifi_perpetual]
    description: Which of the pair's contracts.
  interval: {type: KlineInterval, description: The length of a kline.}
update_speed: 250ms
sequence: {monotonic: E}
event: ContinuousKline
structs:
  ContinuousKline:
    summary: One kline of a pair.
    fields:
      e: {name: event_type, constant: continuous_kline, description: Event type.}
      E: {name: event_time, type: timestamp, description: When the server sent the event.}
      ps: {name: pair, type: symbol, description: The pair.}
      ct: {name: contract_type, type: text, description: The contract type.}
      k: {name: kline, type: ContinuousKlineBar, description: The kline.}
  ContinuousKlineBar:
    summary: The kline.
    fields:
      t: {name: open_time, type: timestamp, description: When it begins.}
      T: {name: close_time, type: timestamp, description: When it ends.}
      o: {name: open, type: decimal, description: The first price.}
      c: {name: close, type: decimal, description: The last price.}
      x: {name: is_closed, type: bool, description: Whether it is over.}
      B: {ignored: true, description: Says nothing.}
examples:
  - id: documented
    stream: btcusdt_next_quarter@continuousKline_1m
    parameters: {pair: BTCUSDT, contractType: next_quarter, interval: 1m}
    payload:
      {
        "e":"continuous_kline",     // Event type
        "E":1607443058651,          // Event time
        "ps":"BTCUSDT",             // Pair
        "ct":"NEXT_QUARTER",        // Contract type
        "k":{"t":1607443020000, "T":1607443079999, "o":"18787.00",
             "c":"18804.04", "x":false, "B":"0"}
      }
"""

FUTURES_DEPTH = """\
stream: futures_depth
title: Diff. Book Depth Streams
summary: What has changed in the order book.
source: {page: "https://example.com/diff-book-depth", checked: 2026-07-21}
method: futures_depth
name: <symbol>@futuresDepth
parameters:
  symbol: {type: symbol, description: The contract.}
update_speed: 100ms
sequence: {first: U, last: u, previous: pu}
event: FuturesDepth
structs:
  FuturesDepth:
    summary: One change of the order book.
    fields:
      e: {name: event_type, constant: depthUpdate, description: Event type.}
      E: {name: event_time, type: timestamp, description: When the server sent the event.}
      T: {name: transaction_time, type: timestamp, description: When it happened.}
      s: {name: symbol, type: symbol, description: The contract.}
      U: {name: first_update_id, type: id, description: The first update of the event.}
      u: {name: last_update_id, type: id, description: The last update of the event.}
      pu: {name: previous_update_id, type: id, description: The last update of the event before.}
      b: {name: bids, type: {list: PriceLevel}, description: Bids.}
      a: {name: asks, type: {list: PriceLevel}, description: Asks.}
examples:
  - id: documented
    stream: btcusdt@futuresDepth
    parameters: {symbol: btcusdt}
    payload:
      {
        "e": "depthUpdate", // Event type
        "E": 123456789,     // Event time
        "T": 123456788,     // Transaction time
        "s": "BTCUSDT",     // Symbol
        "U": 157,           // First update ID in event
        "u": 160,           // Final update ID in event
        "pu": 149,          // Final update Id in last stream(ie `u` in last stream)
        "b": [              // Bids to be updated
          [
            "0.0024",       // Price level to be updated
            "10"            // Quantity
          ]
        ],
        "a": [["0.0026", "100"]]
      }
"""

ALL_BOOK_TICKERS = """\
stream: all_book_tickers
title: All Book Tickers Stream
summary: The best bid and ask of every symbol, whenever they change.
source: {page: "https://example.com/all-book-tickers", checked: 2026-07-21}
method: all_book_tickers
name: "!bookTicker"
update_speed: real-time
sequence: {monotonic: u, per: s}
event: AnyBookTicker
structs:
  AnyBookTicker:
    summary: The best bid and ask of one symbol.
    fields:
      e: {name: event_type, constant: bookTicker, description: Event type.}
      u: {name: update_id, type: id, description: The order book's update.}
      s: {name: symbol, type: symbol, description: The symbol.}
      b: {name: best_bid_price, type: decimal, description: Best bid price.}
      B: {name: best_bid_quantity, type: decimal, description: Best bid quantity.}
      a: {name: best_ask_price, type: decimal, description: Best ask price.}
      A: {name: best_ask_quantity, type: decimal, description: Best ask quantity.}
examples:
  - id: documented
    stream: "!bookTicker"
    payload:
      {
        "e":"bookTicker",         // event type
        "u":400900217,            // order book updateId
        "s":"BNBUSDT",            // symbol
        "b":"25.35190000", "B":"31.21000000", "a":"25.36520000", "A":"40.66000000"
      }
  - id: other_symbol
    stream: "!bookTicker"
    payload:
      {"e": bookTicker, "u": 17, "s": "BTCUSDT", "b": "1.0", "B": "1.0", "a": "2.0", "A": "1.0"}
"""

PACED_TRADES = """\
stream: paced_trades
title: Option Trade Streams
summary: Every trade of an option, sent at a pace.
source: {page: "https://example.com/trade", checked: 2026-07-21}
method: paced_trades
name: <option>@pacedTrade
parameters:
  option:
    type: text
    pattern: '[A-Z0-9]+-[0-9]{6}-[0-9]+(\\.[0-9]+)?-(C|P)'
    example: ETH-200730-9000-C
    case: upper
    description: The option.
update_speed: 50ms
sequence: {id: t}
event: PacedTrade
structs:
  PacedTrade:
    summary: One trade.
    fields:
      e: {name: event_type, constant: trade, description: Event type.}
      s: {name: symbol, type: text, description: The option.}
      t: {name: trade_id, type: id, description: The trade.}
      p: {name: price, type: decimal, description: Its price.}
      T: {name: trade_time, type: timestamp, description: When it was.}
      S: {name: side, type: OrderSide, description: Its side.}
      i: {name: index_price, type: decimal, nullable: true, description: The index then.}
      x: {name: costs, type: PacedCosts, description: What it cost.}
  PacedCosts:
    summary: What a trade cost.
    fields:
      f: {name: fee, type: number, description: The fee.}
      r: {name: rebate, type: decimal, empty: true, description: The rebate.}
      n: {name: note, type: text, optional: true, description: A note.}
examples:
  - id: documented
    stream: ETH-200730-9000-C@pacedTrade
    parameters: {option: eth-200730-9000-c}
    payload:
      {"e": trade, "s": ETH-200730-9000-C, "t": 1, "p": "1000", "T": 1591677567872, "S": BUY,
       "i": null, "x": {"f": 0.10, "r": ""}}
backfill:
  path: /eapi/v1/pacedTrades
  source: {page: "https://example.com/paced-trades", checked: 2026-07-21}
  query: {contract: <option>, venue: options}
  limit: size
  start: {from: t}
  weights: {10: 1, 500: 7}
  row: {ID: t, PX: p, TIME: T, SIDE: S, INDEX: i, FEE: x.f, REBATE: x.r, NOTE: x.n, JUNK: null}
  others: {s: <option>}
  examples:
    - id: documented
      parameters: {option: eth-200730-9000-c}
      payload:
        [{"ID": 1, "PX": "1000", "TIME": 1591677567872, "SIDE": BUY, "INDEX": null,
          "FEE": 0.10, "REBATE": "", "NOTE": "new", "JUNK": []},
         {"ID": 2, "PX": "1001", "TIME": 1591677567873, "SIDE": NEITHER, "INDEX": "2.50",
          "FEE": 1, "REBATE": "0.5", "JUNK": []}]
      events:
        - {"e": trade, "s": ETH-200730-9000-C, "t": 1, "p": "1000", "T": 1591677567872, "S": BUY,
           "i": null, "x": {"f": 0.10, "r": "", "n": "new"}}
        - {"e": trade, "s": ETH-200730-9000-C, "t": 2, "p": "1001", "T": 1591677567873,
           "S": NEITHER, "i": "2.50", "x": {"f": 1, "r": "0.5"}}
"""

STREAMS = {
    "all_book_tickers": ALL_BOOK_TICKERS,
    "contract_info": CONTRACT_INFO,
    "continuous_kline": CONTINUOUS_KLINE,
    "futures_depth": FUTURES_DEPTH,
    "paced_trades": PACED_TRADES,
}
"""Each by its key."""
