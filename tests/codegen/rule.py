"""A rule of the spec, as an edit that breaks it."""

from __future__ import annotations

from typing import NamedTuple

TRADE = "streams/trade.yaml"
KLINE = "streams/kline.yaml"
DEPTH = "streams/partial_book_depth.yaml"
USER = "streams/user_data.yaml"


class Rule(NamedTuple):
    """An edit that breaks a rule, and the problems that it must make."""

    file: str
    old: str
    new: str
    problems: list[tuple[str, str]]
    """The place, as text of the broken file with a mark before it, and the message."""
