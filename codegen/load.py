"""Reads and checks the files of a spec: a ``Spec``, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.check.connection_rules import check_packages
from codegen.check.marks import check_marks
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
    files = _Source(market.folder, market.label, schemas).files()
    spec = _read(files, lambda document: not document.problems)
    if not files.types.problems:
        # What an unreadable file declares is unknown, not missing.
        is_whole = not any(document.problems for document in files.all)
        check_semantics(spec, reserved, is_whole)
    problems = [problem for document in files.all for problem in document.problems]
    if problems:
        raise SpecError(problems)
    return spec


def read_readable(market: Market, schemas: Path) -> Spec:
    """Read what a market declares, leaving out files with problems other than marks.

    Raises SpecError only if the connection, which says what the market is, has any.
    """
    files = _Source(market.folder, market.label, schemas).files(is_empty_allowed=True)
    spec = _read(files, lambda document: set(document.problems) <= set(document.marks))
    if not spec.connection:
        raise SpecError(files.connection.problems)
    return spec


def _read(files: _Files, is_readable: Callable[[Document], bool]) -> Spec:
    spec = Spec()
    if is_readable(files.connection):
        read_limits(files.connection)
        spec.connection = files.connection.data
        spec.connection_document = files.connection
    if is_readable(files.types):
        spec.choices = spec_model.read_choices(files.types)
        spec.enums = spec_model.read_enums(files.types)
        spec.add_structs(spec_model.read_structs(files.types))
    for document in files.streams:
        if is_readable(document):
            stream = spec_model.read_stream(document)
            spec.streams.append(stream)
            spec.add_structs(stream.structs)
    if is_readable(files.order_book):
        spec.order_book = read_order_book(files.order_book)
    if is_readable(files.api):
        read_durations(files.api)
        spec.api = read_api(files.api)
        spec.add_structs(spec.api.structs if spec.api is not None else {})
    return spec


@dataclass(frozen=True)
class _Files:
    """The files of one market, read and checked one by one."""

    types: Document
    connection: Document
    streams: list[Document]
    order_book: Document
    api: Document

    @property
    def all(self) -> list[Document]:
        """Every file, in the order in which problems are collected."""
        return [self.types, self.connection, *self.streams, self.order_book, self.api]


@dataclass(frozen=True)
class _Source:
    folder: Path
    label: str
    schemas: Path

    def files(self, is_empty_allowed: bool = False) -> _Files:
        """Read every file; a market without streams is a problem unless that is allowed."""
        if is_empty_allowed and not (self.folder / "streams").is_dir():
            streams = []
        else:
            streams = self.stream_files(is_empty_allowed)
        return _Files(
            types=self.checked("types.yaml", "types", is_required=False),
            connection=self.checked("connection.yaml", "connection"),
            streams=[self.checked(f"streams/{name}", "stream") for name in streams],
            order_book=self.checked("order_book.yaml", "order_book", is_required=False),
            api=self.checked("api.yaml", "api", is_required=False),
        )

    def stream_files(self, is_empty_allowed: bool) -> list[str]:
        """List the streams' files; hidden ones are what editors and file managers leave."""
        try:
            paths = list((self.folder / "streams").iterdir())
        except OSError as error:
            problem = _first_line(f"{self.label}/streams", f"cannot be read: {error.strerror}")
            raise SpecError([problem]) from None
        names = sorted(path.name for path in paths if not path.name.startswith("."))
        if not names and not is_empty_allowed:
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
            content = (self.folder / name).read_bytes()
            document = load(content, file)
        except OSError as error:
            problem = _first_line(file, f"cannot be read: {error.strerror}")
            return Document(file, problems=[problem])
        if document.data is not None or not document.problems:
            check_schema(document, self.schemas / f"{schema}.schema.json")
            check_marks(document, content.decode())
        return document


def _first_line(file: str, message: str) -> Problem:
    return Problem(file, Position(1, 1), message)
