"""``//`` comments and tabs in payloads, as the venue's pages have them, removed before reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

PAYLOAD = "payload"
"""The key of what is pasted."""

# A word without quotes, as far as it goes: `https://x` is one, `12345// an ID` is not.
_WORD = re.compile(r"[^\s,{}\[\]\"#/]+(?:/(?!/)[^\s,{}\[\]\"#/]*)*")
_JSON_WORD = re.compile(r":?(-?[0-9][0-9.eE+-]*|true|false|null)?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' r"'(?:[^']|'')*'", re.DOTALL)
_LINE = re.compile(r"[^\r\n]*")


def without_comments(text: str) -> str:
    """Put spaces in place of comments and tabs in payloads, so that all else stays where it is."""
    if "//" not in text and "\t" not in text:
        return text
    done = 0
    is_changed = True
    while is_changed:
        is_changed = False
        for start in _payloads(text):
            if start > done:
                done = start
                stripped = _strip(text, start)
                is_changed = stripped != text
                if is_changed:
                    # What follows may be read in another way now.
                    text = stripped
                    break
    return text


def _payloads(text: str) -> Iterator[int]:
    """Yield where the value of each key ``payload`` begins, as far as the text is YAML."""
    is_key = is_payload = False
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ValueToken) and is_payload:
                yield token.end_mark.index
            is_payload = is_key and isinstance(token, yaml.ScalarToken) and token.value == PAYLOAD
            is_key = isinstance(token, yaml.KeyToken)
    except yaml.YAMLError:
        # Reported when the text is read as YAML.
        return


def _strip(text: str, start: int) -> str:
    """Blank comments and tabs of one JSON value, up to the end of the line on which it ends."""
    parts: list[str] = []
    place, depth, is_begun = start, 0, False
    before = " "
    while place < len(text):
        character = text[place]
        end = place + 1
        blank = False
        if text.startswith("//", place):
            end = _end_of_line(text, place)
            blank = True
        elif character == "\t":
            blank = True
        elif character == "#" and before.isspace():
            end = _end_of_line(text, place)
        elif character in "\"'" and (before.isspace() or before in ",:{["):
            quoted = _QUOTED.match(text, place)
            end = len(text) if quoted is None else quoted.end()
        elif character in "{[":
            depth, is_begun = depth + 1, True
        elif character in "}]":
            depth -= 1
        elif character == "\n":
            if is_begun and depth <= 0:
                break
        elif not is_begun and not character.isspace():
            # No JSON object or list.
            break
        elif (word := _WORD.match(text, place)) is not None:
            end = word.end()
            if text.startswith("//", end) and _JSON_WORD.fullmatch(word[0]) is None:
                # Part of a word that YAML takes as a text.
                end = _end_of_word(text, end)
        parts.append(" " * (end - place) if blank else text[place:end])
        before = text[end - 1]
        place = end
    return text[:start] + "".join(parts) + text[place:]


def _end_of_line(text: str, place: int) -> int:
    line = _LINE.match(text, place)
    assert line is not None
    return line.end()


def _end_of_word(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace() and text[place] not in ",{}[]":
        place += 1
    return place
