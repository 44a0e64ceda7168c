"""What is beyond one process: relays, two connections, collectors, and readers of logs."""
