"""Users that sign with keys of their own, as the file of ``creds=`` has them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from binance_streams import Notice
from binance_streams_sinks.publishing.engines import make_sink
from binance_streams_sinks.publishing.publisher import Publisher
from binance_streams_sinks.publishing.sink import SinkError
from tests.support.clients import Connect
from tests.support.limits import LIMIT
from tests.support.log_writer import trade
from tests.support.nats_credentials import signed_access
from tests.support.nats_server import MISSING, NatsServer, nats_server_program
from tests.support.published import message
from tests.support.reasons import wait_for_reason

pytest.importorskip("nkeys")


@pytest.fixture(scope="module")
def signed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The URL of a server that knows one user, and a folder with the files of it and of another."""
    if nats_server_program() is None:
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("signed")
    settings, file = signed_access()
    (folder / "known +1.creds").write_text(file, encoding="ascii")
    (folder / "stranger.creds").write_text(signed_access()[1], encoding="ascii")
    with NatsServer(folder / "nats", settings=settings) as server:
        yield server.url, folder


def publish_trade(url: str) -> None:
    """Publish one trade, as a collector does."""

    async def work() -> None:
        publisher = Publisher(make_sink(url))
        publisher.start()
        publisher.submit([msgspec.structs.replace(message(7), payload=trade(7))])
        assert await publisher.flush(LIMIT)
        await publisher.close()

    asyncio.run(asyncio.wait_for(work(), LIMIT))


def test_a_collector_and_a_reader_use_it(signed_server: tuple[str, Path], connect: Connect) -> None:
    url, folder = signed_server
    creds = f"creds={folder}/known +1.creds"
    publish_trade(f"{url}?{creds}")
    assert connect(f"{url}?from=all&{creds}").trade("btcusdt").get(LIMIT).trade_id == 7


def test_a_user_of_somebody_else_is_refused_and_not_shown(
    signed_server: tuple[str, Path], connect: Connect
) -> None:
    url, folder = signed_server
    creds = f"creds={folder}/stranger.creds"
    seed = (folder / "stranger.creds").read_text(encoding="ascii").split()[-5]
    assert seed.startswith("SU")
    notices: list[Notice] = []
    trades = connect(f"{url}?{creds}", on_notice=notices.append).trade("btcusdt")
    wait_for_reason(trades, "the server refused the credentials")
    with pytest.raises(SinkError, match="Authorization") as caught:
        asyncio.run(make_sink(f"{url}?{creds}").open())
    assert caught.value.is_final
    assert seed not in f"{notices} {caught.value}"


def test_the_package_that_is_missing_is_named(
    signed_server: tuple[str, Path], connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nkeys", None)
    url, folder = signed_server
    creds = f"creds={folder}/known +1.creds"
    wait_for_reason(connect(f"{url}?{creds}").trade("btcusdt"), "pip install nkeys")
    with pytest.raises(SinkError, match="pip install nkeys") as caught:
        asyncio.run(make_sink(f"{url}?{creds}").open())
    assert caught.value.is_final
