"""Reads and checks the files of a spec: a ``Spec``, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.check.connection_rules import check_packages
from codegen.check.names import Reserved
from codegen.check.schema_check import check_schema
from codegen.check.semantics import check_semantics
from codegen.read import spec_model
from codegen.read.api_model import read_api
from codegen.read.durations import read_durations, read_limits
from codegen.read.markets import Market
from codegen.read.problems import Position, Problem, SpecError
from codegen.read.rest_model import read_order_book
from codegen.read.spec_model import Spec
from codegen.read.yaml_source import Document, load


def load_specs(
    markets: Sequence[Market], schemas: Path, reserved: Reserved, packages: Mapping[str, str]
) -> list[Spec]:
    """Read and check the markets; ``packages`` are those of others, and where they are.

    Raises SpecError with every problem of every file of all of them.
    """
    specs, problems = [], []
    for market in markets:
        try:
            specs.append(load_spec(market, schemas, reserved))
        except SpecError as error:
            problems += error.problems
    check_packages(specs, packages)
    problems += [problem for spec in specs for problem in spec.connection_document.problems]
    if problems:
        raise SpecError(problems)
    return specs


def load_spec(market: Market, schemas: Path, reserved: Reserved) -> Spec:
    """Read and check one market; raises SpecError with every problem of every file."""
    source = _Source(market.folder, market.label, schemas)
    types = source.checked("types.yaml", "types", is_required=False)
    connection = source.checked("connection.yaml", "connection")
    streams = [source.checked(f"streams/{name}", "stream") for name in source.stream_files()]
    book = source.checked("order_book.yaml", "order_book", is_required=False)
    api = source.checked("api.yaml", "api", is_required=False)
    documents = [types, connection, *streams, book, api]
    spec = Spec()
    if not connection.problems:
        read_limits(connection)
        spec.connection = connection.data
        spec.connection_document = connection
    if not types.problems:
        spec.choices = spec_model.read_choices(types)
        spec.enums = spec_model.read_enums(types)
        spec.add_structs(spec_model.read_structs(types))
    for document in streams:
        if not document.problems:
            stream = spec_model.read_stream(document)
            spec.streams.append(stream)
            spec.add_structs(stream.structs)
    if not book.problems:
        spec.order_book = read_order_book(book)
    if not api.problems:
        read_durations(api)
        spec.api = read_api(api)
        spec.add_structs(spec.api.structs if spec.api is not None else {})
    if not types.problems:
        # What an unreadable file declares is unknown, not missing.
        is_whole = not any(document.problems for document in documents)
        check_semantics(spec, reserved, is_whole)
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise SpecError(problems)
    return spec


@dataclass(frozen=True)
class _Source:
    folder: Path
    label: str
    schemas: Path

    def stream_files(self) -> list[str]:
        """List the streams' files; hidden ones are what editors and file managers leave."""
        try:
            paths = list((self.folder / "streams").iterdir())
        except OSError as error:
            problem = _first_line(f"{self.label}/streams", f"cannot be read: {error.strerror}")
            raise SpecError([problem]) from None
        names = sorted(path.name for path in paths if not path.name.startswith("."))
        if not names:
            problem = _first_line(f"{self.label}/streams", "there is no stream")
            raise SpecError([problem])
        return names

    def checked(self, name: str, schema: str, is_required: bool = True) -> Document:
        """Read one file and check its structure."""
        file = f"{self.label}/{name}"
        if not is_required and not (self.folder / name).exists():
            return Document(file, data={})
        if not name.endswith(".yaml"):
            problem = _first_line(file, "the file's name does not end in .yaml")
            return Document(file, problems=[problem])
        try:
            document = load((self.folder / name).read_bytes(), file)
        except OSError as error:
            problem = _first_line(file, f"cannot be read: {error.strerror}")
            return Document(file, problems=[problem])
        if document.data is not None or not document.problems:
            check_schema(document, self.schemas / f"{schema}.schema.json")
        return document


def _first_line(file: str, message: str) -> Problem:
    return Problem(file, Position(1, 1), message)
