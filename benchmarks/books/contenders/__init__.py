"""Order books, each used as its users use it."""
