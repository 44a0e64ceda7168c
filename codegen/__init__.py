"""Generate clients from specs: ``python -m codegen``."""
