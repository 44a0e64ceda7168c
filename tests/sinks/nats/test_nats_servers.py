"""The servers that tests use are real, keep what they acknowledged, and leave nothing behind."""

from __future__ import annotations

from typing import Any

from tests.support.limits import LIMIT
from tests.support.nats_cluster import NatsCluster
from tests.support.nats_server import NatsServer


async def _publish(connection: Any, replicas: int = 1) -> None:
    jetstream = connection.jetstream(timeout=LIMIT)
    await jetstream.add_stream(name="log", subjects=["log.>"], num_replicas=replicas)
    for number in (1, 2, 2, 3):
        await jetstream.publish(f"log.{number}", b"x", headers={"Nats-Msg-Id": str(number)})


def test_a_killed_server_comes_back_with_what_it_acknowledged(own_nats_server: NatsServer) -> None:
    own_nats_server.run(_publish)
    own_nats_server.restart(kill=True)
    stored = own_nats_server.messages("log.>")
    assert [message.subject for message in stored] == ["log.1", "log.2", "log.3"]
    assert [message.headers["Nats-Msg-Id"] for message in stored] == ["1", "2", "3"]
    assert own_nats_server.messages("other.>") == []


def test_what_a_test_has_stored_does_not_reach_the_next(nats_server: NatsServer) -> None:
    nats_server.run(_publish)
    nats_server.delete_streams()
    assert nats_server.messages(">") == []


def test_a_cluster_goes_on_without_one_of_its_servers(nats_cluster: NatsCluster) -> None:
    nats_cluster.run(lambda connection: _publish(connection, replicas=3))
    leaders = {nats_cluster.meta_leader(), nats_cluster.leader("log")}
    follower = next(server for server in nats_cluster.servers if server not in leaders)
    follower.kill()
    assert len(nats_cluster.messages("log.>")) == 3
    assert not nats_cluster.is_ready()
