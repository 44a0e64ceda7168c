"""Messages in Redis Streams: a stream a subject, with the ids of the last minutes beside it.

A script adds a message only if its id is not among those, in one step, so several collectors may
publish the same. An id and its message are written to the disk, or to a replica, together.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Collection
from pathlib import Path
from typing import Any

import redis.asyncio
from redis import exceptions as errors
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.messaging.address import Address
from binance_streams_sinks.publishing.sink import (
    Failure,
    Newest,
    Published,
    Receipt,
    Sink,
    SinkError,
)
from binance_streams_sinks.publishing.sink import SinkOptions as Options

TIMEOUT = 10.0
"""Seconds without an answer after which the connection is given up."""

_OLDEST = (6, 2)
"""The first version that trims streams by age."""

_FINAL = ("DB index is out of range", "unknown command")

_OTHER_SERVER = ("READONLY", "MASTERDOWN", "CLUSTERDOWN")
"""What a server says whose place another one has taken."""

_PARAMETERS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")

# For each subject, how many messages were not there yet, or the error. XLEN first: if the key is
# something else, that is an error before anything is written. The first command that needs memory
# is ZADD; if there is none, it refuses, and nothing has been written.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function add(stream, ids, from, to)
  local checked = redis.pcall('XLEN', stream)
  if type(checked) == 'table' then return checked.err end
  local added = 0
  for at = from, to, 4 do
    local is_new = redis.pcall('ZADD', ids, 'NX', now, ARGV[at])
    if type(is_new) == 'table' then return is_new.err end
    if is_new == 1 then
      redis.call('XADD', stream, '*', 'id', ARGV[at], 'received', ARGV[at + 1],
                 'collector', ARGV[at + 2], 'payload', ARGV[at + 3])
      added = added + 1
    end
  end
  redis.call('ZREMRANGEBYSCORE', ids, '-inf', '(' .. now - ARGV[1])
  redis.call('PEXPIRE', ids, ARGV[1])
  if ARGV[2] ~= '' then
    redis.call('XTRIM', stream, 'MINID', '~', now - ARGV[2])
  end
  return added
end

local results = {}
local at = 3
for key = 1, #KEYS, 2 do
  local to = at + ARGV[at] * 4
  results[#results + 1] = add(KEYS[key], KEYS[key + 1], at + 1, to)
  at = to + 1
end
return results
"""

_PLACE = re.compile(r"^(@user_script: ?\d+: )?-?")

logger = logging.getLogger("binance_streams.redis")


def ids_key(subject: str) -> str:
    """Return where the ids of a subject are; in a cluster, on the same server as its stream."""
    return f"{{{subject}}}:ids"


class RedisSink(Sink):
    """Publishes to a Redis server, version 6.2 or later, or to a Redis Cluster."""

    max_batch = 1000

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
        for name, path in address.parameters.items():
            if not Path(path).is_file():
                raise ParameterError(name, path, "the path of a PEM file")
        self._url = f"{address.scheme}://{address.hosts[0]}{address.path}"
        self._settings: dict[str, Any] = {
            "username": address.user or None,
            "password": address.password,
            **address.parameters,
        }
        if address.scheme == "rediss":
            # Redis-py 5 does not do so by itself.
            self._settings["ssl_check_hostname"] = True
        self._window = round(options.duplicate_window * 1000)
        self._max_age = "" if options.max_age is None else round(options.max_age * 1000)
        self._replicas = options.replicas - 1
        # The rest is for the last attempt, and for how long a message was not read by a collector
        # whose connection was dead.
        self.max_retry_age = options.duplicate_window * 0.5
        self._client: Any = None
        self._is_cluster = False
        self._sha = ""
        self._reached = 0
        self._has_warned = False

    async def open(self) -> None:
        try:
            client = self._client = self._connect(redis.asyncio.Redis)
            about = await client.info("everything")
            version = str(about["redis_version"])
            if tuple(map(int, version.split(".")[:2])) < _OLDEST:
                raise SinkError(f"Redis {version} is older than 6.2", True)
            if about.get("cluster_enabled"):
                await client.aclose()
                client = self._client = self._connect(redis.asyncio.RedisCluster)
                self._is_cluster = True
                if self._replicas > 0:
                    text = "in a Redis Cluster, set min-replicas-to-write instead of replicas"
                    raise SinkError(text, True)
            elif about["role"] != "master":
                raise SinkError("it is a read-only replica")
            self._warn(about)
            self._sha = str(await client.script_load(_SCRIPT))
        except errors.RedisError as error:
            raise self._error(_text(error), error) from None

    async def publish(self, batch: Collection[Published]) -> Receipt:
        subjects: dict[str, list[Published]] = {}
        for message in batch:
            subjects.setdefault(message.subject, []).append(message)
        failures: list[Failure] = []
        duplicates = 0
        for messages, result in zip(subjects.values(), await self._add(subjects), strict=True):
            if isinstance(result, int):
                duplicates += len(messages) - result
                continue
            reason = _without_place(result.decode())
            if reason.startswith(_OTHER_SERVER):
                raise self._error(reason)
            is_final = reason.startswith("WRONGTYPE")
            failures += [Failure(message, reason, is_final) for message in messages]
        if failures and self._max_age:
            await self._make_room(subjects)
        if self._reached < self._replicas:
            text = f"{self._reached} of {self._replicas} replicas have them"
            return Receipt([Failure(message, text) for message in batch])
        return Receipt(failures, duplicates)

    async def newest(self, subject: str) -> Newest | None:
        found = await self._client.xrevrange(subject, count=1)
        if not found:
            return None
        fields = found[0][1]
        return Newest(fields[b"id"].decode(), int(fields[b"received"]))

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

    async def _add(self, subjects: dict[str, list[Published]]) -> list[Any]:
        """Run the script; return for each subject how many were added, or the error's text."""
        # In a cluster, each subject may be on another server.
        parts = [[subject] for subject in subjects] if self._is_cluster else [list(subjects)]
        calls = [self._call({subject: subjects[subject] for subject in part}) for part in parts]
        results = await self._execute(calls)
        if any(isinstance(result, errors.NoScriptError) for result in results):
            # The server has been restarted, or there is another one in its place.
            await self._client.script_load(_SCRIPT)
            results = await self._execute(calls)
        for result in results:
            if isinstance(result, Exception):
                raise self._error(_text(result), result)
        return [one for result in results for one in result]

    def _call(self, subjects: dict[str, list[Published]]) -> list[Any]:
        call: list[Any] = ["EVALSHA", self._sha, 2 * len(subjects)]
        for subject in subjects:
            call += (subject, ids_key(subject))
        call += (self._window, self._max_age)
        for messages in subjects.values():
            call.append(len(messages))
            for message in messages:
                call += (message.id, message.received, message.collector, message.payload)
        return call

    async def _execute(self, calls: list[list[Any]]) -> list[Any]:
        if self._is_cluster:
            sent = (self._client.execute_command(*call) for call in calls)
            return await asyncio.gather(*sent, return_exceptions=True)
        pipeline = self._client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(*call)
        if self._replicas > 0:
            # For what has been written on this connection.
            pipeline.execute_command("WAIT", self._replicas, round(TIMEOUT * 500))
        results: list[Any] = await pipeline.execute(raise_on_error=False)
        if self._replicas > 0:
            self._reached = results.pop()
        return results

    def _error(self, text: str, error: Exception | None = None) -> SinkError:
        """Return the error of a connection on which nothing can be published."""
        if text.startswith(("HELLO must be called", "Authentication required")):
            text = "it wants a password"
        cause = None if error is None else error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SinkError(f"its certificate is not trusted: {cause.verify_message}", True)
        refused = (errors.AuthenticationError, errors.NoPermissionError)
        is_final = isinstance(error, refused) or text.startswith(_FINAL)
        return SinkError(text, is_final)

    async def _make_room(self, subjects: dict[str, list[Published]]) -> None:
        """Trim streams, which the script cannot do while there is no memory."""
        seconds, micros = await self._client.time()
        now = seconds * 1000 + micros // 1000
        calls: list[list[Any]] = []
        for subject in subjects:
            oldest = now - int(self._max_age)
            calls.append(["XTRIM", subject, "MINID", "~", oldest])
            forgotten = f"({now - self._window}"
            calls.append(["ZREMRANGEBYSCORE", ids_key(subject), "-inf", forgotten])
        await self._execute(calls)

    def _warn(self, about: dict[str, Any]) -> None:
        policy = str(about.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction" and about.get("maxmemory") and not self._has_warned:
            self._has_warned = True
            # With the policies `volatile-...` only ids, so messages would be there twice.
            logger.warning(
                "%s deletes messages or their ids if its memory is full: maxmemory-policy is %s",
                *(self.display_name, policy),
            )


def _text(error: Exception) -> str:
    return _without_place(str(error)) or type(error).__name__


def _without_place(text: str) -> str:
    """Return what Redis says, without where in the script it happened."""
    # Redis 6 says it in front, Redis 7 behind.
    return _PLACE.sub("", text).partition(" script: ")[0].rstrip(".")
