"""Specs in which something is left to a person."""

from __future__ import annotations

from tests.codegen.rule import TRADE, Rule

RULES = {
    "text that is left to a person": Rule(
        TRADE,
        "title: Trade Streams",
        'title: "TODO: the heading of its page"',
        [('»"TODO: the heading', "title: still TODO: the heading of its page")],
    ),
    "word that is left to a person, and nothing else about it": Rule(
        TRADE,
        "name: price,",
        "name: TODO,",
        [("»TODO,", "name: still TODO")],
    ),
    "comment that asks a person": Rule(
        TRADE,
        "method: trade\n",
        "method: trade  # TODO: or trades?\n",
        [("»TODO: or trades?", "still TODO: or trades? (done: delete the comment)")],
    ),
}
