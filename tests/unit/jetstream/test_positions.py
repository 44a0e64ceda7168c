"""How far a durable client has come, kept in a bucket that fails now and then."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple, cast

import pytest

from binance_streams_runtime.jetstream.connection import LogFailure, NatsConnection
from binance_streams_runtime.jetstream.positions import Positions
from tests.support.log_writer import SUBJECTS

pytest.importorskip("nats", reason="nats-py is not installed")

from nats.js.errors import BucketNotFoundError, KeyNotFoundError, KeyWrongLastSequenceError


class Entry(NamedTuple):
    value: bytes
    revision: int


class Bucket:
    """A bucket with one key; ``failing`` loses requests, ``deaf`` loses answers.

    Nothing is stored while ``is_free`` is not set.
    """

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.exists = False
        self.failing = self.deaf = False
        self.is_free = asyncio.Event()
        self.is_free.set()

    # What the connection gives

    def jetstream(self) -> Bucket:
        return self

    async def key_value(self, name: str) -> Bucket:
        assert name == "binance-spot-readers"
        if not self.exists:
            raise BucketNotFoundError
        return self

    async def create_key_value(self, bucket: str, history: int) -> Bucket:
        self.exists = True
        return self

    async def get(self, key: str) -> Entry:
        if self.failing:
            raise TimeoutError
        if self.entry is None:
            raise KeyNotFoundError
        return self.entry

    async def create(self, key: str, value: bytes) -> int:
        return await self.update(key, value, 0)

    async def update(self, key: str, value: bytes, last: int) -> int:
        await self.is_free.wait()
        if self.failing:
            raise TimeoutError
        if last != (0 if self.entry is None else self.entry.revision):
            raise KeyWrongLastSequenceError
        self.entry = Entry(value, last + 1)
        if self.deaf:
            raise TimeoutError
        return last + 1

    @property
    def kept(self) -> Any:
        assert self.entry is not None
        return json.loads(self.entry.value)["positions"]


def positions(taken: list[str]) -> Positions:
    return Positions(SUBJECTS, "bot", taken.append)


def connection(bucket: Bucket) -> NatsConnection:
    return cast("NatsConnection", bucket)


def test_what_is_acknowledged_is_there_for_the_next_client() -> None:
    async def run() -> None:
        bucket, taken = Bucket(), list[str]()
        first, second = positions(taken), positions(taken)
        await first.load(connection(bucket))
        assert first.is_loaded
        first.acknowledge({"a": (7, 8)})
        await first.save()
        await second.load(connection(bucket))
        assert second.get("a") == (7, 8)
        assert second.get("b") is None

    asyncio.run(run())


def test_the_next_client_takes_the_name_over() -> None:
    async def run() -> None:
        bucket, taken = Bucket(), list[str]()
        first, second = positions(taken), positions([])
        await first.load(connection(bucket))
        await second.load(connection(bucket))
        first.acknowledge({"a": (7, 8)})
        await first.save()
        assert taken == ["another client reads with durable=bot"]
        assert bucket.kept == {}
        assert first.is_open(connection(bucket))

    asyncio.run(run())


def test_a_client_whose_name_was_taken_while_it_had_no_connection() -> None:
    async def run() -> None:
        bucket, taken = Bucket(), list[str]()
        first, second = positions(taken), positions([])
        await first.load(connection(bucket))
        await second.load(connection(bucket))
        await first.load(connection(bucket))
        assert len(taken) == 1

    asyncio.run(run())


@pytest.mark.parametrize("is_reloaded", [False, True])
def test_a_lost_answer_is_no_other_client(is_reloaded: bool) -> None:
    async def run() -> None:
        bucket, taken = Bucket(), list[str]()
        first = positions(taken)
        await first.load(connection(bucket))
        first.acknowledge({"a": (7, 8)})
        bucket.deaf = True
        with pytest.raises(LogFailure):
            await first.save()
        bucket.deaf = False
        if is_reloaded:
            await first.load(connection(bucket))
        first.acknowledge({"a": (9, 10)})
        await first.save()
        await first.save()
        assert bucket.kept == {"a": [9, 10]}
        assert taken == []

    asyncio.run(run())


def test_what_could_not_be_stored_is_stored_later() -> None:
    async def run() -> None:
        bucket = Bucket()
        first = positions([])
        await first.load(connection(bucket))
        first.acknowledge({"a": (7, 8)})
        bucket.failing = True
        with pytest.raises(LogFailure):
            await first.save()
        bucket.failing = False
        await first.save()
        assert bucket.kept == {"a": [7, 8]}

    asyncio.run(run())


@pytest.mark.parametrize("has_more", [False, True])
def test_what_is_being_stored_is_waited_for(has_more: bool) -> None:
    """A client that is closed then stores what came after it as well."""

    async def run() -> None:
        bucket, taken = Bucket(), list[str]()
        first = positions(taken)
        await first.load(connection(bucket))
        first.acknowledge({"a": (7, 8)})
        bucket.is_free.clear()
        begun = asyncio.create_task(first.save())
        await asyncio.sleep(0)
        if has_more:
            first.acknowledge({"a": (9, 10)})
        last = asyncio.create_task(first.save())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not last.done()
        bucket.is_free.set()
        await asyncio.gather(begun, last)
        assert bucket.kept == {"a": [9, 10] if has_more else [7, 8]}
        assert taken == []

    asyncio.run(run())


def test_without_an_answer_there_are_no_positions() -> None:
    async def run() -> None:
        bucket = Bucket()
        bucket.failing = True
        with pytest.raises(LogFailure, match="no positions of durable=bot"):
            await positions([]).load(connection(bucket))

    asyncio.run(run())


@pytest.mark.parametrize("value", [b"", b"[]", b'{"client": "a"}', b'{"client":"a","positions":1}'])
def test_a_key_that_somebody_else_has_written_is_an_error_that_says_so(value: bytes) -> None:
    async def test() -> None:
        bucket = Bucket()
        bucket.exists, bucket.entry = True, Entry(value, 1)
        with pytest.raises(LogFailure, match="the key bot of bucket binance-spot-readers has no"):
            await positions([]).load(connection(bucket))
        assert bucket.entry.value == value

    asyncio.run(test())
