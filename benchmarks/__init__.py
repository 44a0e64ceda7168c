"""Measures binance-streams beside the clients that people use: `make bench`."""
