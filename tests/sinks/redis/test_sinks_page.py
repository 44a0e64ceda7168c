"""Every Python block of the page about sinks runs, against real logs."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from itertools import repeat
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from confluent_kafka import Consumer, Message, TopicPartition

import binance_streams
from binance_streams_sinks import SinkOptions, make_sink
from binance_streams_sinks.publishing.publisher import Publisher
from tests.project.paths import ROOT
from tests.support.kafka import Brokers
from tests.support.limits import LIMIT, MS
from tests.support.loops import run
from tests.support.published import message
from tests.support.redis_server import RedisServer

PAGE = (ROOT / "docs" / "sinks.md").read_text(encoding="utf-8")
(READ, CONSUME), (COMPARE,), (SELECT,), (SQLITE,) = (
    re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)
    if "```python" in section
)

TRADE = b'{"e":"trade","E":1,"s":"BTCUSDT","t":%d,"p":"0.10","q":"2","T":1,"m":true,"M":true}'


def publish(url: str, *collectors: tuple[int, ...]) -> None:
    """Publish trades with these ids to a log, by one collector after the other."""

    async def publish_all() -> None:
        for number, ids in enumerate(collectors):
            sink = make_sink(url, SinkOptions(catalog=binance_streams.CATALOG))
            publisher = Publisher(sink, backoff=lambda: repeat(MS))
            publisher.start()
            messages = [message(one) for one in ids]
            for one, made in zip(ids, messages, strict=True):
                made.payload, made.collector = TRADE % one, f"collector-{number}"
            publisher.submit(messages)
            assert await publisher.flush(LIMIT)
            assert await publisher.close() == []

    run(publish_all)


def printed(block: str, capsys: pytest.CaptureFixture[str], **names: Any) -> list[str]:
    exec(compile(block, "sinks.md", "exec"), {"__name__": "sinks", **names})
    return capsys.readouterr().out.splitlines()


def test_redis_is_read(redis_server: RedisServer, capsys: pytest.CaptureFixture[str]) -> None:
    publish(redis_server.url, (1, 2), (2, 3))
    read, consume = (
        printed(block.replace("redis://localhost:6379", redis_server.url), capsys)
        for block in (READ, CONSUME)
    )
    assert [line.split()[2:] for line in read] == [["1", "0.10"], ["2", "0.10"], ["3", "0.10"]]
    assert [line.split()[0] for line in consume] == [f"btcusdt@trade:{one}" for one in (1, 2, 3)]
    with redis_server.connect() as client:
        (group,) = client.xinfo_groups("binance.spot.trade.BTCUSDT")
    assert group["pending"] == 0


class ShortConsumer:
    """A consumer of no group, which says after four messages that there is no more."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._consumer = Consumer(settings | {"fetch.wait.max.ms": 1})
        self._left = 4

    def subscribe(self, topics: list[str]) -> None:
        (topic,) = topics
        partitions = self._consumer.list_topics(topic, LIMIT).topics[topic].partitions
        self._consumer.assign([TopicPartition(topic, at, 0) for at in partitions])

    def poll(self, _: float) -> Message | None:
        self._left -= 1
        return self._consumer.poll(LIMIT) if self._left >= 0 else None

    def close(self) -> None:
        self._consumer.close()


def test_kafka_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    brokers = Brokers(1)
    publish(brokers.url, (1, 2), (2, 3))
    monkeypatch.setattr(confluent_kafka, "Consumer", ShortConsumer)
    lines = printed(COMPARE.replace("localhost:9092", brokers.hosts), capsys)
    assert lines == [f"b'BTCUSDT' {one} 0.10" for one in (1, 2, 3)]


def test_parquet_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(f"parquet:{tmp_path}/log", (1, 2), (2, 3))
    monkeypatch.chdir(tmp_path)
    text = "\n".join(printed(SELECT, capsys))
    # Four rows of two collectors, three of them different.
    assert re.search(r"│ +4 │ +0\.8", text)
    assert re.search(r"3 rows", text)


def test_the_sink_of_the_page_is_found_and_has_each_message_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed as the page says: by an entry point of its package."""
    (declared,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    ((scheme, path),) = tomllib.loads(declared)["project"]["entry-points"][
        "binance_streams.sinks"
    ].items()
    package, _, module = path.partition(":")[0].partition(".")
    (tmp_path / package).mkdir()
    (tmp_path / package / f"{module}.py").write_text(SQLITE, encoding="utf-8")
    about = tmp_path / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[binance_streams.sinks]\n{scheme} = {path}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    database = tmp_path / "trades.db"
    publish(f"{scheme}:{database}", (1, 2), (2, 3), (3, 4))
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT id, collector FROM messages ORDER BY id").fetchall()
    connection.close()
    assert rows == [
        ("btcusdt@trade:1", "collector-0"),
        ("btcusdt@trade:2", "collector-0"),
        ("btcusdt@trade:3", "collector-1"),
        ("btcusdt@trade:4", "collector-2"),
    ]
