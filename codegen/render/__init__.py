"""The model through the templates, and into files."""
