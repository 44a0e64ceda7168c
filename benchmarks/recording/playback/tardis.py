"""tardis-dev's replay in Python, of a slice that a local server has; as dicts or as raw text."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import datetime, timedelta

from tardis_dev import replay

from benchmarks.reads import by_key
from benchmarks.recording.play import Tape


def play(tape: Tape) -> int:
    """Play all messages and count them."""
    return asyncio.run(_play(tape))


async def _play(tape: Tape) -> int:
    begin = datetime.fromisoformat((tape.folder / "begin").read_text().removesuffix("Z"))
    is_raw = tape.variant == "raw"
    read = by_key[tape.kind]
    count = 0
    cache = tempfile.mkdtemp(prefix="benchmark-tardis-")
    try:
        async for response in replay(
            "binance",
            begin,
            begin + timedelta(minutes=1),
            cache_dir=cache,
            endpoint=tape.endpoint,
            decode_response=not is_raw,
        ):
            if response is None:
                continue
            if not is_raw:
                read(response.message["data"])
            count += 1
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    return count
