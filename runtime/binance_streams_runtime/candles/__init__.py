"""Windows of candles: the last ones of an interval, begun with history and kept by a stream."""
