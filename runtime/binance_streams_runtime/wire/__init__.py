"""What goes over a connection, as bytes and texts: frames, requests, replies."""
