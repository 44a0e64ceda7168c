"""Collectors, servers and readers of a log on one machine, killed, cut off and started again."""
