"""The way of a message, from its bytes to whoever takes the event."""
