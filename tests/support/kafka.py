"""Kafka as librdkafka's own test double has it: brokers in this process that speak the protocol."""

from __future__ import annotations

from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

from tests.support.limits import LIMIT


class Stored(NamedTuple):
    """A message as a consumer gets it."""

    topic: str
    partition: int
    key: str
    value: bytes
    headers: dict[str, str]


class Brokers:
    """Brokers that end with this object."""

    def __init__(self, count: int) -> None:
        settings = {"test.mock.num.brokers": str(count), "log_level": 0}
        self._owner = Producer(settings)
        brokers = self._owner.list_topics(timeout=LIMIT).brokers.values()
        self.hosts = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)

    @property
    def url(self) -> str:
        return f"kafka://{self.hosts}"

    def read(self, topic: str, count: int) -> list[Stored]:
        """Read the first messages of a topic, each partition in its order."""
        partitions = self._owner.list_topics(topic, LIMIT).topics[topic].partitions
        settings: dict[str, Any] = {"bootstrap.servers": self.hosts, "group.id": "tests"}
        consumer = Consumer(settings | {"fetch.wait.max.ms": 1, "log_level": 0})
        try:
            consumer.assign([TopicPartition(topic, at, 0) for at in partitions])
            found: list[Stored] = []
            while len(found) < count:
                came = consumer.consume(count - len(found), LIMIT)
                assert came, f"{topic} has {len(found)} messages, not {count}"
                for message in came:
                    assert message.error() is None, message.error()
                    headers: Any = message.headers() or []
                    found.append(
                        Stored(
                            topic,
                            message.partition() or 0,
                            (message.key() or b"").decode(),
                            message.value() or b"",
                            {name: value.decode() for name, value in headers},
                        )
                    )
            return found
        finally:
            consumer.close()
