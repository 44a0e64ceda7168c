"""What the generator knows of the runtime is what the runtime has."""

from __future__ import annotations

import pytest

import binance_streams
from binance_streams_runtime.catalog.parameters import ListenKey, Symbol
from binance_streams_runtime.sync.client import BaseClient
from codegen.check.example_rules import ALLOWED
from codegen.check.names import reserved_by
from codegen.model.build import exports_of
from tests.codegen.conftest import ROOT

RUNTIME = ROOT / "runtime" / "binance_streams_runtime"


def test_the_members_of_the_client_are_read_from_its_source() -> None:
    public = {name for name in dir(BaseClient) if not name.startswith("_")}
    assert public - reserved_by(RUNTIME, ()).client_members == set()


def test_every_public_name_of_the_runtime_is_exported() -> None:
    assert set(exports_of(RUNTIME)) - set(binance_streams.__all__) == set()


def test_every_export_exists() -> None:
    assert [name for name in binance_streams.__all__ if not hasattr(binance_streams, name)] == []


@pytest.mark.parametrize(("kind", "parameter"), [("symbol", Symbol), ("listen_key", ListenKey)])
def test_examples_are_held_to_the_patterns_of_the_runtime(
    kind: str, parameter: type[Symbol] | type[ListenKey]
) -> None:
    assert ALLOWED[kind].pattern == parameter.pattern
