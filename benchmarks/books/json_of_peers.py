"""What peers decode JSON with: orjson if it is there, as all of them do."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable
from typing import Any

loads: Callable[[str], Any] = json.loads
if importlib.util.find_spec("orjson") is not None:
    loads = importlib.import_module("orjson").loads
