"""What users hold: the client, its subscriptions, and the machine under them."""
