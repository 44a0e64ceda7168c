"""What the spec declares about the WebSocket API: methods, errors, and the events of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codegen.read import spec_model
from codegen.read.place import Place
from codegen.read.spec_model import Spec, Stream
from codegen.read.yaml_source import Document

ACCOUNT = "account"
"""The key of the events of accounts, where streams have theirs."""
BASIC_TYPES = ("text", "decimal", "int", "bool", "list")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method."""

    name: str
    place: Place
    type: str
    is_required: bool
    values: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Weight:
    """The weight of requests that match."""

    place: Place
    weight: int
    given: tuple[str, ...]
    at_most: dict[str, int]
    per: str


@dataclass(frozen=True)
class MethodExample:
    """A request and its answer."""

    id: str
    place: Place
    params: dict[str, Any]
    payload: Any


@dataclass(frozen=True)
class Method:
    """A method."""

    name: str
    place: Place
    summary: str
    anchor: str
    security: str
    is_session_only: bool
    is_by_client: bool
    weights: tuple[Weight, ...]
    parameters: dict[str, Parameter]
    required: tuple[str, ...]
    result: str
    is_list: bool
    examples: tuple[MethodExample, ...]

    @property
    def structs(self) -> tuple[str, ...]:
        """The struct of its result, if it has one."""
        return (self.result,) if self.result else ()


@dataclass(frozen=True)
class Error:
    """An error code."""

    code: int
    place: Place
    remedy: str
    advice: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """How the state of an account is asked for, and follows from the events: keys."""

    place: Place
    balances: dict[str, str]
    orders: dict[str, Any]
    position: dict[str, str]
    balance_of: dict[str, str]
    report: str
    order_of: dict[str, str]
    deltas: dict[str, str]
    """Events, each with the key of its time."""


@dataclass(frozen=True)
class Key:
    """A published key, which signs examples."""

    place: Place
    algorithm: str
    """``Hmac`` or ``Ed25519``."""
    api_key: str
    secret: str
    """The secret, or the body of a PEM."""


@dataclass(frozen=True)
class SignedExample:
    """A request with a known signature."""

    id: str
    place: Place
    key: str
    method: str
    params: dict[str, Any]
    timestamp: int
    signed: str
    """What is signed, behind the API key."""
    signature: str


@dataclass(frozen=True)
class Api:
    """The whole API."""

    place: Place
    source: dict[str, str]
    path: str
    shutdown_event: str
    limits: dict[str, int]
    methods: dict[str, Method]
    errors: dict[int, Error]
    account: Stream
    identity: dict[str, tuple[str, ...]]
    state: State
    keys: dict[str, Key]
    signed: tuple[SignedExample, ...]
    structs: dict[str, spec_model.Struct]


def read_api(document: Document) -> Api | None:
    """Return the API that a market's file declares, or None if there is no such file."""
    data = document.data
    if not data:
        return None
    return Api(
        place=Place(document, ()),
        source=data["source"],
        path=data["path"],
        shutdown_event=data["shutdown_event"],
        limits=data["limits"],
        methods={name: _method(document, name, given) for name, given in data["methods"].items()},
        errors={
            code: Error(
                code,
                Place(document, ("errors", str(code))),
                given["remedy"],
                given.get("advice", ""),
                tuple(given["messages"]),
            )
            for code, given in data["errors"].items()
        },
        account=_account(document, data["account"]),
        identity={name: tuple(keys) for name, keys in data["account"]["identity"].items()},
        state=_state(document, data["state"]),
        keys=_keys(document, data.get("signing", {}).get("keys", {})),
        signed=_signed(document, data.get("signing", {}).get("examples", [])),
        structs=spec_model.read_structs(document),
    )


def _keys(document: Document, given: dict[str, Any]) -> dict[str, Key]:
    return {
        name: Key(Place(document, ("signing", "keys", name)), **key) for name, key in given.items()
    }


def _signed(document: Document, given: list[dict[str, Any]]) -> tuple[SignedExample, ...]:
    return tuple(
        SignedExample(
            id=example["id"],
            place=Place(document, ("signing", "examples", number)),
            key=example["key"],
            method=example["method"],
            params=example.get("params", {}),
            timestamp=example["timestamp"],
            signed=example["signed"],
            signature=example["signature"],
        )
        for number, example in enumerate(given)
    )


def event_streams(spec: Spec) -> list[Stream]:
    """Return all streams, and the events of accounts as if they were one."""
    return [*spec.streams, *([spec.api.account] if spec.api is not None else [])]


def words_of(spec: Spec, parameter: Parameter) -> tuple[str, ...]:
    """Return the only texts that a parameter may be, or none if there are others."""
    if parameter.type in spec.enums:
        return tuple(spec.enums[parameter.type].values)
    if parameter.type in spec.choices:
        return tuple(map(str, spec.choices[parameter.type].written))
    return parameter.values


def _method(document: Document, name: str, given: dict[str, Any]) -> Method:
    place = Place(document, ("methods", name))
    weight, result = given["weight"], given.get("result", "")
    required = given.get("required", [])
    rules = [{"weight": weight}] if isinstance(weight, int) else weight
    return Method(
        name=name,
        place=place,
        summary=given["summary"],
        anchor=given["anchor"],
        security=given["security"],
        is_session_only=given.get("session_only", False),
        is_by_client=given.get("by_client", False),
        weights=tuple(
            Weight(
                Place(document, (*place.path, "weight", number)),
                rule["weight"],
                tuple(rule.get("with", ())),
                rule.get("at_most", {}),
                rule.get("per", ""),
            )
            for number, rule in enumerate(rules)
        ),
        parameters={
            word: _parameter(document, place, word, about, word in required)
            for word, about in given.get("parameters", {}).items()
        },
        required=tuple(required),
        result=result["list"] if isinstance(result, dict) else result,
        is_list=isinstance(result, dict),
        examples=tuple(
            MethodExample(
                example["id"],
                Place(document, (*place.path, "examples", number)),
                example.get("params", {}),
                example["payload"],
            )
            for number, example in enumerate(given.get("examples", ()))
        ),
    )


def _parameter(
    document: Document, method: Place, name: str, given: str | dict[str, Any], is_required: bool
) -> Parameter:
    about: dict[str, Any] = {"type": given} if isinstance(given, str) else given
    return Parameter(
        name=name,
        place=Place(document, (*method.path, "parameters", name)),
        type=about.get("type", "text"),
        is_required=is_required,
        values=tuple(about.get("values", ())),
        description=about.get("description", ""),
    )


def _account(document: Document, given: dict[str, Any]) -> Stream:
    return Stream(
        key=ACCOUNT,
        place=Place(document, ("account",)),
        title=given["title"],
        summary=given["summary"],
        source=given["source"],
        lifecycle={},
        category=ACCOUNT,
        method=ACCOUNT,
        name="",
        parameters={},
        update_speed="real-time",
        sequence={},
        events=tuple(given["events"]),
        is_array=False,
        is_state=False,
        structs={},
        examples=tuple(
            spec_model.Example(
                example["id"],
                Place(document, ("account", "examples", number)),
                "",
                {},
                example["payload"],
            )
            for number, example in enumerate(given["examples"])
        ),
        backfill=None,
    )


def _state(document: Document, given: dict[str, Any]) -> State:
    return State(
        place=Place(document, ("state",)),
        balances=given["balances"],
        orders=given["orders"],
        position=given["position"],
        balance_of=given["balance_of"],
        report=given["report"]["event"],
        order_of=given["order_of"],
        deltas=given["deltas"],
    )
