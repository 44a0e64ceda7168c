"""Mistakes that type checkers must see in programs of a client. Never run.

What follows a line ``# mistake: ...`` must be an error, and nothing else.
"""

from decimal import Decimal

from binance_streams import AggTrade, AnyEvent, Client, Message, ServerName, decode


def take_trade(message: Message[AggTrade[Decimal]]) -> None: ...


def take_exact(message: Message[AnyEvent[Decimal]]) -> None: ...


# mistake: a server is a text
Client(443)
# mistake: no number type
Client(numbers=bytes)
# mistake: no number type
Client(numbers="float")
# mistake: an option is named
Client("testnet", float)
# mistake: no such option (unseen by ty)
Client(max_size=10)
# mistake: no such unit
Client(time_unit="second")
# mistake: no such policy
Client(overflow="newest")
# mistake: no text
Client(connect_timeout="10 s")
# mistake: a callback that takes one kind of event only
Client(on_event=take_trade)
# mistake: a callback of another number type
Client(numbers=float, on_event=take_exact)
# mistake: a callback that takes nothing
Client(on_notice=lambda: None)
# mistake: another number type
floats: Client[float] = Client()
# mistake: no such server
name: ServerName = "prodution"

client = Client()
# mistake: no such method
client.aggtrade("btcusdt")
# mistake: a raw name is a text
client.subscribe(["btcusdt@trade"])
# mistake: it needs a stream's name
client.unsubscribe()
# mistake: a property is true or false
client.set_property("combined", "true")

for message in client:
    # mistake: not every event has a price
    print(message.data.price)
    if isinstance(message.data, AggTrade):
        # mistake: exact numbers and floats do not mix
        print(message.data.price + 1.5)
        # mistake: events do not change
        message.data.symbol = "ETHUSDT"

# mistake: no type of event
decode(b"", Decimal)
# mistake: no number type
decode(b"", "btcusdt@trade", numbers=bytes)
# mistake: no text or bytes
decode({"e": "trade"}, AggTrade)
