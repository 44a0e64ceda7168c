"""The WebSocket API: requests of accounts, signed, and the events of accounts."""
