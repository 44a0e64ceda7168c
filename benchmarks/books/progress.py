"""Counting the updates of a book by its id, as some libraries give only its newest state."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.contend import Task
from benchmarks.reads import Read


class Progress:
    """The user's code: it reads the best levels, and counts the updates that the book has got."""

    def __init__(self, task: Task, read: Read) -> None:
        made = task.workload.make(task.meter.total)
        self._ids = [json.loads(payload)["u"] for _, payload in made]
        self._handle = task.meter.handler(read, None)
        self._seen = 0

    def __call__(self, update_id: int, book: Any) -> None:
        """Take a state of the book."""
        while self._seen < len(self._ids) and self._ids[self._seen] <= update_id:
            self._seen += 1
            self._handle(book)
