"""The files of a spec, read and checked: a ``Spec``, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from codegen.check.meaning import check_meaning
from codegen.check.names import Taken
from codegen.check.structure import check_structure
from codegen.read import declared
from codegen.read.declared import Spec
from codegen.read.problems import Position, Problem, SpecError
from codegen.read.yaml_source import Document, load


def load_spec(root: Path, taken: Taken) -> Spec:
    """Read and check ``root/spec``; raises SpecError with every problem of every file."""
    types = _checked(root, "spec/types.yaml", "types")
    connection = _checked(root, "spec/connection.yaml", "connection")
    streams = [_checked(root, f"spec/streams/{name}", "stream") for name in _stream_files(root)]
    documents = [types, connection, *streams]
    spec = Spec()
    if not connection.problems:
        spec.connection = connection.data
        spec.connection_document = connection
    if not types.problems:
        spec.choices = declared.read_choices(types)
        spec.enums = declared.read_enums(types)
        spec.add_structs(declared.read_structs(types))
    for document in streams:
        if not document.problems:
            stream = declared.read_stream(document)
            spec.streams.append(stream)
            spec.add_structs(stream.structs)
    if not types.problems:
        # Where a file could not be read, what it declares is unknown, not missing.
        check_meaning(spec, taken, is_whole=not any(document.problems for document in documents))
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise SpecError(problems)
    return spec


def _stream_files(root: Path) -> list[str]:
    """The names of the streams' files; hidden ones are what editors and file managers leave."""
    folder = root / "spec" / "streams"
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise SpecError(
            [_first_line("spec/streams", f"cannot be read: {error.strerror}")]
        ) from None


def _checked(root: Path, file: str, schema: str) -> Document:
    if not file.endswith(".yaml"):
        return Document(file, problems=[_first_line(file, "the file's name does not end in .yaml")])
    try:
        document = load((root / file).read_bytes(), file)
    except OSError as error:
        return Document(file, problems=[_first_line(file, f"cannot be read: {error.strerror}")])
    if document.data is not None or not document.problems:
        check_structure(document, root / "spec" / "schema" / f"{schema}.schema.json")
    return document


def _first_line(file: str, message: str) -> Problem:
    return Problem(file, Position(1, 1), message)
