"""What a recording has, for those who replay it."""

from __future__ import annotations

from binance_streams_cli.status import CommandError


def recorded_streams(folder: str) -> tuple[str, list[str]]:
    """Return the package of the market that was recorded, and the names of the streams."""
    from binance_streams_runtime.storage.info import recording_info
    from binance_streams_runtime.storage.parts import find_parts

    packages = dict.fromkeys(part.header.package for part in find_parts(folder))
    if len(packages) > 1:
        raise CommandError(f"{folder} has recordings of {' and '.join(packages)}: name one of them")
    # Snapshots are no stream that one can subscribe to, and neither are accounts.
    info = recording_info(folder, counts=False)
    names = [name for name in info.streams if not name.endswith("@depthSnapshot")]
    return next(iter(packages)), [name for name in names if "…" not in name]
