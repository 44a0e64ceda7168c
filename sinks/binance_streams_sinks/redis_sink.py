"""Messages in Redis Streams: a stream a subject, with the ids of the last minutes beside it.

A script adds a message only if its id is not among those, in one step, so several collectors may
publish the same. An id and its message are written to the disk, or to a replica, together.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Collection
from typing import Any

import redis.asyncio
from redis import exceptions as errors
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from binance_streams_runtime.errors import ParameterError
from binance_streams_sinks.publishing.address import Address
from binance_streams_sinks.publishing.sink import Failure, Published, Receipt, Sink, SinkError
from binance_streams_sinks.publishing.sink import SinkOptions as Options

TIMEOUT = 10.0
"""Seconds without an answer after which the connection is given up."""

_OLDEST = (6, 2)
"""The first version that trims streams by age."""

_FINAL = ("DB index is out of range", "unknown command")

_PARAMETERS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")

# XLEN first: if the key is something else, that is an error before anything is written. The first
# command that needs memory is ZADD; if there is none, it refuses, and nothing has been written.
_SCRIPT = """
redis.call('XLEN', KEYS[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local added = 0
for at = 3, #ARGV, 4 do
  if redis.call('ZADD', KEYS[2], 'NX', now, ARGV[at]) == 1 then
    redis.call('XADD', KEYS[1], '*', 'id', ARGV[at], 'received', ARGV[at + 1],
               'collector', ARGV[at + 2], 'payload', ARGV[at + 3])
    added = added + 1
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. now - ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('XTRIM', KEYS[1], 'MINID', '~', now - ARGV[2])
end
return added
"""

_log = logging.getLogger("binance_streams.redis")


def ids_key(subject: str) -> str:
    """Return where the ids of a subject are; in a cluster, on the same server as its stream."""
    return f"{{{subject}}}:ids"


class RedisSink(Sink):
    """Publishes to a Redis server, version 6.2 or later, or to a Redis Cluster."""

    max_batch = 2000

    def __init__(self, address: Address, options: Options) -> None:
        """Connect to nothing yet.

        Args:
            address: ``redis://[[user]:password@]host[:6379][/number]``; ``rediss://`` with TLS.
                Parameters are ``ssl_ca_certs``, ``ssl_certfile`` and ``ssl_keyfile``: paths of PEM
                files.
            options: ``max_age`` trims streams; of ``replicas``, all but one are those that must
                have a message before it counts as stored.

        Raises ParameterError if the address is not one of these.
        """
        self.display_name = address.display_name
        address.check_parameters(_PARAMETERS)
        if len(address.hosts) != 1 or not re.fullmatch(r"(/\d*)?", address.path):
            raise ParameterError("to", self.display_name, "redis://HOST[:PORT][/NUMBER]")
        self._url = f"{address.scheme}://{address.hosts[0]}{address.path}"
        self._settings = {
            "username": address.user or None,
            "password": address.password,
            **address.parameters,
        }
        self._window = round(options.duplicate_window * 1000)
        self._max_age = "" if options.max_age is None else round(options.max_age * 1000)
        self._replicas = options.replicas - 1
        # What is retried must come before its id is forgotten.
        self.max_retry_age = options.duplicate_window * 0.75
        self._client: Any = None
        self._is_cluster = False
        self._sha = ""
        self._reached = 0

    async def open(self) -> None:
        try:
            client = self._client = self._connect(redis.asyncio.Redis)
            about = await client.info("everything")
            version = str(about["redis_version"])
            if tuple(map(int, version.split(".")[:2])) < _OLDEST:
                raise SinkError(f"{self.display_name}: Redis {version} is older than 6.2", True)
            if about.get("cluster_enabled"):
                await client.aclose()
                client = self._client = self._connect(redis.asyncio.RedisCluster)
                self._is_cluster = True
                if self._replicas > 0:
                    text = "in a Redis Cluster, set min-replicas-to-write instead of replicas"
                    raise SinkError(f"{self.display_name}: {text}", True)
            elif about["role"] != "master":
                raise SinkError(f"{self.display_name} is a read-only replica")
            self._warn(about)
            self._sha = str(await client.script_load(_SCRIPT))
        except errors.RedisError as error:
            raise self._error(error) from None

    async def publish(self, batch: Collection[Published]) -> Receipt:
        subjects: dict[str, list[Published]] = {}
        for message in batch:
            subjects.setdefault(message.subject, []).append(message)
        answers = await self._run(subjects)
        failures: list[Failure] = []
        duplicates = 0
        for messages, answer in zip(subjects.values(), answers, strict=True):
            if isinstance(answer, int):
                duplicates += len(messages) - answer
            else:
                reason, is_final = self._judged(answer)
                failures += [Failure(message, reason, is_final) for message in messages]
        if failures and self._max_age:
            await self._make_room(subjects)
        if self._reached < self._replicas:
            reason = f"{self.display_name}: {self._reached} of {self._replicas} replicas have them"
            return Receipt([Failure(message, reason) for message in batch])
        return Receipt(failures, duplicates)

    async def newest(self, subject: str) -> int | None:
        found = await self._client.xrevrange(subject, count=1)
        return int(found[0][1][b"received"]) if found else None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(errors.RedisError, OSError):
                await client.aclose()

    def _connect(self, kind: Any) -> Any:
        """Make a client that neither retries nor reconnects: the publisher does."""
        return kind.from_url(
            self._url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            **self._settings,
        )

    async def _run(self, subjects: dict[str, list[Published]]) -> list[Any]:
        """Run the script for each subject; return its results, or what Redis refused it with."""
        calls = [
            ("EVALSHA", self._sha, 2, subject, ids_key(subject), *self._arguments(messages))
            for subject, messages in subjects.items()
        ]
        answers = await self._execute(calls)
        if any(isinstance(answer, errors.NoScriptError) for answer in answers):
            # The server has been restarted, or has another one in its place.
            await self._client.script_load(_SCRIPT)
            answers = await self._execute(calls)
        for answer in answers:
            if isinstance(answer, Exception) and not self._is_about_messages(answer):
                raise self._error(answer)
        return answers

    async def _execute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        if self._is_cluster:
            sent = (self._client.execute_command(*call) for call in calls)
            return await asyncio.gather(*sent, return_exceptions=True)
        pipeline = self._client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call)
        if self._replicas > 0:
            # For what has been written on this connection.
            pipeline.execute_command("WAIT", self._replicas, round(TIMEOUT * 500))
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        if self._replicas > 0:
            self._reached = answers.pop()
        return answers

    def _arguments(self, messages: list[Published]) -> list[Any]:
        arguments: list[Any] = [self._window, self._max_age]
        for message in messages:
            arguments += (message.id, message.received, message.collector, message.payload)
        return arguments

    def _is_about_messages(self, error: Exception) -> bool:
        """Return whether Redis may take others all the same, on this connection."""
        return isinstance(error, errors.ResponseError) and not isinstance(
            error, (errors.ReadOnlyError, errors.AuthenticationError, errors.NoPermissionError)
        )

    def _error(self, error: Exception) -> SinkError:
        """Return the error of a connection on which nothing can be published."""
        refused = (errors.AuthenticationError, errors.NoPermissionError)
        text = _text(error)
        if text.startswith(("HELLO must be called", "Authentication required")):
            text = "it wants a password"
        is_final = isinstance(error, refused) or text.startswith(_FINAL)
        return SinkError(f"{self.display_name}: {text}", is_final)

    def _judged(self, error: Exception) -> tuple[str, bool]:
        """Return why messages were not stored, and whether they never can be."""
        text = _text(error)
        return f"{self.display_name}: {text}", text.startswith("WRONGTYPE")

    async def _make_room(self, subjects: dict[str, list[Published]]) -> None:
        """Trim streams, which the script cannot do while there is no memory."""
        seconds, micros = await self._client.time()
        now = seconds * 1000 + micros // 1000
        calls: list[tuple[Any, ...]] = []
        for subject in subjects:
            oldest = now - int(self._max_age)
            calls.append(("XTRIM", subject, "MINID", "~", oldest))
            forgotten = f"({now - self._window}"
            calls.append(("ZREMRANGEBYSCORE", ids_key(subject), "-inf", forgotten))
        await self._execute(calls)

    def _warn(self, about: dict[str, Any]) -> None:
        policy = str(about.get("maxmemory_policy", "noeviction"))
        if policy.startswith("allkeys") and about.get("maxmemory"):
            _log.warning(
                "%s deletes messages if its memory is full: maxmemory-policy is %s",
                *(self.display_name, policy),
            )


def _text(error: Exception) -> str:
    """Return what Redis says, without where in the script it happened."""
    return str(error).partition(" script: ")[0] or type(error).__name__
