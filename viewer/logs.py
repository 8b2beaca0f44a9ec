r"""The program's log: a rotating file in the user's log folder, safe to read in a terminal.

Two rules keep patient data out of it. Code logs counts, codes and room names, never values from
a data set; and only the loggers of this program write to the file, because the libraries
underneath quote element values in their warnings.

Text from outside may still reach a message (a file name, an error of the operating system).
Control and bidirectional characters are written as escapes, so that such text can neither start
a forged line nor reorder what is displayed.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 1_000_000
LOG_BACKUPS = 4

_LOGGERS = ("viewer", "ml")
_LAYOUT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def escape_controls(text: str) -> str:
    r"""Write every character that is not printable as an escape (``\n``, ``\x1b``, ``\u202e``)."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


class EscapingFormatter(logging.Formatter):
    """One record, one line; a traceback follows indented, so that it cannot look like a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Lay out the record on a single line."""
        return escape_controls(super().formatMessage(record))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802 - logging's name
        """Indent and escape a traceback line by line."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Indent and escape a stack line by line."""
        return _indented(super().formatStack(stack_info))


def start_logging(
    folder: Path, file_name: str = "hounsfield.log", *, level: int = logging.INFO
) -> Path:
    """Send the program's records to a rotating file.

    Each kind of process takes a file of its own, as two processes cannot rotate one file.
    Calling it again replaces the file and the level.

    Parameters
    ----------
    folder : Path
        Existing folder, usually `viewer.paths.log_dir()`.
    file_name : str
        Name of the file inside it.
    level : int
        Least severe level that is written.

    Returns
    -------
    Path
        The log file; it is made by the first record.
    """
    path = folder / file_name
    stop_logging()
    handler = RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, encoding="utf-8", delay=True
    )
    handler.setFormatter(EscapingFormatter(_LAYOUT))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.addHandler(handler)
    return path


def stop_logging() -> None:
    """Close the log file of `start_logging`, if there is one."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            if isinstance(handler.formatter, EscapingFormatter):
                logger.removeHandler(handler)
                handler.close()


def _indented(text: str) -> str:
    return "\n".join("    " + escape_controls(line) for line in text.split("\n"))
