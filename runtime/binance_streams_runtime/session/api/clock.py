"""The server's time, as one connection knows it."""

from __future__ import annotations

# Seconds after which it is asked for anew: clocks of computers drift apart by some ten millionths.
_MAX_AGE = 600.0


class ServerClock:
    """What must be added to the monotonic clock for the server's Unix time."""

    def __init__(self) -> None:
        self.offset: float | None = None
        """In seconds; None if the server's time is unknown yet."""
        self.is_trusted = False
        """Whether requests may be signed with it."""
        self.uncertainty = 0.0
        """Seconds by which ``offset`` may be wrong."""
        self.ask_at = 0.0
        """When to ask for the server's time."""

    def set(self, sent_at: float, now: float, server_time: float) -> None:
        """Take the server's time from an answer to a request of ``sent_at``."""
        # The server read its clock at some moment between the two; the middle is nearest to all.
        self.offset = server_time - (sent_at + now) / 2
        self.uncertainty = (now - sent_at) / 2
        self.is_trusted = True
        self.ask_at = now + _MAX_AGE

    def distrust(self) -> None:
        """Ask for the server's time before anything else is signed: it refused a timestamp."""
        self.is_trusted = False
        self.ask_at = 0.0

    def ask_later(self, at: float) -> None:
        """Ask again at a time, as the server did not say."""
        self.ask_at = at
