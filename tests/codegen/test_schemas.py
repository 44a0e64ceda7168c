"""The schemas: of the spec's own language, and of the payloads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from binance_streams._examples import EXAMPLES
from tests.codegen.conftest import ROOT

SPEC_SCHEMAS = sorted((ROOT / "spec" / "schema").glob("*.json"))
PAYLOAD_SCHEMAS = sorted((ROOT / "generated" / "schemas" / "spot").glob("*.schema.json"))


def subschemas(schema: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a key or a list's element inside of a schema."""
    for word in ("properties", "$defs"):
        for name, inner in schema.get(word, {}).items():
            yield f"{path}/{word}/{name}", inner
            yield from subschemas(inner, f"{path}/{word}/{name}")
    for word in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(word), dict):
            yield f"{path}/{word}", schema[word]
            yield from subschemas(schema[word], f"{path}/{word}")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*SPEC_SCHEMAS, *PAYLOAD_SCHEMAS], ids=lambda path: path.stem)
def test_a_schema_is_one(path: Path) -> None:
    Draft202012Validator.check_schema(read(path))


@pytest.mark.parametrize("path", SPEC_SCHEMAS, ids=lambda path: path.stem)
def test_every_key_of_the_spec_language_is_described(path: Path) -> None:
    undescribed = [where for where, schema in subschemas(read(path)) if "description" not in schema]
    assert undescribed == []


@pytest.mark.parametrize("path", SPEC_SCHEMAS, ids=lambda path: path.stem)
def test_the_spec_language_has_no_alternatives(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in ("oneOf", "anyOf", "allOf") if f'"{word}"' in text] == []


def test_every_stream_has_a_schema_of_its_payload() -> None:
    assert [path.name.removesuffix(".schema.json") for path in PAYLOAD_SCHEMAS] == sorted(EXAMPLES)


@pytest.mark.parametrize("key", EXAMPLES)
def test_examples_fit_the_schema_of_their_payload(key: str) -> None:
    validator = Draft202012Validator(
        read(ROOT / "generated" / "schemas" / "spot" / f"{key}.schema.json")
    )
    for example in EXAMPLES[key]:
        validator.validate(json.loads(example.payload))


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("trade", {"p": 0.001}),
        ("trade", {"p": "abc"}),
        ("trade", {"t": "12345"}),
        ("trade", {"m": 1}),
        ("trade", {"e": "aggTrade"}),
        ("kline", {"k": {}}),
        ("diff_book_depth", {"b": [["0.1"]]}),
        ("reference_price", {"r": 1}),
    ],
)
def test_what_is_no_payload_does_not_fit(key: str, change: dict[str, Any]) -> None:
    validator = Draft202012Validator(
        read(ROOT / "generated" / "schemas" / "spot" / f"{key}.schema.json")
    )
    payload = json.loads(EXAMPLES[key][0].payload) | change
    with pytest.raises(ValidationError):
        validator.validate(payload)
