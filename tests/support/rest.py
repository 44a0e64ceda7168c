"""Asking a REST API with the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from tests.support.limits import LIMIT


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> Any:
        """The venue's own code of an error."""
        return self.json["code"]


def ask(simulator: Any, target: str, **headers: str) -> Answer:
    """Ask a simulator; an error's status is an answer like others."""
    request = urllib.request.Request(simulator.rest_url + target, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers, refused.read())
