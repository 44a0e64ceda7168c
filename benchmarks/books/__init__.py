"""What keeping an order book costs: one update applied, and the best levels read."""
