"""Collectors: they receive streams, and publish every message to a log."""
