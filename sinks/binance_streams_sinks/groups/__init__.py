"""Collectors that share the work, by a key-value bucket of NATS JetStream."""
