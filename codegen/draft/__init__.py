"""Drafts the YAML of a stream from messages of it, for a person to complete."""
