"""A local server that behaves like the venue: its protocol, its limits, a consistent market.

    with Simulator(seed=1) as simulator:
        client = Client(simulator.url)

What it serves comes from the generated catalog, so a stream that is added to the spec is served
as well.
"""

try:
    from binance_streams_simulator.accounts.demo import DEMO_API_KEY, DEMO_SECRET
    from binance_streams_simulator.api.handle import SimulatedAccount, SimulatedOrder
    from binance_streams_simulator.api.service import ApiRequestRecord
    from binance_streams_simulator.market import Market
    from binance_streams_simulator.replay import Recording
    from binance_streams_simulator.rest.service import RestCall
    from binance_streams_simulator.settings import LimitOverrides
    from binance_streams_simulator.simulator import Simulator
except ImportError as error:
    # Also of an older version, which lacks parts of it.
    if (error.name or "").partition(".")[0] != "websockets":
        raise
    raise ImportError(
        f"the simulator needs websockets: pip install 'binance-streams[simulator]' ({error})"
    ) from error

__all__ = [
    "DEMO_API_KEY",
    "DEMO_SECRET",
    "ApiRequestRecord",
    "LimitOverrides",
    "Market",
    "Recording",
    "RestCall",
    "SimulatedAccount",
    "SimulatedOrder",
    "Simulator",
]
