"""What the spec describes, as data: streams, parameters, the venue's rules."""
