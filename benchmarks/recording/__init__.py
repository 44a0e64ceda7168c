"""Recordings: what it costs to make them, and what they are good for."""
