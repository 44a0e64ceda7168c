"""Bytes and text of the venue's protocol: frames, requests, replies; no socket."""
