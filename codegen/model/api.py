"""The WebSocket API in the model: methods, errors, and the events of accounts."""

from __future__ import annotations

import msgspec

from codegen.model import account_classes, api_conformance, api_reference, api_typechecks
from codegen.model import parts as model
from codegen.model import streams as build_streams
from codegen.model.literals import Source, call, literal
from codegen.model.structs import reference
from codegen.read import api_model
from codegen.read.api_model import ACCOUNT, Api, Method, words_of
from codegen.read.queries import constant_name
from codegen.read.spec_model import Field, Spec

_BALANCE_OF = "balance_of_position"
_ORDER_OF = "order_of_report"
# What is no limit of a connection is an attribute of the API itself.
_OWN_LIMITS = ("processing_timeout", "connect_weight", "recv_window", "max_recv_window")


def api(spec: Spec, structs: dict[str, model.Struct]) -> model.Api | None:
    """Return the WebSocket API, or None if the market has none."""
    given = spec.api
    if given is None:
        return None
    methods = [f"{literal(name)}: {_method(spec, item)}" for name, item in given.methods.items()]
    errors = [f"{code}: {_error(error)}" for code, error in given.errors.items()]
    limits = {name: value for name, value in given.limits.items() if name not in _OWN_LIMITS}
    sources = {
        "limits": call("Limits", **limits, request_ids="any"),
        "path": literal(given.path),
        **{name: literal(given.limits[name]) for name in _OWN_LIMITS},
        "shutdown_event": literal(given.shutdown_event),
        "methods": f"{{{', '.join(methods)}}}",
        "errors": f"{{{', '.join(errors)}}}",
        "account": constant_name(ACCOUNT),
    }
    sources["state"] = _state(spec, given)
    event = build_streams.event_annotation(spec, given.account)
    return model.Api(
        account=_account(spec, given, structs),
        conversions=_conversions(spec, given),
        arguments=tuple(model.Constant(name, source) for name, source in sources.items()),
        event=event,
        state=", ".join(reference(spec, name) for name in state_structs(spec, given)),
        requests=account_classes.requests(spec, given),
        account_class=account_classes.account(spec),
        async_account_class=account_classes.async_account(spec),
        docstring=account_classes.method_docstring(spec, given, event),
        conformance=api_conformance.conformance(spec, given),
        methods=api_reference.methods(spec, given),
        results=api_reference.results(spec, given, structs),
        checked=given.source["checked"],
        typecheck=api_typechecks.typecheck(spec, given),
    )


def state_structs(spec: Spec, given: Api) -> tuple[str, str, str]:
    """Return the structs of an account, of one of its balances, and of an order."""
    state = given.state
    account = given.methods[state.balances["method"]].result
    balance = field_of(spec, account, state.balances["list"]).type
    return account, balance, given.methods[state.orders["method"]].result


def basic_type(parameter: api_model.Parameter) -> str:
    """Return what a parameter is, if its words do not matter."""
    return parameter.type if parameter.type in api_model.BASIC_TYPES else "text"


def _method(spec: Spec, method: Method) -> Source:
    result = f"list[{method.result}]" if method.is_list else method.result
    return call(
        "ApiMethod",
        name=method.name,
        summary=method.summary,
        source=account_classes.method_source(spec, method),
        security=method.security,
        is_session_only=method.is_session_only or None,
        is_by_client=method.is_by_client or None,
        parameters=tuple(
            call(
                "ApiParameter",
                parameter.name,
                basic_type(parameter),
                is_required=parameter.is_required or None,
                values=words_of(spec, parameter) or None,
            )
            for parameter in method.parameters.values()
        ),
        weights=tuple(
            call(
                "ApiWeight",
                rule.weight,
                given=rule.given or None,
                at_most=rule.at_most or None,
                per=rule.per or None,
            )
            for rule in method.weights
        ),
        # Without the number type, which a client sets.
        result=Source(result) if result else None,
    )


def _error(error: api_model.Error) -> Source:
    return call("ApiError", error.code, error.messages, error.remedy, advice=error.advice or None)


def _account(spec: Spec, given: Api, structs: dict[str, model.Struct]) -> model.Stream:
    attributes = {
        name: tuple(field_of(spec, name, key).name for key in keys)
        for name, keys in given.identity.items()
    }
    return msgspec.structs.replace(
        build_streams.stream(spec, given.account, structs),
        sequence=call("Identified", attributes),
        sequence_prose="nothing shows whether events are missing",
    )


def field_of(spec: Spec, struct: str, key: str) -> Field:
    """Return a struct's field by its key."""
    return next(field for field in spec.structs[struct].kept if field.key == key)


def _state(spec: Spec, given: Api) -> Source:
    def name(struct: str, key: str) -> str:
        return field_of(spec, struct, key).name

    state = given.state
    balances, orders, position = state.balances, state.orders, state.position
    account, balance, order = state_structs(spec, given)
    deltas = [f"{event}: {literal(name(event, key))}" for event, key in state.deltas.items()]
    return call(
        "AccountRules",
        balances_method=balances["method"],
        orders_method=orders["method"],
        balances=name(account, balances["list"]),
        update_time=name(account, balances["time"]),
        asset=name(balance, balances["asset"]),
        order_id=tuple(name(order, key) for key in orders["id"]),
        open=_set(orders["open"]),
        closed=_set(orders["closed"]),
        status=name(order, orders["status"]),
        order_time=name(order, orders["time"]),
        position_event=Source(position["event"]),
        position_balances=name(position["event"], position["list"]),
        position_time=name(position["event"], position["time"]),
        balance_of=Source(_BALANCE_OF),
        report_event=Source(state.report),
        order_of=Source(_ORDER_OF),
        delta_events=Source(f"{{{', '.join(deltas)}}}"),
    )


def _set(words: list[str]) -> Source:
    return Source(f"frozenset({{{', '.join(map(literal, words))}}})")


def _conversions(spec: Spec, given: Api) -> tuple[model.Conversion, ...]:
    state = given.state
    _, balance, order = state_structs(spec, given)
    held = field_of(spec, state.position["event"], state.position["list"]).type
    return (
        _conversion(
            spec, _BALANCE_OF, held, balance, state.balance_of, "a balance of an event has it"
        ),
        _conversion(
            spec, _ORDER_OF, state.report, order, state.order_of, "an order is after the report"
        ),
    )


def _conversion(
    spec: Spec, name: str, event: str, result: str, keys: dict[str, str], how: str
) -> model.Conversion:
    values = {
        field_of(spec, result, key).name: Source(f"event.{field_of(spec, event, given).name}")
        for key, given in keys.items()
    }
    return model.Conversion(
        name=name,
        row=reference(spec, event),
        event=reference(spec, result),
        docstring=f"Return ``{result}`` as {how}.",
        expression=call(result, **values),
    )
