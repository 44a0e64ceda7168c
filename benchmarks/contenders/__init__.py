"""One module a library; each is run in a process of its own by ``benchmarks.contend``."""
