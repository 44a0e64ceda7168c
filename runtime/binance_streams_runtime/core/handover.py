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

    def is_carried(self, name: str) -> bool:
        """Whether ``old`` delivers the stream for certain."""
        return name in self.carried and self.old.is_sure_of(name)

    @property
    def speaking(self) -> Link:
        """The one to ask: ``old`` while ``new`` is not open."""
        return self.old if self.new.state != "open" and self.old.state == "open" else self.new

    def hold(self, router: Router, batch: Batch) -> None:
        """Keep what ``new`` has brought for later; let pass what ``old`` does not carry."""
        held, passed = Batch(), Batch()
        held.has_marks = passed.has_marks = batch.has_marks
        for route, event in zip(batch.routes, batch.events, strict=True):
            chosen = held if route.stream.name in self.carried else passed
            chosen.routes.append(route)
            chosen.events.append(event)
        if held.events:
            self._held.append(held)
            self._count += len(held.events)
        if passed.events:
            router.put(passed)

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
        if self._count > _MAX_HELD and self._question is not None:
            self.is_seamless = False
            return True
        if self._count > _MAX_HELD:
            # ``old`` brings all this, too, and will be asked only after it.
            self._held.clear()
            self._count = 0
        if self._question is None and self.new.is_complete:
            question = self._question = Request("LIST_SUBSCRIPTIONS", id=own_id())
            question.on_result.append(lambda result, error: self._take_answer(question, error))
            self.old.ask(question)
        return self._is_answered

    def release(self, router: Router, interruption: Disconnected | None) -> None:
        """Let what was held back arrive, behind what ``old`` has brought.

        ``interruption`` is what kept ``old`` from saying all that it had to say.
        """
        by_name: dict[str, Batch] = {name: Batch() for name in self.carried}
        for batch in self._held:
            for route, event in zip(batch.routes, batch.events, strict=True):
                kept = by_name.setdefault(route.stream.name, Batch())
                kept.routes.append(route)
                kept.events.append(event)
                kept.has_marks |= batch.has_marks
        self._held.clear()
        # Stream by stream, as the tracker of each must see all of it at once.
        for name, kept in by_name.items():
            if name != ASIDE and interruption is not None:
                router.mark(name, interruption)
            elif name != ASIDE and not self.old.is_sure_of(name):
                router.mark(name, Interruption(self.reason))
            router.mark(name, Overlap.ENDS)
            router.put(kept)

    def end_overlap(self, router: Router) -> None:
        """From here on one connection alone delivers what ``old`` carried."""
        for name in self.carried:
            router.mark(name, Overlap.ENDS)

    def _take_answer(self, question: Request, error: BaseException | None) -> None:
        if question is not self._question:
            return
        self._is_answered = True
        self.is_seamless = error is None
