"""A local copy of an order book that is never wrong without saying so: pure, without a clock."""
