"""Metrics of a client, for Prometheus and OpenTelemetry: one table of names and labels."""
