"""The names that the generator knows of the runtime, and those that it makes."""

from __future__ import annotations

from typing import Any

import pytest

import binance_streams
from binance_streams_runtime.asyncio.client import BaseAsyncClient
from binance_streams_runtime.catalog.parameters import ListenKey, Symbol
from binance_streams_runtime.sync.client import BaseClient
from codegen.check.example_rules import ALLOWED
from codegen.check.names import reserved_by
from codegen.model.build import exports_of
from tests.codegen.conftest import ROOT, Tree
from tests.codegen.rule import TRADE

RUNTIME = ROOT / "runtime" / "binance_streams_runtime"


@pytest.mark.parametrize("base", [BaseClient, BaseAsyncClient])
def test_the_members_of_the_clients_are_read_from_their_source(base: type[Any]) -> None:
    public = {name for name in dir(base) if not name.startswith("_")}
    assert public - reserved_by(RUNTIME, ()).client_members == set()


def test_every_public_name_of_the_runtime_is_exported() -> None:
    names = {*exports_of(RUNTIME), "AsyncSubscription"}
    assert names - set(binance_streams.__all__) == set()


def test_every_export_exists() -> None:
    assert [name for name in binance_streams.__all__ if not hasattr(binance_streams, name)] == []


@pytest.mark.parametrize(("kind", "parameter"), [("symbol", Symbol), ("listen_key", ListenKey)])
def test_examples_are_held_to_the_patterns_of_the_runtime(
    kind: str, parameter: type[Symbol] | type[ListenKey]
) -> None:
    assert ALLOWED[kind].pattern == parameter.pattern


def test_words_in_any_case_become_members_in_capital_letters(tree: Tree) -> None:
    tree.edit(
        "types.yaml", "      BUY: The order buys.\n", "      buyMarket: x.\n      sell_2x: x.\n"
    )
    structs = tree.outputs()["binance_streams/_structs.py"]
    assert '    BUY_MARKET = "buyMarket"\n' in structs
    assert '    SELL_2X = "sell_2x"\n' in structs


def test_a_field_may_have_the_name_of_a_builtin(tree: Tree) -> None:
    tree.edit(TRADE, "name: price,", "name: type,")
    assert tree.problems() == []


def test_a_page_below_the_documentation_needs_no_ending(tree: Tree) -> None:
    tree.edit(
        TRADE, "{page: web-socket-streams.md, anchor: trade", "{page: market/Trade, anchor: trade"
    )
    client = tree.outputs()["binance_streams/_client.py"]
    assert "/blob/master/market/Trade#trade" in client
