"""Renders the model, and writes it to files."""
