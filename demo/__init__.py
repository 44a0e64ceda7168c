"""Every stream of the catalog at once, as a table that lives: ``python -m demo``."""
