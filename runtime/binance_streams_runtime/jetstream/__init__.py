"""The log of a NATS JetStream server as the server of a client."""
