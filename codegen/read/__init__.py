"""The files of a spec, as data with positions."""
