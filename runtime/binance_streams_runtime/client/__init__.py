"""What the front ends share: options, statistics, the log."""
