"""Decoding payloads into structs."""
