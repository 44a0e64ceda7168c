"""Write events to a file as JSON lines, a new file each day, in the venue's own form.

    python examples/record_to_file.py [server [folder]]

A line is ``{"stream":"btcusdt@trade","data":{...}}``; ``decode(data, stream)`` reads it again.
"""

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from binance_streams import Client, encode

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
STREAMS = ("btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms")


def main() -> None:
    """Append to the file of the day until Ctrl-C."""
    # Text keeps every digit as it was sent, and costs the least.
    with Client(SERVER, numbers=str) as client, contextlib.ExitStack() as files:
        for name in STREAMS:
            client.subscribe(name)
        day, file = "", None
        for count, message in enumerate(client, 1):
            today = f"{datetime.now(UTC):%Y-%m-%d}"
            if file is None or today != day:
                day = today
                files.close()
                path = FOLDER / f"binance-{day}.jsonl"
                file = files.enter_context(path.open("ab"))
                print(f"writing to {path}")
            stream = message.stream.encode()
            file.write(b'{"stream":"%b","data":%b}\n' % (stream, encode(message.data)))
            if count % 100 == 0:
                print(f"{count} events")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
