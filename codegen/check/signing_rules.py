"""Rules of the requests with known signatures."""

from __future__ import annotations

from codegen.read.api_model import Api
from codegen.read.problems import listed, shown


def check_signing(api: Api) -> None:
    """Check that each is of a method and a key, and what is signed of its parameters."""
    seen: set[str] = set()
    for example in api.signed:
        place = example.place
        if example.id in seen:
            place.problem(f"id: two examples are called {example.id}", "id", at_value=True)
        seen.add(example.id)
        if example.key not in api.keys:
            message = f"key: got {shown(example.key)}; allowed: {listed(api.keys)}"
            place.problem(message, "key", at_value=True)
        if example.method not in api.methods:
            message = f"method: there is no method {shown(example.method)}"
            place.problem(message, "method", at_value=True)
            continue
        known = [*api.methods[example.method].parameters, "recvWindow"]
        for name in example.params:
            if name not in known:
                message = f"there is no parameter {shown(name)}; declared: {listed(known)}"
                place.problem(message, "params", name)
        pairs = {**example.params, "timestamp": example.timestamp}
        signed = "&".join(f"{name}={pairs[name]}" for name in sorted(pairs))
        if signed != example.signed:
            message = f"signed: the parameters give {shown(signed, 200)}"
            place.problem(message, "signed", at_value=True)
    used = {example.key for example in api.signed}
    for name, key in api.keys.items():
        if name not in used:
            key.place.problem(f"the key {name} is in no example")
