"""Checks names: a spec may give identifiers that mean nothing else where they are put."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codegen.read.api_model import event_streams
from codegen.read.place import Place
from codegen.read.problems import shown
from codegen.read.queries import (
    ACCOUNT_EXPORTS,
    ANY_EVENT,
    PACKAGE_EXPORTS,
    SNAPSHOT,
    camel,
    constant_name,
    is_shared,
    member_name,
    names_in,
    row_name,
    row_owner,
)
from codegen.read.spec_model import Spec, Stream, Struct

# Not those of the running Python: its versions do not agree.
_SOFT_KEYWORDS = {"_", "case", "match"}
# What the bodies of generated structs say themselves.
_STRUCT_WORDS = {"field", "final", "list", "str", "bool", "int"}
# What generated methods have besides the stream's parameters.
_METHOD_WORDS = {"self", "id", "action", "kwargs"}
# What the body of the generated client says itself: a method of that name would hide it.
_CLIENT_WORDS = {"overload", "list", "str", "account", "accounts", "order_book"}
# What generated modules import besides those of the runtime.
_MODULE_WORDS = {
    *("Annotated", "Any", "AsyncIterator", "Decimal", "Generic", "Iterator", "Literal", "Struct"),
    *("TypeAlias", "Unpack", ANY_EVENT),
}
# What the module compat imports.
_COMPAT_WORDS = {"BaseCompatClient", "Literal", "RequestId"}
_CONSTANTS = {"account", "api", "catalog", "venue", "examples", "n", "order_book"}


@dataclass(frozen=True)
class Reserved:
    """Names that the hand-written runtime has already."""

    client_members: frozenset[str]
    options: frozenset[str]
    exports: frozenset[str]
    internal: frozenset[str]
    """What generated code imports of the runtime besides its exports."""

    @property
    def types(self) -> frozenset[str]:
        """What no type may be called."""
        others = {*_MODULE_WORDS, *PACKAGE_EXPORTS, *ACCOUNT_EXPORTS, *dir(builtins)}
        return self.exports | self.internal | others

    @property
    def methods(self) -> frozenset[str]:
        """What no stream or method of one may be called."""
        return self.client_members | _CLIENT_WORDS | _CONSTANTS


def reserved_by(runtime: Path, exports: Iterable[str]) -> Reserved:
    """Read them from the runtime's source, without running it."""
    bases = {
        "client/base.py": "ClientBase",
        "sync/client.py": "BaseClient",
        "asyncio/client.py": "BaseAsyncClient",
    }
    members = frozenset(
        member for module, name in bases.items() for member in _members(runtime / module, name)
    )
    options = frozenset(
        member
        for name in ("SubscribeOptions", "FillOptions")
        for member in _members(runtime / "client" / "options.py", name)
    )
    internal = [
        *names_in(runtime / "generated_api.py", "INTERNAL"),
        *names_in(runtime / "catalog_api.py", "__all__"),
        *names_in(runtime / "async_api.py", "__all__"),
    ]
    return Reserved(members, options, frozenset(exports), frozenset(internal))


def _members(module: Path, name: str) -> Iterable[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    found = next(node for node in classes if node.name == name)
    for node in ast.walk(found):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def check_names(spec: Spec, reserved: Reserved) -> None:
    """Check that every name is available where it is put."""
    _check_type_names(spec, reserved)
    _check_compat(spec)
    _check_members(spec)
    for struct in spec.structs.values():
        _check_fields(struct)
    for stream in spec.streams:
        _check_stream(stream, reserved)


def is_field_name(name: str) -> bool:
    """Return whether a field may have a name: it is no keyword, nor what structs say themselves."""
    return not (keyword.iskeyword(name) or name in _SOFT_KEYWORDS or name in _STRUCT_WORDS)


def _check_word(word: str, place: Place, *inner: str, at_value: bool = False) -> bool:
    if keyword.iskeyword(word) or word in _SOFT_KEYWORDS:
        place.problem(f"the name {shown(word)} is a Python keyword", *inner, at_value=at_value)
        return False
    return True


def _check_type_names(spec: Spec, reserved: Reserved) -> None:
    declared: dict[str, tuple[str, Place]] = {}
    in_use = {*reserved.types}
    in_use |= {constant_name(stream.key) for stream in spec.streams}
    named = [
        *spec.named(),
        *(
            (f"{camel(stream.key)}Event", stream.place)
            for stream in event_streams(spec)
            if len(stream.events) > 1
        ),
        *_rest_names(spec),
    ]
    for name, place in named:
        if not _check_word(name, place):
            continue
        is_own = name not in spec.structs or not is_shared(spec.structs[name])
        if name in in_use and is_own:
            place.problem(
                f"the name {name} is reserved: generated modules use it for something else"
            )
        # Names that differ only in case would make the same constants.
        first, where = declared.setdefault(name.lower(), (name, place))
        if where is not place:
            at = f"{where.document.file}:{where.document.at(where.path).line}"
            place.problem(f"the name {name} collides with {first} ({at})")


def _rest_names(spec: Spec) -> Iterable[tuple[str, Place]]:
    """Yield the names of the structs that codegen makes for the REST API."""
    for stream in spec.streams:
        if stream.backfill is not None and row_owner(spec, stream) is stream:
            yield row_name(stream), stream.backfill.place
    if spec.order_book is not None:
        yield SNAPSHOT, spec.order_book.place


def _check_compat(spec: Spec) -> None:
    name, place = spec.connection.get("compat"), Place(spec.connection_document, ())
    if name is None or not _check_word(name, place, "compat", at_value=True):
        return
    if name in _COMPAT_WORDS or name in spec.choices:
        message = f"the name {name} is reserved: the module compat uses it for something else"
        place.problem(message, "compat", at_value=True)


def _check_members(spec: Spec) -> None:
    for enum in spec.enums.values():
        seen: dict[str, str] = {}
        for word in enum.values:
            first = seen.setdefault(member_name(word), word)
            if first != word:
                message = f"{word} and {first} would both be the member {member_name(word)}"
                enum.place.problem(message, "values", word)


def _check_fields(struct: Struct) -> None:
    seen: dict[str, str] = {}
    for field in struct.kept:
        name, place = field.name, field.place
        if not name or not _check_word(name, place, "name", at_value=True):
            continue
        if name in _STRUCT_WORDS:
            message = f"the name {name} is reserved: generated structs use it for something else"
            place.problem(message, "name", at_value=True)
        if name in seen:
            message = f"the name {name} collides with the one of key {shown(seen[name])}"
            place.problem(message, "name", at_value=True)
        seen.setdefault(name, field.key)


def _check_stream(stream: Stream, reserved: Reserved) -> None:
    place = stream.place
    if _check_word(stream.key, place, "stream", at_value=True) and stream.key in _CONSTANTS:
        message = f"the name {stream.key} is reserved: generated modules use it for something else"
        place.problem(message, "stream", at_value=True)
    _check_word(stream.method, place, "method", at_value=True)
    if stream.method in reserved.client_members:
        message = f"the method {stream.method} collides with a member of the clients"
        place.problem(message, "method", at_value=True)
    elif stream.method in _CLIENT_WORDS:
        message = f"the name {stream.method} is reserved: the generated client uses it for itself"
        place.problem(message, "method", at_value=True)
    for name, parameter in stream.parameters.items():
        if _check_word(name, parameter.place) and name in _METHOD_WORDS | reserved.options:
            parameter.place.problem(f"the name {name} is reserved: every method has it already")
