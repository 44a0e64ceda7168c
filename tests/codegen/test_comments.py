"""Payloads may be pasted with the comments of the venue's page."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.read.comments import without_comments
from codegen.read.problems import Position
from codegen.read.yaml_source import load

PASTED = """\
summary: See https://example.com, // and all.
examples:
  - id: documented
    payload: // as the page has it
      {
        "e": "trade",  // Event type: {"a" [b's
        "u": "https://example.com//x", // a "quoted" one
\t"E": 123456785,\t// Event\ttime
        "k": {         // Kline
          "o": "0.0010"// Open, no comma
          ,
          "x": false//Is it closed?
        },
        "b": [         // Bids
          ["0.1", "2"] // [price, quantity]
        ]
      } // the end
  - {id: flow, payload: {"t": 1 // ID
      }, stream: "a//b"}
"""


def data(text: str) -> Any:
    document = load(text.encode(), "a.yaml")
    assert document.problems == []
    return document.data


def test_comments_of_a_pasted_payload_are_left_out() -> None:
    assert data(PASTED) == {
        "summary": "See https://example.com, // and all.",
        "examples": [
            {
                "id": "documented",
                "payload": {
                    "e": "trade",
                    "u": "https://example.com//x",
                    "E": 123456785,
                    "k": {"o": "0.0010", "x": False},
                    "b": [["0.1", "2"]],
                },
            },
            {"id": "flow", "payload": {"t": 1}, "stream": "a//b"},
        ],
    }


def test_all_else_stays_where_it_is() -> None:
    document = load(PASTED.encode(), "a.yaml")
    path = ("examples", 0, "payload", "b", 0, 1)
    assert document.values[path] == Position(15, 19)


def test_tabs_within_texts_and_outside_of_payloads_are_reported() -> None:
    text = 'payload: {\n\t"b": 1,\t// one\n\t"c": "x\ty"\n}\na:\t1\n'
    assert [str(problem) for problem in load(text.encode(), "a.yaml").problems] == [
        "a.yaml:3:9: the character U+0009 is not allowed: a tab; write spaces",
        "a.yaml:5:3: the character U+0009 is not allowed: a tab; write spaces",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_problem_behind_a_comment_has_its_own_place(end: str) -> None:
    lines = ["payload: {", '  "a": 1, // one', '  "b": 2, /* two */ "b": 3', "}", ""]
    text = end.join(lines).replace("/* two */", "  // two" + end + " ")
    (problem,) = load(text.encode(), "a.yaml").problems
    assert str(problem) == "a.yaml:4:3: duplicate key 'b'; first in line 3"


@pytest.mark.parametrize(
    "text",
    [
        "payload: {url: https://example.com, path: a//b, c: 'x // y'}\n",
        'payload: {"a": "\\" // no comment"}\n',
        "payload: {it's: \"a // b's\"}\n",
        "payload: {a: b # a // comment of YAML\n}\n",
        "payload: a // b\nmore: {c: d // e}\n",
        "description: {a: b // c}\n",
        "- 'payload: {a: b // c}'\n",
    ],
)
def test_nothing_else_is_a_comment(text: str) -> None:
    assert without_comments(text) == text


def test_comments_hide_no_character_that_is_not_allowed() -> None:
    (problem,) = load('payload: {"a": 1 // x\u202ey\n}\n'.encode(), "a.yaml").problems
    assert "U+202E" in str(problem)


def test_a_payload_that_does_not_end_is_reported_as_before() -> None:
    (problem,) = load(b'payload: {"a": 1, // one\n  "b": 2 // two\n', "a.yaml").problems
    assert str(problem).startswith("a.yaml:3:1: not YAML")
