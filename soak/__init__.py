"""A long run of the client against a server that misbehaves all the time."""
