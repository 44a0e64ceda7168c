"""The sockets, and the thread that does what the core decides."""
