"""Rules of ``api.yaml``: methods, their weights and examples, and the events of accounts."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from codegen.check.account_rules import check_state
from codegen.check.example_rules import check_examples, check_value
from codegen.check.signing_rules import check_signing
from codegen.check.type_rules import check_events, check_page
from codegen.read.api_model import BASIC_TYPES, Api, Method, Parameter, Weight, words_of
from codegen.read.place import Place
from codegen.read.problems import Path, listed, near, shown
from codegen.read.spec_model import Spec

# What the client adds to requests, and what the method of requests has already.
_ADDED = {"apiKey", "recvWindow", "returnRateLimits", "signature", "timestamp"}
_TAKEN = {"self", "method"}
_WHOLE = ("int", "list")


def check_api_structs(spec: Spec) -> None:
    """Check that the structs of results and events exist. All other rules rely on it."""
    if spec.api is None:
        return
    objects = sorted(name for name, struct in spec.structs.items() if not struct.is_array)
    named: list[tuple[Place, str, Path]] = [
        (method.place, method.result, ("result", "list") if method.is_list else ("result",))
        for method in spec.api.methods.values()
        if method.result
    ]
    account = spec.api.account
    named += [
        (account.place, name, ("events", position)) for position, name in enumerate(account.events)
    ]
    for place, name, path in named:
        if name not in objects:
            message = f"there is no struct {shown(name)} that is an object{near(name, objects)}"
            place.problem(message, *path, at_value=True)


def check_api(spec: Spec) -> None:
    """Check the API of a market whose types have no problem."""
    api = spec.api
    if api is None:
        return
    before = len(api.place.document.problems)
    check_page(spec, api.source, api.place)
    _check_servers(spec, api)
    _check_limits(api)
    for method in api.methods.values():
        _check_method(spec, method)
    for error in api.errors.values():
        if error.advice.endswith("."):
            error.place.problem("advice: it ends with a full stop", "advice", at_value=True)
    check_signing(api)
    _check_account(spec, api)
    if len(api.place.document.problems) == before:
        check_state(spec, api)


def _check_servers(spec: Spec, api: Api) -> None:
    servers = spec.connection.get("servers", {})
    if servers and not any("api" in server for server in servers.values()):
        message = f"no server has 'api': the address of {api.path}"
        spec.connection_document.problem(("servers",), message)


def _check_limits(api: Api) -> None:
    given, most = api.limits["recv_window"], api.limits["max_recv_window"]
    if given > most:
        message = f"recv_window: got {given}; at most max_recv_window, {most}, expected"
        api.place.problem(message, "limits", "recv_window", at_value=True)


def _check_method(spec: Spec, method: Method) -> None:
    for name, parameter in method.parameters.items():
        _check_parameter(spec, name, parameter)
    for position, name in enumerate(method.required):
        if name not in method.parameters:
            message = f"there is no parameter {shown(name)}; declared: {listed(method.parameters)}"
            method.place.problem(message, "required", position, at_value=True)
    for rule in method.weights:
        _check_weight(method, rule, is_last=rule is method.weights[-1])
    if method.is_session_only and (method.security == "NONE" or method.parameters):
        message = "only a method with a security, and without parameters, relies on the session"
        method.place.problem(message, "session_only")
    if method.result and not method.examples:
        method.place.problem("a method with a result needs an example of it", "result")
    _check_examples(spec, method)


def _check_parameter(spec: Spec, name: str, parameter: Parameter) -> None:
    place, keys = parameter.place, parameter.place.document.keys
    if name in _ADDED:
        place.problem(f"the parameter {name} is added to each request that needs it")
    elif name in _TAKEN or keyword.iskeyword(name):
        place.problem(f"the name {shown(name)} is reserved: it cannot be an argument")
    known = [*BASIC_TYPES, *spec.choices, *spec.enums]
    if parameter.type not in known:
        message = f"there is no type {shown(parameter.type)}; allowed: {listed(BASIC_TYPES)}, or "
        message += "a name declared under choices or enums"
        message += near(parameter.type, sorted({*spec.choices, *spec.enums}))
        is_short = (*place.path, "type") not in keys
        place.problem(message, *(() if is_short else ("type",)), at_value=True)
    elif parameter.values and parameter.type != "text":
        place.problem("only a text has values of its own", "values")


def _check_weight(method: Method, rule: Weight, is_last: bool) -> None:
    for word, names in (("with", rule.given), ("at_most", tuple(rule.at_most))):
        for position, name in enumerate(names):
            if name not in method.parameters:
                message = f"there is no parameter {shown(name)}"
                message += f"; declared: {listed(method.parameters)}"
                where = (word, position) if word == "with" else (word, name)
                rule.place.problem(message, *where, at_value=word == "with")
    for name in rule.at_most:
        if name in method.parameters and method.parameters[name].type not in _WHOLE:
            rule.place.problem(f"{name} is neither a number nor a list", "at_most", name)
    if rule.per and (
        rule.per not in method.parameters or method.parameters[rule.per].type != "list"
    ):
        message = f"per: {method.name} has no list {shown(rule.per)}"
        rule.place.problem(message, "per", at_value=True)
    is_conditional = bool(rule.given or rule.at_most)
    if is_last and (is_conditional or rule.per):
        rule.place.problem("the last weight counts for all other requests: it has no condition")
    if not is_last and not is_conditional:
        rule.place.problem("only the last weight has no condition: those after it never count")


def _check_examples(spec: Spec, method: Method) -> None:
    seen: set[str] = set()
    for example in method.examples:
        if example.id in seen:
            message = f"id: two examples are called {example.id}"
            example.place.problem(message, "id", at_value=True)
        seen.add(example.id)
        for name, value in example.params.items():
            for message in _wrong(spec, method, name, value):
                example.place.problem(message, "params", name, at_value=True)
        for name in method.required:
            if name not in example.params:
                example.place.problem(f"missing parameter {shown(name)}", "params")
        if method.result:
            struct, payload = spec.structs[method.result], example.payload
            if not method.is_list:
                check_value(spec, example.place, struct, payload, ("payload",))
            elif not isinstance(payload, list):
                example.place.problem("payload: expected a list", "payload", at_value=True)
            else:
                for position, item in enumerate(payload):
                    check_value(spec, example.place, struct, item, ("payload", position))


def _wrong(spec: Spec, method: Method, name: str, value: Any) -> Iterator[str]:
    """Yield what is wrong with a parameter of an example."""
    parameter = method.parameters.get(name)
    if parameter is None:
        yield f"there is no parameter {shown(name)}; declared: {listed(method.parameters)}"
        return
    words = words_of(spec, parameter)
    if words and value not in words:
        yield f"{name}: got {shown(value)}; allowed: {listed(words)}"
    kinds: dict[str, type] = {"int": int, "bool": bool, "list": list}
    kind = kinds.get(parameter.type, str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{name}: got {shown(value)}, which is no {parameter.type}"


def _check_account(spec: Spec, api: Api) -> None:
    account = api.account
    check_page(spec, account.source, account.place)
    if check_events(spec, account):
        check_examples(spec, account)
    for name, keys in api.identity.items():
        if name not in account.events:
            message = f"{name} is no event of an account; allowed: {listed(account.events)}"
            account.place.problem(message, "identity", name)
            continue
        known = [field.key for field in spec.structs[name].kept if field.constant is None]
        for position, key in enumerate(keys):
            if key not in known:
                message = f"{name} has no key {shown(key)}; allowed: {listed(known)}"
                account.place.problem(message, "identity", name, position, at_value=True)
