"""Generates the client from the spec: ``python -m codegen``."""
