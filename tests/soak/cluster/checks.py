"""What the log must hold: all that the venue sent, each message once. Read by nats-py alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.soak.cluster.venue import Sent
from tests.support.nats_log import StoredMessage


class Verdict:
    """How what the log holds compares with what the venue sent."""

    def __init__(self, sent: Iterable[Sent], stored: Iterable[StoredMessage]) -> None:
        """``stored``: the messages of the streams of ``sent``, without notices and snapshots."""
        self.sent: Counter[bytes] = Counter()
        by_payload: dict[bytes, Sent] = {}
        for one in sent:
            self.sent[one.payload] += 1
            by_payload.setdefault(one.payload, one)
        found = [*stored]
        payloads = Counter(one.data for one in found)
        ids = Counter(one.headers["Nats-Msg-Id"] for one in found)
        self.stored = len(found)
        self.missed = [one for payload, one in by_payload.items() if payload not in payloads]
        """What the venue sent and the log lacks."""
        self.twice = sorted(id for id, count in ids.items() if count > 1)
        """The ids that the log has more than once."""
        self.twice += sorted(
            f"{by_payload[payload].stream}: {payload[:60]!r}"
            for payload, count in payloads.items()
            if payload in self.sent and count > self.sent[payload]
        )
        self.collectors = Counter(one.headers["Binance-Collector"] for one in found)
        """How many messages of the log are of which collector."""

    @property
    def is_right(self) -> bool:
        """Whether nothing was missed and nothing is there twice."""
        return not self.missed and not self.twice

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {count:,}" for name, count in sorted(self.collectors.items()))
        text = (
            f"sent {self.sent.total():,}, stored {self.stored:,} ({shares}), "
            f"missed {len(self.missed):,}, twice {len(self.twice):,}"
        )
        wrong = [
            *(f"  missed: {one.stream} {one.payload[:100]!r}" for one in self.missed[:5]),
            *(f"  twice: {one}" for one in self.twice[:5]),
        ]
        return "\n".join([text, *wrong])
