"""Everything that the generated module ``compat`` takes from the runtime; see ``generated_api``."""

from binance_streams_runtime.client.compat import BaseCompatClient
from binance_streams_runtime.client.old_logging import config_logging
from binance_streams_runtime.wire.requests import RequestId

__all__ = ["BaseCompatClient", "RequestId", "config_logging"]
