"""Rules of how the state of an account is asked for, and how it follows from the events."""

from __future__ import annotations

from codegen.read.api_model import Api
from codegen.read.problems import listed, near, shown
from codegen.read.spec_model import Field, Spec


def check_state(spec: Spec, api: Api) -> None:
    """Check the state of an API whose other parts have no problem."""
    check = _Check(spec, api)
    state = api.state
    account = check.result("balances", is_list=False)
    order = check.result("orders", is_list=True)
    for word in ("position", "report"):
        event = state.position["event"] if word == "position" else state.report
        check.event(event, word, "event")
    for event, key in state.deltas.items():
        if check.event(event, "deltas", event, is_value=False):
            check.key(event, key, "timestamp", "deltas", event)
    if len(api.place.document.problems) > check.before:
        return
    balance = check.list_of(account, state.balances["list"], "balances", "list")
    held = check.list_of(state.position["event"], state.position["list"], "position", "list")
    check.key(account, state.balances["time"], "timestamp", "balances", "time")
    check.key(state.position["event"], state.position["time"], "timestamp", "position", "time")
    check.key(order, state.orders["time"], "timestamp", "orders", "time")
    for position, key in enumerate(state.orders["id"]):
        check.key(order, key, None, "orders", "id", position)
    status = check.key(order, state.orders["status"], None, "orders", "status")
    if status is not None:
        _check_statuses(spec, api, status)
    if balance and held:
        check.key(balance, state.balances["asset"], "text", "balances", "asset")
        check.mapping("balance_of", balance, state.balance_of, held)
    check.mapping("order_of", order, state.order_of, state.report)


def _check_statuses(spec: Spec, api: Api, status: Field) -> None:
    words = list(spec.enums[status.type].values) if status.type in spec.enums else []
    orders = api.state.orders
    for word in ("open", "closed"):
        for position, value in enumerate(orders[word]):
            if value not in words:
                message = f"got {shown(value)}; allowed: {listed(words)}"
                api.state.place.problem(message, "orders", word, position, at_value=True)
    for value in words:
        count = (value in orders["open"]) + (value in orders["closed"])
        if count != 1:
            message = f"the status {value} must be either open or closed"
            api.state.place.problem(message, "orders", "open")


class _Check:
    """Looks up what the state names, and reports what is not there."""

    def __init__(self, spec: Spec, api: Api) -> None:
        self._spec = spec
        self._api = api
        self._place = api.state.place
        self.before = len(api.place.document.problems)

    def result(self, word: str, is_list: bool) -> str:
        """Return the struct of the result of the method that a part names."""
        name = getattr(self._api.state, word)["method"]
        method = self._api.methods.get(name)
        if method is None or not method.result or method.is_list is not is_list:
            kind = "a list of structs" if is_list else "a struct"
            fit = [
                known.name
                for known in self._api.methods.values()
                if known.result and known.is_list is is_list
            ]
            message = f"method: got {shown(name)}; the result must be {kind}: {listed(fit)}"
            self._place.problem(message, word, "method", at_value=True)
            return ""
        return method.result

    def event(self, name: str, *path: str, is_value: bool = True) -> bool:
        """Check that it is an event of accounts."""
        events = self._api.account.events
        if name not in events:
            message = f"{name} is no event of an account{near(name, events)}"
            self._place.problem(message, *path, at_value=is_value)
        return name in events

    def key(self, struct: str, key: str, type: str | None, *path: str | int) -> Field | None:
        """Return the field of a key; it must have the type, if one is given."""
        fields = {field.key: field for field in self._spec.structs[struct].kept}
        if key in fields and type in (None, fields[key].type) and not fields[key].is_list:
            return fields[key]
        fit = [name for name, field in fields.items() if type in (None, field.type)]
        what = f"no {type} {shown(key)}" if key in fields else f"no key {shown(key)}"
        self._place.problem(f"{struct} has {what}; allowed: {listed(fit)}", *path, at_value=True)
        return None

    def list_of(self, struct: str, key: str, *path: str) -> str:
        """Return the struct of which a key has a list."""
        fields = {field.key: field for field in self._spec.structs[struct].kept}
        field = fields.get(key)
        if field is not None and field.is_list and field.type in self._spec.structs:
            return field.type
        fit = [name for name, item in fields.items() if item.is_list]
        message = f"{struct} has no list of structs {shown(key)}; allowed: {listed(fit)}"
        self._place.problem(message, *path, at_value=True)
        return ""

    def mapping(self, word: str, result: str, keys: dict[str, str], event: str) -> None:
        """Check that an event has what the struct of a result needs, with the same types."""
        fields = {field.key: field for field in self._spec.structs[result].kept}
        given = {field.key: field for field in self._spec.structs[event].kept}
        for key, source in keys.items():
            if key not in fields:
                message = f"{result} has no key {shown(key)}; allowed: {listed(fields)}"
                self._place.problem(message, word, key)
            elif source not in given:
                message = f"{event} has no key {shown(source)}; allowed: {listed(given)}"
                self._place.problem(message, word, key, at_value=True)
            else:
                message = _difference(fields[key], given[source])
                if message:
                    self._place.problem(f"{key}: {message}", word, key, at_value=True)
        for key, field in fields.items():
            if not field.optional and key not in keys:
                message = f"nothing says what {key} of {result} is: no key of {event}"
                self._place.problem(message, word)


def _difference(field: Field, source: Field) -> str:
    """Return why a field cannot have the value of another one, or an empty text."""
    if (field.type, field.is_list) != (source.type, source.is_list):
        return f"its type is {field.type}, that of {source.key} is {source.type}"
    if source.optional and not field.optional:
        return f"{source.key} is optional, so it must be optional, too"
    if source.nullable and not (field.nullable or field.optional):
        return f"{source.key} may be null, so it must be nullable, too"
    return ""
