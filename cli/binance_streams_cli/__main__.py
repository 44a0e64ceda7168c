"""``python -m binance_streams_cli``: the command ``binance-streams``."""

from __future__ import annotations

import sys

from binance_streams_cli.main import main

if __name__ == "__main__":
    sys.exit(main())
