"""Driving an engine: sockets, the threads that may do it, and who does it at the moment."""
