"""Comparing binance-streams with other clients: `make bench`."""
