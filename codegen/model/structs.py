"""Structs, enums and choices of the model."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model.literals import literal
from codegen.model.parts import Paragraph
from codegen.read import spec_model
from codegen.read.queries import constants, is_shared, member_name, reached, users
from codegen.read.spec_model import Spec

_SCALARS = {
    "decimal": "N",
    "number": "Unquoted[N]",
    "timestamp": "Timestamp",
    "id": "Id",
    "count": "Count",
    "bool": "bool",
    "symbol": "str",
    "text": "str",
}
_PROSE = {
    "decimal": "decimal",
    "number": "number",
    "timestamp": "timestamp",
    "id": "ID",
    "count": "count",
    "bool": "boolean",
    "symbol": "symbol",
    "text": "text",
}


def all_structs(spec: Spec) -> tuple[model.Struct, ...]:
    """Return every struct, each after those that it is made of."""
    return tuple(
        struct_model(spec, struct, struct_source(spec, struct.name))
        for struct in ordered_structs(spec)
    )


def ordered_structs(spec: Spec) -> tuple[spec_model.Struct, ...]:
    """Return every declared struct, each after those that it is made of."""
    ordered: dict[str, spec_model.Struct] = {}

    def add(struct: spec_model.Struct) -> None:
        if struct.name in ordered:
            return
        for field in struct.kept:
            if field.type in spec.structs:
                add(spec.structs[field.type])
        ordered[struct.name] = struct

    for struct in spec.structs.values():
        add(struct)
    return tuple(ordered.values())


def enums(spec: Spec) -> tuple[model.Enum, ...]:
    """Return the open sets of words."""
    return tuple(
        model.Enum(
            enum.name,
            enum.summary,
            tuple(
                model.Member(member_name(value), value, description)
                for value, description in enum.values.items()
            ),
        )
        for enum in spec.enums.values()
    )


def choices(spec: Spec) -> tuple[model.Alias, ...]:
    """Return the closed sets of words."""
    return tuple(
        model.Alias(chosen.name, literal_type(chosen.written), chosen.summary)
        for chosen in spec.choices.values()
    )


def literal_type(values: object) -> str:
    """Return a ``Literal`` of these values."""
    return f"Literal[{', '.join(literal(value) for value in values)}]"  # type: ignore[attr-defined]


def is_generic(spec: Spec, name: str) -> bool:
    """Return whether a decimal is somewhere inside, whose type the user chooses."""
    return _has_numbers(spec, spec.structs[name])


def _has_numbers(spec: Spec, struct: spec_model.Struct) -> bool:
    own = tuple(field.type for field in struct.kept if field.type in spec.structs)
    return any(
        field.type in ("decimal", "number")
        for inner in (struct, *(spec.structs[name] for name in reached(spec, own)))
        for field in inner.kept
    )


def reference(spec: Spec, name: str) -> str:
    """Return a struct as an annotation names it."""
    return f"{name}[N]" if is_generic(spec, name) else name


def source_url(spec: Spec, source: dict[str, str]) -> str:
    """Return the address of a documentation page, with its anchor."""
    page = source["page"]
    address = page if page.startswith("https://") else f"{spec.connection['documentation']}{page}"
    return f"{address}#{source['anchor']}" if "anchor" in source else address


def struct_source(spec: Spec, name: str) -> Paragraph:
    """Return where a struct is documented: with a stream, or with a method of the API."""
    using = users(spec, name)
    if using:
        return source_paragraph(spec, using[0])
    api = spec.api
    assert api is not None, name
    method = next(item for item in api.methods.values() if name in reached(spec, item.structs))
    return checked_paragraph(spec, {**api.source, "anchor": method.anchor})


def source_paragraph(spec: Spec, stream: spec_model.Stream) -> Paragraph:
    """Return where a stream is documented, for a docstring."""
    return checked_paragraph(spec, stream.source)


def checked_paragraph(spec: Spec, source: dict[str, str]) -> Paragraph:
    """Return a page and when it was checked, for a docstring."""
    return Paragraph(f"Source: {source_url(spec, source)} (checked {source['checked']}).")


def struct_model(spec: Spec, struct: spec_model.Struct, source: Paragraph) -> model.Struct:
    """Return a struct of the model; ``source`` says where it is documented."""
    bases = ["Struct", "Generic[N]"] if _has_numbers(spec, struct) else ["Struct"]
    bases += ["frozen=True", "gc=False"]
    if struct.is_array:
        bases.append("array_like=True")
    if any(field.optional for field in struct.kept):
        # Keyword only, so that optional fields can stand where the wire has them.
        bases += ["omit_defaults=True", "kw_only=True"]
    fields = tuple(_field(spec, struct, field) for field in struct.kept)
    return model.Struct(
        name=struct.name,
        arguments=", ".join(bases),
        is_array=struct.is_array,
        places=", ".join(f"self.{field.name}" for field in fields) + "," * (len(fields) == 1),
        item=" | ".join(dict.fromkeys(field.annotation for field in fields)),
        summary=struct.summary,
        docstring=(Paragraph(struct.summary), source),
        fields=fields,
        is_shared=is_shared(struct),
    )


def field_annotation(spec: Spec, struct: spec_model.Struct, field: spec_model.Field) -> str:
    """Return a field's type as an annotation names it."""
    annotation = _type(spec, struct, field)[0]
    return f"{annotation} | None" if field.nullable or field.optional else annotation


def _field(spec: Spec, struct: spec_model.Struct, field: spec_model.Field) -> model.Field:
    prose = _type(spec, struct, field)[1]
    if field.nullable or field.optional:
        prose += " or null" if field.nullable else ", may be absent"
    return model.Field(
        key=field.key,
        name=field.name,
        annotation=field_annotation(spec, struct, field),
        is_optional=field.optional,
        is_renamed=not struct.is_array and field.key != field.name,
        description=field.description,
        prose=prose,
    )


def _type(spec: Spec, struct: spec_model.Struct, field: spec_model.Field) -> tuple[str, str]:
    if field.constant is not None:
        values = constants(spec, struct, field)
        return literal_type(values), " or ".join(f'"{value}"' for value in values)
    if field.type in _SCALARS:
        annotation, prose = _SCALARS[field.type], _PROSE[field.type]
        if field.empty:
            annotation, prose = f"OrEmpty[{annotation}]", f"{prose} or empty"
    elif field.type in spec.structs:
        annotation, prose = reference(spec, field.type), field.type
    else:
        annotation = prose = field.type
    return (f"list[{annotation}]", f"list of {prose}") if field.is_list else (annotation, prose)
