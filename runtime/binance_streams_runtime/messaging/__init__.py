"""Messages in a log: their subjects, ids, headers and order, without I/O."""
