"""``python -m binance_streams``: the command ``binance-streams`` for this market.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

import sys

from binance_streams_cli.main import main

if __name__ == "__main__":
    sys.exit(main(market="binance_streams"))
