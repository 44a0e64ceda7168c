"""The checked spec as a model, from which templates only have to print."""
