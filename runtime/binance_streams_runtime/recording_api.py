"""What generated code imports of recordings; see ``generated_api``.

Apart from it, so that programs that read no recordings do not import what they need.
"""

from binance_streams_runtime.client.recording import RecordingStats
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.storage.events import Moment, OnError, RecordingReader
from binance_streams_runtime.storage.info import RecordingInfo, recording_info
from binance_streams_runtime.storage.repair import Repair, repair
from binance_streams_runtime.sync.recording import Recording

__all__ = [
    "Moment",
    "OnError",
    "Recorded",
    "Recording",
    "RecordingInfo",
    "RecordingReader",
    "RecordingStats",
    "Repair",
    "recording_info",
    "repair",
]
