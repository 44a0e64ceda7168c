"""The patterns of text parameters let in what they name, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.read.patterns import PatternError, read_pattern

GOOD = [
    ("[a-z0-9]+", "btcusdt", "BTCUSDT"),
    ("^[A-Z]{2,8}-[0-9]{6}$", "ETH-221125", "ETH-2211250"),
    (r"\w+(_perp|_[0-9]{6})?", "btcusd_200925", "btcusd-perp"),
    (r"[A-Z]+-\d{6}-\d+(\.\d+)?-(C|P)", "BTC-220930-1500.5-C", "BTC-220930-1500.5-X"),
    ("a|bc|d{3}", "ddd", "dd"),
    (r"[.+_:-]{1,}", "-.", "a"),
    ("(?:x)?y*z", "yyz", "xx"),
]
BAD = [
    ("", "it matches the empty text"),
    ("a*", "it matches the empty text"),
    ("a|", "it matches the empty text"),
    (".+", "at character 1: '.' is every character, also '/' and '@'"),
    ("[^/]+", "at character 2: name the characters that are allowed, not those that are not"),
    ("a/b", "at character 2: '/' is not allowed"),
    ("[a-z@]+", "at character 5: '@' is not allowed"),
    ("[a b]+", "at character 3: ' ' is not allowed"),
    (r"\s+", r"at character 1: '\\s' is not allowed"),
    (r"\S+", r"at character 1: '\\S' is not allowed"),
    (r"\x2f", r"at character 1: '\\x' is not allowed"),
    ("é", "at character 1: 'é' is not allowed"),
    ("[A-z]+", "A-z is no range of digits, lower-case or upper-case letters"),
    ("[9-0]+", "9-0 is no range"),
    ("[]", "nothing is between the brackets"),
    ("[a-z", "a ']' is missing"),
    ("(a", "a ')' is missing"),
    ("a)", "at character 2: ')' has no '(' before it"),
    ("*a", "at character 1: '*' has nothing before it"),
    ("a++", "only one of '?', '*', '+' and '{}' is allowed"),
    ("a{2}?", "only one of '?', '*', '+' and '{}' is allowed"),
    ("(a+)+", "of a group only '?' is allowed"),
    ("(a)??", "of a group only '?' is allowed"),
    ("a{2,1}", "allowed: 1 to 64 times, the smaller number first"),
    ("a{65}", "allowed: 1 to 64 times"),
    ("a{x}", "expected how often, such as {3}, {2,8} or {2,}"),
    ("a{2", "expected how often, such as {3}, {2,8} or {2,}"),
    ("(?P<x>a)", "'?' has nothing before it"),
]
CHARACTERS = "/@?#&%;, \t\r\n\x00\x7f\u2028\u202e<>{}()[]|'\"\\"


@pytest.mark.parametrize(("text", "matches", "other"), GOOD)
def test_a_pattern_is_read_as_a_regular_expression(text: str, matches: str, other: str) -> None:
    expression = read_pattern(text).expression
    assert re.fullmatch(expression, matches)
    assert not re.fullmatch(expression, other)
    assert re.compile(expression).groups == 0


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_no_pattern_is_reported_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PatternError, match=re.escape(message)):
        read_pattern(text)


@given(st.text("ab09.+*?-[](){}|\\dwsW^$@/ ,:!_é\n", max_size=12), st.sampled_from(CHARACTERS))
def test_no_pattern_lets_in_what_splits_a_name(text: str, splitting: str) -> None:
    """Nor does any text make reading crash, or an expression that Python does not know."""
    try:
        expression = read_pattern(text).expression
    except PatternError:
        return
    for around in ("", "a", "0"):
        assert not re.fullmatch(expression, f"{around}{splitting}{around}")
    assert not re.fullmatch(expression, "")
