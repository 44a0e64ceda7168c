"""What generated packages offer of windows of candles; see ``generated_api``.

Apart from it, as few programs have windows.
"""

from binance_streams_runtime.sync.candle_window import CandleWindow

__all__ = ["CandleWindow"]
