"""Serves the streams of a server to many clients, on the protocol of the venue."""
