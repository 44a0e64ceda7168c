"""Checks the semantics of a spec, beyond its structure: the rules, each after those it needs."""

from __future__ import annotations

from codegen.check.ambiguity import check_ambiguity
from codegen.check.api_rules import check_api, check_api_structs
from codegen.check.connection_rules import check_connection
from codegen.check.example_rules import check_examples
from codegen.check.names import Reserved, check_names
from codegen.check.order_book_rules import check_order_book
from codegen.check.rest_rules import check_backfill, check_limits
from codegen.check.sequence_rules import check_sequence, check_sequence_examples
from codegen.check.stream_rules import check_file_name, check_parameters, check_together
from codegen.check.type_rules import (
    check_constants,
    check_dates,
    check_events,
    check_page,
    check_types,
    check_use,
)
from codegen.read.spec_model import Spec


def check_semantics(spec: Spec, reserved: Reserved, is_whole: bool) -> None:
    """Add what is wrong to the documents' problems.

    ``is_whole`` says whether every file is there: only then can something be missing.
    """
    check_names(spec, reserved)
    for stream in spec.streams:
        check_file_name(stream)
        check_dates(stream)
        check_page(spec, stream.source, stream.place)
    valid = [stream for stream in spec.streams if check_parameters(spec, stream)]
    check_connection(spec, valid)
    check_limits(spec)
    check_together(spec)
    valid = check_ambiguity(spec, valid)
    before = _count(spec)
    check_types(spec)
    check_api_structs(spec)
    if _count(spec) > before:
        return
    check_constants(spec)
    for stream in valid:
        problems = stream.place.document.problems
        before = len(problems)
        check_sequence(spec, stream)
        if check_events(spec, stream):
            check_examples(spec, stream)
            if len(problems) == before:
                check_sequence_examples(spec, stream)
                check_backfill(spec, stream)
    check_api(spec)
    sound = [stream for stream in valid if not stream.place.document.problems]
    check_order_book(spec, sound, is_whole)
    if is_whole:
        check_use(spec)


def _count(spec: Spec) -> int:
    places = [stream.place for stream in spec.streams]
    places += [place for _, place in spec.named()]
    places += [spec.api.place] if spec.api is not None else []
    documents = {id(place.document): place.document for place in places}
    return sum(len(document.problems) for document in documents.values())
