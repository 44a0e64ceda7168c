"""Checks the structure of a spec's files by JSON Schema, with messages for their authors."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, TypeChecker, ValidationError
from jsonschema.validators import extend

from codegen.read.comments import PAYLOAD
from codegen.read.problems import listed, shown
from codegen.read.yaml_source import Document

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


def _is_integer(_: TypeChecker, value: object) -> bool:
    # JSON Schema takes 5.0 for a whole number, Python's literals do not.
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def check_schema(document: Document, schema: Path) -> None:
    """Add what is wrong to the document's problems."""
    instance = _with_text_keys(document.data)
    for error in _validator(schema).iter_errors(instance):
        _report(document, error)


@functools.cache
def _validator(schema: Path) -> Any:
    return _Validator(json.loads(schema.read_text(encoding="utf-8")))


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


def _report(document: Document, error: ValidationError) -> None:
    path = tuple(error.absolute_path)
    given: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            for key in given:
                if key not in known:
                    message = f"unknown key {shown(key)}; allowed: {listed(known)}"
                    if " " in key or key.endswith("."):
                        message += " (a text with a comma inside {...} needs quotes)"
                    document.problem((*path, key), message)
        case "required":
            # Raised once for each missing key; the same problem twice is reported once.
            for key in rule:
                if key not in given:
                    document.problem(path, f"missing key {shown(key)}")
        case "type":
            expected = " or ".join(_TYPES[name] for name in _names(rule))
            message = f"expected {expected}, got {_described(given)}"
            if "patternErrorMessage" in schema and not isinstance(given, str):
                message += f"; allowed: {schema['patternErrorMessage']}"
            if path[-1:] == (PAYLOAD,) and isinstance(given, str):
                message += "; write the JSON itself, without quotes and without '|'"
            _report_value(document, path, message)
        case "enum":
            _report_value(document, path, f"got {shown(given)}; allowed: {listed(rule)}")
        case "pattern":
            says = schema["patternErrorMessage"]
            if "propertyNames" in error.absolute_schema_path:
                document.problem((*path, given), f"the name {shown(given)} is not {says}")
            else:
                _report_value(document, path, f"got {shown(given)}; allowed: {says}")
        case "minLength":
            _report_value(document, path, "the text is empty")
        case "maxLength":
            message = f"the text has {len(given)} characters; allowed: {rule}"
            _report_value(document, path, message)
        case "minItems" | "minProperties":
            _report_value(document, path, f"has {len(given)} entries; at least {rule} expected")
        case "maxProperties":
            message = f"has {len(given)} entries; at most {rule} expected"
            _report_value(document, path, message)
        case "uniqueItems":
            _report_value(document, path, "an entry comes twice")
        case "minimum":
            _report_value(document, path, f"got {given}; at least {rule} expected")
        case "maximum":
            _report_value(document, path, f"got {given}; at most {rule} expected")
        case _:
            _report_value(document, path, error.message)


def _report_value(document: Document, path: tuple[str | int, ...], message: str) -> None:
    name = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
    document.problem(path, f"{name}{message}", at_value=True)


def _names(rule: str | list[str]) -> list[str]:
    return [rule] if isinstance(rule, str) else rule


def _described(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the text {shown(value)}" if isinstance(value, str) else shown(value)
