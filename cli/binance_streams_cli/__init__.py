"""The command ``binance-streams``: what the client can do, from a shell."""
