"""Accounts: who owns them, what they hold, and their orders in the simulated market."""
