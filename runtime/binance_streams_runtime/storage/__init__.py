"""Recordings on disk: the thread that writes them, and what finds, reads and repairs them."""
