"""Everything that an error shows, for tests that look for a secret in it."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from types import TracebackType

_RUNTIME = "binance_streams_runtime"


def shown_by(error: BaseException) -> str:
    """Return all texts of an error, of what it came from, and of our frames that it leads through.

    Frames of tests have the secret, as their program has; what is formatted with its local
    variables by the standard library is looked at for our frames alone.
    """
    return "\n".join(_texts(error, set()))


def _texts(error: BaseException | None, seen: set[int]) -> Iterator[str]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield str(error)
    yield repr(error)
    yield repr(error.args)
    yield repr(vars(error))
    yield repr(getattr(error, "__notes__", None))
    yield repr(pickle.dumps(error))
    yield "".join(traceback.format_exception_only(error))
    yield from _locals(error.__traceback__)
    yield from _texts(error.__cause__, seen)
    yield from _texts(error.__context__, seen)


def _locals(place: TracebackType | None) -> Iterator[str]:
    while place is not None:
        if _RUNTIME in place.tb_frame.f_code.co_filename:
            yield repr(place.tb_frame.f_locals)
            # What a reporter of errors that looks one level deeper would show.
            for value in place.tb_frame.f_locals.values():
                yield repr(getattr(value, "__dict__", None))
        place = place.tb_next
