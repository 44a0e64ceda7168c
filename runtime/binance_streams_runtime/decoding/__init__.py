"""Payloads to structs."""
