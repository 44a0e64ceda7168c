"""Desired and confirmed subscriptions, and the connections that carry them."""
