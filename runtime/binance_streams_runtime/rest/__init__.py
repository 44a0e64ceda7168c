"""REST requests: the request weight that is left, and the thread that sends them."""
