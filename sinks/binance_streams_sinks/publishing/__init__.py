"""Publishing messages to a log: what a log must offer, and what keeps them until it has them."""
