"""``python -m tests.soak.cluster.durable URL FILE STREAM...``: a durable reader to be killed.

It appends a line for each event that it handles; the next run goes on where it was killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from binance_streams import Client, RawMessage
from tests.soak.cluster.order import ids_of


def main() -> None:
    """Read until killed."""
    url, path, *streams = sys.argv[1:]
    with Client(url) as client, Path(path).open("a", encoding="ascii", buffering=1) as file:
        file.write("start\n")
        for name in streams:
            client.raw(name)
        for message in client:
            assert isinstance(message.data, RawMessage)
            first, last = ids_of(message.stream, message.data.data)
            file.write(f"{message.stream} {first} {last}\n")


if __name__ == "__main__":
    main()
