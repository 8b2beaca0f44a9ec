"""First import of TensorFlow for a command line, without its start-up lines on stderr."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(r"I\d{4} |WARNING: All log messages before absl::InitializeLog\(\)")
"""How lines of level INFO begin, and the line that says that there will be such."""


def import_tensorflow() -> None:
    """Import TensorFlow; what it prints is shown, but for lines of level INFO.

    Its libraries write to file descriptor 2 before absl reads `TF_CPP_MIN_LOG_LEVEL`, so that no
    setting keeps these lines back. Only for a program of one thread: what other threads print
    meanwhile is held up.
    """
    if "tensorflow" in sys.modules:
        return
    with without_chatter():
        import tensorflow  # noqa: F401


@contextmanager
def without_chatter() -> Iterator[None]:
    """Hold back what is written to file descriptor 2, then show it without lines of level INFO.

    Shown also where the block raises. Lost if the process is killed within the block.
    """
    try:
        sys.stderr.flush()
        shown = os.dup(2)
    except (OSError, AttributeError):  # no stderr: nothing to keep clean
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
            held.seek(0)
            for line in held:
                if not _CHATTER.match(line.decode(errors="replace")):
                    os.write(2, line)
