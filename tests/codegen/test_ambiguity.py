"""Names that can be read in two ways are refused, and no other ones."""

from __future__ import annotations

import pytest

from tests.codegen.conftest import Tree
from tests.codegen.rule import TRADE

CHOICE = "{choices: [perpetual, current_quarter%s], description: A contract.}"
TEXT = "{type: text, pattern: '%s', example: %s, description: A text.}"


def problems(tree: Tree, name: str, **parameters: str) -> list[str]:
    """What is said of the name of a stream with these parameters, apart from its example."""
    tree.edit(TRADE, "name: <symbol>@trade", f"name: {name}")
    given = "".join(f"  {key}: {value}\n" for key, value in parameters.items())
    symbol = '  symbol: {type: symbol, description: "The trading pair, in either case."}\n'
    tree.edit(TRADE, symbol, given)
    tree.edit(TRADE, "    parameters: {symbol: bnbbtc}\n", "")
    return [problem for problem in tree.problems() if "way" in problem or "too" in problem]


def test_a_separator_that_no_parameter_can_hold_is_enough(tree: Tree) -> None:
    pair = TEXT % ("[a-z0-9]+", "btcusdt")
    assert problems(tree, "<pair>_<kind>@x", pair=pair, kind=CHOICE % ", x_perpetual") == []


def test_a_symbol_may_hold_the_separator_if_the_choices_show_it(tree: Tree) -> None:
    symbol = "{type: symbol, description: A symbol.}"
    assert problems(tree, "<symbol>_<kind>@x", symbol=symbol, kind=CHOICE % "") == []


def test_a_choice_that_ends_with_another_one_may_belong_to_the_symbol(tree: Tree) -> None:
    symbol = "{type: symbol, description: A symbol.}"
    (problem,) = problems(tree, "<symbol>_<kind>@x", symbol=symbol, kind=CHOICE % ", x_perpetual")
    assert "'a_x_perpetual@x' can be read in two ways" in problem
    assert "as symbol 'a', kind 'x_perpetual'" in problem
    assert "as symbol 'a_x', kind 'perpetual'" in problem


def test_texts_of_a_fixed_length_need_nothing_between(tree: Tree) -> None:
    date, side = TEXT % ("[0-9]{6}", "221125"), TEXT % ("[0-9]+", "1")
    assert problems(tree, "<date><side>@x", date=date, side=side) == []


def test_texts_of_any_length_need_something_between(tree: Tree) -> None:
    one, other = TEXT % ("[a-z]+", "a"), TEXT % ("[a-z0-9]+", "b")
    (problem,) = problems(tree, "<one><other>@x", one=one, other=other)
    assert "'aaa@x' can be read in two ways, as one 'a', other 'aa'" in problem


@pytest.mark.parametrize("pattern", ["[a-z]+", "(eth|btc)usdt", r"\\w{3,}"])
def test_two_streams_of_one_name_are_reported(tree: Tree, pattern: str) -> None:
    (problem,) = problems(
        tree, "<pair>@aggTrade", pair=TEXT % (pattern.replace("\\\\", "\\"), "ethusdt")
    )
    assert "@aggTrade' is a name of the stream agg_trade, too" in problem


def test_two_streams_whose_texts_differ_are_two(tree: Tree) -> None:
    """As a pair and a contract of it: one has an upper-case letter, which no symbol has."""
    assert problems(tree, "<pair>@aggTrade", pair=TEXT % ("[A-Z]+", "BTCUSD")) == []


def test_a_word_is_no_listen_key(tree: Tree) -> None:
    """Although it could be one by its letters."""
    tree.edit(TRADE, "name: <symbol>@trade\nparameters:\n", "name: allTradesOfTheMarket\n")
    symbol = '  symbol: {type: symbol, description: "The trading pair, in either case."}\n'
    tree.edit(TRADE, symbol, "")
    tree.edit(
        TRADE,
        "stream: bnbbtc@trade\n    parameters: {symbol: bnbbtc}\n",
        "stream: allTradesOfTheMarket\n",
    )
    assert [problem for problem in tree.problems() if "too" in problem] == []


def test_a_text_that_could_be_a_listen_key_is_reported(tree: Tree) -> None:
    (problem,) = problems(tree, "<word>", word=TEXT % ("[a-z]+", "abc"))
    assert "'aaaaaaaaaaaaaaaa' is a name of the stream" in problem
