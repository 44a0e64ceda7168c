"""Checks of a spec: its structure, and its semantics."""
