"""Signing keys, and the threads that sign the requests of accounts."""
