"""One module per library; ``benchmarks.contend`` runs each in a process of its own."""
