"""JSON Schemas of the payloads, for users of other languages."""

from __future__ import annotations

from typing import Any

from codegen.model.structs import source_url
from codegen.read import spec_model
from codegen.read.queries import constants, reached
from codegen.read.spec_model import Spec

_OR_EMPTY = {"type": "string", "pattern": r"^(-?[0-9]+(\.[0-9]+)?)?$"}
_SCALARS: dict[str, dict[str, Any]] = {
    "decimal": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    "number": {"type": "number"},
    "timestamp": {"type": "integer"},
    "id": {"type": "integer"},
    "count": {"type": "integer"},
    "bool": {"type": "boolean"},
    "symbol": {"type": "string"},
    "text": {"type": "string"},
}


def schemas(spec: Spec, made_by: str) -> dict[str, Any]:
    """Return the schema of each stream's bare payload, by the stream's key."""
    return {stream.key: _schema(spec, stream, made_by) for stream in spec.streams}


def _schema(spec: Spec, stream: spec_model.Stream, made_by: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": made_by,
        "title": stream.title,
        "description": f"{stream.summary} Stream: {stream.name}. "
        f"Source: {source_url(spec, stream.source)}",
    }
    references = [{"$ref": f"#/$defs/{name}"} for name in stream.events]
    event = references[0] if len(references) == 1 else {"anyOf": references}
    schema |= {"type": "array", "items": event} if stream.is_array else event
    schema["$defs"] = {
        name: _struct(spec, spec.structs[name]) for name in reached(spec, stream.events)
    }
    return schema


def _struct(spec: Spec, struct: spec_model.Struct) -> dict[str, Any]:
    if struct.is_array:
        items = [_field(spec, struct, field) for field in struct.fields]
        return {
            "description": struct.summary,
            "type": "array",
            "prefixItems": items,
            "minItems": len(items),
        }
    return {
        "description": struct.summary,
        "type": "object",
        "properties": {field.key: _field(spec, struct, field) for field in struct.fields},
        "required": [field.key for field in struct.kept if not field.optional],
    }


def _field(spec: Spec, struct: spec_model.Struct, field: spec_model.Field) -> dict[str, Any]:
    title = {"title": field.name} if field.name else {}
    described = title | {"description": field.description}
    if field.ignored:
        return described
    if field.constant is not None:
        values = constants(spec, struct, field)
        return described | ({"const": values[0]} if len(values) == 1 else {"enum": list(values)})
    kind = _OR_EMPTY if field.empty else _type(spec, field.type)
    if field.is_list:
        kind = {"type": "array", "items": kind}
    if not field.nullable:
        return described | kind
    if "type" in kind:
        return described | kind | {"type": [kind["type"], "null"]}
    return described | {"anyOf": [kind, {"type": "null"}]}


def _type(spec: Spec, name: str) -> dict[str, Any]:
    if name in _SCALARS:
        return _SCALARS[name]
    if name in spec.structs:
        return {"$ref": f"#/$defs/{name}"}
    if name in spec.choices:
        return {"enum": list(spec.choices[name].written)}
    # An open set: the words are known today, others may come.
    return {"type": "string", "examples": list(spec.enums[name].values)}
