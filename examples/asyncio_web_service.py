"""A web service that knows the newest prices: its client lives as long as the application.

    python examples/asyncio_web_service.py [server] [port]

Needs a framework and its server: ``pip install starlette uvicorn``. FastAPI takes the same
``lifespan``. Then ask it: ``curl http://127.0.0.1:8000/prices/BTCUSDT``.
"""

import contextlib
import sys
from collections.abc import AsyncGenerator
from decimal import Decimal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from binance_streams import AsyncClient, MiniTicker

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8000
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT")

prices: dict[str, Decimal] = {}


def on_ticker(ticker: MiniTicker[Decimal]) -> None:
    """Keep the newest price. The loop calls it, so requests need no lock."""
    prices[ticker.symbol] = ticker.close


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
    """Run the client from the start of the application to its end."""
    async with AsyncClient(SERVER) as client:
        for symbol in SYMBOLS:
            client.mini_ticker(symbol, on_event=on_ticker)
        yield


async def price(request: Request) -> JSONResponse:
    """Answer at once, with what is known."""
    symbol = request.path_params["symbol"].upper()
    if symbol not in prices:
        return JSONResponse({"error": f"no price of {symbol} yet"}, status_code=404)
    return JSONResponse({"symbol": symbol, "price": str(prices[symbol])})


app = Starlette(routes=[Route("/prices/{symbol}", price)], lifespan=lifespan)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(app, host="127.0.0.1", port=PORT)
