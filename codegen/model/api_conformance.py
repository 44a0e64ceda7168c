"""What the conformance suite checks of the WebSocket API, written out from the spec alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from codegen.model import conformance_parts as model
from codegen.model.account_classes import is_signed
from codegen.model.conformance import case_of_struct, event_struct, record
from codegen.model.literals import Source, call, literal
from codegen.model.payloads import pieces
from codegen.read.api_model import Api, Key, Method, Parameter, SignedExample, Weight, words_of
from codegen.read.spec_model import Spec

# What is given for a parameter of a type, how that is sent, and what is refused.
_GOOD = {
    "text": ('"币安人生USDT"', '"币安人生USDT"'),
    "decimal": ('Decimal("0.00000100")', '"0.00000100"'),
    "int": ("9007199254740993", "9007199254740993"),
    "bool": ("True", '"true"'),
    "list": ('("BTCUSDT", "币安人生USDT")', '["BTCUSDT", "币安人生USDT"]'),
}
_WRONG = {
    "text": '["", 5, True, 1.5, ["BTCUSDT"]]',
    "decimal": '[0.1, "", "abc", "1e-6", True, Decimal("NaN"), Decimal("Infinity")]',
    "int": '["5", 5.0, True, 2**63]',
    "bool": '["true", 1, "True"]',
    "list": '["BTCUSDT", [], [""], [5.0], 5]',
}
_ID = 1


def conformance(spec: Spec, api: Api) -> model.ApiConformance:
    """Return what is checked."""
    account, state = api.account, api.state
    order = api.methods[state.orders["method"]].result
    return model.ApiConformance(
        methods=tuple(_method(spec, method) for method in api.methods.values()),
        signed=tuple(_signed(api, example) for example in api.signed),
        errors=tuple(
            model.ErrorCase(error.code, error.remedy, error.advice, error.messages)
            for error in api.errors.values()
        ),
        results=tuple(
            case_of_struct(
                spec,
                spec.structs[method.result],
                f"{name}_{example.id}",
                name,
                example.payload,
                method.is_list,
            )
            for name, method in api.methods.items()
            for example in method.examples
            if method.result
        ),
        events=tuple(
            case_of_struct(spec, struct, example.id, struct.name, example.payload, is_list=False)
            for example in account.examples
            for struct in [event_struct(spec, account, example.payload)]
        ),
        identity={
            name: tuple(_name(spec, name, key) for key in keys)
            for name, keys in api.identity.items()
        },
        orders=tuple(
            (
                example.id,
                record(
                    spec,
                    spec.structs[order],
                    {key: example.payload.get(source) for key, source in state.order_of.items()},
                ),
            )
            for example in account.examples
            if event_struct(spec, account, example.payload).name == state.report
        ),
    )


def _name(spec: Spec, struct: str, key: str) -> str:
    return next(field.name for field in spec.structs[struct].kept if field.key == key)


def _method(spec: Spec, method: Method) -> model.MethodCase:
    parameters = method.parameters.values()
    # The documentation does not say how a list would be signed.
    refused = [item for item in parameters if item.type == "list" and is_signed(method)]
    used = [item for item in parameters if item not in refused]
    return model.MethodCase(
        name=method.name,
        security=method.security,
        is_signed=is_signed(method),
        good=_dict((item.name, _good(spec, item)[0]) for item in used),
        sent=_dict((item.name, _good(spec, item)[1]) for item in used),
        required=method.required,
        wrong=tuple((item.name, _wrong(spec, item)) for item in parameters),
        weights=tuple(_weights(spec, method)),
        is_public=not method.is_by_client,
    )


def _dict(items: Any) -> str:
    return "{" + ", ".join(f"{literal(name)}: {source}" for name, source in items) + "}"


def good_value(spec: Spec, parameter: Parameter) -> str:
    """Return source of a value that a parameter may have."""
    return _good(spec, parameter)[0]


def _good(spec: Spec, parameter: Parameter) -> tuple[str, str]:
    words = words_of(spec, parameter)
    return (literal(words[-1]), literal(words[-1])) if words else _GOOD[parameter.type]


def _wrong(spec: Spec, parameter: Parameter) -> str:
    words = words_of(spec, parameter)
    if not words:
        return _WRONG[parameter.type]
    others = [word for word in ("", "nonsense", words[0].swapcase()) if word not in words]
    return literal([*others, 5, True])


def _weights(spec: Spec, method: Method) -> Iterator[tuple[str, int]]:
    """Yield for each rule a request that it counts for, and one that is just too large for it."""
    for rule in method.weights:
        sizes = rule.at_most or ({rule.per: 3} if rule.per else {})
        for change in (0, 1) if rule.at_most else (0,):
            given = {name: size + change for name, size in sizes.items()}
            names = dict.fromkeys([*rule.given, *given])
            params = {
                name: _sized(method.parameters[name], given.get(name, 1), spec) for name in names
            }
            yield (
                _dict((name, source) for name, (source, _) in params.items()),
                _weight(method, {name: size for name, (_, size) in params.items()}),
            )


def _sized(parameter: Parameter, size: int, spec: Spec) -> tuple[str, int | None]:
    """Return source of a value of this size, and the size."""
    if parameter.type == "list":
        return f'["BTCUSDT"] * {size}', size
    return (str(size), size) if parameter.type == "int" else (_good(spec, parameter)[1], None)


def _weight(method: Method, sizes: dict[str, int | None]) -> int:
    """Return what the documentation says, rule by rule."""
    for rule in method.weights:
        if _matches(rule, sizes):
            return rule.weight * ((sizes.get(rule.per) or 1) if rule.per else 1)
    raise AssertionError(method.name)


def _matches(rule: Weight, sizes: dict[str, int | None]) -> bool:
    is_small = (
        (size := sizes.get(name)) is not None and size <= most
        for name, most in rule.at_most.items()
    )
    return set(rule.given) <= sizes.keys() and all(is_small)


def _signed(api: Api, example: SignedExample) -> model.SignedCase:
    key = api.keys[example.key]
    # Everything that is sent, as the client adds it.
    params = {
        **example.params,
        "timestamp": example.timestamp,
        "apiKey": key.api_key,
        "signature": example.signature,
    }
    body = {"id": _ID, "method": example.method, "params": params}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    is_milliseconds = example.timestamp < 10**14
    return model.SignedCase(
        id=example.id,
        key=call(f"{key.algorithm}Key", key.api_key, _secret(key)),
        needs_cryptography=key.algorithm != "Hmac",
        method=example.method,
        given=literal(example.params),
        timestamp=example.timestamp,
        payload=_cut(f"apiKey={key.api_key}&{example.signed}".encode()),
        signature=example.signature,
        text=pieces(text) if is_milliseconds else None,
    )


def _secret(key: Key) -> Source:
    lines = [key.secret]
    if key.algorithm != "Hmac":
        lines = ["-----BEGIN PRIVATE KEY-----\n", f"{key.secret}\n", "-----END PRIVATE KEY-----\n"]
    return Source(f"({' '.join(map(literal, lines))})")


def _cut(payload: bytes) -> tuple[bytes, ...]:
    """Cut behind each parameter."""
    *parts, last = payload.split(b"&")
    return (*(part + b"&" for part in parts), last)
