"""From decoded messages to queues: routes, sequence trackers, delivery."""
