"""Alerts for lost data, and a figure that is only shown if nothing is missing.

    python examples/gap_alerts.py [server]

The client reconnects by itself, but it cannot recover what was sent meanwhile. So it reports what
is missing: at once to ``on_notice``, and in its place among the events in ``with_notices()``.
"""

import contextlib
import sys

from binance_streams import Client, Disconnected, Dropped, Gap, Notice, Resubscribed, Stale

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
MAX_IDLE = 60  # seconds


def alert(notice: Notice) -> None:
    """Notify a pager or a chat. Called in the client's callback thread."""
    match notice:
        case Disconnected(reason=reason, retry_in=seconds):
            print(f"ALERT connection lost ({reason}), next attempt in {seconds} s")
        case Resubscribed(streams=streams, seconds=seconds):
            print(f"ALERT {len(streams)} streams back after {seconds:.1f} s")
        case Gap(stream=stream, missing=missing, reason=reason):
            print(f"ALERT {stream}: {missing or 'unknown'} events missing: {reason}")
        case Stale() | Dropped():
            print(f"ALERT {notice}")
        case _:
            pass


def main() -> None:
    """Print the average price of all trades since the last gap."""
    with Client(SERVER, on_notice=alert) as client:
        count, quantity, turnover = 0, 0.0, 0.0
        for item in client.trade(SYMBOL, max_idle=MAX_IDLE).with_notices():
            if isinstance(item, Gap):
                print("trades are missing: the average starts over")
                count, quantity, turnover = 0, 0.0, 0.0
            elif not isinstance(item, Notice):
                count += 1
                quantity += float(item.quantity)
                turnover += float(item.quantity * item.price)
                print(f"average of {count} trades without a gap: {turnover / quantity:.4f}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
