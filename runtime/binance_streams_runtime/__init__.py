"""The hand-written runtime under the generated client. Import ``binance_streams`` instead."""
