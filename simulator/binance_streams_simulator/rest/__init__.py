"""The REST API: snapshots of books, and what fills gaps, with request weights and faults."""
