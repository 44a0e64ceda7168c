"""YAML's traps are closed, and every problem has its line and column."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from codegen.read.problems import Position
from codegen.read.yaml_source import Fraction, load


def data(text: str) -> Any:
    document = load(text.encode(), "a.yaml")
    assert document.problems == []
    return document.data


def problems(content: str | bytes) -> list[str]:
    raw = content if isinstance(content, bytes) else content.encode()
    return [str(problem) for problem in load(raw, "a.yaml").problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 2026-07-21", "2026-07-21"),
        ("a: on", "on"),
        ("a: yes", "yes"),
        ("a: No", "No"),
        ("a: ~", "~"),
        ("a: 1_000", "1_000"),
        ("a: 0x10", "0x10"),
        ("a: 010", "010"),
        ("a: 12:30:45", "12:30:45"),
        ("a: True", "True"),
        ("a: '5'", "5"),
        ("a: 5", 5),
        ("a: -1", -1),
        ("a: 0.50", "0.50"),
        ("a: 1e2", "1e2"),
        ("a: 0.1.2", "0.1.2"),
        ("a: true", True),
        ("a: null", None),
        ("a: 1672515782136", 1672515782136),
    ],
)
def test_only_plain_json_words_and_numbers_are_more_than_texts(text: str, expected: object) -> None:
    value = data(text)["a"]
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    "digits", ["0.10", "1e2", "-0.1000000000000000055511151231257827021181583404541015625"]
)
def test_a_number_of_a_payload_keeps_its_digits(digits: str) -> None:
    value = data(f"payload: {{a: [{digits}]}}")["payload"]["a"][0]
    assert (type(value), value, str(value)) == (Fraction, Decimal(digits), digits)


def test_keys_are_texts_and_whole_numbers() -> None:
    assert data('{on: 1, 1000: "", E: 2, true: 3}') == {"on": 1, 1000: "", "E": 2, "true": 3}


def test_every_key_and_value_has_its_position() -> None:
    document = load(b"a: 1\nb:\n  - x\n  - c: {d: 2}\n", "a.yaml")
    assert document.keys[("b", 1, "c", "d")] == Position(4, 9)
    assert document.values[("b", 1, "c", "d")] == Position(4, 12)


def test_the_position_of_what_is_missing_is_that_of_what_should_hold_it() -> None:
    document = load(b"a: 1\nb:\n  c: 2\n", "a.yaml")
    assert document.at(("b", "x", "y")) == Position(2, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ["a.yaml:3:1: duplicate key 'a'; first in line 1"]),
        ("a: &x 1\nb: 2\n", ["a.yaml:1:4: anchor &x: write the value out where it is used"]),
        (
            "a: &x {b: 1}\nc: *x\n",
            [
                "a.yaml:1:4: anchor &x: write the value out where it is used",
                "a.yaml:2:4: alias *x: write the value out",
            ],
        ),
        (
            "a: !!python/name:os.system x\n",
            ["a.yaml:1:4: tag tag:yaml.org,2002:python/name:os.system: tags are not allowed"],
        ),
        (
            "a: [1, 2\n",
            [
                "a.yaml:2:1: not YAML: expected ',' or ']', but got '<stream end>' (a quote or "
                "bracket is missing before it, or a text that begins with a bracket needs quotes)"
            ],
        ),
        (
            'a: {b: "x, c: y}\nd: "z"\n',
            [
                "a.yaml:2:5: not YAML: expected ',' or '}', but got '<scalar>' (a quote or bracket "
                "is missing before it, or a text that begins with a bracket needs quotes)"
            ],
        ),
        (
            "a: {b: x: y}\n",
            [
                "a.yaml:1:9: not YAML: expected ',' or '}', but got ':' (a text with ': ' needs "
                "quotes, or a comma, quote or bracket is missing before it)"
            ],
        ),
        (
            "a: x: y\n",
            [
                "a.yaml:1:5: not YAML: mapping values are not allowed here (a text with ': ' needs "
                "quotes, or the indentation is wrong)"
            ],
        ),
        (
            "a: @b\n",
            [
                "a.yaml:1:4: not YAML: found character '@' that cannot start any token (a text "
                "that begins with it needs quotes)"
            ],
        ),
        (
            "a: !b@arr\n",
            [
                "a.yaml:1:4: tag !b@arr: tags are not allowed; a text that begins with '!' needs "
                "quotes"
            ],
        ),
        ("a:\n\tb: 1\n", ["a.yaml:2:1: the character U+0009 is not allowed: a tab; write spaces"]),
        (
            b"\xef\xbb\xbfa: 1\n",
            [
                "a.yaml:1:1: the character U+FEFF (ZERO WIDTH NO-BREAK SPACE) is not allowed: a "
                "byte order mark; save the file as UTF-8 without it"
            ],
        ),
        (
            "a: 99999999999999999999\n",
            ["a.yaml:1:4: the number '99999999999999999999' is too large; allowed: 19 digits"],
        ),
        (
            "payload: {a: 1e999}\n",
            ["a.yaml:1:14: the number '1e999' is too large; allowed: 19 digits"],
        ),
        ("a: 1\n---\nb: 2\n", ["a.yaml:2:1: a second document; a file holds one"]),
        ("", ["a.yaml:1:1: the file is empty"]),
        ("? [1]\n: 2\n", ["a.yaml:1:3: a key must be a text or a number"]),
        (b"a: 1\nb: \xff\n", ["a.yaml:2:4: the file is not UTF-8: byte 0xff"]),
        ("a: [" + "[" * 20, ["a.yaml:1:20: nested more than 16 levels deep"]),
        ("a: x\x07\n", ["a.yaml:1:5: the character U+0007 is not allowed"]),
        (
            "a: x\u202ey\n",
            ["a.yaml:1:5: the character U+202E (RIGHT-TO-LEFT OVERRIDE) is not allowed"],
        ),
        (
            'a: "x\\u2066y"\n',
            [
                "a.yaml:1:4: a text holds U+2066 (LEFT-TO-RIGHT ISOLATE); control and direction "
                "characters are not allowed (a long text is written with '>-')"
            ],
        ),
        (
            "a: |\n  x\n  y\n",
            [
                "a.yaml:1:4: a text holds U+000A; control and direction characters are not "
                "allowed (a long text is written with '>-')"
            ],
        ),
    ],
)
def test_what_is_not_allowed_is_reported_with_its_place(
    content: str | bytes, expected: list[str]
) -> None:
    assert problems(content) == expected


def test_depth_is_bounded_before_python_is() -> None:
    assert problems("[" * 100_000) == ["a.yaml:1:18: nested more than 16 levels deep"]


def test_size_is_bounded() -> None:
    assert problems(b"#" * 300_000) == ["a.yaml:1:1: the file has 300000 bytes; allowed: 262144"]
