"""The log configuration that the old client's package offered."""

from __future__ import annotations

import time
from types import ModuleType


def config_logging(
    logging: ModuleType, logging_level: int | str, log_file: str | None = None
) -> None:
    """Set up the root logger: times in UTC, with milliseconds, for this whole process.

    Like ``logging.basicConfig``, this does nothing to a root logger that has handlers already.

    Args:
        logging: The module ``logging``.
        logging_level: The lowest level to log, such as ``logging.DEBUG`` or ``"DEBUG"``.
        log_file: The file to append to; None is stderr.
    """
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=logging_level,
        filename=log_file,
        format="%(asctime)s.%(msecs)03d UTC %(levelname)s %(name)s: %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
