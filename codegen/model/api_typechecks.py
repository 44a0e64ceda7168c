"""What type checkers must infer of accounts, and the mistakes that they must see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.model import typecheck_parts as model
from codegen.model.account_classes import result_annotation
from codegen.model.api_conformance import good_value
from codegen.model.literals import literal
from codegen.model.streams import NUMBERS, event_annotation
from codegen.model.structs import reference
from codegen.model.typechecks import struct_fields, with_number
from codegen.read.api_model import Api, Method, words_of
from codegen.read.queries import reached
from codegen.read.spec_model import Spec


def typecheck(spec: Spec, api: Api) -> model.ApiTypecheck:
    """Return what is checked."""
    public = [api.methods[name] for name in sorted(api.methods)]
    public = [method for method in public if not method.is_by_client]
    event = event_annotation(spec, api.account)
    named = tuple(name for method in public for name in method.structs)
    order = reference(spec, api.methods[api.state.orders["method"]].result)
    return model.ApiTypecheck(
        inferred=tuple(
            model.InferredAccount(
                number=number,
                event=with_number(event, number),
                order=with_number(order, number),
                requests=tuple(
                    (
                        _call(spec, method, method.parameters if number == NUMBERS[0] else ()),
                        with_number(result_annotation(spec, method) or "Any", number),
                    )
                    for method in public
                ),
                structs=tuple(struct_fields(spec, name, number) for name in reached(spec, named)),
            )
            for number in NUMBERS
        ),
        mistakes=tuple(_mistakes(spec, public)),
    )


def _call(spec: Spec, method: Method, names: Iterable[str] = (), **other: str) -> str:
    """Return source of a call with what it needs, and with other values; an empty one is left out.

    ``names`` are further parameters that it has.
    """
    needed = [name for name in method.parameters if name in {*method.required, *names}]
    given = {name: good_value(spec, method.parameters[name]) for name in needed} | other
    arguments = "".join(f", {name}={source}" for name, source in given.items() if source)
    return f"request({literal(method.name)}{arguments})"


def _mistakes(spec: Spec, methods: list[Method]) -> Iterator[tuple[str, str]]:
    """Yield what may be wrong with each method, and once with each type of a parameter."""
    seen: set[tuple[str, ...]] = set()
    for method in methods:
        yield f"{method.name} has no such parameter", _call(spec, method, no_such="1")
        for name in method.required[-1:]:
            yield f"{method.name} needs {name}", _call(spec, method, **{name: ""})
        for name, parameter in method.parameters.items():
            words = words_of(spec, parameter)
            if (parameter.type, *words) in seen:
                continue
            seen.add((parameter.type, *words))
            if words:
                wrong = _call(spec, method, **{name: literal("nonsense")})
                yield f"{name} of {method.name} is none of its words", wrong
            else:
                wrong = _call(spec, method, **{name: "1.5"})
                yield f"{name} of {method.name} is no {parameter.type}", wrong
