"""Files that appear under their names only once all of them are complete."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from binance_streams_runtime.errors import RecordingError


class Output:
    """A folder that files are written into, at first under names that nobody reads."""

    def __init__(self, folder: str | Path, overwrite: bool) -> None:
        """Make the folder if there is none."""
        self._folder = Path(folder)
        self._overwrite = overwrite
        self._is_new = not self._folder.exists()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(f"{folder} cannot be a folder: {error.strerror}") from None
        self._partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=self._folder))
        self._names: list[str] = []
        # Patterns of files of an earlier conversion, which those of this one replace.
        self._replaced: list[tuple[str, str]] = []

    def path(self, name: str, replaces: str | None = None) -> Path:
        """Return where to write the file that will be called ``name``.

        ``replaces`` is a pattern of names in its folder: such files go if this one is written
        over. Raises RecordingError if there is one of that name already, unless it is to be
        overwritten.
        """
        final = self._folder / name
        if final.exists() and not self._overwrite:
            raise RecordingError(f"{final} exists already: overwrite=True replaces it")
        self._names.append(name)
        if replaces is not None:
            self._replaced.append((name, replaces))
        partial = self._partial / "files" / name
        partial.parent.mkdir(parents=True, exist_ok=True)
        return partial

    def scratch(self, name: str) -> Path:
        """Return the path of a file that is needed only meanwhile."""
        path = self._partial / "scratch" / name
        path.parent.mkdir(exist_ok=True)
        return path

    def commit(self) -> tuple[str, ...]:
        """Give all files their names, and return these, in order."""
        if self._overwrite:
            for name, pattern in self._replaced:
                for old in (self._folder / name).parent.glob(pattern):
                    old.unlink()
        for name in self._names:
            final = self._folder / name
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._partial / "files" / name, final)
        shutil.rmtree(self._partial, ignore_errors=True)
        return tuple(sorted(str(self._folder / name) for name in self._names))

    def discard(self) -> None:
        """Remove what has been written."""
        shutil.rmtree(self._partial, ignore_errors=True)
        if self._is_new:
            with contextlib.suppress(OSError):
                self._folder.rmdir()
