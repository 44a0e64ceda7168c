"""The state of an account as it follows from answers and events: pure, without a clock."""
