"""Accounts and requests on connections to the WebSocket API."""
