"""Make before break: two connections that carry the same streams for a moment."""

from __future__ import annotations

from binance_streams_runtime.core.link import Link
from binance_streams_runtime.events.router import ASIDE, Batch, Router
from binance_streams_runtime.events.sequence import Interruption, Overlap
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.wire.requests import Request, own_id

# Events that may be held back; beyond, the old connection is left without waiting for its end.
_MAX_HELD = 65_536


class Handover:
    """``new`` is to take over what ``old`` carries.

    Until it has, ``old`` delivers and what ``new`` brings is held back. Once the server has
    confirmed everything on ``new``, ``old`` is asked a question: its answer comes behind all that
    the server had sent there before, so with it nothing is missing between the two. What was held
    back is delivered then, less what ``old`` had brought already.
    """

    def __init__(self, old: Link, new: Link, reason: str) -> None:
        self.old = old
        self.new = new
        self.reason = reason
        self.is_seamless = True
        """Whether what ``old`` had to say was heard to its end."""
        self.carried = {ASIDE, *new.wanted}
        """What ``old`` still delivers: not what was unsubscribed since, even if wanted anew."""
        self._held: list[Batch] = []
        self._count = 0
        # The question to ``old`` that counts: none before ``new`` is complete.
        self._question: Request | None = None
        self._is_answered = False

    def still_carried(self, batch: Batch) -> Batch:
        """What counts of what ``old`` has brought."""
        kept = Batch()
        kept.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.events, strict=True):
            if route.stream.name in self.carried:
                kept.routes.append(route)
                kept.events.append(event)
        return kept

    def hold(self, batch: Batch) -> None:
        """Keep what ``new`` has brought for later."""
        if batch.events:
            self._held.append(batch)
            self._count += len(batch.events)

    def restart(self, new: Link) -> None:
        """``new`` takes the place of one that failed; ``old`` has delivered what that one held."""
        self.new = new
        self._held.clear()
        self._count = 0
        # What the answer to an earlier question says is of no use to this one.
        self._question = None
        self._is_answered = False

    def is_due(self) -> bool:
        """Whether ``old`` can go now."""
        if self._count > _MAX_HELD:
            self.is_seamless = False
            return True
        if self._question is None and self.new.is_complete:
            question = self._question = Request("LIST_SUBSCRIPTIONS", id=own_id())
            question.on_result.append(lambda result, error: self._take_answer(question, error))
            self.old.ask(question)
        return self._is_answered

    def release(self, router: Router, interruption: Disconnected | None) -> None:
        """Let what was held back arrive, behind what ``old`` has brought.

        ``interruption`` is what kept ``old`` from saying all that it had to say.
        """
        for name in self.new.wanted:
            if interruption is not None:
                router.mark(name, interruption)
            elif not self.old.is_sure_of(name):
                router.mark(name, Interruption(self.reason))
            router.mark(name, Overlap.ENDS)
        held, self._held = self._held, []
        for batch in held:
            router.put(batch)

    def _take_answer(self, question: Request, error: BaseException | None) -> None:
        if question is not self._question:
            return
        self._is_answered = True
        self.is_seamless = error is None
