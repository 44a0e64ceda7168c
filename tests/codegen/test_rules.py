"""Every rule of the spec: one broken spec each, and what is said about it."""

from __future__ import annotations

import msgspec
import pytest

from binance_streams import VENUE
from binance_streams_runtime.client import options
from codegen.check import connection_rules
from tests.codegen import (
    broken_account,
    broken_api,
    broken_backfills,
    broken_connection,
    broken_examples,
    broken_marks,
    broken_order_books,
    broken_sequences,
    broken_streams,
    broken_words,
)
from tests.codegen.conftest import Tree
from tests.codegen.rule import KLINE, TRADE

RULES = broken_words.RULES | broken_streams.RULES | broken_examples.RULES
RULES |= broken_connection.RULES | broken_sequences.RULES
RULES |= broken_backfills.RULES | broken_order_books.RULES
RULES |= broken_api.RULES | broken_account.RULES | broken_marks.RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_reported_with_its_place_and_what_is_allowed(
    tree: Tree, rule: str
) -> None:
    file, old, new, problems = RULES[rule]
    tree.edit(file, old, new)
    expected = [f"{tree.place(file, mark)}: {message}" for mark, message in problems]
    assert tree.problems() == expected


def test_the_spec_as_it_is_has_no_problems(tree: Tree) -> None:
    assert tree.problems() == []


def test_the_problems_of_all_files_are_reported_at_once(tree: Tree) -> None:
    tree.edit(TRADE, "title: Trade Streams\n", "")
    tree.edit(KLINE, "by: interval", "by: period")
    tree.edit("connection.yaml", "default_server: production", "default_server: prod")
    server = tree.place("connection.yaml", "default_server: »prod")
    assert tree.problems() == [
        f"{server}: default_server: got 'prod'; allowed: production, market_data, testnet, demo",
        f"{tree.place(KLINE, '»period')}: by: there is no parameter 'period' with choices; "
        "allowed: interval",
        f"{tree.place(TRADE, '»stream: trade')}: missing key 'title'",
    ]


def test_the_problems_of_one_file_are_reported_at_once(tree: Tree) -> None:
    tree.edit(TRADE, "title: Trade Streams", "title: 5")
    tree.edit(TRADE, "checked: 2026-07-21", "checked: today")
    tree.edit(TRADE, "name: price,", "name: __import__,")
    assert len(tree.problems()) == 3


def test_structs_of_two_files_cannot_have_one_name(tree: Tree) -> None:
    tree.rename("streams/avg_price.yaml", "AvgPrice", "Trade")
    there = tree.place("streams/avg_price.yaml", "  »Trade:").rpartition(":")[0]
    assert (
        f"{tree.place(TRADE, '  »Trade:')}: the name Trade collides with Trade (spec/spot/{there})"
        in tree.problems()
    )


@pytest.mark.parametrize("name", ["Client", "Subscription", "ValueError", "Struct", "Decimal"])
def test_a_struct_cannot_be_called_like_what_is_there_already(tree: Tree, name: str) -> None:
    tree.rename("streams/avg_price.yaml", "AvgPrice", name)
    assert tree.problems() == [
        f"{tree.place('streams/avg_price.yaml', f'  »{name}:')}: the name {name} is reserved: "
        "generated modules use it for something else"
    ]


def test_a_file_that_is_no_spec_is_reported(tree: Tree) -> None:
    tree.add("streams/notes.txt", "hello")
    assert tree.problems() == ["streams/notes.txt:1:1: the file's name does not end in .yaml"]


def test_hidden_files_are_not_read(tree: Tree) -> None:
    tree.add("streams/.trade.yaml.swp", b"\x00")
    tree.add("streams/.DS_Store", b"\x00")
    assert tree.problems() == []


def test_a_missing_folder_of_streams_is_reported(tree: Tree) -> None:
    (tree.root / "spec" / "spot" / "streams").rename(tree.root / "spec" / "spot" / "elsewhere")
    assert tree.problems() == ["streams:1:1: cannot be read: No such file or directory"]


def test_a_name_that_two_streams_build_is_reported(tree: Tree) -> None:
    tree.edit("streams/avg_price.yaml", "name: <symbol>@avgPrice", "name: <symbol>@depth@100ms")
    tree.edit("streams/avg_price.yaml", "stream: btcusdt@avgPrice", "stream: btcusdt@depth@100ms")
    place = tree.place("streams/diff_book_depth.yaml", "»<symbol>@depth")
    assert tree.problems() == [f"{place}: 'a@depth@100ms' is a name of the stream avg_price, too"]


def test_a_file_that_is_missing_is_reported(tree: Tree) -> None:
    (tree.folder / "connection.yaml").unlink()
    assert tree.problems() == ["connection.yaml:1:1: cannot be read: No such file or directory"]


def test_a_market_without_shared_types_needs_no_file_for_them(tree: Tree) -> None:
    """What its streams lack then, each of them says."""
    (tree.folder / "types.yaml").unlink()
    (tree.folder / "order_book.yaml").unlink()
    (tree.folder / "api.yaml").unlink()
    for path in (tree.folder / "streams").iterdir():
        if path.stem not in ("trade", "avg_price"):
            path.unlink()
    assert tree.problems() == []
    tree.edit("streams/avg_price.yaml", "type: text", "type: Interval")
    place = tree.place("streams/avg_price.yaml", "type: »Interval")
    (problem,) = tree.problems()
    assert problem.startswith(f"{place}: there is no type 'Interval'; allowed: decimal, ")


def test_a_market_without_streams_is_reported(tree: Tree) -> None:
    for path in (tree.folder / "streams").iterdir():
        path.unlink()
    assert tree.problems() == ["streams:1:1: there is no stream"]


def test_an_error_code_that_comes_twice_is_reported(tree: Tree) -> None:
    tree.edit("api.yaml", "  -1103:\n", "  -1102:\n")
    (problem,) = tree.problems()
    assert "duplicate key '-1102'; first in line " in problem


def test_an_api_that_no_server_has_is_reported(tree: Tree) -> None:
    connection = tree.folder / "connection.yaml"
    lines = connection.read_text(encoding="utf-8").splitlines(keepends=True)
    connection.write_text("".join(line for line in lines if "    api: " not in line), "utf-8")
    place = tree.place("connection.yaml", "»servers:\n  production")
    assert tree.problems() == [f"{place}: no server has 'api': the address of /ws-api/v3"]


def test_an_id_between_two_steps_is_reported(tree: Tree) -> None:
    tree.edit(TRADE, "step: 1", "step: 7")
    tree.edit(TRADE, broken_sequences.LAST, broken_sequences.LAST + broken_sequences.SECOND % 12350)
    place = tree.place(TRADE, '"t": »12350')
    says = "t: got 12350 after 12345 in an example above; the sequence says that it grows by 7"
    assert tree.problems() == [f"{place}: {says}"]


@pytest.mark.parametrize("id", [12345, 12346, 99999])
def test_examples_of_later_events_need_not_be_the_next_ones(tree: Tree, id: int) -> None:
    """They may also be of the same event, in another form."""
    tree.edit(TRADE, broken_sequences.LAST, broken_sequences.LAST + broken_sequences.SECOND % id)
    assert tree.problems() == []


def test_a_symbol_among_choices_is_one_symbol(tree: Tree) -> None:
    """So its stream has one sequence."""
    tree.edit(
        "streams/avg_price.yaml",
        'symbol: {type: symbol, description: "The trading pair, in either case."}',
        "symbol: {choices: [btcusdt, ethusdt], description: The trading pair.}",
    )
    assert tree.problems() == []


def test_the_longest_times_are_those_that_a_client_takes() -> None:
    """Its idle timeout follows from the ping interval."""
    longest = connection_rules._MOST_SECONDS
    limits = msgspec.structs.replace(VENUE.limits, ping_interval=longest["ping_interval"])
    assert limits.idle_timeout == longest["connection_lifetime"] == options._LONGEST


DEPTH = "streams/diff_book_depth.yaml"
BOOK = "order_book.yaml"


def test_the_method_of_an_order_book_has_its_defaults_last(tree: Tree) -> None:
    symbol = '  symbol: {type: symbol, description: "The trading pair, in either case."}\n'
    speed = '  speed: {choices: {1000: "", 100: "@100ms"}, %sdescription: Milliseconds%s}\n'
    given = symbol + speed % ("default: 1000, ", " between two events.")
    tree.edit(DEPTH, given, speed % ("", ".") + symbol)
    place = tree.place(BOOK, "»defaults:")
    message = "symbol needs a default, as a parameter before it has one"
    assert tree.problems() == [f"{place}: {message}"]


def test_the_updates_of_an_order_book_have_no_parameter_of_its_method(tree: Tree) -> None:
    tree.edit(DEPTH, "@depth<speed>", "@depth<depth>")
    tree.edit(DEPTH, "{by: speed,", "{by: depth,")
    tree.edit(DEPTH, "  speed: {", "  depth: {")
    tree.rename(DEPTH, " speed: 100", " depth: 100")
    tree.edit(BOOK, "defaults: {speed: 100}, ", "")
    place = tree.place(BOOK, "»diff_book_depth")
    message = "stream: its parameter depth is one that every order book has already"
    assert tree.problems() == [f"{place}: {message}"]


def test_requests_need_a_server_that_answers_them(tree: Tree) -> None:
    path = tree.folder / "connection.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = ("    rest: ", "    rest_elsewhere:", "      /api/")
    path.write_text("".join(line for line in lines if not line.startswith(gone)), "utf-8")
    place = tree.place("connection.yaml", "»servers:\n")
    requests = "agg_trade, block_trade, kline, kline_timezone_offset, trade, order_book"
    message = f"no server has 'rest': the address for the requests of {requests}"
    assert tree.problems() == [f"{place}: {message}"]


def test_the_updates_of_an_order_book_are_of_one_symbol(tree: Tree) -> None:
    symbol = 'symbol: {type: symbol, description: "The trading pair, in either case."}'
    tree.edit(DEPTH, symbol, "symbol: {choices: [bnbbtc, ethbtc], description: One of two.}")
    place = tree.place(BOOK, "»diff_book_depth")
    message = "stream: diff_book_depth has no parameter of the type symbol: a book is of one"
    assert tree.problems() == [f"{place}: {message}"]
