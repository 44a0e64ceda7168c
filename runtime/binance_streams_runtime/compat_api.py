"""What the generated module ``compat`` imports from the runtime; see ``generated_api``."""

from binance_streams_runtime.compat.client import BaseCompatClient
from binance_streams_runtime.compat.logs import config_logging
from binance_streams_runtime.protocol.requests import RequestId

__all__ = ["BaseCompatClient", "RequestId", "config_logging"]
