"""The reference of the WebSocket API: its methods, as a table and one by one."""

from __future__ import annotations

from codegen.model import parts as model
from codegen.model.account_classes import is_signed, method_source, result_annotation
from codegen.model.payloads import pretty
from codegen.read.api_model import Api, Method, Parameter, Weight, words_of
from codegen.read.queries import reached
from codegen.read.spec_model import Spec

_KINDS = {
    "text": "text",
    "decimal": "Decimal, text or int",
    "int": "whole number",
    "bool": "True or False",
    "list": "list of texts",
}


def methods(spec: Spec, api: Api) -> tuple[model.ApiMethod, ...]:
    """Return every method as the reference shows it."""
    return tuple(_method(spec, method) for method in api.methods.values())


def results(spec: Spec, api: Api, structs: dict[str, model.Struct]) -> tuple[model.Struct, ...]:
    """Return the structs of all results, each after those that have it."""
    named = tuple(name for method in api.methods.values() for name in method.structs)
    return tuple(structs[name] for name in reached(spec, named))


def _method(spec: Spec, method: Method) -> model.ApiMethod:
    result = result_annotation(spec, method)
    example = method.examples[0] if method.result else None
    return model.ApiMethod(
        name=method.name,
        anchor=method.name.replace(".", "-").lower(),
        summary=method.summary,
        source=method_source(spec, method),
        security=_security(method),
        weight=_weights(method),
        parameters=tuple(_parameter(spec, method, item) for item in method.parameters.values()),
        result=result or "plain JSON",
        is_typed=bool(result),
        is_by_client=method.is_by_client,
        example="" if example is None else pretty(example.payload),
    )


def _security(method: Method) -> str:
    if method.is_session_only:
        return f"{method.security}, by the key of session.logon"
    return method.security if is_signed(method) else "none"


def _weights(method: Method) -> str:
    """Return the weights in prose: ``6 with symbol, otherwise 80``."""
    parts = [_weight(rule) for rule in method.weights]
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])}, otherwise {parts[-1]}"


def _weight(rule: Weight) -> str:
    text = str(rule.weight)
    if rule.per:
        text += f" for each of {rule.per}"
    given = [name for name in rule.given if name != rule.per and name not in rule.at_most]
    if given:
        text += f" with {' and '.join(given)}"
    for name, most in rule.at_most.items():
        text += f", up to {most}" if name == rule.per else f" with {name} up to {most}"
    return text


def _parameter(spec: Spec, method: Method, parameter: Parameter) -> model.Parameter:
    words = words_of(spec, parameter)
    return model.Parameter(
        name=parameter.name,
        annotation="",
        default=None if parameter.name in method.required else "",
        description=parameter.description,
        allowed=", ".join(words) if words else _KINDS[parameter.type],
    )
