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
            "cf":0                   // [Auxiliary number]
          }
        ]
      }
  - id: delivered
    stream: "!contractInfo"
    payload: {"e": contractInfo, "E": 1669356423908, "s": IOTAUSDT, "dp": "25.10"}
"""
