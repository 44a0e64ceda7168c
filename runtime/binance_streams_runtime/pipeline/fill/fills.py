"""When missing events are asked for, again and again, and when they are given up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.draws import Draws
from binance_streams_runtime.pipeline.fetches import Fetches
from binance_streams_runtime.pipeline.fill.request import rows_request
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker, Page
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer

DEFAULT_FILL_TIMEOUT = 60.0

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0

_MOST_AT_ONCE = 4096
"""Events that are delivered in one step, so that nothing else has to wait for long."""

_MOST_WAITS = 10
"""How many requests in a row may time out waiting for request weight. Each may wait for as long as
the timeout of the fill, in which weight does not count as missing progress: it comes each
minute."""

_POLL = 0.01
"""Seconds until it is looked whether a queue has room again."""


class _Job:
    """What is done about one stream that is being filled."""

    def __init__(self, now: float, fill: int) -> None:
        self.fill = fill
        # The number of the request that is under way.
        self.request: int | None = None
        # When to act next, if none is; and when there was progress last.
        self.due = now
        self.progress_at = now
        # How many requests in a row got nothing, and why the last one did not.
        self.failures = 0
        self.waits = 0
        self.reason = "it has not answered"


class Fills:
    """Fetches the missing events of all streams of one engine, and delivers them."""

    def __init__(
        self,
        fetches: Fetches,
        delivery: Delivery,
        server: RestServer | None,
        draws: Draws,
        timeout: float,
        on_deadline: Callable[[], None],
    ) -> None:
        """Have nothing to fill.

        Args:
            fetches: Makes the requests.
            delivery: Delivers what was fetched.
            server: Where requests go; None if there is no REST API.
            draws: Draws the pauses.
            timeout: Seconds without progress after which a gap stays a gap.
            on_deadline: Called if ``next_time`` has come forward.
        """
        self._fetches = fetches
        self._delivery = delivery
        self._server = server
        self._draws = draws
        self._timeout = timeout
        self._on_deadline = on_deadline
        self._jobs: dict[Route, _Job] = {}

    # What happens to streams

    def add(self, route: Route) -> None:
        """Fill the gaps of a stream from now on, if its route is made for that."""
        if route.filling is not None:
            route.filling.on_change = partial(self._changed, route)

    def confirmed(self, now: float, route: Route) -> None:
        """Look for what was missed, if the server has confirmed a stream again."""
        filling = route.filling
        if filling is not None and filling.is_interrupted:
            filling.look(now, self._delivery.interruption(now, route))
            self._go_on(now, route)

    def remove(self, route: Route) -> None:
        """Deliver all that is held, as the stream ends."""
        if route.filling is not None:
            now = self._delivery.now
            self._drop(route)
            route.filling.on_change = _ignore
            items = route.filling.release(now, "given up as the stream ended")
            self._delivery.deliver(now, route, items)

    # Time

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        return min(map(self._due, self._jobs.values()), default=None)

    def _due(self, job: _Job) -> float:
        give_up_at = job.progress_at + self._timeout
        return give_up_at if job.request is not None else min(job.due, give_up_at)

    def check(self, now: float) -> None:
        """Do what is due."""
        due = [(route, job) for route, job in self._jobs.items() if self._due(job) <= now]
        for route, job in due:
            if self._jobs.get(route) is job:
                if job.progress_at + self._timeout <= now:
                    self._give_up(now, route, f"{job.reason}, given up after {self._timeout:g} s")
                self._go_on(now, route)

    # The course of a fill

    def _changed(self, route: Route, now: float) -> None:
        """Note that a gap has come or gone while events are delivered, until ``check``."""
        job, filling = self._jobs.get(route), _filling(route)
        if job is None or job.fill != filling.fill:
            self._drop(route)
            self._jobs[route] = _Job(now, filling.fill)
            self._on_deadline()
        elif filling.has_ready and (job.request is not None or job.due > now + _POLL):
            # The gap has been filled by late events, or given up.
            self._cancel(job)
            job.due = now
            self._on_deadline()

    def _go_on(self, now: float, route: Route) -> None:
        """Deliver what is ready, and ask for what is missing."""
        filling = _filling(route)
        has_progress = self._release(now, route, filling)
        if not filling.is_holding:
            self._drop(route)
            return
        job = self._jobs.get(route)
        if job is None or job.fill != filling.fill:
            self._drop(route)
            job = self._jobs[route] = _Job(now, filling.fill)
        elif has_progress:
            job.progress_at = now
        page = filling.page
        if page is None:
            self._cancel(job)
            job.due = now + _POLL
        elif job.request is None and job.due <= now:
            self._ask(now, route, job, page)
        self._on_deadline()

    def _release(self, now: float, route: Route, filling: FillingTracker) -> bool:
        """Deliver what there is room for; return whether that is progress."""
        if not filling.has_ready:
            return False
        items = filling.take(now, min(self._delivery.room(route), _MOST_AT_ONCE))
        self._delivery.deliver(now, route, items)
        # With the policy ``block``, a slow consumer is waited for.
        return bool(items) or filling.waits_for_room

    def _give_up(self, now: float, route: Route, why: str) -> None:
        """Let a gap stay a gap, and deliver what waits even if there is no room."""
        filling = _filling(route)
        filling.give_up(now, why)
        self._delivery.deliver(now, route, filling.take(now))

    def _ask(self, now: float, route: Route, job: _Job, page: Page) -> None:
        # It fails before the whole fill does.
        timeout = 0.9 * (job.progress_at + self._timeout - now)
        request = self._request(route, page, timeout)
        job.request = self._fetches.start(request, partial(self._fetched, route, job, page))

    def _fetched(self, route: Route, job: _Job, page: Page, now: float, result: object) -> None:
        """Handle the answer to a request, or its failure."""
        job.request = None
        if isinstance(result, RestFailure):
            self._failed(now, route, job, result)
        elif isinstance(result, list) and _filling(route).add(now, result, page.limit):
            job.progress_at = job.due = now
            job.failures = job.waits = 0
        else:
            job.reason = "it does not have the missing events yet"
            self._pause(now, route, job)
        self._go_on(now, route)

    def _failed(self, now: float, route: Route, job: _Job, failure: RestFailure) -> None:
        job.reason = failure.reason
        left_alone = failure.retry_after or 0.0
        if failure.is_final:
            self._give_up(now, route, failure.reason)
        elif failure.is_unsent and job.waits < _MOST_WAITS:
            # In the queue, it gets weight earlier than after a pause.
            job.waits += 1
            job.progress_at = job.due = now
        elif now + left_alone >= job.progress_at + self._timeout:
            why = f"{failure.reason}, given up as it wants to be left alone for {left_alone:g} s"
            self._give_up(now, route, why)
        else:
            self._pause(now, route, job, left_alone)

    def _pause(self, now: float, route: Route, job: _Job, minimum: float = 0.0) -> None:
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**job.failures)
        job.failures += 1
        draw = self._draws.of(f"fill of {route.label}")
        job.due = now + max(minimum, longest * (0.5 + draw() / 2))

    def _drop(self, route: Route) -> None:
        job = self._jobs.pop(route, None)
        if job is not None:
            self._cancel(job)

    def _cancel(self, job: _Job) -> None:
        if job.request is not None:
            self._fetches.cancel(job.request)
            job.request = None

    def _request(self, route: Route, page: Page, timeout: float) -> RestRequest:
        """Make the request for one page."""
        stream, server = route.stream, self._server
        backfill = stream.type.backfill
        assert backfill is not None
        assert server is not None
        assert route.decode_rows is not None
        bounds = {backfill.start: str(page.start)}
        if page.end is not None and backfill.end is not None:
            bounds[backfill.end] = str(page.end)
        return rows_request(server, stream, bounds, page.limit, timeout, route.decode_rows)


def _filling(route: Route) -> FillingTracker:
    assert route.filling is not None
    return route.filling


def _ignore(now: float) -> None:
    """Take no notice, as the stream has ended."""
